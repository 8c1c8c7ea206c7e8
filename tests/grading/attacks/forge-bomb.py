# A short frame that takes gigabytes once it is read.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    say(frame(None, b"[[" + b'["list",[]],' * 300_000 + b'["none"]],[]]'))
    return 0
