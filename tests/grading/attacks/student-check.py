# Uses what belongs to the student's own check.
# attacks: soft
# expects: soft=wrong|error

# %%
from course_lib.grading.check import checker

checker("attacked").check("soft", lambda x: 0)


def soft(x):
    from course_lib.grading import check, compare, source, verify

    return 0
