# Never ends.
# attacks: soft
# expects: soft=slow

# %%
def soft(x):
    while True:
        pass
