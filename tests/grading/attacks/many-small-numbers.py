# As many numbers as the replies may hold; as lists they would take forty times the memory.
# attacks: soft
# expects: soft=wrong

# %%
def soft(x):
    return np.ones(2**22 // 3 - 2000, dtype="uint8")
