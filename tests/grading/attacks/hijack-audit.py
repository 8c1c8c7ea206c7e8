# A hook that cannot be removed and refuses whatever the grader's code does next.
# attacks: soft
# expects: soft=error|crashed|protocol|slow|wrong, shift=right|error|crashed|protocol|slow, slope=right|error|crashed|protocol|slow

# %%
import sys


def refuse(event, arguments):
    if armed:
        raise PermissionError(event)


armed = []
sys.addaudithook(refuse)


def soft(x):
    armed.append(1)
    return 0
