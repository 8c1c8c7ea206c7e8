# %% [markdown]
# ## A machine that subtracts one
#
# The program of a Turing machine is a table. Each entry says for a state $q$ and a symbol $a$ that
# is read which symbol is written, in which direction the head moves and which state comes next.
# Recurrent networks are called Turing complete because a network can run any such table. In this
# task you write one.
#
# The tape holds a binary number $n \ge 1$ of any length, its highest digit, a 1, under the head;
# all other cells are blank, `"_"`. The machine must halt with $n - 1$ in binary on the tape and
# nothing else, for thirty digits within 2000 steps. It halts when the table has no entry for what
# it sees. Zeros in front of the result do no harm: `"011"` counts as 3. But 0 is written `"0"`: an
# erased tape holds no number.
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


def number(rng, n_digits):
    return "1" + "".join(rng.choice(["0", "1"], size=n_digits - 1))


def numbers(rng, *limits, size):
    return ([number(rng, n_digits) for n_digits in rng.integers(*limits, size)],)


def with_a_run(rng, first, digit):
    return ([first + digit * int(n) for n in [1, 3, *rng.integers(4, 26, size=2)]],)


def by_complement():
    """n - 1 is the complement of (the complement of n) + 1."""
    flip = {"0": "1", "1": "0"}
    table = {("start", "_"): ("add", "_", "L"), ("add", "1"): ("add", "0", "L")}
    table |= {("add", "0"): ("right", "1", "R"), ("right", "_"): ("back", "_", "L")}
    table |= {("start", s): ("start", flip[s], "R") for s in "01"}
    table |= {("right", s): ("right", s, "R") for s in "01"}
    return table | {("back", s): ("back", flip[s], "L") for s in "01"}


TURN, BORROW = '("borrow", "_", "L")', '("borrow", "0"): ("borrow", "1", "L")'
END = '("borrow", "1"): ("done", "0", "L")'
ERASE = '("borrow", "1"): ("look", "0", "L"), ("look", "_"): ("wipe", "_", "R"), '
task = Task(
    decrement_table,
    points=2,
    compare=Exact(),
    call="without arguments",
    observe="course_lib.computation.tape_reports:tape_reports",
    forbidden=("course_lib.computation.turing_network",),
    examples=[(["1", "10", "110", "111", "1000", "1010"],)],
    regimes={
        "up to ten digits": lambda rng: numbers(rng, 2, 11, size=6),
        "many digits": lambda rng: numbers(rng, 16, 31, size=3),
        "powers of two": lambda rng: with_a_run(rng, "1", "0"),
        "only ones": lambda rng: with_a_run(rng, "1", "1"),
        "a long borrow": lambda rng: with_a_run(rng, number(rng, 5), "0"),
        "ones at the end": lambda rng: with_a_run(rng, number(rng, 5), "1"),
    },
    right=[by_complement],
    wrong={
        "no borrow": (
            "Only the last digit is changed; where it is 0, borrow from the next one.",
            {BORROW: '("borrow", "0"): ("done", "1", "L")'},
        ),
        "borrows for ever": (
            "The borrowing does not end at the first 1 and changes further digits; halt there.",
            {'"done"': '"borrow"'},
        ),
        "works at the wrong end": (
            "The machine changes the highest digits, where it begins; run to the right end first.",
            lambda right: {("start", "0"): ("start", "1", "R"), ("start", "1"): ("done", "0", "R")},
        ),
        "adds one": (
            "This adds one; turn a 0 into 1 and pass the borrow on, turn a 1 into 0 and end it.",
            {
                BORROW: '("borrow", "1"): ("borrow", "0", "L")',
                END: '("borrow", "0"): ("done", "1", "L"), ("borrow", "_"): ("done", "1", "L")',
            },
        ),
        "tape unchanged": (
            'The tape comes back as it was; begin in the state "start", and change digits.',
            {TURN: '("done", "_", "L")'},
        ),
        "never halts": (
            "The machine never halts; leave no entry for a blank in the state that ends the work.",
            {TURN: '("start", "_", "R")'},
        ),
        "erases the 0": (
            'For n = 1 the tape is left blank; write "0".',
            {END: ERASE + '("wipe", "0"): ("done", "_", "R")'},
        ),
    },
)
