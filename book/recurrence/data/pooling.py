"""Write pooling.csv: how far the *not* may stand from what it turns, for two ways of pooling.

Every row is the accuracy of one network at one distance, after 1000 updates or after four times
as many. The networks of one budget share their loop over time and are written in one piece; a
budget that the table already holds is not run again. Half a minute and two minutes.
"""

import click
import numpy as np
import torch

from course_lib.datasets.sentiment import Reviews, SentimentGrammar
from course_lib.recurrent.classifiers_torch import SequenceClassifier
from course_lib.recurrent.pooling_torch import train_classifiers
from course_lib.sequences.batching import pad
from course_tools.book.experiment import Table, writes_table

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


@writes_table(__file__, COLUMNS, known_by=1)
@click.option("--updates", type=click.IntRange(0), multiple=True, default=(1000, 4000))
@click.option("--seeds", type=click.IntRange(1), default=8, help="Networks for each pooling.")
def main(table: Table, updates: tuple[int, ...], seeds: int) -> None:
    """Train classifiers on reviews with a *not*, and test each at every distance.

    Example: python pooling.py --updates 16000 --table /tmp/pooling.csv
    """
    torch.set_num_threads(1)
    grammar = SentimentGrammar(slip=0.05)
    train = grammar.sample(np.random.default_rng(0), 8000)
    test = SentimentGrammar(max_distance=12, slip=0.05).sample(np.random.default_rng(99), 6000)
    for budget in updates:
        if table.lacks(budget):
            models = train_classifiers(train, len(grammar.vocabulary), budget, seeds)
            table.add(
                (budget, model.pool, place % seeds, *row)
                for place, model in enumerate(models)
                for row in counts(model, test)
            )


if __name__ == "__main__":
    main()
