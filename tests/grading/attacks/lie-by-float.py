# Numbers and texts of classes of their own.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
class Liar(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __sub__

    def hex(self):
        return "0x1p-2"


def soft(x):
    return [Liar(1) for _ in x]
