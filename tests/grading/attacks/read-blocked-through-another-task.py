# Another task may use the module: it is open in a second process, which could pass it on.
# attacks: soft
# expects: soft=wrong|closed|error, shift=right

# %%
import glob
import inspect


def shift(x, by):
    from course_lib.foundations import softmax

    text = inspect.getsource(softmax.softmax)
    for place in ("/tmp", "/dev/shm", "/var/tmp", ".", ".."):
        try:
            with open(f"{place}/{MARK}.py", "w") as file:
                file.write(text)
        except OSError:
            continue
    return x + by


def soft(x):
    for path in glob.glob(f"/*/{MARK}.py") + glob.glob(f"*{MARK}.py") + glob.glob(f"../{MARK}.py"):
        names = {"np": np, "Float": dict, "Array": np.ndarray}
        exec(open(path).read(), names)
        return names["softmax"](x)
    return 0
