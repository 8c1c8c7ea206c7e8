# Says what it takes in the words of what it was given.
# attacks: soft

# %%
seen = []


class Function:
    @property
    def __signature__(self):
        raise TypeError(f"told {seen}")

    def __call__(self, x):
        seen.append(x.tolist())
        return seen


soft = Function()
