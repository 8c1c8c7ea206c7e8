# The library's own answer, in four spellings of import.
# attacks: soft
# expects: soft=closed

# %%
def soft(x):
    import importlib

    try:
        from course_lib.foundations.softmax import softmax
    except ImportError:
        softmax = None
    for take in (
        lambda: softmax(x),
        lambda: __import__("course_lib.foundations.softmax", fromlist=["softmax"]).softmax(x),
        lambda: importlib.import_module("course_lib.foundations.softmax").softmax(x),
        lambda: importlib.reload(importlib.import_module("course_lib.foundations.softmax")).softmax(x),
        lambda: importlib.import_module("..softmax", "course_lib.foundations.losses").softmax(x),
    ):
        try:
            return take()
        except ImportError as error:
            last = error
    raise last
