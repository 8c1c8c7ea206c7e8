import numpy as np
import torch
import torch.nn.functional as F

from course_lib.datasets.sentiment import SentimentGrammar
from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.classifiers_torch import SequenceClassifier
from course_lib.recurrent.pooling_torch import train_classifiers
from course_lib.sequences.batching import pad

GRAMMAR = SentimentGrammar(slip=0.05)
TRAIN = GRAMMAR.sample(np.random.default_rng(0), 80)


def test_a_network_is_the_one_that_fit_makes_alone():
    """Where nearly all is praise, some gradients are longer than 1 and others are not."""
    praise = TRAIN._replace(targets=(np.arange(80) >= 2).astype(int))
    found = train_classifiers(praise, len(GRAMMAR.vocabulary), 9, seeds=2)
    assert [model.pool for model in found] == ["last", "last", "mean", "mean"]
    tokens, mask = map(torch.tensor, pad(praise.tokens))
    targets, rng = torch.tensor(praise.targets), np.random.default_rng(0)
    alone = SequenceClassifier(
        len(GRAMMAR.vocabulary), 8, 16, 2, "last", torch.Generator().manual_seed(0)
    )
    norms = []

    def loss(_):
        i = torch.tensor(rng.integers(len(tokens), size=64))
        value = F.cross_entropy(alone(tokens[i], mask[i]), targets[i])
        gradient = torch.autograd.grad(value, [*alone.parameters()], retain_graph=True)
        norms.append(torch.cat([part.ravel() for part in gradient]).norm().item())
        return value

    fit(alone.parameters(), loss, 9, learning_rate=0.005, max_norm=1.0, round_to=2.0**-20)
    assert min(norms) < 1 < 1.05 < max(norms)
    for ours, theirs in zip(found[0].parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=2.0**-19)


def test_both_ways_of_pooling_start_alike_and_move():
    first = train_classifiers(TRAIN, len(GRAMMAR.vocabulary), 0, seeds=2)
    moved = train_classifiers(TRAIN, len(GRAMMAR.vocabulary), 3, seeds=2)
    for last, mean in zip(first[:2], first[2:], strict=True):
        assert all(map(torch.equal, last.parameters(), mean.parameters()))
    assert not torch.equal(first[0].E, first[1].E)
    for before, after in zip(first, moved, strict=True):
        change = (after.recurrent.W_hh - before.recurrent.W_hh).abs().max()
        assert 0.001 < change < 3.1 * 0.005  # three steps of Adam
