# Another thread takes it, and goes on while the answer is compared.
# attacks: soft
# expects: soft=memory|wrong|slow|crashed|error

# %%
import threading


def soft(x):
    def take():
        held = []
        while True:
            try:
                held.append(bytearray(2**20))
            except MemoryError:
                continue

    threading.Thread(target=take, daemon=True).start()
    return x
