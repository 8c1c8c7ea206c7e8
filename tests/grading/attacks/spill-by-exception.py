# Tells of hidden inputs in text, name, notes, cause and source of an exception.
# attacks: soft
# expects: soft=error

# %%
def soft(x):
    told = " ".join(map(repr, x.tolist())) + x.tobytes().hex()
    source = compile(f"raise ValueError({told!r})", f"<{told}>", "exec")
    error = type(told, (ValueError,), {"__module__": told})(told)
    error.add_note(told)
    try:
        exec(source, {"__name__": told})
    except ValueError as cause:
        raise error from cause
