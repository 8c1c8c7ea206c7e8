# A regular expression that never comes back to the interpreter.
# attacks: soft
# expects: soft=slow

# %%
import re


def soft(x):
    return re.match(r"(a+)+$", "a" * 60 + "b")
