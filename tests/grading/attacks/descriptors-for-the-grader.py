# Sends the grader open files along with its answers, more than a process may have.
# attacks: soft
# expects: soft=wrong|protocol

# %%
def soft(x):
    for number in sockets():
        channel = socket.socket(fileno=os.dup(number))
        null = [os.open("/dev/null", os.O_RDONLY) for _ in range(20)]
        for _ in range(50):
            try:
                socket.send_fds(channel, [frame(0)], null)
            except OSError:
                break
    return 0
