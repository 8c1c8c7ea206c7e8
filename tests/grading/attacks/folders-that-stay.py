# Folders that nobody may look into, so deep that their name is too long, and in the way.
# attacks: soft
# expects: soft=crashed|slow

# %%
def soft(x):
    for mode in (0, 0o100, 0o200, 0o300, 0o400):
        try:
            os.makedirs(f"mode-{mode}/inside/inside")
            os.mkdir(f"mode-{mode}/closed", mode)
        except OSError:
            continue
    for number in range(200):
        try:
            os.mkdir(str(number))
        except OSError:
            continue
    for _ in range(300):
        try:
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        except OSError:
            break
    os._exit(1)
