# %%
from fractions import Fraction

# %% [markdown]
# ## A stack in one number
#
# A network of fixed size can hold a stack of any depth in the digits of one number. There are three
# kinds of bracket, numbered $i = 0, 1, 2$ for `(`, `[`, `{`. Use base 6 and only the odd digits
# $2i+1$. The empty stack is $q = 0$, and
#
# $$ \text{push } i:\quad q \leftarrow \frac{q + 2i + 1}{6}, \qquad\qquad
#    \text{top} = \lfloor 6q\rfloor, \qquad\qquad \text{pop}:\quad q \leftarrow 6q - \text{top} . $$
#
# Even digits never occur. This leaves gaps between the numbers of different stacks, which a unit
# with a bounded slope needs in order to distinguish them. The arithmetic has to be exact: use
# `Fraction`.
#
# **Write** `bracket_trace(word)` for a word over `()[]{}`: push at an opening bracket, pop at a
# closing one that fits the top. Return the pair `(balanced, trace)`, where `trace` lists $q$ after
# each symbol as a pair `(numerator, denominator)` in lowest terms. At the first closing bracket
# that does not fit, as none does on the empty stack, stop with `balanced` False, without an entry
# for it. A word that leaves brackets open is not balanced; the empty word is. Stacks may be so deep
# that the numbers do not fit into 64 bits.
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

OPENING, CLOSING = KINDS = "([{", ")]}"


def opening(rng, n):
    return "".join(rng.choice(list(OPENING), size=n))


def closed(word, inside=""):
    return word + inside + word[::-1].translate(str.maketrans(OPENING, CLOSING))


def balanced(rng):
    a, b, c = (opening(rng, n) for n in rng.integers(1, 4, size=3))
    return closed(a, closed(b) + closed(c))


def misfits(rng):
    i, j = rng.permutation(3)[:2]
    alone, crossed = OPENING[i] + CLOSING[j], OPENING[i] + OPENING[j] + CLOSING[i] + CLOSING[j]
    return ([alone, balanced(rng) + alone + balanced(rng), opening(rng, 4) + alone, crossed],)


def nothing_to_close(rng):
    word, symbol = balanced(rng), CLOSING[rng.integers(3)]
    return ([symbol, word + symbol, word + symbol + word, symbol + word],)


def by_digits(word):
    digits, trace = "", []  # the top first
    for symbol in word:
        if symbol in OPENING:
            digits = "135"[OPENING.index(symbol)] + digits
        elif digits[:1] == "135"[CLOSING.index(symbol)]:
            digits = digits[1:]
        else:
            return False, trace
        trace.append(Fraction(int("0" + digits, 6), 6 ** len(digits)).as_integer_ratio())
    return not digits, trace


N = "6 ** sum(1 if s in '([{' else -1 for s in word[: len(trace) + 1])"  # 6 to the depth
task = Task(
    bracket_trace,
    points=4,
    compare=Exact(),
    call="on each",
    forbidden=("course_lib.computation.cantor_stack",),
    examples=[(["[]", "[)", "(", "([{}])", "([)]", "]", ""],)],
    regimes={
        "balanced": lambda rng: ([balanced(rng), balanced(rng) + balanced(rng)],),
        "reducible fractions": lambda rng: ([closed(a, balanced(rng)) for a in ("[", "[(")],),
        "a misfit": misfits,
        "nothing to close": nothing_to_close,
        "left open": lambda rng: (
            [opening(rng, 1), opening(rng, 3) + balanced(rng), balanced(rng) + opening(rng, 2)],
        ),
        "deep": lambda rng: ([closed(opening(rng, n)) for n in rng.integers(30, 50, size=2)],),
    },
    right=[by_digits],
    wrong={
        "digits 0, 1, 2": (
            "The digits pushed are 0, 1, 2, so that a stack of `(` looks empty; push 2i + 1.",
            {f'2 * "{kinds}".index(symbol) + 1': f'"{kinds}".index(symbol)' for kinds in KINDS},
        ),
        "any bracket fits": (
            "A closing bracket pops whatever is on top; compare its kind: `([)]` must fail.",
            {"int(6 * q) != digit": "q == 0", "6 * q - digit": "6 * q % 1"},
        ),
        "open brackets forgiven": ("Open words pass; test for an empty stack.", {"q == 0": "True"}),
        "floating point": ("1/6 is not exact here; keep q a Fraction.", {"Fraction(0)": "0.0"}),
        "entry for the misfit": (
            "The trace has an entry for the bracket that did not fit; stop before writing it.",
            {"return False, trace": "return False, [*trace, (trace or [(0, 1)])[-1]]"},
        ),
        "top left on": ("The top digit stays on; take it off.", {"6 * q - digit": "6 * q"}),
        "not in lowest terms": (
            "The fractions are right but not in lowest terms; reduce them, as `Fraction` does.",
            {"trace.append(q.as_integer_ratio())": f"trace.append((int(q * {N}), {N}))"},
        ),
    },
)
