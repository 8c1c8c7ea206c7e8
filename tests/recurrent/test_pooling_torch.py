import numpy as np
import torch

from course_lib.datasets.sentiment import SentimentGrammar
from course_lib.recurrent.pooling_torch import scores, train_classifiers
from course_lib.recurrent.side_by_side_torch import stack
from course_lib.sequences.batching import pad

GRAMMAR = SentimentGrammar(slip=0.05)
TRAIN = GRAMMAR.sample(np.random.default_rng(0), 80)


def test_rows_are_the_classifiers_one_by_one_before_and_after_training():
    for updates in (0, 3):
        models = train_classifiers(TRAIN, len(GRAMMAR.vocabulary), updates, seeds=2)
        assert [model.pool for model in models] == ["last", "last", "mean", "mean"]
        tokens, mask = map(torch.tensor, pad(TRAIN.tokens[:9]))
        found = scores(stack(models), models[0], tokens, mask)
        for model, ours in zip(models, found, strict=True):
            torch.testing.assert_close(ours, model(tokens, mask), rtol=0, atol=1e-12)


def test_both_ways_of_pooling_start_alike_and_move():
    first = train_classifiers(TRAIN, len(GRAMMAR.vocabulary), 0, seeds=2)
    moved = train_classifiers(TRAIN, len(GRAMMAR.vocabulary), 3, seeds=2)
    for last, mean in zip(first[:2], first[2:], strict=True):
        assert all(map(torch.equal, last.parameters(), mean.parameters()))
    assert not torch.equal(first[0].E, first[1].E)
    for before, after in zip(first, moved, strict=True):
        change = (after.recurrent.W_hh - before.recurrent.W_hh).abs().max()
        assert 0.001 < change < 3.1 * 0.005  # three steps of Adam
