"""Write training_a_map.csv: how well ten tanh units learn one step of the logistic map.

Every row is one network of ten tanh units that start as standard normal numbers; what differs is
the method that sets the weights. The networks of a method are written in one piece; run the command
again after an interruption, and it does what is missing.
"""

from collections.abc import Callable

import click
import numpy as np
import torch
from scipy.optimize import least_squares, minimize
from torch import Tensor

from course_lib.optimization.fit_torch import fit
from course_tools.book.experiment import Table, writes_table

COLUMNS = ["method", "budget", "run", "log10_worst_error"]
UNITS = 10
POINTS = torch.linspace(0, 1, 200, dtype=torch.float64)[:, None]
TARGET = 4 * POINTS * (1 - POINTS)


def start(run: int) -> Tensor:
    """Output weights, input weights and biases of the hidden units, one after another."""
    generator = torch.Generator().manual_seed(run)
    return torch.randn(3 * UNITS, generator=generator, dtype=torch.float64)


def misses(theta: Tensor) -> Tensor:
    """What the networks are wrong by, one row for each network and one entry for each point."""
    W_hy, W_sh, b_h = theta.split(UNITS, dim=-1)
    hidden = torch.tanh(POINTS * W_sh[..., None, :] + b_h[..., None, :])
    return (hidden * W_hy[..., None, :]).sum(-1) - TARGET[:, 0]


def by_adam(runs: int, rates: dict[float, int], only_output: bool = False) -> Tensor:
    """Train all weights by Adam, for so many updates at each learning rate."""
    theta = torch.stack([start(run) for run in range(runs)])
    moving = theta[:, :UNITS].clone() if only_output else theta
    rest = theta[:, UNITS:] if only_output else theta[:, :0]
    moving.requires_grad_()

    def loss(_: int) -> Tensor:
        return (misses(torch.cat([moving, rest], dim=1)) ** 2).mean(dim=1).sum()

    for learning_rate, updates in rates.items():
        fit([moving], loss, updates, learning_rate, round_to=2.0**-20)
    return torch.cat([moving, rest], dim=1).detach()


def by_lbfgs(runs: int, iterations: int) -> Tensor:
    """Train all weights by L-BFGS."""

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        at = torch.tensor(theta, requires_grad=True)
        value = (misses(at) ** 2).mean()
        value.backward()
        return value.item(), at.grad.numpy()

    options = {"maxiter": iterations, "maxfun": 4 * iterations, "ftol": 0, "gtol": 0}
    found = [
        minimize(loss, start(run).numpy(), jac=True, method="L-BFGS-B", options=options).x
        for run in range(runs)
    ]
    return torch.tensor(np.array(found))


def by_levenberg_marquardt(runs: int, evaluations: int) -> Tensor:
    """Train all weights by Levenberg-Marquardt, which solves a linear problem in every step."""

    def slopes(theta: np.ndarray) -> np.ndarray:
        W_hy, W_sh, b_h = np.split(theta, 3)
        s = POINTS.numpy()
        hidden = np.tanh(s * W_sh + b_h)
        to_z = (1 - hidden**2) * W_hy
        return np.concatenate([hidden, to_z * s, to_z], axis=1)

    def residuals(theta: np.ndarray) -> np.ndarray:
        return misses(torch.tensor(theta)).numpy()

    settings = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": evaluations}
    found = [
        least_squares(residuals, start(run).numpy(), slopes, method="lm", **settings).x
        for run in range(runs)
    ]
    return torch.tensor(np.array(found))


def by_least_squares(runs: int, solutions: int) -> Tensor:
    """Leave the hidden units as they start and solve for the output weights."""
    assert solutions == 1
    found = []
    for run in range(runs):
        theta = start(run)
        hidden = np.tanh(np.outer(POINTS, theta[UNITS : 2 * UNITS]) + theta[2 * UNITS :].numpy())
        W_hy = np.linalg.lstsq(hidden, TARGET.numpy(), rcond=1e-12)[0][:, 0]
        found.append(torch.cat([torch.tensor(W_hy), theta[UNITS:]]))
    return torch.stack(found)


FALLING = (0.01, 0.003, 0.001, 0.0003, 0.0001)
FROM_ONE = (1.0, 0.3, 0.1, 0.03, 0.01)
METHODS: dict[str, tuple[int, Callable[[int, int], Tensor]]] = {
    "Adam": (1500, lambda runs, n: by_adam(runs, {0.01: n})),
    "Adam, ten times as long": (15000, lambda runs, n: by_adam(runs, {0.01: n})),
    "Adam, falling rate": (15000, lambda runs, n: by_adam(runs, dict.fromkeys(FALLING, n // 5))),
    "Adam, output weights": (15000, lambda runs, n: by_adam(runs, {0.01: n}, only_output=True)),
    "Adam, output weights, rates from 1": (
        15000,
        lambda runs, n: by_adam(runs, dict.fromkeys(FROM_ONE, n // 5), only_output=True),
    ),
    "L-BFGS": (15000, by_lbfgs),
    "Levenberg-Marquardt": (1000, by_levenberg_marquardt),
    "least squares, output weights": (1, by_least_squares),
}


def rows_of(method: str, runs: int) -> list[list[object]]:
    """Train the networks of a method."""
    budget, train = METHODS[method]
    worst = misses(train(runs, budget)).abs().amax(dim=1).log10().tolist()
    return [[method, budget, run, f"{error:.1f}"] for run, error in enumerate(worst)]


@writes_table(__file__, COLUMNS, known_by=1)
@click.option("--runs", type=click.IntRange(1), default=5, help="Networks for each method.")
def main(table: Table, runs: int) -> None:
    """Train the networks whose rows the table lacks; a minute in all.

    Example: python training_a_map.py --table /tmp/training_a_map.csv
    """
    torch.set_num_threads(1)
    todo = [method for method in METHODS if table.lacks(method)]
    with click.progressbar(todo, label="methods") as bar:
        for method in bar:
            table.add(rows_of(method, runs))


if __name__ == "__main__":
    main()
