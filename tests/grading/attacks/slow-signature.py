# Takes its time before it is even called.
# attacks: soft
# expects: soft=slow

# %%
class Function:
    @property
    def __signature__(self):
        while True:
            pass

    def __call__(self, x):
        return 0


soft = Function()
