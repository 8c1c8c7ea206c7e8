# A function that takes a new name with every input.
# attacks: soft

# %%
def soft(x):
    soft.__name__ = soft.__qualname__ = soft.__doc__ = repr(x.tolist())
    soft.__signature__ = None
    soft.__code__ = soft.__code__.replace(co_name=repr(x.tolist()), co_filename=repr(x.tolist()))
    globals()["soft"] = lambda *arguments, **options: {}[repr(x.tolist())]
    return 0
