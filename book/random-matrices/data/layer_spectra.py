"""Write layer_spectra.csv: spectra of deep random networks, and their distance to the first law.

Every row is one layer of one network. A row is on disk before the next one is begun; run the
command again after an interruption, and it does what is missing. The table was made by

    python layer_spectra.py --width 150 --width 300 --seeds 16
    python layer_spectra.py --width 600 --seeds 8
    python layer_spectra.py --width 1500 --seeds 4
    python layer_spectra.py --width 3000 --seeds 3 --norms free --layer 1 --layer 10
    python layer_spectra.py --width 8192 --seeds 1 --norms free --layer 1 --layer 10

in half an hour on two shared cores, most of it for the largest width. ``--device cuda`` uses a
graphics card; ``--table`` names another table.
"""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from course_lib.random_features.activations import PiecewiseLinear
from course_lib.random_features.conditioning import effective_rank, participation_ratio
from course_lib.random_features.layer_spectra import stack_shape
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.spectrum import ks_distance
from course_tools.book.experiment import Table, writes_table

PHI, PSI, DEPTH = 1.0, 1.5, 10
ALPHAS = (-1.0, 0.0, 1.0)
NORMS = ("free", "unit")
COLUMNS = [
    "width",
    "seed",
    "alpha",
    "norms",
    "layer",
    "ks",
    "smallest",
    "largest",
    "mean",
    "effective_rank",
    "participation_ratio",
]


class Network(NamedTuple):
    """One stack of layers; its seed and width decide the weights, whatever alpha and norms are."""

    width: int
    seed: int
    alpha: float
    norms: str

    def key(self, layer: int) -> tuple[str, ...]:
        """The cells of a row by which it is known."""
        return str(self.width), str(self.seed), f"{self.alpha:g}", self.norms, str(layer)


def layer_outputs(network: Network, depth: int, device: str) -> Iterator[torch.Tensor]:
    """What course_lib.random_features.layer_spectra.layers gives, computed by torch.

    The numbers are drawn by numpy, so that every device sees the same network. All is done in
    float64: single precision would do for Kolmogorov's distance, but it knows no eigenvalue
    below 1e-7 of the largest, and the smallest one is what a condition number is about.
    """
    rng = np.random.default_rng([network.seed, network.width])
    shape = stack_shape(network.width, PHI, PSI)
    f = PiecewiseLinear(network.alpha)
    Y = torch.from_numpy(rng.standard_normal((shape.inputs, shape.samples))).to(device)
    for _ in range(depth):
        if network.norms == "unit":
            Y = Y / (Y * Y).mean(dim=0).sqrt()
        W = torch.from_numpy(rng.standard_normal((shape.units, len(Y)))).to(device)
        W /= len(Y) ** 0.5
        Z = W @ Y
        del W, Y
        Y = torch.where(Z > 0, Z, -network.alpha * Z).sub_(f.shift).div_(f.scale)
        yield Y


def spectra(
    network: Network, layers: list[int], device: str, folder: Path | None
) -> Iterator[tuple[int, np.ndarray]]:
    """Eigenvalues of some layers, from the folder where they were kept, or computed."""

    def file(layer: int) -> Path | None:
        return folder / ("_".join(network.key(layer)) + ".npy") if folder else None

    fresh = [layer for layer in layers if not (folder and file(layer).exists())]
    for layer in set(layers) - set(fresh):
        yield layer, np.load(file(layer))
    if not fresh:
        return
    for layer, Y in enumerate(layer_outputs(network, max(fresh), device), start=1):
        if layer in fresh:
            M = Y @ Y.T / Y.shape[1]
            eigenvalues = torch.linalg.eigvalsh(M).clamp_(min=0.0).cpu().numpy()
            if folder:
                unfinished = folder / f"unfinished-{os.getpid()}.npy"
                np.save(unfinished, eigenvalues)
                unfinished.replace(file(layer))
            yield layer, eigenvalues


@cache
def first_law(alpha: float) -> RandomFeatures:
    """What the eigenvalues of the first layer follow in the limit."""
    return RandomFeatures(1.0, PiecewiseLinear(alpha).zeta, PHI, PSI)


def measure(eigenvalues: np.ndarray, alpha: float) -> dict[str, float]:
    """Everything that a row says about one layer."""
    return {
        "ks": ks_distance(eigenvalues, first_law(alpha)),
        "smallest": eigenvalues[0],
        "largest": eigenvalues[-1],
        "mean": eigenvalues.mean(),
        "effective_rank": effective_rank(eigenvalues),
        "participation_ratio": participation_ratio(eigenvalues),
    }


def row_of(network: Network, layer: int, eigenvalues: np.ndarray) -> list[str]:
    """The row of one layer."""
    values = measure(eigenvalues, network.alpha)
    return [*network.key(layer), *(f"{values[column]:.8g}" for column in COLUMNS[5:])]


def place(row: list[str]) -> tuple[int, str, float, int, int]:
    """An order of the rows that does not tell in which order they were computed."""
    width, seed, alpha, norms, layer, *_ = row
    return int(width), norms, float(alpha), int(seed), int(layer)


def cost(network: Network, layers: list[int]) -> float:
    """A rough share of the work: the products of all layers, the eigenvalues of some."""
    return network.width**3 * (max(layers) + 3 * len(layers)) + 1e7


@writes_table(__file__, COLUMNS, known_by=5)
@click.option("--width", "widths", multiple=True, type=click.IntRange(2), default=[150, 300, 600])
@click.option("--seeds", default=8, type=click.IntRange(1), help="How many networks of each kind.")
@click.option("--alpha", "alphas", multiple=True, type=float, default=ALPHAS)
@click.option("--norms", multiple=True, type=click.Choice(NORMS), default=NORMS)
@click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.IntRange(1),
    default=range(1, DEPTH + 1),
    help="Which layers to measure.",
)
@click.option("--device", default="cpu", help="cpu or cuda.")
@click.option(
    "--spectra",
    "folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Keep the eigenvalues in this folder, and use those that are there.",
)
def main(
    table: Table,
    widths: tuple[int, ...],
    seeds: int,
    alphas: tuple[float, ...],
    norms: tuple[str, ...],
    layers: tuple[int, ...],
    device: str,
    folder: Path | None,
) -> None:
    """Measure layers of random networks and add a row to the table for each.

    Rows that are there already are not computed again.

    Example: python layer_spectra.py --width 1500 --seeds 4 --layer 1 --layer 10
    """
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise click.ClickException(f"--device {device}: torch finds no such device here; use cpu.")
    todo = []
    for width in widths:
        for seed in range(seeds):
            for alpha in alphas:
                for norm in norms:
                    network = Network(width, seed, alpha, norm)
                    missing = [k for k in sorted(layers) if table.lacks(*network.key(k))]
                    if missing:
                        todo.append((network, missing))
    bars = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %")
    with Progress(*bars, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("networks", total=sum(cost(*item) for item in todo))
        for network, missing in todo:
            text = f"width {network.width}, alpha {network.alpha:g}, seed {network.seed}"
            progress.update(task, description=text)
            for layer, eigenvalues in spectra(network, missing, device, folder):
                table.add([row_of(network, layer, eigenvalues)])
            progress.advance(task, cost(network, missing))
    table.sort(place)
    click.echo(f"{len(todo)} networks added to {table.path}")


if __name__ == "__main__":
    main()
