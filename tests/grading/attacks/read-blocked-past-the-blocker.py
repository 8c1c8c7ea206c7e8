# Takes away what blocks the module, and imports it again.
# attacks: soft
# expects: soft=wrong|error|closed

# %%
import importlib
import sys


def soft(x):
    sys.meta_path[:] = [finder for finder in sys.meta_path if "ImportBlocker" not in type(finder).__name__]
    for name in [name for name in sys.modules if name.startswith("course_lib")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    sys.path_importer_cache.clear()
    return importlib.import_module("course_lib.foundations.softmax").softmax(x)
