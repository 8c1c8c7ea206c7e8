# The same as an answer.
# attacks: soft
# expects: soft=wrong|unserializable|protocol|error

# %%
def soft(x):
    return {"\ud800\0\x1b[31m": "\ud800", "<script>alert(1)</script>": "=1+1", "{{ 7*7 }}": "\0"}
