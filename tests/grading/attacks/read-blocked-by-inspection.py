# Its source, its code object, a pickle that names it, a zip that holds it.
# attacks: soft
# expects: soft=closed|wrong|error

# %%
import inspect
import pickle
import pkgutil
import runpy
import zipimport


def soft(x):
    name = "course_lib.foundations.softmax"
    for take in (
        lambda: pickle.loads(b"ccourse_lib.foundations.softmax\nsoftmax\n.")(x),
        lambda: runpy.run_module(name)["softmax"](x),
        lambda: pkgutil.resolve_name(name + ":softmax")(x),
        lambda: exec(inspect.getsource(__import__(name, fromlist=["x"])), globals()) or softmax(x),
        lambda: exec(pkgutil.get_loader(name).get_source(name), globals()) or softmax(x),
        lambda: zipimport.zipimporter("/library").load_module("softmax").softmax(x),
        lambda: exec(pkgutil.get_data("course_lib.foundations", "softmax.py"), globals()) or softmax(x),
    ):
        try:
            return take()
        except BaseException:
            continue
    raise ImportError("nothing")
