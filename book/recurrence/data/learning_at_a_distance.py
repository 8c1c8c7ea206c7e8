"""Write learning_at_a_distance.csv: over what distances small recurrent networks learn.

Every row is one network. The networks of one experiment and one distance are trained side by side,
and their rows are written in one piece; run the command again after an interruption, and it does
what is missing.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import click
import torch

from course_lib.optimization.fit_torch import adam
from course_lib.recurrent.long_range_torch import Trained, train_agreement, train_recall
from course_tools.book.experiment import Table, writes_table

COLUMNS = ["experiment", "updates", "distance", "run", "accuracy", "loss"]


class Experiment(NamedTuple):
    """One setting at several distances; ``settings`` go to the function that trains."""

    name: str
    updates: int
    distances: tuple[int, ...]
    settings: Mapping[str, Any] = MappingProxyType({})

    def train(self, distance: int) -> Trained:
        """Train the networks of one distance."""
        function = train_agreement if self.name.startswith("agreement") else train_recall
        return function(distance, self.updates, **self.settings)


NEAR_AND_FAR = (2, 3, 4, 6, 12)
TWENTY = {"runs": 20}
FROM_ZERO = {"runs": 20, "zero_readout": True}
EXPERIMENTS = (
    Experiment("agreement from zero", 600, NEAR_AND_FAR, {"zero_readout": True}),
    Experiment("agreement", 600, NEAR_AND_FAR),
    Experiment("agreement from zero", 2400, NEAR_AND_FAR, {"zero_readout": True}),
    Experiment("agreement", 2400, (*NEAR_AND_FAR, 24)),
    Experiment("recall Adam", 250, (4, 8, 16, 32)),
    Experiment("recall Adam", 1000, (32,)),
    Experiment(
        "recall Adam epsilon 0.001", 250, (8, 32), {"optimizer": partial(adam, epsilon=1e-3)}
    ),
    Experiment(
        "recall Adam epsilon 0.001", 1000, (32,), {"optimizer": partial(adam, epsilon=1e-3)}
    ),
    Experiment("recall SGD 0.03", 250, (4, 8, 16, 32), {"optimizer": "sgd", "learning_rate": 0.03}),
    Experiment("recall SGD 0.1", 250, (4, 8, 16, 32), {"optimizer": "sgd", "learning_rate": 0.1}),
    Experiment("recall SGD 0.3", 250, (4, 8, 16, 32), {"optimizer": "sgd", "learning_rate": 0.3}),
    Experiment("recall SGD 1", 250, (4, 8, 16, 32), {"optimizer": "sgd", "learning_rate": 1.0}),
    Experiment("recall SGD 0.1", 1000, (8, 32), {"optimizer": "sgd", "learning_rate": 0.1}),
    Experiment("recall SGD 0.3", 1000, (8, 32), {"optimizer": "sgd", "learning_rate": 0.3}),
    Experiment("recall every step", 250, (8, 32), {"others_from": 1}),
    Experiment("recall every step", 1000, (8, 32), {"others_from": 1}),
    Experiment("recall noisy steps", 250, (8, 32), {"others_from": 1, "noise": 0.5}),
    Experiment("recall noisy steps", 1000, (8, 32), {"others_from": 1, "noise": 0.5}),
    Experiment("recall late steps", 250, (32,), {"others_from": 17}),
    Experiment("recall late steps", 1000, (32,), {"others_from": 17}),
    Experiment("recall logistic", 250, (4, 8, 32), {"cell": "logistic"}),
    Experiment("recall logistic", 1000, (8, 32), {"cell": "logistic"}),
    Experiment("recall residual", 250, (4, 8, 32), {"cell": "residual"}),
    Experiment("agreement SGD 0.3", 2400, (4, 6), {"optimizer": "sgd", "learning_rate": 0.3}),
    Experiment("agreement", 9600, (24,)),
    Experiment("agreement twenty from zero", 600, (4,), FROM_ZERO),
    Experiment("agreement twenty", 600, (4,), TWENTY),
    Experiment(
        "agreement twenty SGD 0.3 from zero",
        600,
        (4,),
        {**FROM_ZERO, "optimizer": "sgd", "learning_rate": 0.3},
    ),
    Experiment(
        "agreement twenty frequencies from zero",
        600,
        (4, 6, 12),
        {**FROM_ZERO, "frequencies": True},
    ),
    Experiment(
        "recall logistic epsilon 1e-40",
        1000,
        (32,),
        {"cell": "logistic", "optimizer": partial(adam, epsilon=1e-40)},
    ),
)


def rows_of(experiment: Experiment, distance: int) -> list[list[object]]:
    """The rows of one experiment at one distance."""
    accuracy, loss = experiment.train(distance)
    return [
        [experiment.name, experiment.updates, distance, run, f"{right:.3f}", f"{last:.3f}"]
        for run, (right, last) in enumerate(zip(accuracy, loss, strict=True))
    ]


@writes_table(__file__, COLUMNS, known_by=3)
def main(table: Table) -> None:
    """Train the networks whose rows the table lacks; about seven minutes in all.

    Example: python learning_at_a_distance.py --table /tmp/distances.csv
    """
    torch.set_num_threads(1)
    todo = [
        (experiment, distance)
        for experiment in EXPERIMENTS
        for distance in experiment.distances
        if table.lacks(experiment.name, experiment.updates, distance)
    ]
    with click.progressbar(todo, label="experiments") as bar:
        for experiment, distance in bar:
            table.add(rows_of(experiment, distance))


if __name__ == "__main__":
    main()
