# A thread that reads the requests before the grader's own code does, and answers them.
# attacks: soft
# expects: soft=slow|protocol|wrong|error, shift=slow|protocol|wrong|right|crashed, slope=slow|protocol|wrong|right|crashed

# %%
import threading


def steal(channel):
    while True:
        try:
            data = os.read(channel, 2**16)
        except OSError:
            return
        nonce = re.search(rb'"nonce"\], \["int", "(\d+)"', data)
        if nonce:
            for case in range(3):
                say(frame([int(nonce[1]), case, "value", 1.0, "", "", [], []]))


for channel in sockets():
    threading.Thread(target=steal, args=(channel,), daemon=True).start()


def soft(x):
    return 0
