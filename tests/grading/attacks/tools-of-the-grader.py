# Imports the grader itself, to ask it.
# attacks: soft
# expects: soft=error

# %%
def soft(x):
    import importlib

    for name in ("gradebook.book", "grading.judge", "sandbox.session", "exercises.source", "cli"):
        try:
            importlib.import_module(f"course_tools.{name}")
            return "canary-" + "0" * 16
        except ImportError as error:
            last = error
    raise last
