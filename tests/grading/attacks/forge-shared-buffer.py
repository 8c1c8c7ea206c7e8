# A frame of a megabyte, of which every byte stands for thousands.
# attacks: soft
# expects: soft=protocol

# %%
def soft(x):
    arrays = ", ".join(['["ndarray", "uint8", [1048576], 0]'] * 4000)
    tree = '["list", [["int", "0"], ["int", "0"], ["str", "value"], ["list", [%s]], ' % arrays
    tree += '["str", ""], ["str", ""], ["list", []], ["list", []]]]'
    say(frame(None, f"[{tree}, [1048576]]".encode(), [bytes(2**20)]))
    return 0
