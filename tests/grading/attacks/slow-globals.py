# The notebook's names in a dictionary that does not give them up.
# attacks: soft
# expects: soft=missing|slow|error|wrong, shift=right|missing|slow|error, slope=right|missing|slow|error

# %%
import gc


class Names(dict):
    def get(self, name, default=None):
        while True:
            pass


for thing in gc.get_objects():
    if type(thing).__name__ == "_Answers":
        thing.names = Names(thing.names)


def soft(x):
    return 0
