# Leaves code where Python looks for it when the next process starts.
# attacks: soft
# expects: soft=crashed|slow

# %%
import glob

CODE = "raise SystemExit('note-to-self')\n"


def soft(x):
    for folder in [*sys.path, sys.prefix, "/tmp", ".", os.path.dirname(np.__file__)]:
        for name in (f"{MARK}.py", f"{MARK}.pth"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write(CODE)
            except OSError:
                continue
    for path in glob.glob(os.path.join(os.path.dirname(np.__file__), "__pycache__", "*.pyc")):
        for mode in ("r+b", "ab"):
            try:
                open(path, mode).close()
                return "canary-" + "0" * 16
            except OSError:
                continue
    os._exit(1)
