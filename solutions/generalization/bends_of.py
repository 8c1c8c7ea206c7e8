# %%
from fractions import Fraction

import numpy as np
import torch

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
# bends. All numbers are small binary fractions: sums and quotients come out exactly.
#
# *Example.* $w=(1,-1,1)$, $b=(0,0,-1)$, $v=(1,1,-2)$ is $\lvert x\rvert-2(x-1)_+$. It bends at 0
# and 1, and the slopes are $-1$, 1, $-1$.


# %%
def bends_of(w, b, v):
    """Find where a network of one hidden layer bends, and the slopes of its pieces."""
    ### BEGIN SOLUTION
    heard = (w != 0) & (v != 0)
    places, unit = np.unique(-b[heard] / w[heard], return_inverse=True)
    changes = np.bincount(unit, weights=(v * abs(w))[heard], minlength=len(places))
    first = (v * w)[w < 0].sum()
    kept = changes != 0
    return places[kept], first + np.concatenate([[0.0], np.cumsum(changes[kept])])
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Exact
from course_tools.exercises.spec import Task


def bends_inputs(rng):
    places = rng.choice(np.r_[-12:0, 1:13], size=8, replace=False) / 4
    w = rng.choice([-2.0, -1.0, -0.5, 0.5, 1.0, 2.0], size=8)
    w[:2] = 1.0, -2.0
    v = rng.choice([-3.0, -2.0, 1.0, 2.0], size=8)
    places[5], w[5], v[5] = places[0], 2.0, 1.5 * abs(v[0])  # one bend of two units
    places[6], w[6], v[6] = places[1], 0.5, -4 * v[1]  # two units that cancel
    v[7] = 0
    b = -w * places
    w[4], b[4] = 0.0, 1.25
    order = rng.permutation(8)
    return w[order], b[order] + 0.0, v[order]


def bends_with(w, b, v, merge=True, silent=False, cancelled=False, sort=True, left=True):
    places, changes = [], []
    for place, change in zip(-b[w != 0] / w[w != 0], (v * abs(w))[w != 0], strict=True):
        if change == 0 and not silent:
            continue
        if merge and place in places:
            changes[places.index(place)] += change
        else:
            places.append(place)
            changes.append(change)
    is_silent = [v[(w != 0) & (-b == place * w)].any() == 0 for place in places]
    kept = [
        i for i in range(len(places)) if cancelled or changes[i] != 0 or (silent and is_silent[i])
    ]
    kept = sorted(kept, key=places.__getitem__) if sort else kept
    first = (v * w)[w < 0].sum() if left else 0.0
    slopes = first + np.concatenate([[0.0], np.cumsum([changes[i] for i in kept])])
    return np.array([places[i] for i in kept]), slopes


def bends_of_each_unit(w, b, v):
    return bends_with(w, b, v, merge=False, silent=True, cancelled=True)


def bends_not_merged(w, b, v):
    return bends_with(w, b, v, merge=False)


def bends_of_silent_units(w, b, v):
    return bends_with(w, b, v, silent=True)


def bends_that_cancel(w, b, v):
    return bends_with(w, b, v, cancelled=True)


def bends_without_change(w, b, v):
    return bends_with(w, b, v, silent=True, cancelled=True)


def bends_mirrored(w, b, v):
    return bends_with(w, -b, v)


def bends_signed_change(w, b, v):
    places, units = np.unique(-b[w != 0] / w[w != 0], return_inverse=True)
    changes = np.bincount(units, weights=(v * w)[w != 0])
    kept = changes != 0
    first = (v * w)[w < 0].sum()
    return places[kept], first + np.concatenate([[0.0], np.cumsum(changes[kept])])


def bends_from_flat(w, b, v):
    return bends_with(w, b, v, left=False)


def bends_not_sorted(w, b, v):
    return bends_with(w, b, v, sort=False)


def bends_changes(w, b, v):
    places, slopes = bends_with(w, b, v)
    return places, np.diff(slopes)


def bends_at_infinity(w, b, v):
    places, slopes = bends_with(w, b, v)
    return np.append(places, np.inf), np.append(slopes, slopes[-1])


def bends_slopes_first(w, b, v):
    return bends_with(w, b, v)[::-1]


def bends_by_loops(w, b, v):
    change_at = {}
    slope = 0.0
    for weight, bias, out in zip(w, b, v, strict=True):
        if weight < 0:
            slope += out * weight
        if weight != 0:
            place = -bias / weight + 0.0
            change_at[place] = change_at.get(place, 0.0) + out * abs(weight)
    places, slopes = [], [slope]
    for place in sorted(change_at):
        if change_at[place] != 0:
            places.append(place)
            slopes.append(slopes[-1] + change_at[place])
    return np.array(places), np.array(slopes)


def bends_by_torch(w, b, v):
    w, b, v = (torch.from_numpy(x) for x in (w, b, v))
    places = torch.unique(-b[w != 0] / w[w != 0])
    middle = (places[1:] + places[:-1]) / 2
    probes = torch.cat([places[:1] - 1, middle, places[-1:] + 1])
    slopes = ((probes[:, None] * w + b > 0) * (v * w)).sum(dim=1)
    bent = slopes.diff() != 0
    return places[bent], slopes[torch.cat([torch.tensor([True]), bent])]


def bends_in_plain_lists(w, b, v):
    units = [
        [Fraction(x) for x in row] for row in zip(*(y.tolist() for y in (w, b, v)), strict=True)
    ]
    units = [(weight, bias, out) for weight, bias, out in units if weight]
    places, slopes = [], [sum(out * weight for weight, _, out in units if weight < 0)]
    for place in sorted({-bias / weight for weight, bias, _ in units}):
        right = sum(
            out * weight
            for weight, bias, out in units
            if weight * place + bias > 0 or (weight * place + bias == 0 and weight > 0)
        )
        if right != slopes[-1]:
            places.append(place)
            slopes.append(right)
    return [float(x) for x in places], [float(x) for x in slopes]


def bends_in_single_precision(w, b, v):
    w, b, v = (x[w != 0].astype(np.float32) for x in (w, b, v))
    order = np.argsort(-b / w)
    at, change = (-b / w)[order], (v * np.abs(w))[order]
    last = np.append(at[1:] != at[:-1], True)
    slopes = np.append(np.float32(0), np.cumsum(change)[last]) + np.minimum(w, 0) @ v
    bent = slopes[1:] != slopes[:-1]
    return at[last][bent], slopes[np.append(True, bent)]


task = Task(
    bends_of,
    points=3,
    compare=Exact(),
    returns=("places", "slopes"),
    forbidden=("course_lib.generalization.sawtooth",),
    examples=[(np.array([1.0, -1.0, 1.0]), np.array([0.0, 0.0, -1.0]), np.array([1.0, 1.0, -2.0]))],
    regimes={"drawn": bends_inputs},
    right=[bends_by_loops, bends_by_torch, bends_in_plain_lists, bends_in_single_precision],
    wrong={
        "one bend for each unit": (
            (
                "Every unit is counted. Units with v = 0 do not bend f, and units that bend at "
                "one place make one bend, or none."
            ),
            bends_of_each_unit,
        ),
        "places not merged": (
            "Two units that bend at the same place make one bend: add up their changes.",
            bends_not_merged,
        ),
        "silent units": (
            "Units with v = 0 are counted; they do not reach the output.",
            bends_of_silent_units,
        ),
        "cancelled bends": (
            (
                "Where the changes of two units add up to 0, f does not bend, and there is no "
                "new piece."
            ),
            bends_that_cancel,
        ),
        "every place at which a unit bends": (
            (
                "Places at which the slope changes by 0 are counted: units with v = 0, and "
                "units that cancel."
            ),
            bends_without_change,
        ),
        "sign of the places": (
            "The unit bends where w x + b = 0, at -b/w; the sign is lost.",
            bends_mirrored,
        ),
        "change without absolute value": (
            (
                "The slope changes by v |w|: a unit with w < 0 is switched off on the way to "
                "the right."
            ),
            bends_signed_change,
        ),
        "starts flat": (
            "The first piece is not flat: units with w < 0 are active on the far left.",
            bends_from_flat,
        ),
        "not from left to right": (
            "The bends stand in the order of the units; sort them from left to right.",
            bends_not_sorted,
        ),
        "changes for slopes": (
            "These are the changes of the slope; add them up from the left.",
            bends_changes,
        ),
        "bend at infinity": (
            "A unit with w = 0 is constant and bends nowhere; -b/0 is infinite.",
            bends_at_infinity,
        ),
        "pair turned round": (
            "The pair is the wrong way round: first the places, then the slopes.",
            bends_slopes_first,
        ),
    },
)
