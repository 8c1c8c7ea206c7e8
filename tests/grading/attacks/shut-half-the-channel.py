# Reads on, and writes no more; and the other way round.
# attacks: soft
# expects: soft=crashed|protocol|slow|wrong

# %%
def soft(x):
    for channel in sockets():
        socket.socket(fileno=os.dup(channel)).shutdown(socket.SHUT_WR)
    return 0
