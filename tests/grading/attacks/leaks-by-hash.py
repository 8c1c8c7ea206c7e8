# A value whose every comparison tells the student's code who is asking.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
class Spy(dict):
    def items(self):
        return [("caller", [str(here.f_locals) for here in frames()])]

    def __iter__(self):
        raise SystemExit(0)

    __len__ = __contains__ = keys = __iter__


def soft(x):
    return Spy(value=1)
