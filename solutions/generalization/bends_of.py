# %%
import numpy as np

# %% [markdown]
# ## The pieces of a network on a line
#
# One argument for deep networks counts the linear pieces of the functions that they compute. In
# this task you count those of a network with one hidden layer. A network with one hidden layer of
# ReLUs on the line,
#
# $$ f(x) = \sum_{i=1}^N v_i\,(w_ix+b_i)_+ , $$
#
# bends at $x_i=-b_i/w_i$, where its slope changes by $v_i\lvert w_i\rvert$: for $w_i<0$ the unit
# is active on the left, and switching it off changes the slope by $-v_iw_i$. That makes at most
# $N$ bends, and often fewer. A unit with $w_i=0$ is constant, one with $v_i=0$ has no effect, and
# units that bend at the same place make one bend, or none if their changes add up to 0.
#
# **Write** `bends_of(w, b, v)`, all of shape `(N,)`; return the pair `(places, slopes)`: where $f$
# really bends, from left to right, and the slopes of the pieces between, one more than there are
# bends. If $f$ bends nowhere (all $w_i$ may be 0), `places` has no entry and `slopes` has one. All
# numbers are small binary fractions: sums and quotients come out exactly, so compare without a
# tolerance.
#
# *Example.* $w=(1,-1,1)$, $b=(0,0,-1)$, $v=(1,1,-2)$ is $\lvert x\rvert-2(x-1)_+$. It bends at 0
# and 1, and the slopes are $-1$, 1, $-1$.


# %%
def bends_of(w, b, v):
    """Find where a network of one hidden layer bends, and the slopes of its pieces."""
    ### BEGIN SOLUTION
    bent = w != 0
    places, unit = np.unique(-b[bent] / w[bent], return_inverse=True)
    changes = np.bincount(unit, weights=(v * abs(w))[bent])
    first = (v * w)[w < 0].sum()
    kept = changes != 0
    return places[kept], first + np.concatenate([[0.0], np.cumsum(changes[kept])])
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Exact
from course_tools.exercises.spec import Task

SHARED, HEARD = [0, 0, 1, 1, 1, 2, 3], [2.0, 1.0, 1.0, 3.0, 1.5, -1.0, 2.0]
SIZES, CANCELLED = np.array([0.5, 1.0, 1.5, 2.0, 3.0]), np.array([1.0, -2.0, 1.0])
CONSTANTS = [[0.0, 1.0, 2.0], [0.0, -2.0, 1.0], [0.0, 0.0, 1.0]]  # of w, b and v, one a row


def network(rng, places, w=None, v=None):
    """Units that bend at these places, in any order."""
    n = len(places)
    w = rng.choice([*-SIZES[::-1], *SIZES], n) if w is None else w
    v = rng.choice([-3.0, -2.0, -0.75, 1.0, 2.0], n) if v is None else v
    return tuple(np.array([w, -np.array(w) * places + 0.0, v])[:, rng.permutation(n)])


def fractions(rng, n, most=3, parts=4):
    """Different multiples of a binary fraction, from -most to most."""
    return rng.choice(np.arange(-most * parts, most * parts + 1), size=n, replace=False) / parts


def cancelling(rng):
    """Two bends; two units that cancel; three that cancel; one silent unit."""
    places, sign = fractions(rng, 5)[[0, 1, 2, 2, 3, 3, 3, 4]], rng.choice([-1, 1])
    w = sign * np.array([1, -2, 2, -1, -0.5, 1, 1.5, -2])
    return network(rng, places, w, [1.0, 2, -1, 2, 1, 1, -1, 0])


def by_probing(w, b, v):
    places = np.unique(-b[w != 0] / w[w != 0])
    edges = np.array([-999.0, *places, 999.0])
    slopes = ((np.outer(edges[1:] + edges[:-1], w / 2) + b > 0) * (v * w)).sum(axis=1)
    bends = np.diff(slopes) != 0
    return places[bends], slopes[np.append(True, bends)]


ALL, MERGED = "changes == changes", "np.unique(-b[bent] / w[bent], return_inverse=True)"
task = Task(
    bends_of,
    points=3,
    compare=Exact(),
    returns=("places", "slopes"),
    forbidden=("course_lib.generalization.sawtooth",),
    examples=[(np.array([1.0, -1.0, 1.0]), np.array([0.0, 0.0, -1.0]), np.array([1.0, 1.0, -2.0]))],
    regimes={
        "any network": lambda rng: network(rng, fractions(rng, int(rng.integers(3, 9)))),
        "several units at one place": lambda rng: network(rng, fractions(rng, 4)[SHARED], v=HEARD),
        "units that cancel or are silent": cancelling,
        "units with w = 0": lambda rng: tuple(np.c_[cancelling(rng), rng.permutation(CONSTANTS).T]),
        "one unit": lambda rng: network(rng, fractions(rng, 1, 9)),
        "no bend": lambda rng: network(
            rng, fractions(rng, 2)[[0, 0, 1]], rng.choice([1, 2, 3]) * CANCELLED, [2.0, -1.0, 0.0]
        ),
        "nothing but constants": lambda rng: network(rng, fractions(rng, 3), [0.0, 0.0, 0.0]),
        "small changes close together": lambda rng: network(
            rng, fractions(rng, 1, 1) + np.arange(1, 6) / 256, v=rng.choice(HEARD, 5) / 64
        ),
        "places far out": lambda rng: network(rng, fractions(rng, 5, 300, 2)),
    },
    right=[by_probing],
    wrong={
        "places not merged": (
            "Two units that bend at the same place make one bend: add up their changes.",
            {MERGED: "np.sort(-b[bent] / w[bent]), np.argsort(np.argsort(-b[bent] / w[bent]))"},
        ),
        "cancelled bends": (
            "Where the changes of several units add up to 0 there is no bend: leave it out.",
            {"w != 0": "(w != 0) & (v != 0)", "changes != 0": ALL},
        ),
        "sign of the places": ("The sign is lost: a unit bends at -b/w.", {"-b[bent]": "b[bent]"}),
        "change without absolute value": (
            "Where w < 0 the slope changes by v |w| too: the unit is switched off there.",
            {"(v * abs(w))": "(v * w)"},
        ),
        "starts flat": (
            "The first piece is not flat: units with w < 0 are active on the far left.",
            {"(v * w)[w < 0].sum()": "0.0"},
        ),
        "bend at infinity": (
            "A unit with w = 0 is constant and bends nowhere; leave out -b/0.",
            {"w != 0": "v != 0", "changes != 0": ALL},
        ),
    },
    equivalent={"w < 0 -> w <= 0": "a unit with w = 0 adds v w = 0"},
)
