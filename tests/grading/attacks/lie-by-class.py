# Claims to be an array.
# attacks: soft
# expects: soft=unserializable

# %%
class Liar:
    dtype, shape, ndim, size, nbytes = np.dtype("float64"), (4,), 1, 4, 32

    @property
    def __class__(self):
        return np.ndarray

    def __sub__(self, other):
        return self

    __rsub__ = __abs__ = __sub__

    def __le__(self, other):
        return np.ones(4, bool)

    def all(self, *arguments, **options):
        return True


def soft(x):
    return Liar()
