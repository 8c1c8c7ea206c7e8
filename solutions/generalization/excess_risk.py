# %%
import numpy as np
import torch

# %% [markdown]
# ## Where the error comes from
#
# The risk $L$ of a trained network exceeds the best possible one for three reasons, which call for
# different remedies. Let $\hat f_T$ be what the optimizer reached, $\hat f$ the minimizer of the
# error *on the sample* within the class, $f_{\mathcal F}$ the best of the class, $f^*$ the best of
# all. Then
#
# $$ L(\hat f_T)-L(f^*)
#   = \underbrace{L(\hat f_T)-L(\hat f)}_{\text{optimization}}
#   + \underbrace{L(\hat f)-L(f_{\mathcal F})}_{\text{estimation}}
#   + \underbrace{L(f_{\mathcal F})-L(f^*)}_{\text{approximation}} . $$
#
# All four are risks on *new* data. The estimation error is not the gap between training and test
# error, whatever slides say; the training error does not occur. And the first part may be
# negative: stopping early can be better than the minimizer.
#
# **Write** `excess_risk(trained, minimizer, on_sample, best_in_class, best)`. The first three are
# arrays `(runs,)`, one number for each training set: $L(\hat f_T)$, $L(\hat f)$, and the *training*
# error of $\hat f$. The last two are numbers. Return the three parts, averaged over the runs, as
# `(optimization, estimation, approximation)`.
#
# *Example.* One run with 9, 8, training error 1, then 5 and 3: the parts are $9-8=1$, $8-5=3$,
# $5-3=2$, which add up to $9-3=6$.


# %%
def excess_risk(trained, minimizer, on_sample, best_in_class, best):
    """Split the excess risk into its three parts, averaged over the runs."""
    ### BEGIN SOLUTION
    optimization = np.mean(trained - minimizer)
    estimation = np.mean(minimizer) - best_in_class
    return optimization, estimation, best_in_class - best
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def risk_inputs(rng):
    runs = int(rng.integers(4, 8))
    best = rng.uniform(0.5, 1)
    best_in_class = best + rng.uniform(0.3, 1)
    minimizer = best_in_class + rng.uniform(0.3, 1, size=runs)
    step = rng.uniform(0.2, 0.6, size=runs) * rng.choice([-1, 1])
    step[0] *= -0.5
    on_sample = best_in_class * rng.uniform(0.1, 0.6, size=runs)
    return minimizer + step, minimizer, on_sample, float(best_in_class), float(best)


def risk_by_the_gap(trained, minimizer, on_sample, best_in_class, best):
    optimization, _, approximation = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return optimization, np.mean(minimizer - on_sample), approximation


def risk_over_training_error(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(trained - on_sample), *parts[1:]


def risk_clipped(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(np.maximum(trained - minimizer, 0)), *parts[1:]


def risk_in_absolute_value(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return np.mean(np.abs(trained - minimizer)), *parts[1:]


def risk_with_minus(trained, minimizer, on_sample, best_in_class, best):
    return tuple(-x for x in excess_risk(trained, minimizer, on_sample, best_in_class, best))


def risk_parts_reversed(trained, minimizer, on_sample, best_in_class, best):
    return excess_risk(trained, minimizer, on_sample, best_in_class, best)[::-1]


def risk_estimation_of_trained(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0], parts[0] + parts[1], parts[2]


def risk_summed(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0] * len(trained), parts[1] * len(trained), parts[2]


def risk_not_compared(trained, minimizer, on_sample, best_in_class, best):
    parts = excess_risk(trained, minimizer, on_sample, best_in_class, best)
    return parts[0], parts[1], best_in_class


def risk_by_loops(trained, minimizer, on_sample, best_in_class, best):
    optimization = estimation = 0.0
    for reached, least in zip(trained, minimizer, strict=True):
        optimization += (reached - least) / len(trained)
        estimation += (least - best_in_class) / len(trained)
    return optimization, estimation, best_in_class - best


def risk_by_torch(trained, minimizer, on_sample, best_in_class, best):
    levels = [torch.from_numpy(trained).mean(), torch.from_numpy(minimizer).mean()]
    levels += [torch.tensor(best_in_class), torch.tensor(best)]
    return -torch.stack([level.double() for level in levels]).diff()


def risk_in_plain_lists(trained, minimizer, on_sample, best_in_class, best):
    reached, least = (sum(x.tolist()) / len(x) for x in (trained, minimizer))
    return [reached - least, least - best_in_class, best_in_class - best]


def risk_in_single_precision(trained, minimizer, on_sample, best_in_class, best):
    reached, least = trained.astype(np.float32).mean(), minimizer.astype(np.float32).mean()
    approximation = np.float32(best_in_class) - np.float32(best)
    return reached - least, (least - np.float32(best)) - approximation, approximation


# condition: 30 * 18; 5.3 for the numbers
task = Task(
    excess_risk,
    points=1,
    compare=Close(condition=1000.0, float32=True),
    returns=("optimization", "estimation", "approximation"),
    forbidden=("course_lib.generalization.excess_risk",),
    examples=[(np.array([9.0]), np.array([8.0]), np.array([1.0]), 5.0, 3.0)],
    regimes={"drawn": risk_inputs},
    right=[risk_by_loops, risk_by_torch, risk_in_plain_lists, risk_in_single_precision],
    wrong={
        "gap for estimation": (
            (
                "The second part is the gap between new data and the sample. The estimation "
                "error compares with the best of the class on new data; the training error does"
                " not occur."
            ),
            risk_by_the_gap,
        ),
        "optimization on the sample": (
            (
                "The first part compares with the training error of the minimizer; both are "
                "risks on new data."
            ),
            risk_over_training_error,
        ),
        "never negative": (
            (
                "A negative part was set to 0; stopping early can beat the minimizer, and then "
                "the first part is negative."
            ),
            risk_clipped,
        ),
        "absolute differences": (
            (
                "The differences lost their sign; some of them are negative and count as such "
                "in the mean."
            ),
            risk_in_absolute_value,
        ),
        "signs turned round": (
            "All three have the wrong sign: the larger risk comes first.",
            risk_with_minus,
        ),
        "order of the parts": (
            "The parts are right but not in order: optimization, estimation, approximation.",
            risk_parts_reversed,
        ),
        "estimation takes all": (
            (
                "The second part holds the first as well: it begins with the minimizer, not "
                "with what the optimizer reached."
            ),
            risk_estimation_of_trained,
        ),
        "not averaged": (
            "The first two parts are sums over the runs; take the means.",
            risk_summed,
        ),
        "approximation not compared": (
            (
                "The third part is the risk of the best of the class itself; take off the best "
                "of all."
            ),
            risk_not_compared,
        ),
    },
)
