"""Write pooling.csv: how far the *not* may stand from what it turns, for two ways of pooling.

Every row is the accuracy of one network at one distance. The networks share their loop over time,
so the table is written in one piece, in a quarter of a minute.
"""

import csv
import os
from pathlib import Path

import click
import numpy as np
import torch

from course_lib.datasets.sentiment import Reviews, SentimentGrammar
from course_lib.recurrent.classifiers_torch import SequenceClassifier
from course_lib.recurrent.pooling_torch import train_classifiers
from course_lib.sequences.batching import pad

TABLE = Path(__file__).with_suffix(".csv")
COLUMNS = ["updates", "pool", "seed", "distance", "right", "reviews"]


def counts(model: SequenceClassifier, test: Reviews) -> list[tuple[int, int, int]]:
    """Distance, right answers and reviews, for each distance."""
    tokens, mask = map(torch.tensor, pad(test.tokens))
    with torch.no_grad():
        right = model(tokens, mask).argmax(1).numpy() == test.targets
    return [
        (int(d), int(right[test.distance == d].sum()), int((test.distance == d).sum()))
        for d in np.unique(test.distance)
    ]


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--table", type=click.Path(dir_okay=False, path_type=Path), default=TABLE)
@click.option("--updates", type=click.IntRange(0), default=1000)
@click.option("--seeds", type=click.IntRange(1), default=4, help="Networks for each pooling.")
def main(table: Path, updates: int, seeds: int) -> None:
    """Train classifiers on reviews with a *not*, and test each at every distance.

    Example: python pooling.py --updates 4000 --table /tmp/pooling.csv
    """
    torch.set_num_threads(1)
    grammar = SentimentGrammar(slip=0.05)
    train = grammar.sample(np.random.default_rng(0), 8000)
    test = SentimentGrammar(max_distance=12, slip=0.05).sample(np.random.default_rng(99), 6000)
    models = train_classifiers(train, len(grammar.vocabulary), updates, seeds)
    unfinished = table.with_suffix(f".{os.getpid()}")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for place, model in enumerate(models):
            for row in counts(model, test):
                writer.writerow([updates, model.pool, place % seeds, *row])
    unfinished.replace(table)


if __name__ == "__main__":
    main()
