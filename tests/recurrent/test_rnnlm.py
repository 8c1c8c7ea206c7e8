"""The language model of the Bulgarian lecture against torch, and its sign error."""

import numpy as np
import pytest
import torch

from course_lib.recurrent import rnnlm
from course_lib.recurrent.notation import rename
from course_lib.recurrent.srn import SRN

VOCAB, D_IN, D_HIDDEN = 6, 3, 4


def torch_loss(params: rnnlm.Params, words, targets, nonlinearity):
    """torch.nn's embedding, RNN and linear layer, loaded with our weights."""
    embedding = torch.nn.Embedding.from_pretrained(torch.tensor(params.E.T), freeze=False)
    rnn = torch.nn.RNN(
        D_IN, D_HIDDEN, bias=False, batch_first=True, nonlinearity=nonlinearity
    ).double()
    head = torch.nn.Linear(D_HIDDEN, VOCAB, bias=False).double()
    with torch.no_grad():
        rnn.weight_ih_l0[:] = torch.tensor(params.W_xh)
        rnn.weight_hh_l0[:] = torch.tensor(params.W_hh)
        head.weight[:] = torch.tensor(params.W_hy)
    logits = head(rnn(embedding(torch.tensor(words)))[0])
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.tensor(targets).flatten())
    loss.backward()
    grads = embedding.weight.grad.T, rnn.weight_ih_l0.grad, rnn.weight_hh_l0.grad, head.weight.grad
    return logits.detach(), loss.item(), [grad.numpy() for grad in grads]


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.checks("eq-rnnlm", "eq-loss-to-state", against="torch")
def test_loss_and_gradients_match_torch(nonlinearity, rng):
    params = rnnlm.init(rng, VOCAB, D_IN, D_HIDDEN)
    words, targets = rng.integers(VOCAB, size=(2, 3, 5))
    cell = SRN(nonlinearity)
    logits, want_loss, want = torch_loss(params, words, targets, nonlinearity)
    loss, got = rnnlm.loss_and_gradients(params, words, targets, cell)
    assert loss == pytest.approx(want_loss, abs=1e-12)
    got_logits, _, _ = rnnlm.forward(params, words, cell)
    np.testing.assert_allclose(got_logits, logits.numpy(), rtol=0, atol=1e-12)
    for name, ours, theirs in zip(params._fields, got, want, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10, err_msg=name)


def test_a_word_that_comes_twice_collects_both_gradients(rng):
    params = rnnlm.init(rng, VOCAB, D_IN, D_HIDDEN)
    words, targets = np.array([[2, 2, 2]]), np.array([[2, 2, 0]])
    _, _, want = torch_loss(params, words, targets, "tanh")
    _, got = rnnlm.loss_and_gradients(params, words, targets)
    np.testing.assert_allclose(got.E, want[0], rtol=0, atol=1e-10)
    assert not got.E[:, [0, 1, 3, 4, 5]].any()


@pytest.mark.checks("eq-log-softmax-gradient", against="autograd")
def test_log_softmax_gradient_matches_autograd(rng):
    for target in range(VOCAB):
        logits = torch.tensor(rng.normal(size=VOCAB), requires_grad=True)
        torch.log_softmax(logits, 0)[target].backward()
        got = rnnlm.log_softmax_gradient(logits.detach().numpy(), target)
        np.testing.assert_allclose(got, logits.grad.numpy(), rtol=0, atol=1e-12)


@pytest.mark.checks("eq-output-weights-gradient", against="autograd")
def test_the_lecture_has_the_sign_of_the_output_gradient_wrong(rng):
    h, target = rng.normal(size=D_HIDDEN), 2
    W_hy = torch.tensor(rng.normal(size=(VOCAB, D_HIDDEN)), requires_grad=True)
    (-torch.log_softmax(W_hy @ torch.tensor(h), 0)[target]).backward()
    true = W_hy.grad.numpy()
    got = rnnlm.output_weights_gradient(W_hy.detach().numpy(), h, target)
    np.testing.assert_allclose(got, true, rtol=0, atol=1e-12)

    probabilities = torch.softmax(W_hy.detach() @ torch.tensor(h), 0).numpy()
    lecture = np.outer(np.eye(VOCAB)[target] - probabilities, h)
    np.testing.assert_allclose(lecture, -true, rtol=0, atol=1e-12)
    assert np.abs(lecture - true).max() > 0.1


def test_one_word_has_a_loss_known_by_hand():
    params = rnnlm.Params(np.zeros((1, 4)), np.ones((1, 1)), np.ones((1, 1)), np.ones((4, 1)))
    loss, grads = rnnlm.loss_and_gradients(params, np.array([[0]]), np.array([[3]]))
    assert loss == pytest.approx(np.log(4), abs=1e-15)
    assert not grads.W_hy.any()


def test_the_lectures_letters_become_the_same_model(rng):
    matrices = {name: rng.normal(size=2) for name in ("W_hh", "W_xh", "W_hy")}
    chinese = rename("chinese", U=matrices["W_hh"], W=matrices["W_xh"], V=matrices["W_hy"])
    bulgarian = rename("bulgarian", W=matrices["W_hh"], V=matrices["W_xh"], U=matrices["W_hy"])
    assert chinese == bulgarian == matrices
    assert rename("english", W=matrices["W_hh"]) == {"W_hh": matrices["W_hh"]}


def test_renaming_refuses_a_symbol_that_the_lecture_does_not_use():
    with pytest.raises(ValueError, match="symbol: expected one of 'U', 'W', 'V', 'b', got 'E'"):
        rename("chinese", E=1)
    with pytest.raises(ValueError, match="lecture: expected one of"):
        rename("german", U=1)


@pytest.mark.parametrize("bad", [-1, VOCAB])
def test_a_word_outside_the_vocabulary_is_refused(bad, rng):
    params = rnnlm.init(rng, VOCAB, D_IN, D_HIDDEN)
    good, wrong = np.array([[0, 1]]), np.array([[0, bad]])
    with pytest.raises(ValueError, match="words: expected indices 0 to 5"):
        rnnlm.forward(params, wrong)
    with pytest.raises(ValueError, match="targets: expected classes 0 to 5"):
        rnnlm.loss_and_gradients(params, good, wrong)
    with pytest.raises(ValueError, match="target: expected a class from 0 to 5"):
        rnnlm.log_softmax_gradient(np.zeros(VOCAB), bad)


def test_no_word_has_no_loss(rng):
    params = rnnlm.init(rng, 3, 2, 2)
    none = np.zeros((0, 4), dtype=int)
    with pytest.raises(ValueError, match="words: expected at least one, got none"):
        rnnlm.loss_and_gradients(params, none, none)


def test_first_weights_by_their_laws():
    E, *uniform = rnnlm.init(np.random.default_rng(0), vocab=100, d_in=100, d_hidden=100)
    # 10,000 normal numbers: the standard error of the deviation is 0.007
    assert abs(E.mean()) < 0.05
    assert E.std() == pytest.approx(1.0, abs=0.035)
    for weight in uniform:
        assert 0.999 * 0.1 < abs(weight).max() <= 0.1


def test_arguments_that_do_not_fit_are_named(rng, bad_input):
    for name, sizes in ("vocab", (0, 1, 1)), ("d_in", (1, 0, 1)), ("d_hidden", (1, 1, 1.5)):
        with pytest.raises(ValueError, match=f"{name}: expected a whole number, 1 or more"):
            rnnlm.init(rng, *sizes)
    params = rnnlm.init(rng, 1, 1, 1)
    one = np.zeros((1, 1), dtype=int)
    assert rnnlm.loss_and_gradients(params, one, one)[0] == 0.0
    with pytest.raises(ValueError, match=r"words: expected shape \(batch, time\), got \(1,\)"):
        rnnlm.forward(params, one[0])
    with pytest.raises(ValueError, match=r"targets: expected shape \(1, 1\), got \(1, 2\)"):
        rnnlm.loss_and_gradients(params, one, np.zeros((1, 2), dtype=int))
