# %%
import numpy as np
import torch

# %% [markdown]
# ## The right equation, and the right root
#
# When $\zeta=0$, random features look like pure noise, and their transform solves a quadratic. The
# talk on random matrices prints one that cannot hold: far away $G\approx1/z$ must make the left
# side small, and it does not. With $\phi=n_0/m$ and $\psi=n_0/n_1$ the equation is
#
# $$ z\,G^2 + \Big((1-z)\frac\psi\phi - 1\Big)\,G + \frac\psi\phi = 0 . $$
#
# Each $z$ above the axis has two roots. The transform is the one with
# $\operatorname{Im}G<0$ there, since $-\operatorname{Im}G/\pi$ is a density; formulas with a fixed
# sign before the root of a complex number jump from one to the other.
#
# **Write** `feature_transform(x, height, phi, psi)` with `x` `(points,)` and `height` $>0$; return
# the pair `(real part, imaginary part)` of $G$ at $z=x+i\cdot$`height`, two real arrays
# `(points,)`.
#
# *Example.* $\phi=\psi=1$, $z=-0.4+0.8i$: $zG^2-zG+1=0$ has the roots $-(1+i)/2$ and $(3+i)/2$.
# The transform is the first: the pair is $(-0.5, -0.5)$.


# %%
def feature_transform(x, height, phi, psi):
    """Solve the quadratic for the transform of random features with zeta = 0."""
    ### BEGIN SOLUTION
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    root = np.sqrt(b**2 - 4 * z * psi / phi)
    both = np.stack([-b + root, -b - root]) / (2 * z)
    G = np.where(both[0].imag < both[1].imag, both[0], both[1])
    return G.real, G.imag
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def transform_inputs(rng):
    phi, c = rng.uniform(0.5, 2), rng.uniform(0.4, 0.7)
    if rng.random() < 0.5:
        c = 1 / c
    left = rng.uniform(-1, 0.8 * (1 + c), size=3)
    right = (1 + c) * rng.uniform(1.2, 2, size=3)
    height = rng.uniform(0.15, 0.4)
    return rng.permutation(np.concatenate([left, right])), float(height), phi, float(phi / c)


def two_roots(z, b, c):
    """The roots of z G^2 + b G + c, the one with the smaller imaginary part first."""
    root = np.sqrt(b**2 - 4 * z * c)
    both = np.stack([-b + root, -b - root]) / (2 * z)
    return np.take_along_axis(both, np.argsort(both.imag, axis=0), axis=0)


def features_at(x, height, shape):
    z = x + 1j * height
    return two_roots(z, (1 - z) * shape - 1, shape)


def transform_of_the_talk(x, height, phi, psi):
    z = x + 1j * height
    G = two_roots(z, (1 - psi / phi) * z - 1, psi / phi)[0]
    return G.real, G.imag


def transform_other_root(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[1]
    return G.real, G.imag


def transform_always_plus(x, height, phi, psi):
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    G = (-b + np.sqrt(b**2 - 4 * z * psi / phi)) / (2 * z)
    return G.real, G.imag


def transform_always_minus(x, height, phi, psi):
    z = x + 1j * height
    b = (1 - z) * psi / phi - 1
    G = (-b - np.sqrt(b**2 - 4 * z * psi / phi)) / (2 * z)
    return G.real, G.imag


def transform_of_inverse_shape(x, height, phi, psi):
    G = features_at(x, height, phi / psi)[0]
    return G.real, G.imag


def transform_other_convention(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[0]
    return -G.real, -G.imag


def transform_conjugate(x, height, phi, psi):
    G = features_at(x, height, psi / phi)[0]
    return G.real, -G.imag


def transform_not_over_z(x, height, phi, psi):
    z = x + 1j * height
    both = features_at(x, height, psi / phi) * z
    G = np.where(both[0].imag < both[1].imag, both[0], both[1])
    return G.real, G.imag


def transform_on_the_axis(x, height, phi, psi):
    G = features_at(x, 0.0, psi / phi)[0]
    return G.real, G.imag


def transform_parts_swapped(x, height, phi, psi):
    return feature_transform(x, height, phi, psi)[::-1]


def transform_by_loops(x, height, phi, psi):
    values = []
    for point in x:
        z = complex(point, height)
        roots = np.roots([z, (1 - z) * psi / phi - 1, psi / phi])
        values.append(min(roots, key=lambda G: G.imag))
    return np.real(values), np.imag(values)


def transform_by_edges(x, height, phi, psi):
    z, r = x + 1j * height, phi / psi
    low, high = (1 - r**0.5) ** 2, (1 + r**0.5) ** 2
    G = 2 / (z - 1 + r + np.sqrt(z - low) * np.sqrt(z - high))
    return G.real, G.imag


def transform_by_iteration(x, height, phi, psi):
    z = torch.complex(torch.from_numpy(x), torch.full((len(x),), height, dtype=torch.float64))
    G = 1 / z
    for _ in range(1000):
        G = (G + 1 / (z - 1 / (1 - phi / psi * G))) / 2
    return G.real, G.imag


def transform_in_plain_lists(x, height, phi, psi):
    parts = [], []
    for point in x.tolist():
        z = complex(point, height)
        middle = 0.5 + (z - 1) * psi / phi / 2
        root = (middle * middle - z * psi / phi) ** 0.5
        G = (middle - root) / z
        if G.imag > 0:
            G = (middle + root) / z
        parts[0].append(G.real)
        parts[1].append(G.imag)
    return parts


def transform_by_integral(x, height, phi, psi):
    r = phi / psi
    angle = (np.arange(4000) + 0.5) * np.pi / 4000
    t = 1 + r + 2 * np.sqrt(r) * np.cos(angle)
    weights = 2 * np.sin(angle) ** 2 / t / 4000
    atom = max(0.0, 1 - 1 / r)
    z = (x + 1j * height)[:, None]
    G = ((weights / (z - t)).sum(axis=1) + atom / z[:, 0]).astype(np.complex64)
    return G.real, G.imag


# condition: 30 * 3.6; 6.8 for the numbers
task = Task(
    feature_transform,
    points=3,
    compare=Close(condition=500.0, float32=True),
    returns=("real part", "imaginary part"),
    forbidden=(
        "course_lib.spectral_laws.marchenko_pastur",
        "course_lib.random_features.random_features",
    ),
    examples=[(np.array([-0.4]), 0.8, 1.0, 1.0)],
    regimes={"drawn": transform_inputs},
    right=[
        transform_by_loops,
        transform_by_edges,
        transform_by_iteration,
        transform_in_plain_lists,
        transform_by_integral,
    ],
    wrong={
        "equation of the talk": (
            (
                "This solves the equation that the talk prints, with (1 - psi/phi) z - 1 in the"
                " middle; its roots do not fall like 1/z."
            ),
            transform_of_the_talk,
        ),
        "the other root": (
            (
                "This is the other root of the quadratic: its imaginary part is positive, which"
                " would be a negative density."
            ),
            transform_other_root,
        ),
        "always plus": (
            (
                "With a plus before the root everywhere, some points get one root and some the "
                "other; take the one with Im G < 0 at each point."
            ),
            transform_always_plus,
        ),
        "always minus": (
            (
                "With a minus before the root everywhere, some points get one root and some the"
                " other; take the one with Im G < 0 at each point."
            ),
            transform_always_minus,
        ),
        "phi over psi": (
            "phi and psi have changed places: the equation has psi/phi.",
            transform_of_inverse_shape,
        ),
        "other convention": (
            (
                "Both parts have the wrong sign: this is the mean of 1/(lambda - z), not of "
                "1/(z - lambda)."
            ),
            transform_other_convention,
        ),
        "conjugate": (
            "The imaginary part has the wrong sign, as below the axis.",
            transform_conjugate,
        ),
        "not divided by z": (
            "The root is divided by 2 only; the quadratic begins with z, so divide by 2 z.",
            transform_not_over_z,
        ),
        "on the axis": (
            "The height is not used: the points lie on the axis instead of above it.",
            transform_on_the_axis,
        ),
        "parts turned round": (
            "The real part comes first, then the imaginary part.",
            transform_parts_swapped,
        ),
    },
)
