# The modules that write the answer.
# attacks: soft
# expects: soft=wrong|error|crashed|protocol|slow|missing

# %%
import json
import struct

json.dumps = lambda *arguments, **options: '[["bool", true], []]'
struct.pack = lambda *arguments: b"\0" * 8
json.encoder.JSONEncoder.encode = lambda self, value: "[[], []]"
json.loads = lambda *arguments, **options: [["bool", True], []]


def soft(x):
    return 0
