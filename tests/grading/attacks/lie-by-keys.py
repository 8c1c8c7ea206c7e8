# A dictionary with keys of the student's own making, NaN among them.
# attacks: soft
# expects: soft=wrong|unserializable|protocol|error

# %%
class Key(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def soft(x):
    return {Key("a"): 1, float("nan"): 2, float("nan"): 3, ("a", (1,)): 4, None: 5, 1: 6, True: 7}
