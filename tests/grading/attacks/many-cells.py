# Thousands of lines in one cell, and an expression that no parser likes.
# attacks: soft
# expects: soft=missing|wrong|crashed

# %%
exec("\n".join(f"x{i} = {i}" for i in range(20_000)))
# %%
eval("(" * 10_000 + ")" * 10_000)
# %%
eval("-" * 10**6 + "1")
# %%
def soft(x):
    return 0
