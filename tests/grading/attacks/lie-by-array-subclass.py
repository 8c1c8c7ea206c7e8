# An array that agrees with any other one.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
class Liar(np.ndarray):
    def __array_ufunc__(self, *arguments, **options):
        return True

    def __array_function__(self, *arguments, **options):
        return True

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def astype(self, *arguments, **options):
        return self


def soft(x):
    return np.zeros(4).view(Liar)
