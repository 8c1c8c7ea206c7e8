# Makes everybody's calls too deep.
# attacks: soft
# expects: soft=error|wrong|crashed, shift=right|error|crashed, slope=right|error|crashed

# %%
def soft(x):
    sys.setrecursionlimit(len(list(frames())) + 5)
    return 0
