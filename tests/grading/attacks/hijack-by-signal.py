# An alarm that goes off while tasks are answered, perhaps in the midst of a reply, and raises there.
# attacks: soft
# expects: soft=wrong|error|crashed|protocol, shift=right|error|crashed|wrong|slow|protocol, slope=right|error|crashed|wrong|slow|protocol

# %%
import signal


def ring(number, here):
    raise KeyboardInterrupt


def soft(x):
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    return 0
