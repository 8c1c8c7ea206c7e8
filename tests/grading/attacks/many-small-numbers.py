# As many numbers as a reply may hold; as a list they would take forty times the memory.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return np.ones(2**22 - 2000, dtype="uint8")
