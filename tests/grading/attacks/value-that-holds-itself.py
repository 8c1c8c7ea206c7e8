# Without an end.
# attacks: soft
# expects: soft=unplain|error

# %%
def soft(x):
    value = {}
    value["self"] = [value]
    value["value"] = value, value
    return value
