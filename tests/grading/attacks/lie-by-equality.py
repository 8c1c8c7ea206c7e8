# Equal to everything, larger and smaller than everything.
# attacks: soft
# expects: soft=unserializable|wrong

# %%
class Liar:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    __hash__ = None

    def __array__(self, *arguments, **options):
        return np.exp(data) / np.exp(data).sum()

    def __float__(self):
        return 0.5

    def __getattr__(self, name):
        return self

    def __call__(self, *arguments, **options):
        return self

    def __bool__(self):
        return True


def soft(x):
    return Liar()
