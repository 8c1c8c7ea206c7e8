"""The two tasks with a distance: their losses by hand, and what a few updates bring."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_lib.datasets.agreement import AgreementGrammar
from course_lib.optimization.fit_torch import fit
from course_lib.recurrent.long_range_torch import (
    Reader,
    end_loss,
    recall_batch,
    recall_loss,
    train_agreement,
    train_recall,
)


@pytest.mark.parametrize("cell", ["logistic", "tanh", "residual"])
def test_a_reader_is_its_layer_and_a_linear_readout(cell, rng):
    model = Reader(6, 2, cell, torch.Generator().manual_seed(1))
    xs = torch.tensor(rng.normal(size=(3, 4, 6)))
    h, value = torch.zeros(3, 16, dtype=torch.float64), torch.tanh
    if cell == "logistic":
        value = torch.sigmoid
    for t in range(4):
        z = h @ model.layer.W_hh.T + xs[:, t] @ model.layer.W_xh.T + model.layer.b_h
        h = value(z) + (h if cell == "residual" else 0.0)
        want = F.linear(h, model.readout.W_hy, model.readout.b_y)
        torch.testing.assert_close(model(xs)[:, t], want, rtol=0, atol=1e-12)


def test_output_weights_zero_make_the_recurrent_gradient_zero():
    xs, targets = recall_batch(np.random.default_rng(0), 8, 3)
    for zero in (True, False):
        model = Reader(6, 6, generator=torch.Generator().manual_seed(1), zero_readout=zero)
        end_loss(model, xs, targets).backward()
        assert (model.readout.W_hy.grad.norm() > 1e-3).item()
        assert bool((model.layer.W_hh.grad == 0).all()) is zero


def test_targets_are_the_cue_at_the_end_and_the_token_before_elsewhere():
    xs, targets = recall_batch(np.random.default_rng(3), 200, 5)
    tokens = xs.argmax(dim=2)
    assert xs.shape == (200, 32, 6)
    assert torch.equal(targets[:, -1], tokens[:, 32 - 5])
    assert torch.equal(targets[:, 1:-1], tokens[:, :-2])
    assert torch.equal(targets[:, 0], tokens[:, 0])
    assert set(tokens[:, 32 - 5].tolist()) == {0, 1}
    noisy_xs, noisy = recall_batch(np.random.default_rng(3), 200, 5, noise=0.5)
    assert torch.equal(noisy_xs, xs)
    assert torch.equal(noisy[:, -1], targets[:, -1])
    # A replaced target is by chance the right one in one case of six.
    assert (noisy[:, :-1] != targets[:, :-1]).double().mean() == pytest.approx(
        0.5 * 5 / 6, abs=0.03
    )


def test_losses_by_hand():
    scores = torch.randn(2, 3, 8, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    targets = torch.tensor([[0, 5, 1], [3, 2, 0]])

    def token(row, t, columns):
        return -torch.log_softmax(scores[row, t, columns], 0)[targets[row, t]].item()

    whole, cue, words = slice(None), slice(0, 2), slice(2, 8)
    ends = [sum(token(row, 2, columns) for row in range(2)) / 2 for columns in (whole, cue)]
    first, second = (sum(token(row, t, words) for row in range(2)) / 2 for t in range(2))
    found = [
        end_loss(lambda xs: xs, scores, targets),
        recall_loss(lambda xs: xs, scores, targets),
        recall_loss(lambda xs: xs, scores, targets, others_from=1),
        recall_loss(lambda xs: xs, scores, targets, others_from=2),
    ]
    want = [ends[0], ends[1], ends[1] + (first + second) / 2, ends[1] + second]
    assert [loss.item() for loss in found] == pytest.approx(want, rel=1e-12)


def test_without_updates_networks_guess_and_with_some_they_learn_the_shortest_distance():
    before, after = train_recall(20, 0, runs=6), train_recall(1, 60, runs=2)
    # between two words: 500 rows have a standard error of 0.022
    assert before.accuracy == pytest.approx(np.full(6, 0.5), abs=0.1)
    assert np.isnan(before.loss).all()
    assert (after.accuracy > 0.95).all()
    assert (after.loss < 0.5).all()
    again = train_recall(1, 60, runs=2)
    np.testing.assert_array_equal(after.loss, again.loss)


def test_agreement_is_guessed_at_first_and_learned_at_the_shortest_distance():
    assert (train_agreement(2, 0, runs=2).accuracy < 0.5).all()
    learned = train_agreement(2, 150, runs=2)
    assert (learned.accuracy > 0.85).all()
    assert (learned.accuracy < 0.95).all()  # one speaker in ten slips


def test_biases_at_the_frequencies_have_the_loss_of_the_four_languages_before_training():
    def refuse_to_move(parameters, learning_rate):
        return lambda: None

    for frequencies, words in ((False, 16), (True, 4)):
        found = train_agreement(2, 20, 2, True, refuse_to_move, frequencies=frequencies)
        assert found.loss == pytest.approx(np.log(words), abs=0.02)


def test_recall_is_what_fit_makes_of_one_network():
    found = train_recall(3, 21, runs=1, others_from=4, noise=0.3)
    model = Reader(6, 8, generator=torch.Generator().manual_seed(0))
    rng = np.random.default_rng(0)

    def loss(_):
        return recall_loss(model, *recall_batch(rng, 32, 3, 0.3), others_from=4)

    losses = fit(model.parameters(), loss, 21, 0.01, max_norm=1.0, round_to=2.0**-20)
    assert found.loss == pytest.approx(np.mean(losses[1:]), rel=1e-9)
    xs, targets = recall_batch(rng, 500, 3, 0.3)
    right = model(xs)[:, -1, :2].argmax(dim=1) == targets[:, -1]
    assert found.accuracy == pytest.approx(right.double().mean().item(), abs=1e-12)


def test_agreement_is_what_fit_makes_of_one_network():
    found = train_agreement(2, 21, runs=1, frequencies=True)
    rng, generator = np.random.default_rng(0), torch.Generator().manual_seed(0)
    grammar = AgreementGrammar(2)
    sentences, new = (torch.tensor(grammar.sample(rng, n)) for n in (2000, 1000))
    model = Reader(grammar.vocab, grammar.vocab, generator=generator)
    with torch.no_grad():
        for word in range(grammar.vocab):
            share = ((sentences[:, -1] == word).sum().item() + 1) / (2000 + grammar.vocab)
            model.readout.b_y[word] = np.log(share)

    def loss(_):
        drawn = sentences[torch.randint(2000, (64,), generator=generator)]
        scores = model(F.one_hot(drawn[:, :-1], grammar.vocab).double())
        return F.cross_entropy(scores[:, -1], drawn[:, -1])

    losses = fit(model.parameters(), loss, 21, 0.01, round_to=2.0**-20)
    assert found.loss == pytest.approx(np.mean(losses[1:]), rel=1e-9)
    answers = model(F.one_hot(new[:, :-1], grammar.vocab).double())[:, -1].argmax(dim=1)
    right = (answers == new[:, -1]).double().mean().item()
    assert found.accuracy == pytest.approx(right, abs=1e-12)


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="cell: expected one of"):
        train_recall(4, 1, cell="gru")
    for train in (train_recall, train_agreement):
        with pytest.raises(ValueError, match="runs: expected a whole number, 1 or more, got 0"):
            train(4, 1, runs=0)
