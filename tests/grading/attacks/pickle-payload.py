# Runs a command in whoever unpickles it.
# attacks: soft
# expects: soft=unserializable

# %%
import os


class Payload:
    def __reduce__(self):
        return os.system, (f"echo > /tmp/{MARK}.pickled",)


def soft(x):
    return Payload()
