"""Search critical points of small networks at all heights, and write them down row by row.

The table beside this file was made with

    python book/random-matrices/data/critical_points.py --seeds 37

on one core of a shared virtual machine, one thread, in several sittings; all searches together
take about ten minutes. Every row depends only on the sizes, the seed, and the start, so a run
that was interrupted goes on where it stopped. A search that gets stuck may end elsewhere on
another processor, whose last bits differ; those that find a critical point end at the same one.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

import click
import numpy as np
import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from course_lib.hessians.critical_hessian import HessianAtCriticalPoint
from course_lib.hessians.critical_points_torch import (
    find_critical_point,
    measured_energy,
    measured_ratio,
)
from course_lib.hessians.hessian_split_torch import (
    OneHiddenLayer,
    Split,
    hidden_layer_split,
    squared_loss,
)
from course_lib.optimization.descent_torch import descend, gradient_of
from course_lib.spectral_laws.freeness import free_mixed_moment, mixed_moment, rotated_sum
from course_lib.spectral_laws.semicircle import wigner_matrix
from course_lib.spectral_laws.spectrum import gram_eigenvalues
from course_tools.book.experiment import Table, writes_table

STARTS = (0, 10, 30, 100, 300, 1000, 3000)
LEARNING_RATE = 0.1


class Attempt(NamedTuple):
    """What determines a row."""

    width: int
    samples: int
    seed: int
    start: int


class Row(NamedTuple):
    """One search, successful or not.

    Attributes:
        width: n; inputs, hidden units and outputs are equally many.
        samples: m; the ratio phi is 2 n / m, which m rounds.
        seed: of data, targets and first weights, in this order.
        start: steps of gradient descent before the search.
        start_energy: energy at the start of the search.
        energy: half the mean squared residual where the search ended.
        measured_energy: energy at which the theory's H0 and H1 have the measured moments.
        measured_ratio: phi at which the theory's H0 has the measured spread; tau(H0^2) is
            tau(H0)^2 times one more than this.
        gradient_norm: at the end.
        found: 1 if the gradient's norm is at most 1e-10.
        steps: accepted steps.
        index: share of negative eigenvalues.
        flat: share of eigenvalues that are zero to seven digits of the largest.
        predicted: the theory's index at ``energy``.
        predicted_measured: the theory's index at ``measured_energy``.
        predicted_moments: the theory's index at ``measured_energy`` and ``measured_ratio``.
        free: the index of H0 + Q H1 Q^T, with Q a random rotation; a mean over four.
        wigner: the same with a Wigner matrix of the same mean square in the place of Q H1 Q^T.
        wishart: the index of a Wishart matrix of ratio phi, with the mean of H0, plus H1; a mean
            over four.
        mixed: tr(H0 H1 H0 H1) / n, in units of tr(H0)^2 tr(H1^2) / n^3.
        mixed_free: the same if H0 and H1 were free of each other.
    """

    width: int
    samples: int
    seed: int
    start: int
    start_energy: str
    energy: str
    measured_energy: str
    measured_ratio: str
    gradient_norm: str
    found: int
    steps: int
    index: str
    flat: str
    predicted: str
    predicted_measured: str
    predicted_moments: str
    free: str
    wigner: str
    wishart: str
    mixed: str
    mixed_free: str


def plan(width: int, ratios: tuple[float, ...], seeds: int) -> list[Attempt]:
    """All searches, seed by seed, so that a part of the table is balanced too."""
    return [
        Attempt(width, round(2 * width / ratio), seed, start)
        for seed in range(seeds)
        for ratio in ratios
        for start in STARTS
    ]


def share_below_zero(matrices: Iterator[np.ndarray]) -> float:
    """The share of negative eigenvalues, a mean over matrices."""
    return float(np.mean([(np.linalg.eigvalsh(matrix) < 0).mean() for matrix in matrices]))


def held_against_freeness(
    split: Split, rng: np.random.Generator, columns: int, draws: int = 4
) -> tuple[float, ...]:
    """The last five entries of a row; ``columns`` are those of the Jacobian, n m."""
    H0, H1 = (part.cpu().numpy() for part in (split.H0, split.H1))
    first, second = np.linalg.eigvalsh(H0), np.linalg.eigvalsh(H1)
    a, b = ((part.mean(), (part**2).mean()) for part in (first, second))
    size, unit = len(first), a[0] ** 2 * b[1]
    free = share_below_zero(rotated_sum(first, second, rng) for _ in range(draws))
    wigner = share_below_zero(
        np.diag(first) + wigner_matrix(size, np.sqrt(b[1]), rng) for _ in range(draws)
    )
    wisharts = (a[0] * gram_eigenvalues(rng.standard_normal((size, columns))) for _ in range(draws))
    wishart = share_below_zero(rotated_sum(values, second, rng) for values in wisharts)
    moments = mixed_moment(H0, H1) / unit, free_mixed_moment(a, b) / unit
    return free, wigner, wishart, *moments


def way_down(net: OneHiddenLayer, start: torch.Tensor, X: torch.Tensor, Y: torch.Tensor):
    """All points of gradient descent, as far as the searches start from them."""
    gradient = gradient_of(lambda theta: squared_loss(net, theta, X, Y))
    return descend(gradient, start, LEARNING_RATE, max(STARTS))


def search(attempts: list[Attempt], device: str) -> Iterator[Row]:
    """Run the searches; the descent of one seed is shared by its starts."""
    known, path = None, None
    for attempt in attempts:
        n, m, seed, start = attempt
        if known != (n, m, seed):
            known = (n, m, seed)
            generator = torch.Generator().manual_seed(seed)
            net = OneHiddenLayer(n, n, n, "tanh")
            draws = [torch.randn(n, m, generator=generator, dtype=torch.float64) for _ in "XY"]
            X, Y = (draw.to(device) for draw in draws)
            first = net.draw(generator).to(device)
            path = way_down(net, first, X, Y)
        end = find_critical_point(net, path[start], X, Y, split_at=hidden_layer_split)
        largest = end.eigenvalues.abs().max()
        flat = float((end.eigenvalues.abs() <= 1e-7 * largest).double().mean())
        energies = end.split.energy, measured_energy(end.split)
        ratio = measured_ratio(end.split)
        models = [(energy, 2 * n / m) for energy in energies] + [(energies[1], ratio)]
        indices = [HessianAtCriticalPoint(*model).index() for model in models]
        rng = np.random.default_rng(attempt)
        start_energy = float(squared_loss(net, path[start], X, Y)) / n
        yield Row(
            *attempt,
            f"{start_energy:.6f}",
            *(f"{energy:.6f}" for energy in energies),
            f"{ratio:.6f}",
            f"{end.gradient_norm:.1e}",
            int(end.found),
            end.steps,
            f"{end.hessian_index:.6f}",
            f"{flat:.6f}",
            *(f"{index:.6f}" for index in indices),
            *(f"{value:.6f}" for value in held_against_freeness(end.split, rng, n * m)),
        )


@writes_table(__file__, Row._fields, known_by=len(Attempt._fields))
@click.option("--width", type=click.IntRange(1), default=8, help="n, the size of each layer.")
@click.option(
    "--ratio", "ratios", type=float, multiple=True, default=(0.25, 0.5, 0.75), help="phi = 2 n / m."
)
@click.option("--seeds", type=click.IntRange(1), default=37, help="Data sets for each ratio.")
@click.option("--minutes", type=float, default=60.0, help="Begin no search after this time.")
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu")
def main(
    table: Table, width: int, ratios: tuple[float, ...], seeds: int, minutes: float, device: str
) -> None:
    """Search critical points of small networks at all heights.

    Example: python critical_points.py --seeds 2 --minutes 1 --table /tmp/points.csv
    """
    for ratio in ratios:
        if not 0 < ratio <= 2 * width:
            raise click.BadParameter(
                f"expected a ratio between 0 and {2 * width}, got {ratio}", param_hint="--ratio"
            )
    if device == "cuda" and not torch.cuda.is_available():
        raise click.BadParameter("no CUDA device is there; use cpu", param_hint="--device")
    torch.set_num_threads(1)
    todo = [attempt for attempt in plan(width, ratios, seeds) if table.lacks(*attempt)]
    end = time.monotonic() + 60 * minutes
    columns = (TextColumn("searches"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("searches", total=len(todo))
        for row in search(todo, device):
            table.add([row])
            progress.advance(bar)
            if time.monotonic() > end:
                break


if __name__ == "__main__":
    main()
