# Says that all is well, in the words of several graders.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    for said in ({"score": 1}, "passed", True, [0, 0, "right", 1.0], ["right"] * 8, None, []):
        say(frame(str(said) if isinstance(said, dict) else said))
    return 0
