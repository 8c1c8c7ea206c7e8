# A class by that name, whose instances are the answers.
# attacks: soft
# expects: soft=unserializable|error|wrong

# %%
class soft:
    def __init__(self, x):
        self.x = x
