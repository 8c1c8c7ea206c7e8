# An object that says where in memory its numbers are.
# attacks: soft
# expects: soft=unserializable

# %%
class Pointer:
    __array_interface__ = {"shape": (4,), "typestr": "<f8", "data": (8, False), "version": 3}


def soft(x):
    return Pointer()
