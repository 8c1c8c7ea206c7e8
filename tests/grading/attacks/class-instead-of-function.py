# A class by that name, whose instances are the answers.
# attacks: soft
# expects: soft=unplain|error|wrong

# %%
class soft:
    def __init__(self, x):
        self.x = x
