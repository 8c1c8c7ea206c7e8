# Imported at the top, where nobody counts it, and used below.
# attacks: soft
# expects: soft=closed

# %%
from course_lib.foundations.softmax import softmax


def soft(x):
    return softmax(x)
