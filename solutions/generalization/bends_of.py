# %%
import numpy as np

# %% [markdown]
# ## The pieces of a network on a line
#
# Depth is praised for the number of linear pieces it makes, so one should be able to count them.
# A network with one hidden layer of ReLUs on the line,
#
# $$ f(x) = \sum_{i=1}^N v_i\,(w_ix+b_i)_+ , $$
#
# bends at $x_i=-b_i/w_i$, where its slope changes by $v_i\lvert w_i\rvert$: for $w_i<0$ the unit
# is active on the left, and switching it off changes the slope by $-v_iw_i$. That makes at most
# $N$ bends, and often fewer. A unit with $w_i=0$ is constant, one with $v_i=0$ is not heard, and
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


def network(rng, places, w=None, v=None):
    """Units that bend at these places, in any order."""
    n = len(places)
    w = rng.choice([-3.0, -2.0, -1.5, -1.0, -0.5, 0.5, 1.0, 1.5, 2.0, 3.0], n) if w is None else w
    v = rng.choice([-3.0, -2.0, -0.75, 1.0, 2.0], n) if v is None else v
    order = rng.permutation(n)
    w, b, v = np.array(w)[order], (-np.array(w) * places)[order] + 0.0, np.array(v)[order]
    return w, b, v


def fractions(rng, n, most=3, parts=4):
    """Different multiples of a binary fraction, from -most to most."""
    return rng.choice(np.arange(-most * parts, most * parts + 1), size=n, replace=False) / parts


def with_constant(rng, w, b, v):
    """The network and three units with w = 0, one of which has b = 0 as well."""
    constants = rng.permutation([[0.0, 1.0, 2.0], [0.0, -2.0, 1.0], [0.0, 0.0, 1.0]])
    return tuple(map(np.concatenate, zip((w, b, v), constants.T, strict=True)))


def one_bend_of_several(rng):
    """Two units that bend at one place, three at another, and two more."""
    return network(
        rng, fractions(rng, 4)[[0, 0, 1, 1, 1, 2, 3]], v=[2.0, 1.0, 1.0, 3.0, 1.5, -1, 2]
    )


def cancelled_and_silent(rng):
    """Two bends; two units that cancel; three that cancel; one silent unit."""
    places, sign = fractions(rng, 5)[[0, 1, 2, 2, 3, 3, 3, 4]], rng.choice([-1, 1])
    w = sign * np.array([1, -2, 2, -1, -0.5, 1, 1.5, -2])
    return network(rng, places, w, [1.0, 2, -1, 2, 1, 1, -1, 0])


def no_bend(rng):
    """Two units that cancel, and one that is silent; the slope need not be 0."""
    places, size = fractions(rng, 2)[[0, 0, 1]], float(rng.choice([1, 2, 3]))
    return network(rng, places, [size, -2 * size, 1.0], [2.0, -1.0, 0.0])


def small_changes(rng):
    places = fractions(rng, 1, 1) + np.arange(1, 6) / 256
    return network(rng, places, v=rng.choice([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0], 5) / 64)


def by_walking(w, b, v, order=sorted):
    change_at = {}
    for weight, bias, out in zip(w, b, v, strict=True):
        if weight != 0:
            place = -bias / weight
            change_at[place] = change_at.get(place, 0.0) + out * abs(weight)
    places = [place for place in order(change_at) if change_at[place] != 0]
    slopes = [float(np.minimum(w, 0) @ v)]
    for place in places:
        slopes.append(slopes[-1] + change_at[place])
    return np.array(places), np.array(slopes)


def by_probing(w, b, v):
    """The slopes between the places at which units bend."""
    places = np.unique(-b[w != 0] / w[w != 0])
    edges = np.array([places.min(initial=0) - 2, *places, places.max(initial=0) + 2])
    probes = (edges[1:] + edges[:-1]) / 2
    slopes = ((np.outer(probes, w) + b > 0) * (v * w)).sum(axis=1)
    bends = np.diff(slopes) != 0
    return places[bends], slopes[np.append(True, bends)]


def by_units(w, b, v, bends):
    """Every one of these units makes a bend of its own."""
    places, changes = (-b / w)[bends], (v * abs(w))[bends]
    order = np.argsort(places, kind="stable")
    changes = np.append((v * w)[w < 0].sum(), changes[order])
    return places[order], np.cumsum(changes)


ALL = "changes == changes"
task = Task(
    bends_of,
    points=3,
    compare=Exact(),
    returns=("places", "slopes"),
    forbidden=("course_lib.generalization.sawtooth",),
    examples=[(np.array([1.0, -1.0, 1.0]), np.array([0.0, 0.0, -1.0]), np.array([1.0, 1.0, -2.0]))],
    regimes={
        "any network": lambda rng: network(rng, fractions(rng, int(rng.integers(3, 9)))),
        "several units at one place": one_bend_of_several,
        "units that cancel or are silent": cancelled_and_silent,
        "units with w = 0": lambda rng: with_constant(rng, *cancelled_and_silent(rng)),
        "one unit": lambda rng: network(rng, fractions(rng, 1, 9)),
        "no bend": no_bend,
        "nothing but constants": lambda rng: network(rng, fractions(rng, 3), [0.0, 0.0, 0.0]),
        "small changes close together": small_changes,
        "places far out": lambda rng: network(rng, fractions(rng, 5, 300, 2)),
    },
    right=[by_walking, by_probing],
    wrong={
        "one bend for each unit": (
            "Every unit is counted. With v = 0 it does not bend f; several at one place make one "
            "bend, or none.",
            lambda right, w, b, v: by_units(w, b, v, w != 0),
        ),
        "places not merged": (
            "Two units that bend at the same place make one bend: add up their changes.",
            lambda right, w, b, v: by_units(w, b, v, (w != 0) & (v != 0)),
        ),
        "cancelled bends": (
            "Where the changes of several units add up to 0 there is no bend: leave it out.",
            {"w != 0": "(w != 0) & (v != 0)", "changes != 0": ALL},
        ),
        "every place at which a unit bends": (
            "Places at which units bend but f does not are counted: v = 0, or units that cancel.",
            {"changes != 0": ALL},
        ),
        "sign of the places": (
            "The unit bends where w x + b = 0, at -b/w; the sign is lost.",
            lambda right, w, b, v: right(w, -b, v),
        ),
        "change without absolute value": (
            "Where w < 0 the slope changes by v |w| too: the unit is switched off there.",
            {"(v * abs(w))": "(v * w)"},
        ),
        "starts flat": (
            "The first piece is not flat: units with w < 0 are active on the far left.",
            {"(v * w)[w < 0].sum()": "0.0"},
        ),
        "not from left to right": (
            "The bends stand in the order of the units; sort them from left to right.",
            lambda right, w, b, v: by_walking(w, b, v, order=list),
        ),
        "changes for slopes": (
            "These are the changes of the slope; add them up from the left.",
            lambda right, *inputs: (right(*inputs)[0], np.diff(right(*inputs)[1])),
        ),
        "bend at infinity": (
            "A unit with w = 0 is constant and bends nowhere; leave out -b/0.",
            {"w != 0": "v != 0", "changes != 0": ALL},
        ),
        "pair turned round": (
            "The pair is the wrong way round: first the places, then the slopes.",
            lambda right, *inputs: right(*inputs)[::-1],
        ),
    },
    equivalent={"w < 0 -> w <= 0": "a unit with w = 0 adds v w = 0"},
)
