# Files beside the notebook under the names of modules that are imported late.
# attacks: soft
# expects: soft=wrong|error|missing, shift=right|error, slope=right|error

# %%
for name in ("dis", "traceback", "inspect", "linecache", "torch", "numpy", "json", "struct", "opcode"):
    with open(f"{name}.py", "w") as file:
        file.write("def __getattr__(name):\n    return lambda *arguments, **options: True\n")
for name in ("dis", "opcode"):
    sys.modules.pop(name, None)
sys.path.insert(0, os.getcwd())


def soft(x):
    return 0
