# Texts and numbers chosen so that a dictionary of them takes for ever.
# attacks: soft
# expects: soft=wrong|unserializable|protocol|slow

# %%
import sys


def soft(x):
    return {i * sys.hash_info.modulus: 0 for i in range(1, 4000)}
