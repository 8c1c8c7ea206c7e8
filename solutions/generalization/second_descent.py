# %%
import numpy as np
import torch

# %% [markdown]
# ## The second descent
#
# Fit a linear model by least squares on $n$ samples, and where many solutions fit exactly, take the
# shortest. There are $D$ independent standard normal features, but the model sees only $p$ of
# them. The true weights are spread evenly: of their squared length $B$ the model can find
# $B\,p/D$. What it cannot see, $u=B\,(1-p/D)$, acts on it like more label noise, beside the
# *variance* $s$ of the labels. With $r=p/n$, the risk over that of the true weights tends to bias
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
# `(bias, variance)` of arrays `(k,)`.
#
# *Example.* $n=2$, $D=4$, $s=3$, $B=4$. With $p=1$: $u=3$, $r=\frac12$, so the bias is 3 and the
# variance $(3+3)\cdot1=6$. With $p=4$: $u=0$, $r=2$, so the bias is $4\cdot\frac12=2$ and the
# variance $3\cdot1=3$.


# %%
def second_descent(used, total, n_samples, noise, signal):
    """Bias and variance of least squares that sees a part of the features."""
    ### BEGIN SOLUTION
    ratio = used / n_samples
    above = ratio > 1
    unseen = signal * (1 - used / total)
    bias = unseen + np.where(above, (signal - unseen) * (1 - 1 / ratio), 0.0)
    return bias, (noise + unseen) * np.where(above, 1.0, ratio) / np.abs(ratio - 1)
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def ridgeless_inputs(rng):
    n = int(rng.integers(20, 41))
    total = int(rng.integers(4 * n, 6 * n))
    below = rng.integers(n // 5, 4 * n // 5, size=3)
    above = rng.integers(5 * n // 4 + 1, total - n // 2, size=3)
    noise, signal = rng.uniform(1.5, 3, size=2) ** rng.choice([-1, 1])
    return rng.permutation(np.concatenate([below, above])), total, n, float(noise), float(signal)


def both_sides(ratio, bias_above, variance_below, variance_above):
    return np.where(ratio > 1, bias_above, 0), np.where(ratio > 1, variance_above, variance_below)


def ridgeless_noise_squared(used, total, n_samples, noise, signal):
    return second_descent(used, total, n_samples, noise**2, signal)


def ridgeless_signal_squared(used, total, n_samples, noise, signal):
    return second_descent(used, total, n_samples, noise, signal**2)


def ridgeless_inverse_ratio(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), n_samples / used
    bias, factor = both_sides(r, (signal - u) * (1 - 1 / r), r / (1 - r), 1 / (r - 1))
    return u + bias, (noise + u) * factor


def ridgeless_quiet(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias, variance * noise / (noise + signal * (1 - used / total))


def ridgeless_all_seen(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias - signal * (1 - used / total), variance


def ridgeless_of_whole_signal(used, total, n_samples, noise, signal):
    r = used / n_samples
    bias, factor = both_sides(r, signal * (1 - 1 / r), r / (1 - r), 1 / (r - 1))
    return bias, noise * factor


def ridgeless_without_bias(used, total, n_samples, noise, signal):
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return signal * (1 - used / total), variance


def ridgeless_bias_of_the_whole(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return u + np.where(r > 1, signal * (1 - 1 / r), 0.0), variance


def ridgeless_bias_everywhere(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    variance = second_descent(used, total, n_samples, noise, signal)[1]
    return u + (signal - u) * (1 - 1 / r), variance


def ridgeless_negative_variance(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    bias = second_descent(used, total, n_samples, noise, signal)[0]
    return bias, (noise + u) * r / (1 - r)


def ridgeless_absolute_value(used, total, n_samples, noise, signal):
    bias, variance = ridgeless_negative_variance(used, total, n_samples, noise, signal)
    return bias, np.abs(variance)


def ridgeless_no_numerator(used, total, n_samples, noise, signal):
    u, r = signal * (1 - used / total), used / n_samples
    bias = second_descent(used, total, n_samples, noise, signal)[0]
    return bias, (noise + u) / np.abs(1 - r)


def ridgeless_test_noise(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias, variance + noise


def ridgeless_total(used, total, n_samples, noise, signal):
    bias, variance = second_descent(used, total, n_samples, noise, signal)
    return bias + variance, variance


def ridgeless_by_loops(used, total, n_samples, noise, signal):
    bias, variance = [], []
    for p in used:
        unseen = signal - signal * p / total
        bias.append(unseen)
        if p < n_samples:
            variance.append((noise + unseen) * p / (n_samples - p))
        else:
            bias[-1] += signal * (p - n_samples) / total
            variance.append((noise + unseen) * n_samples / (p - n_samples))
    return np.array(bias), np.array(variance)


def ridgeless_by_torch(used, total, n_samples, noise, signal):
    p = torch.from_numpy(used).double()
    missed = 1 - torch.minimum(p, torch.tensor(float(n_samples))) / total
    small = torch.minimum(p / n_samples, n_samples / p)
    return signal * missed, (noise + signal * (1 - p / total)) * small / (1 - small)


def ridgeless_by_spectrum(used, total, n_samples, noise, signal):
    angle = (np.arange(2000) + 0.5) * np.pi / 2000
    bias, variance = [], []
    for p in used.tolist():
        c = min(p, n_samples) / max(p, n_samples)
        eigenvalues = 1 + c + 2 * np.sqrt(c) * np.cos(angle)
        mean_inverse = (2 * (np.sin(angle) / eigenvalues) ** 2).mean()
        unseen = signal * (total - p) / total
        bias.append(unseen + signal * max(0, p - n_samples) / total)
        variance.append((noise + unseen) * c * mean_inverse)
    return bias, variance


def ridgeless_in_single_precision(used, total, n_samples, noise, signal):
    r = used.astype(np.float32) / np.float32(n_samples)
    seen = np.float32(signal) * used.astype(np.float32) / np.float32(total)
    bias, over = np.float32(signal) - seen, r > 1
    variance = (np.float32(noise) + bias) / (1 / r - 1)
    variance[over] *= -1 / r[over]
    bias[over] += seen[over] - seen[over] / r[over]
    return bias, variance


task = Task(
    second_descent,
    points=2,
    compare=Close(condition=500.0, float32=True),
    returns=("bias", "variance"),
    forbidden=("course_lib.generalization.double_descent",),
    examples=[(np.array([1, 4]), 4, 2, 3.0, 4.0)],
    regimes={"drawn": ridgeless_inputs},
    right=[
        ridgeless_by_loops,
        ridgeless_by_torch,
        ridgeless_by_spectrum,
        ridgeless_in_single_precision,
    ],
    wrong={
        "noise as deviation": (
            (
                "The noise was squared, as if a standard deviation had been given; it is the "
                "variance already."
            ),
            ridgeless_noise_squared,
        ),
        "signal squared again": (
            "The signal was squared; it is the squared length already.",
            ridgeless_signal_squared,
        ),
        "samples over features": (
            "The ratio is turned round: it is features over samples.",
            ridgeless_inverse_ratio,
        ),
        "unseen is not noise": (
            ("What the model does not see makes the labels noisier for it; add u to the noise."),
            ridgeless_quiet,
        ),
        "unseen is not bias": (
            "What the model does not see is missing in its predictions; add u to the bias.",
            ridgeless_all_seen,
        ),
        "everything seen": (
            (
                "This holds if all features carry the whole signal: the part 1 - p/D is missing"
                " everywhere."
            ),
            ridgeless_of_whole_signal,
        ),
        "no bias above 1": (
            (
                "With more features than samples only the part 1/r of what can be seen is "
                "found; the rest is bias."
            ),
            ridgeless_without_bias,
        ),
        "bias of the whole signal": (
            (
                "Beyond 1 the part 1 - 1/r is lost of what the model can see, B p/D; you took "
                "it of the whole signal B."
            ),
            ridgeless_bias_of_the_whole,
        ),
        "one formula for the bias": (
            "The formula for ratios above 1 was used below as well; there only u is left.",
            ridgeless_bias_everywhere,
        ),
        "one formula for the variance": (
            "The formula for ratios below 1 was used above as well, where it is negative.",
            ridgeless_negative_variance,
        ),
        "numerator of the other side": (
            (
                "Above 1 the variance has 1/(r - 1), without r in the numerator; yours does not"
                " fall to 0."
            ),
            ridgeless_absolute_value,
        ),
        "numerator forgotten": (
            "Below 1 the variance has r/(1 - r); the r in the numerator is missing.",
            ridgeless_no_numerator,
        ),
        "noise of new labels added": (
            (
                "The noise of new labels is added to the variance; asked for is what exceeds "
                "the risk of the true weights."
            ),
            ridgeless_test_noise,
        ),
        "sum of both": (
            "The first array is bias plus variance; return the two apart.",
            ridgeless_total,
        ),
    },
)
