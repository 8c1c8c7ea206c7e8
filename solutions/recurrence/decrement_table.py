# %% [markdown]
# ## A machine that subtracts one
#
# A Turing machine is a table: in state $q$, reading symbol $a$, write, move, change state. That a
# recurrent network can run any such table is what "Turing complete" means, so it is good to have
# written one.
#
# The tape holds a binary number $n \ge 1$, its highest digit under the head; all other cells are
# blank, `"_"`. The machine must halt with $n - 1$ on the tape. It halts when the table has no entry
# for what it sees. Zeros in front do no harm: `"011"` counts as 3.
#
# **Write** `decrement_table()`: no arguments; return a dictionary
# `{(state, symbol): (next_state, symbol_to_write, move)}` with move `"L"` or `"R"`, the first state
# called `"start"`. Your states, your choice: any table that works is right.
#
# *Example.* `"110"` (6) becomes `"101"` (5): the last 0 turns into 1 and borrows, the next digit 1
# turns into 0 and the borrowing ends.


# %%
def decrement_table():
    """Write the table of a Turing machine that takes one from a binary number."""
    ### BEGIN SOLUTION
    return {
        ("start", "0"): ("start", "0", "R"),
        ("start", "1"): ("start", "1", "R"),
        ("start", "_"): ("borrow", "_", "L"),
        ("borrow", "0"): ("borrow", "1", "L"),
        ("borrow", "1"): ("done", "0", "L"),
    }
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Exact
from course_tools.exercises.spec import Task


def table_inputs(rng):
    numbers = [1, 2, 8, *(int(n) for n in rng.integers(3, 2000, size=6))]
    return ([f"{n:b}" for n in numbers],)


def table_without_borrow():
    table = decrement_table()
    return table | {("borrow", "0"): ("done", "1", "L")}


def table_that_borrows_on():
    table = decrement_table()
    return table | {("borrow", "1"): ("borrow", "0", "L")}


def table_at_the_wrong_end():
    return {
        ("start", "0"): ("start", "1", "R"),
        ("start", "1"): ("done", "0", "R"),
    }


def table_that_adds():
    table = {("start", symbol): ("start", symbol, "R") for symbol in "01"}
    return table | {
        ("start", "_"): ("carry", "_", "L"),
        ("carry", "1"): ("carry", "0", "L"),
        ("carry", "0"): ("done", "1", "L"),
        ("carry", "_"): ("done", "1", "L"),
    }


def table_that_changes_nothing():
    return {("start", symbol): ("start", symbol, "R") for symbol in "01"}


def table_that_never_halts():
    return decrement_table() | {("start", "_"): ("start", "_", "R")}


def tidy_table():
    return {
        ("start", "0"): ("start", "0", "R"),
        ("start", "1"): ("start", "1", "R"),
        ("start", "_"): ("take", "_", "L"),
        ("take", "1"): ("home", "0", "L"),
        ("take", "0"): ("take", "1", "L"),
        ("home", "0"): ("home", "0", "L"),
        ("home", "1"): ("home", "1", "L"),
        ("home", "_"): ("tidy", "_", "R"),
        ("tidy", "0"): ("look", "_", "R"),
        ("look", "_"): ("stop", "0", "R"),
    }


def lookahead_table():
    table = {("start", s): (f"saw {s}", s, "R") for s in "01"}
    table |= {(f"saw {d}", s): (f"saw {s}", s, "R") for d in "01" for s in "01"}
    table |= {(f"saw {d}", "_"): (f"last {d}", "_", "L") for d in "01"}
    table |= {("last 1", "1"): ("end", "0", "R"), ("last 0", "0"): ("more", "1", "L")}
    return table | {("more", "0"): ("more", "1", "L"), ("more", "1"): ("end", "0", "R")}


def table_with_numbers():
    run = {("start", symbol): ["start", symbol, "R"] for symbol in ("0", "1")}
    return run | {
        ("start", "_"): [1, "_", "L"],
        (1, "0"): [1, "1", "L"],
        (1, "1"): [2, "0", "R"],
    }


def table_by_complement():
    flip = {"0": "1", "1": "0"}
    table = {("start", "_"): ("add", "_", "L"), ("add", "1"): ("add", "0", "L")}
    table |= {("add", "0"): ("right", "1", "R"), ("right", "_"): ("back", "_", "L")}
    table |= {("start", s): ("start", flip[s], "R") for s in "01"}
    table |= {("right", s): ("right", s, "R") for s in "01"}
    return table | {("back", s): ("back", flip[s], "L") for s in "01"}


task = Task(
    decrement_table,
    points=3,
    compare=Exact(),
    call="without arguments",
    observe="course_lib.computation.tape_reports:tape_reports",
    forbidden=("course_lib.computation.turing_network",),
    examples=[(["1", "10", "110", "111", "1000", "1010"],)],
    regimes={"drawn": table_inputs},
    right=[tidy_table, lookahead_table, table_with_numbers, table_by_complement],
    wrong={
        "no borrow": (
            (
                "Only the last digit is changed: where it is 0 the machine has to borrow from "
                "the next one."
            ),
            table_without_borrow,
        ),
        "borrows for ever": (
            (
                "The borrowing does not end at the first 1: it goes on to the left and eats "
                "further digits."
            ),
            table_that_borrows_on,
        ),
        "works at the wrong end": (
            (
                "The machine works on the highest digit, where the head begins; run right to "
                "the end first."
            ),
            table_at_the_wrong_end,
        ),
        "adds one": (
            (
                "This machine adds one. To take one away, a 0 turned into 1 passes the borrow "
                "on and a 1 turned into 0 ends it."
            ),
            table_that_adds,
        ),
        "tape unchanged": (
            (
                'The tape comes back as it was. Is there an entry for the state "start", in '
                "which the machine begins, and does it go back from the end to change digits?"
            ),
            table_that_changes_nothing,
        ),
        "never halts": (
            (
                "The machine does not halt: it runs to the right for ever. At the first blank, "
                "turn round."
            ),
            table_that_never_halts,
        ),
    },
)
