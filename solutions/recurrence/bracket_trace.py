# %%
from fractions import Fraction

import numpy as np

# %% [markdown]
# ## A stack in one number
#
# How can a network of fixed size hold a stack of any depth? In the digits of one number. With
# three kinds of bracket, numbered $k = 0, 1, 2$ for `(`, `[`, `{`, use base 6 and only the odd
# digits $2k+1$. The empty stack is $q = 0$, and
#
# $$ \text{push } k:\quad q \leftarrow \frac{q + 2k + 1}{6}, \qquad\qquad
#    \text{top} = \lfloor 6q\rfloor, \qquad\qquad \text{pop}:\quad q \leftarrow 6q - \text{top} . $$
#
# Even digits never occur. That leaves gaps between the cases, which a unit of fixed slope needs in
# order to tell them apart. The arithmetic has to be exact: use `Fraction`.
#
# **Write** `bracket_trace(word)` for a word over `()[]{}`: push at an opening bracket, pop at a
# closing one that fits the top. Return the pair `(balanced, trace)`, where `trace` lists $q$ after
# each symbol as a pair `(numerator, denominator)` in lowest terms. At the first closing bracket
# that does not fit, stop with `balanced` False, without an entry for it.
#
# *Example.* `"[]"`: push 1 gives $(0 + 3)/6 = 1/2$, pop gives $6\cdot\tfrac12 - 3 = 0$. The result
# is `(True, [(1, 2), (0, 1)])`. For `"[)"` it is `(False, [(1, 2)])`.


# %%
def bracket_trace(word):
    """Recognise balanced brackets of three kinds with a stack that is one fraction."""
    ### BEGIN SOLUTION
    q, trace = Fraction(0), []
    for symbol in word:
        if symbol in "([{":
            q = (q + 2 * "([{".index(symbol) + 1) / 6
        else:
            digit = 2 * ")]}".index(symbol) + 1
            if int(6 * q) != digit:
                return False, trace
            q = 6 * q - digit
        trace.append(q.as_integer_ratio())
    return q == 0, trace
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Exact
from course_tools.exercises.spec import Task

OPENING, CLOSING = "([{", ")]}"


def stack_inputs(rng):
    words = [balanced_word(rng, int(n)) for n in rng.integers(2, 6, size=2)]
    place = int(rng.integers(len(words[1])))
    misfit = words[1][:place] + "([)]" + words[1][place:]
    reducible = f"[{words[0]}]"  # with 3 as its lowest digit
    return ([*words, reducible, words[0] + "{", misfit, words[1] + "]"],)


def balanced_word(rng, n_pairs):
    word, opened = "", []
    while n_pairs or opened:
        if n_pairs and (not opened or rng.random() < 0.6):
            kind = int(rng.integers(3))
            opened.append(CLOSING[kind])
            word, n_pairs = word + OPENING[kind], n_pairs - 1
        else:
            word += opened.pop()
    return word


def trace_with(word, zero, digits=(1, 3, 5), same_kind=True, must_end_empty=True, take_off=True):
    q, trace = zero, []
    for symbol in word:
        if symbol in OPENING:
            q = (q + digits[OPENING.index(symbol)]) / 6
        else:
            top = int(6 * q)
            fits = top == digits[CLOSING.index(symbol)] if same_kind else q != 0
            if not fits:
                return False, trace
            q = 6 * q - top * take_off
        trace.append(tuple(q.as_integer_ratio()))
    return q == 0 or not must_end_empty, trace


def small_digits(word):
    return trace_with(word, Fraction(0), digits=(0, 1, 2))


def any_bracket_fits(word):
    return trace_with(word, Fraction(0), same_kind=False)


def open_brackets_forgiven(word):
    return trace_with(word, Fraction(0), must_end_empty=False)


def in_floating_point(word):
    return trace_with(word, 0.0)


def entry_for_the_misfit(word):
    balanced, trace = trace_with(word, Fraction(0))
    if len(trace) < len(word):
        trace.append(trace[-1] if trace else (0, 1))
    return balanced, trace


def not_in_lowest_terms(word):
    balanced, trace = trace_with(word, Fraction(0))
    depths = np.cumsum([1 if symbol in OPENING else -1 for symbol in word]).tolist()
    return balanced, [
        (p * 6**depth // q, 6**depth) for (p, q), depth in zip(trace, depths, strict=False)
    ]


def top_left_on(word):
    return trace_with(word, Fraction(0), take_off=False)


def before_each_symbol(word):
    balanced, trace = trace_with(word, Fraction(0))
    return balanced, [(0, 1), *trace][: len(trace)]


def trace_by_list(word):
    stack, trace = [], []
    for symbol in word:
        if symbol in OPENING:
            stack.append(OPENING.index(symbol))
        elif not stack or stack.pop() != CLOSING.index(symbol):
            return False, trace
        q = sum(Fraction(2 * k + 1, 6**depth) for depth, k in enumerate(stack[::-1], start=1))
        trace.append((Fraction(q).numerator, Fraction(q).denominator))
    return not stack, trace


def trace_by_integers(word):
    above, below, trace = 0, 1, []
    for symbol in word:
        if symbol in OPENING:
            above, below = above + (2 * OPENING.index(symbol) + 1) * below, 6 * below
        else:
            digit, rest = divmod(6 * above, below)
            if digit != 2 * CLOSING.index(symbol) + 1:
                return [False, trace]
            above = rest
        q = Fraction(above, below)
        trace.append([q.numerator, q.denominator])
    return [above == 0, trace]


def trace_by_digits(word):
    digits, trace = "", []
    for symbol in word:
        if symbol in OPENING:
            digits = "135"[OPENING.index(symbol)] + digits
        elif digits[:1] == "135"[CLOSING.index(symbol)]:
            digits = digits[1:]
        else:
            return False, trace
        q = Fraction(int(digits or "0", base=6), 6 ** len(digits))
        trace.append((q.numerator, q.denominator))
    return digits == "", trace


def trace_in_numpy(word):
    powers, stack = 6 ** np.arange(20), np.zeros(0, dtype=np.int64)
    pairs = np.zeros((0, 2), dtype=np.int64)
    for symbol in word:
        if symbol in OPENING:
            stack = np.append(stack, 2 * OPENING.index(symbol) + 1)
        elif len(stack) and stack[-1] == 2 * CLOSING.index(symbol) + 1:
            stack = stack[:-1]
        else:
            return np.bool_(False), pairs
        pair = np.array([stack @ powers[: len(stack)], powers[len(stack)]])
        pairs = np.vstack([pairs, pair // np.gcd(*pair)])
    return np.bool_(len(stack) == 0), pairs


task = Task(
    bracket_trace,
    points=4,
    compare=Exact(),
    call="on each",
    n_public=3,
    n_hidden=2,
    forbidden=("course_lib.computation.cantor_stack",),
    examples=[(["[]", "[)", "(", "([{}])", "([)]", "]", ""],)],
    regimes={"drawn": stack_inputs},
    right=[trace_by_list, trace_by_integers, trace_by_digits, trace_in_numpy],
    wrong={
        "digits 0, 1, 2": (
            ("The digits pushed are 0, 1, 2; use 2k+1. With digit 0 a stack of `(` looks empty."),
            small_digits,
        ),
        "any bracket fits": (
            (
                "A closing bracket pops whatever is on top: compare its kind with the top; "
                "`([)]` must fail."
            ),
            any_bracket_fits,
        ),
        "open brackets forgiven": (
            (
                "A word whose brackets are not all closed passes: at the end the stack must be "
                "empty."
            ),
            open_brackets_forgiven,
        ),
        "floating point": (
            (
                "These fractions come from floating point, where 1/6 is not exact; keep q a "
                "Fraction."
            ),
            in_floating_point,
        ),
        "entry for the misfit": (
            ("The trace has an entry for the bracket that did not fit; stop before writing it."),
            entry_for_the_misfit,
        ),
        "not in lowest terms": (
            (
                "The fractions have the right values but are not in lowest terms: `Fraction` "
                "reduces them."
            ),
            not_in_lowest_terms,
        ),
        "top left on": (
            "At a closing bracket q is multiplied by 6 but its top digit is not taken off.",
            top_left_on,
        ),
        "before each symbol": (
            "The trace lists q before each symbol; list it after.",
            before_each_symbol,
        ),
    },
)
