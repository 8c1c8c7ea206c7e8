# Values that do something when nobody needs them any more.
# attacks: soft
# expects: soft=unserializable|slow|crashed|protocol

# %%
class Last:
    def __del__(self):
        say(frame([0, 0, "value", 1.0, "", "", [], []]))
        while True:
            pass


def soft(x):
    return Last()
