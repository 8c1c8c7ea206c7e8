# Every answer is as large as one may be; all that are kept until they are judged are too much.
# attacks: soft
# expects: soft=unserializable

# %%
def soft(x):
    return np.ones(2**22 - 2000, dtype="uint8")
