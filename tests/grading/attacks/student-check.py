# Uses what belongs to the student's own check.
# attacks: soft
# expects: soft=wrong|error

# %%
from course_tools.kit.check import checker

checker("attacked").check("soft", lambda x: 0)


def soft(x):
    from course_tools.kit import check
    from course_tools.answers import compare
    from course_tools.exercises import source, verify

    return 0
