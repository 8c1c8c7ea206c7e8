# Nested more deeply than anybody's stack.
# attacks: soft
# expects: soft=unserializable|crashed|error

# %%
def soft(x):
    value = []
    for _ in range(10**5):
        value = [value]
    return value
