# The module's text, code or archive, wherever a package may lie.
# attacks: soft
# expects: soft=wrong

# %%
import glob
import importlib.util
import os
import sys


def soft(x):
    folders = [*sys.path, "/library", "/core", CHECKOUT, os.getcwd(), "/"]
    import course_lib

    folders += [os.path.dirname(path) for path in course_lib.__path__]
    for folder in folders:
        for name in ("softmax.py", "__pycache__/softmax.*.pyc", "*softmax*"):
            for path in glob.glob(os.path.join(folder, "course_lib", "foundations", name)):
                spec = importlib.util.spec_from_file_location("taken", path)
                module = importlib.util.module_from_spec(spec)
                try:
                    spec.loader.exec_module(module)
                except OSError:  # not here: the next place
                    continue
                return module.softmax(x)
    return 0
