# Without an end.
# attacks: soft
# expects: soft=unserializable|error

# %%
def soft(x):
    value = {}
    value["self"] = [value]
    value["value"] = value, value
    return value
