# A frame whose header asks for a buffer that is not there, or for all memory.
# attacks: soft
# expects: soft=protocol

# %%
import json


def soft(x):
    for header in (
        '[["ndarray", "float64", [1099511627776], 0], [8]]',
        '[["ndarray", "object", [1], 0], [8]]',
        '[["ndarray", "float64", [-1], 0], [8]]',
        '[["ndarray", "float64", [1e300], 0], [8]]',
        '[["int", "' + "9" * 10**5 + '"], []]',
        '[' * 10**5,
        '[["list", []], [-8, 16]]',
        '{"a": NaN}',
        "\xff\xfe",
    ):
        say(frame(None, header.encode("latin-1"), [b"12345678"]))
    return 0
