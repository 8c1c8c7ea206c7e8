# A list whose length, order and parts depend on who asks.
# attacks: soft
# expects: soft=wrong|unserializable

# %%
class Liar(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 4

    def __iter__(self):
        return iter([1.0] * 4)

    def __getitem__(self, index):
        return 1.0


def soft(x):
    return Liar()
