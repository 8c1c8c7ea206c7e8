# Keys that no dictionary takes, in a frame of the student's own.
# attacks: soft
# expects: soft=protocol

# %%
import json


def soft(x):
    nonce = next(f.f_locals["request"] for f in frames() if "request" in f.f_locals)["nonce"]
    parts = [tree(nonce), tree(0), tree("value")]
    parts.append(["dict", [[["list", []], ["none"]], [["dict", []], ["none"]]]])
    parts += [tree(""), tree(""), tree([]), tree([])]
    say(frame(None, json.dumps([["list", parts], []]).encode()))
    while True:
        pass
