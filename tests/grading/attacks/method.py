# Honest: a method of an object.
# attacks: soft
# expects: soft=right

# %%
class Model:
    def soft(self, x):
        return np.exp(x) / np.exp(x).sum()


soft = Model().soft
