# The same, inside an array of objects.
# attacks: soft
# expects: soft=unserializable

# %%
import os


class Payload:
    def __reduce__(self):
        return os.system, (f"echo > /tmp/{MARK}.pickled",)


def soft(x):
    return np.array([Payload()] * 4, dtype=object)
