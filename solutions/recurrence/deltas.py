# %%
import numpy as np
import torch

# %% [markdown]
# ## Errors that travel backwards
#
# Backpropagation through time is one line, run from the last step to the first. Write $g_t$ for
# the part of $\partial\mathcal L/\partial h_t$ that comes from the loss *at* step $t$. The error at
# the pre-activation $z_t$ also collects what later steps send back:
#
# $$ \delta_t = f'(z_t)\odot\big(g_t + W_{hh}^\top\,\delta_{t+1}\big), \qquad \delta_T = 0, \qquad
#    f = \tanh . $$
#
# **Write** `deltas(zs, W_hh, d_hs)`: pre-activations and direct gradients $g_t$ of shape
# `(time, d_hidden)`; return all $\delta_t$, `(time, d_hidden)`, in order of time.
#
# *Example.* One unit, $z = 0$ at both steps (so $f' = 1$), $W_{hh} = 2$, $g = (0, 3)$: first
# $\delta_1 = 3$, then $\delta_0 = 2\cdot 3 = 6$.


# %%
def deltas(zs, W_hh, d_hs):
    """Compute the gradient of the loss by every pre-activation."""
    ### BEGIN SOLUTION
    slopes = 1 - np.tanh(zs) ** 2
    errors = np.zeros_like(zs)
    carried = np.zeros(zs.shape[1])
    for t in reversed(range(len(zs))):
        errors[t] = slopes[t] * (d_hs[t] + carried)
        carried = W_hh.T @ errors[t]
    return errors
    ### END SOLUTION


# %% tags=["spec"]
from course_tools.answers.compare import Close
from course_tools.exercises.spec import Task


def delta_inputs(rng):
    time, d = int(rng.integers(4, 8)), 3
    return 0.6 * rng.normal(size=(time, d)), rng.normal(size=(d, d)), rng.normal(size=(time, d))


def deltas_with(zs, W_back, d_hs, slope, outer=True):
    found, carried = np.zeros_like(zs), np.zeros(zs.shape[1])
    for t in range(len(zs) - 1, -1, -1):
        found[t] = slope(zs[t]) * (d_hs[t] + carried) if outer else slope(zs[t]) * d_hs[t] + carried
        carried = W_back @ found[t]
    return found


def tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def deltas_without_transpose(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh, d_hs, tanh_slope)


def deltas_without_slope(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, np.ones_like)


def slope_inside(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, tanh_slope, outer=False)


def nothing_carried(zs, W_hh, d_hs):
    return deltas_with(zs, 0 * W_hh, d_hs, tanh_slope)


def forward_in_time(zs, W_hh, d_hs):
    return deltas_with(zs[::-1], W_hh.T, d_hs[::-1], tanh_slope)[::-1]


def logistic_slope(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2)


def slope_from_z(zs, W_hh, d_hs):
    return deltas_with(zs, W_hh.T, d_hs, lambda z: 1 - z**2)


def latest_first(zs, W_hh, d_hs):
    return deltas(zs, W_hh, d_hs)[::-1]


def deltas_by_double_sum(zs, W_hh, d_hs):
    found = np.zeros_like(zs)
    for t in range(len(zs)):
        error = tanh_slope(zs[t]) * d_hs[t]
        found[t] += error
        for k in range(t - 1, -1, -1):
            error = tanh_slope(zs[k]) * (W_hh.T @ error)
            found[k] += error
    return found


def deltas_by_autograd(zs, W_hh, d_hs):
    nudge = torch.zeros(zs.shape, dtype=torch.float64, requires_grad=True)
    z, W = torch.from_numpy(zs), torch.from_numpy(W_hh)
    shift, loss = torch.zeros(zs.shape[1], dtype=torch.float64), 0
    for t in range(len(zs)):
        here = z[t] + W @ shift + nudge[t]
        h = torch.tanh(here)
        shift = h - torch.tanh(z[t])
        loss = loss + h @ torch.from_numpy(d_hs[t])
    return torch.autograd.grad(loss, nudge)[0]


def deltas_by_linear_system(zs, W_hh, d_hs):
    slopes = tanh_slope(zs).ravel()
    back = slopes[:, None] * np.kron(np.eye(len(zs), k=1), W_hh.T)
    return np.linalg.solve(np.eye(zs.size) - back, slopes * d_hs.ravel()).reshape(zs.shape)


def deltas_in_plain_lists(zs, W_hh, d_hs):
    later, found = [0.0] * len(W_hh), []
    for z, g in zip(zs[::-1].tolist(), d_hs[::-1].tolist(), strict=True):
        back = [sum(w * e for w, e in zip(column, later, strict=True)) for column in W_hh.T]
        terms = zip(z, g, back, strict=True)
        later = [(a + b) / float(np.cosh(u)) ** 2 for u, a, b in terms]
        found.insert(0, later)
    return found


def deltas_in_single_precision(zs, W_hh, d_hs):
    errors, W = torch.Tensor(d_hs), torch.Tensor(W_hh)
    slopes = 1 - torch.Tensor(zs).tanh().square()
    errors[-1] *= slopes[-1]
    for t in range(len(zs) - 2, -1, -1):
        errors[t] = slopes[t] * (errors[t] + errors[t + 1] @ W)
    return errors


# condition: 30 * 21
task = Task(
    deltas,
    points=3,
    compare=Close(condition=1000.0, float32=True),
    forbidden=(
        "course_lib.recurrent.bptt",
        "course_lib.recurrent.srn",
        "course_lib.gradient_flow.delta_table",
    ),
    examples=[(np.zeros((2, 1)), np.array([[2.0]]), np.array([[0.0], [3.0]]))],
    regimes={"drawn": delta_inputs},
    right=[
        deltas_by_double_sum,
        deltas_by_autograd,
        deltas_by_linear_system,
        deltas_in_plain_lists,
        deltas_in_single_precision,
    ],
    wrong={
        "missing transpose": (
            ("Errors travel back through the transpose, `W_hh.T`; here the transpose is missing."),
            deltas_without_transpose,
        ),
        "no slope": ("The slope, the derivative of tanh at z_t, is missing.", deltas_without_slope),
        "slope on the direct part only": (
            (
                "What comes from later steps must be multiplied by the slope too, not only the "
                "direct part."
            ),
            slope_inside,
        ),
        "nothing carried": (
            (
                "Nothing comes back from later steps: add `W_hh.T @ delta` of the step after, "
                "then the slope."
            ),
            nothing_carried,
        ),
        "forward in time": (
            (
                "The recursion runs forward in time; begin at the last step and go back to the "
                "first."
            ),
            forward_in_time,
        ),
        "slope of the logistic": (
            (
                "These are the slopes of the logistic, s(1 - s); here f is tanh, with slope 1 -"
                " tanh(z)^2."
            ),
            logistic_slope,
        ),
        "slope from z": (
            "The slope is taken as 1 - z^2; it is 1 - h^2 with the state h = tanh(z).",
            slope_from_z,
        ),
        "latest first": (
            (
                "The numbers are right, in the order in which they were computed; return them "
                "in order of time."
            ),
            latest_first,
        ),
    },
)
