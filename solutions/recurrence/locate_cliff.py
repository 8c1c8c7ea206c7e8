# %%
import numpy as np

# %% [markdown]
# ## Explain a failure: one update that was far too long
#
# The smallest recurrent network is one unit without input. It was trained by gradient descent on
# the loss after many steps,
#
# $$ h_t = w\,\sigma(h_{t-1}) + b, \qquad \mathcal L = \big(\sigma(h_T) - r\big)^2, \qquad
#    \sigma(h) = \frac{1}{1 + e^{-h}} . $$
#
# With $w = 6$ fixed, $h_0 = 0.5$, $T = 50$, $r = 0.7$ and the learning rate 1, the loss fell and
# $b$ rose from $-4.5$ to $-3.235$. Then the 1,492nd update moved $b$ to $-213$. Explain it: at the
# bias $b^*$ for which $h_0$ is a fixed point of the recurrence, every step multiplies a small
# difference of the states by the factor $w\,\sigma'(h_0)$. If that is larger than 1, a slightly
# smaller bias leads all later states down to another fixed point, and a slightly larger bias leads
# them up. At $b^*$ the loss has a cliff, and its derivative there grows like the factor to the
# power $T$.
#
# **Write** `locate_cliff(w, h_init, target)` for numbers $w > 0$, $h_0$ and $r$; return four
# numbers: $b^*$, the factor, and the limits for $T\to\infty$ of the loss a little below $b^*$ and a
# little above it, at the fixed points that the states reach from $h_0$. If the factor is less than
# 1, the states return to $h_0$ on both sides, and there is no cliff at $h_0$, even if the unit has
# other fixed points. The factor is at least a tenth away from 1.
#
# *Example.* $w = 6$, $h_0 = 0$, $r = 1$: $b^* = -6\cdot\tfrac12 = -3$ and the factor is
# $6\cdot\tfrac14 = 1.5$. Below, the states fall to $-2.576$, where $\sigma = 0.0707$ and the loss
# is $0.8636$. Above, they rise to $2.576$, where $\sigma = 0.9293$ and the loss is $0.0050$.


# %%
def locate_cliff(w, h_init, target):
    """Find the bias at which the loss of one recurrent unit jumps, and the loss on each side."""
    ### BEGIN SOLUTION
    start = 1 / (1 + np.exp(-h_init))
    bias = h_init - w * start
    below_and_above = h_init + np.array([-1e-3, 1e-3])
    sigma = 1 / (1 + np.exp(-below_and_above))
    for _ in range(2000):
        sigma = 1 / (1 + np.exp(-(w * sigma + bias)))
    return bias, w * start * (1 - start), *(sigma - target) ** 2
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def logistic(h):
    return 1 / (1 + np.exp(-h))


def unit(rng, w, h_init, low, high):
    """A unit whose factor lies between the limits, and whose losses are far from 0."""
    while True:
        inputs = float(rng.uniform(*w)), float(rng.uniform(*h_init)), float(rng.uniform(0.1, 0.9))
        _, factor, *losses = by_bisection(*inputs)
        if low < factor < high and min(losses) > 0.01:
            return inputs


def by_bisection(w, h_init, target):
    """A fixed point is a root of w s(h) + b - h; between two neighbours its sign is constant."""
    s = logistic(h_init)
    bias, factor = h_init - w * s, w * s * (1 - s)
    ends = [h_init, h_init]
    if factor > 1:
        for k, (a, c) in enumerate([(bias, h_init - 1e-4), (h_init + 1e-4, bias + w)]):
            for _ in range(80):
                middle = (a + c) / 2
                rises = w * logistic(middle) + bias > middle
                a, c = (middle, c) if rises else (a, middle)
            ends[k] = a
    return bias, factor, *((logistic(h) - target) ** 2 for h in ends)


AGAIN, SQUARE = "(w * sigma + bias)", "(sigma - target) ** 2"
task = Task(
    locate_cliff,
    points=2,
    compare=Close(condition=1e4),  # 30 roundings, amplified by 300 where the factor is near 1
    returns=("bias", "factor", "loss_below", "loss_above"),
    forbidden=("course_lib.gradient_flow.cliff",),
    examples=[(6.0, 0.0, 1.0)],
    regimes={
        "a cliff": lambda rng: unit(rng, (5, 9), (-0.5, 0.5), 1.2, 9),
        "a steep cliff": lambda rng: unit(rng, (9, 15), (-1, 1), 2, 9),
        "away from 0": lambda rng: unit(rng, (7, 12), (0.8, 1.6), 1.1, 9),
        "below 0": lambda rng: unit(rng, (7, 12), (-1.6, -0.8), 1.1, 9),
        "no cliff": lambda rng: unit(rng, (2, 3.5), (-1, 1), 0, 0.9),
        "another fixed point far below": lambda rng: unit(rng, (8, 9), (1.9, 2.3), 0.7, 0.9),
        "another fixed point far above": lambda rng: unit(rng, (8, 9), (-2.3, -1.9), 0.7, 0.9),
    },
    right=[by_bisection],
    equivalent=dict.fromkeys(
        [
            "range(2000) -> " + end
            for end in ["range(2000 + 1)", "range(2000 - 1)", "range(2001)", "range(1999)"]
        ],
        "the states no longer change",
    ),
    wrong={
        "from the ends": (
            "The fixed points furthest out are taken; follow the states from near h_0.",
            {"[-1e-3, 1e-3]": "[-10, 10]"},
        ),
        "on the cliff": (
            "This is the loss at h_0 itself; go a little below and a little above it.",
            lambda right, w, h_init, target: (
                *right(w, h_init, target)[:2],
                *[(1 / (1 + np.exp(-h_init)) - target) ** 2] * 2,
            ),
        ),
        "sides exchanged": (
            "The two losses are exchanged; a smaller bias leads the states down.",
            lambda right, *inputs: (*right(*inputs)[:2], *right(*inputs)[:1:-1]),
        ),
        "factor without the weight": (
            "The factor is only the slope; the derivative of a step is w times the slope.",
            {"w * start * (1 - start)": "start * (1 - start)"},
        ),
        "slope of tanh": (
            "The slope is that of tanh; the unit is logistic, with the slope s(1 - s).",
            {"w * start * (1 - start)": "w * (1 - np.tanh(h_init) ** 2)"},
        ),
        "state for output": (
            "The loss compares the state with the target; compare the logistic of the state.",
            {SQUARE: "(w * sigma + bias - target) ** 2"},
        ),
        "too few steps": (
            "The states are still on their way; go on until they stand still.",
            {"range(2000)": "range(2)"},
        ),
        "no bias in the steps": (
            "The bias has no part in the steps; let the states follow w s(h) + b*.",
            {AGAIN: "(w * sigma)"},
        ),
    },
)
