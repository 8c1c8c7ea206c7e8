# A generator, a thread and a finaliser that hold on to the grader's frames.
# attacks: soft
# expects: soft=wrong|unserializable

# %%
import threading
import weakref

held = list(frames())


class Last:
    def __del__(self):
        held.extend(frames())
        raise SystemExit(0)


def soft(x):
    held.extend(frames())
    Last()
    return [Last() for _ in range(0)]
