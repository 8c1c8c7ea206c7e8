# Uses the blocked module, swallows the refusal and hides that it was touched.
# attacks: soft
# expects: soft=wrong|closed

# %%
import gc


def soft(x):
    from course_lib.foundations.softmax import softmax

    try:
        answer = softmax(x)
    except BaseException:
        answer = 0
    for thing in gc.get_objects():
        if type(thing).__name__ == "ImportBlocker":
            thing.touched = set()
    return answer
