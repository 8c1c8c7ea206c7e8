# %%
import numpy as np

# %% [markdown]
# ## The second descent
#
# Fit a linear model by least squares on $n$ samples, and where many solutions fit exactly, take the
# shortest. There are $D$ independent standard normal features, but the model sees only $p$ of
# them. The true weights are spread evenly: of their squared length $B$ the model can find
# $B\,p/D$. The rest, $u=B\,(1-p/D)$, acts like additional label noise, beside the *variance*
# $s$ of the noise in the labels. With $r=p/n$, the risk over that of the true weights tends to bias
# plus variance:
#
# $$ \text{bias} = u + \begin{cases} 0 & r<1\\ B\,\frac pD\,(1-\frac1r) & r>1\end{cases}
#    \qquad
#    \text{variance} = (s+u)\begin{cases} \dfrac{r}{1-r} & r<1\\[1ex] \dfrac{1}{r-1} & r>1 .
#    \end{cases} $$
#
# The variance grows without bound at $r=1$, where the sample can just be fitted, and falls again
# beyond: more features make it *smaller*. The noise of new labels is not part of either.
#
# **Write** `second_descent(used, total, n_samples, noise, signal)` with an integer array `used`
# `(k,)` of values of $p$, none of them $n$, then $D$, $n$, $s$ and $B$; return the pair
# `(bias, variance)` of arrays `(k,)`. The model may see nothing ($p=0$) or everything ($p=D$),
# there may be fewer features than samples ($D<n$), and $s$ may be 0.
#
# *Example.* $n=2$, $D=4$, $s=3$, $B=4$. With $p=1$: $u=3$, $r=\frac12$, so the bias is 3 and the
# variance $(3+3)\cdot1=6$. With $p=4$: $u=0$, $r=2$, so the bias is $4\cdot\frac12=2$ and the
# variance $3\cdot1=3$.


# %%
def second_descent(used, total, n_samples, noise, signal):
    """Bias and variance of least squares that sees a part of the features."""
    ### BEGIN SOLUTION
    ratio = used / n_samples
    unseen = signal * (1 - used / total)
    bias = unseen + (signal - unseen) * (1 - 1 / np.maximum(ratio, 1))
    return bias, (noise + unseen) * np.minimum(ratio, 1) / np.abs(ratio - 1)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def model(rng, used, total, n, noisy=1):
    noise, signal = rng.uniform(1.5, 3, size=2) ** rng.choice([-1, 1])
    return rng.permutation(used), int(total), int(n), float(noise * noisy), float(signal)


def both_sides(rng, noisy=1):
    n = int(rng.integers(20, 41))
    total = int(rng.integers(4 * n, 6 * n))
    below = rng.integers(n // 5, 4 * n // 5, size=rng.integers(2, 4))
    above = rng.integers(5 * n // 4 + 1, total - n // 2, size=rng.integers(2, 4))
    return model(rng, [*below, *above], total, n, noisy)


def nothing_and_everything(rng):
    n, more = rng.integers(5, [20, 50])
    return model(rng, [0, rng.integers(1, n), n + more], n + more, n)


def beside_the_peak(rng):
    n = int(rng.integers(5, 20))
    return model(rng, [n - 1, n + 1], rng.integers(2 * n, 6 * n), n)


def fewer_features_than_samples(rng):
    total = int(rng.integers(4, 20))
    used = rng.permutation(np.arange(1, total))[:2]
    return model(rng, [*used, total], total, rng.integers(total + 2, 3 * total))


def by_spectrum(used, total, n_samples, noise, signal):
    """The variance as the mean of 1 over the eigenvalue in the Marchenko-Pastur law."""
    c = (np.minimum(used, n_samples) / np.maximum(used, n_samples))[:, None]
    angle = (np.arange(2000) + 0.5) * np.pi / 2000
    mean = (2 * (np.sin(angle) / (1 + c + 2 * np.sqrt(c) * np.cos(angle))) ** 2).mean(axis=1)
    unseen, lost = np.array([total - used, np.maximum(0, used - n_samples)]) * signal / total
    return unseen + lost, (noise + unseen) * c[:, 0] * mean


LOST, NOISE, SHRUNK = "(signal - unseen) * (1", "noise + unseen", "np.minimum(ratio, 1)"
task = Task(
    second_descent,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("bias", "variance"),
    forbidden=("course_lib.generalization.double_descent",),
    examples=[(np.array([1, 4]), 4, 2, 3.0, 4.0)],
    regimes={
        "both sides of the peak": both_sides,
        "nothing and everything seen": nothing_and_everything,
        "beside the peak": beside_the_peak,
        "fewer features than samples": fewer_features_than_samples,
        "no noise": lambda rng: both_sides(rng, noisy=0),
        "one value": lambda rng: model(rng, rng.integers(9, 40, size=1), 40, rng.integers(2, 9)),
        "one sample": lambda rng: model(rng, [0, 2, rng.integers(3, 9)], rng.integers(9, 30), 1),
    },
    right=[by_spectrum],
    wrong={
        "noise as deviation": (
            "The noise was squared, as if it were a standard deviation; it is the variance.",
            {"noise +": "noise**2 +"},
        ),
        "unseen is not noise": ("The noise lacks what is unseen; add u to it.", {NOISE: "noise"}),
        "unseen is not bias": (
            "What the model does not see is missing in its predictions; add u to the bias.",
            {"bias = unseen +": "bias ="},
        ),
        "no bias above 1": (
            "Above 1 only the part 1/r of what can be seen is found; add the rest to the bias.",
            {f" + {LOST} - 1 / np.maximum(ratio, 1))": ""},
        ),
        "bias of the whole signal": (
            "Above 1 the part 1 - 1/r of the whole signal B is lost; take it of B p/D.",
            {LOST: "signal * (1"},
        ),
        "one formula for the variance": (
            "The formula for ratios below 1 was used above as well, where it is negative.",
            {f"{SHRUNK} / np.abs(ratio - 1)": "ratio / (1 - ratio)"},
        ),
    },
)
