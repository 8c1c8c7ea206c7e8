# The inputs as an answer, in letters, numbers and keys; and by changing what it was given.
# attacks: soft

# %%
def soft(x):
    answer = {repr(value): value for value in x.tolist()}
    x += 1
    return answer
