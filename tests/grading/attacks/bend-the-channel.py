# Sends descriptors, urgent data and credentials over the channel.
# attacks: soft
# expects: soft=wrong|protocol|crashed|error|slow

# %%
import array


def soft(x):
    rights = array.array("i", [0, 1, 2, *sockets()])
    for channel in sockets():
        one = socket.socket(fileno=os.dup(channel))
        for message in (
            lambda: one.sendmsg([b"x" * 8], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]),
            lambda: one.send(b"x", socket.MSG_OOB),
            lambda: one.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1),
            lambda: one.setblocking(False),
        ):
            try:
                message()
            except OSError:
                continue
    return 0
