"""Write char_model.csv: losses of the character model of the lesson srn over longer trainings.

Every row is the state of one training. The rows of a training are written in one piece; run the
command again after an interruption, and it does the trainings that are missing.
"""

import click
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_lib.datasets.docstrings import ALPHABET, as_stream, docstrings, split_documents
from course_tools.book.experiment import Table, writes_table

COLUMNS = ["units", "seed", "update", "train", "validation", "test", "inside", "outside"]
TRAININGS = ((128, 0), (64, 0), (128, 1))


def streams() -> list[torch.Tensor]:
    """Training, validation and test text as numbers, as in the lesson."""
    documents = [found.text for found in docstrings("networkx")]
    split = split_documents(np.random.default_rng(0), documents)
    number = {character: i for i, character in enumerate(ALPHABET)}
    return [torch.tensor([number[c] for c in as_stream(part)]) for part in split]


def bracket_places(text: str, distance: int = 6) -> tuple[list[int], list[int]]:
    """Places before which a bracket has been open for more than ``distance`` steps, or none is."""
    opened, inside, outside = None, [], []
    for t in range(1, len(text)):
        if text[t - 1] == "(":
            opened = t - 1
        elif text[t - 1] in ")\n":
            opened = None
        if opened is None:
            outside.append(t)
        elif t - opened > distance:
            inside.append(t)
    return inside, outside


def rows_of(units: int, seed: int, updates: int, every: int) -> list[list[object]]:
    """Train one network and write down its losses, and its mean probability of a closing bracket.

    The training loss is that of the first tenth; brackets are those of the test text.
    """
    train, validation, test = streams()
    places = bracket_places("".join(ALPHABET[i] for i in test.tolist()))
    torch.manual_seed(seed)
    sizes = {"dtype": torch.float64}
    embedding = nn.Embedding(len(ALPHABET), 32, **sizes)
    recurrent = nn.RNN(32, units, batch_first=True, **sizes)
    readout = nn.Linear(units, len(ALPHABET), **sizes)
    parameters = [p for layer in (embedding, recurrent, readout) for p in layer.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.005)
    generator = torch.Generator().manual_seed(seed)

    def mean_loss(inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        scores = readout(recurrent(embedding(inputs))[0])
        return F.cross_entropy(scores.flatten(0, 1), targets.flatten())

    rows: list[list[object]] = []
    for update in range(1, updates + 1):
        starts = torch.randint(len(train) - 24, (64, 1), generator=generator)
        windows = train[starts + torch.arange(25)]
        optimizer.zero_grad()
        mean_loss(windows[:, :-1], windows[:, 1:]).backward()
        nn.utils.clip_grad_norm_(parameters, max_norm=1.0)
        optimizer.step()
        with torch.no_grad():
            for parameter in parameters:
                parameter.mul_(2**20).round_().div_(2**20)
            if update % every == 0:
                texts = train[: len(validation)], validation, test
                losses = [mean_loss(text[None, :-1], text[1:]).item() for text in texts]
                scores = readout(recurrent(embedding(test[None, :-1]))[0])
                closing = torch.softmax(scores[0], dim=-1)[:, ALPHABET.index(")")]
                brackets = [closing[torch.tensor(where) - 1].mean().item() for where in places]
                numbers = [f"{loss:.3f}" for loss in losses] + [f"{p:.4f}" for p in brackets]
                rows.append([units, seed, update, *numbers])
    return rows


@writes_table(__file__, COLUMNS, known_by=2)
@click.option("--updates", type=click.IntRange(1), default=4000, help="Length of a training.")
@click.option("--every", type=click.IntRange(1), default=500, help="Updates between two rows.")
def main(table: Table, updates: int, every: int) -> None:
    """Train the networks whose rows the table lacks; four minutes in all.

    Example: python char_model.py --table /tmp/char_model.csv
    """
    torch.set_num_threads(1)
    for units, seed in TRAININGS:
        if table.lacks(units, seed):
            table.add(rows_of(units, seed, updates, every))


if __name__ == "__main__":
    main()
