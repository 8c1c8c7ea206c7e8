# Stays as a process, a thread or a stopped child, and speaks to those that come later.
# attacks: soft
# expects: soft=error|crashed|wrong

# %%
def soft(x):
    for _ in range(3):
        try:
            if os.fork() == 0:
                os.setsid()
                while True:
                    write_anywhere("note")
        except OSError:
            continue
    return 0
