# Imports the grader itself, to ask it.
# attacks: soft
# expects: soft=error

# %%
def soft(x):
    import importlib

    for name in ("gradebook.book", "judging.judge", "sandbox.session", "grading.source", "cli"):
        try:
            importlib.import_module(f"course_lib.{name}")
            return "canary-" + "0" * 16
        except ImportError as error:
            last = error
    raise last
