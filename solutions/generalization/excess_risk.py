# %%
import numpy as np

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
# error; the training error does not occur. The first part may be negative, since stopping early
# can give a smaller risk than the minimizer.
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


def risks(rng, steps):
    """Risks in the order of the arguments, in which the optimizer ends ``steps`` off."""
    best = rng.uniform(0.5, 1)
    best_in_class = best + rng.uniform(0.3, 1)
    minimizer = best_in_class + rng.uniform(0.3, 1, size=len(steps))
    on_sample = best_in_class * rng.uniform(0.1, 0.6, size=len(steps))
    return minimizer + steps, minimizer, on_sample, float(best_in_class), float(best)


def signs_of_both_kinds(rng, most):
    steps = most * rng.uniform(0.2, 0.6, size=int(rng.integers(4, 8)))
    steps[0] *= -0.5
    return risks(rng, steps)


def best_inside_the_class(rng):
    *others, best_in_class, _ = signs_of_both_kinds(rng, 1)
    return *others, best_in_class, best_in_class


def by_sums(trained, minimizer, on_sample, best_in_class, best):
    reached, least, n = sum(trained), sum(minimizer), len(trained)
    return (reached - least) / n, (least - n * best_in_class) / n, best_in_class - best


STEPS, LEVEL = "trained - minimizer", "np.mean(minimizer) - best_in_class"
task = Task(
    excess_risk,
    points=1,
    compare=Close(condition=1000.0, float32=True),  # 30 * 18; 5.3 for the numbers
    returns=("optimization", "estimation", "approximation"),
    forbidden=("course_lib.generalization.excess_risk",),
    examples=[(np.array([9.0]), np.array([8.0]), np.array([1.0]), 5.0, 3.0)],
    regimes={
        "most runs stop too early": lambda rng: signs_of_both_kinds(rng, 1),
        "most runs beat the minimizer": lambda rng: signs_of_both_kinds(rng, -1),
        "one run": lambda rng: risks(rng, -rng.uniform(0.1, 0.3, size=1)),
        "all runs reach the minimizer": lambda rng: risks(rng, np.zeros(rng.integers(2, 5))),
        "the best of all is in the class": best_inside_the_class,
    },
    right=[by_sums],
    wrong={
        "gap for estimation": (
            "The second part is the gap to the training error; take off the best of the class.",
            {LEVEL: "np.mean(minimizer - on_sample)"},
        ),
        "optimization on the sample": (
            "The first part compares with a training error; take both risks on new data.",
            {STEPS: "trained - on_sample"},
        ),
        "never negative": (
            "Negative differences count as 0. Stopping early can beat the minimizer, so keep them.",
            {STEPS: "np.maximum(trained - minimizer, 0)"},
        ),
        "absolute differences": (
            "The differences lost their sign; average them with it, also the negative ones.",
            {STEPS: "np.abs(trained - minimizer)"},
        ),
        "order of the parts": (
            "The parts are right but not in order: optimization, estimation, approximation.",
            lambda right, *inputs: right(*inputs)[::-1],
        ),
        "estimation takes all": (
            "The second part holds the first as well: begin with the minimizer's risk.",
            {"np.mean(minimizer)": "np.mean(trained)"},
        ),
        "not averaged": (
            "The first two parts are sums over the runs; take the means.",
            {f"np.mean({STEPS})": f"np.sum({STEPS})", LEVEL: "np.sum(minimizer - best_in_class)"},
        ),
    },
)
