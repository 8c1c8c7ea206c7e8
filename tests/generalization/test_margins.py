"""Margins and spectral complexity: by hand, by torch, and what scaling must not change."""

import numpy as np
import pytest
import torch

from course_lib.generalization import margins, rademacher


@pytest.fixture
def network(rng):
    return [rng.normal(size=shape) for shape in [(7, 4), (6, 7), (3, 6)]]


def test_scores_are_those_of_torch(network, rng):
    x = rng.normal(size=(9, 4))
    layers = []
    for A in network:
        layer = torch.nn.Linear(A.shape[1], A.shape[0], bias=False, dtype=torch.float64)
        layer.load_state_dict({"weight": torch.tensor(A)})
        layers += [layer, torch.nn.ReLU()]
    want = torch.nn.Sequential(*layers[:-1])(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(margins.scores(network, x), want, atol=1e-12)
    np.testing.assert_array_equal(margins.scores(network[:1], x), x @ network[0].T)


@pytest.mark.checks("eq-margin", against="enumeration")
def test_margins_by_loops(rng):
    given, labels = rng.normal(size=(20, 4)), rng.integers(4, size=20)
    got = margins.margins(given, labels)
    for row, label, margin in zip(given, labels, got, strict=True):
        assert margin == row[label] - max(s for c, s in enumerate(row) if c != label)
    assert ((got > 0) == (given.argmax(axis=1) == labels)).all()


@pytest.mark.checks("eq-spectral-complexity", against="by hand")
def test_spectral_complexity_by_hand():
    # operator norms 3 and 2; rows of length 3 + 1 and 2 (one output): 4/3 and 1
    A, B = np.diag([3.0, 1.0]), np.array([[0.0, 2.0]])
    want = 6 * ((4 / 3) ** (2 / 3) + 1) ** 1.5
    np.testing.assert_allclose(margins.spectral_complexity([A, B]), want, rtol=1e-14)
    # rank one and one row: only the number of layers remains
    rows = [np.array([[5.0, 12.0]]), np.array([[2.0]]), np.array([[0.5]])]
    np.testing.assert_allclose(margins.spectral_complexity(rows), 13 * 3**1.5, rtol=1e-14)


@pytest.mark.checks("eq-spectral-complexity", against="torch")
def test_spectral_complexity_by_torch(network):
    product, total = 1.0, 0.0
    for A in network:
        A = torch.tensor(A)
        operator = torch.linalg.matrix_norm(A, 2).item()
        product *= operator
        columns_of_transpose = torch.linalg.vector_norm(A.T, dim=0).sum().item()
        total += (columns_of_transpose / operator) ** (2 / 3)
    got = margins.spectral_complexity(network)
    np.testing.assert_allclose(got, product * total**1.5, rtol=1e-12)


def test_complexity_under_rotation_and_scaling(network, rng):
    plain = margins.spectral_complexity(network)
    Q = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    turned = [network[0] @ Q, *network[1:]]
    np.testing.assert_allclose(margins.spectral_complexity(turned), plain, rtol=1e-12)
    scaled = [c * A for c, A in zip((2.0, 0.5, 3.0), network, strict=True)]
    np.testing.assert_allclose(margins.spectral_complexity(scaled), 3 * plain, rtol=1e-12)


@pytest.mark.checks("eq-normalized-margin", against="invariance")
def test_normalized_margins_do_not_see_the_scale(network, rng):
    x, labels = rng.normal(size=(15, 4)), rng.integers(3, size=15)
    plain = margins.normalized_margins(network, x, labels)
    scaled = [c * A for c, A in zip((7.0, 0.1, 2.0), network, strict=True)]
    np.testing.assert_allclose(margins.normalized_margins(scaled, 9 * x, labels), plain, rtol=1e-11)
    twice = np.concatenate([x, x]), np.concatenate([labels, labels])  # grows like root n
    np.testing.assert_allclose(
        margins.normalized_margins(network, *twice)[:15], np.sqrt(2) * plain, rtol=1e-12
    )
    size = np.linalg.norm(x) * margins.spectral_complexity(network) / 15
    np.testing.assert_allclose(
        margins.margins(margins.scores(network, x), labels), plain * size, rtol=1e-12
    )


@pytest.mark.checks("eq-margin-bound", against="Monte Carlo")
def test_the_margin_bound_holds_for_linear_scorers(rng):
    """Two Gaussian classes; the scorer is the best of the unit ball on its own sample."""
    direction, errors, bounds = np.array([1.0, 0.5, 0.0]), [], []
    for _ in range(40):
        y = rng.choice((-1.0, 1.0), size=2000)
        x = y[:, None] * direction + 0.7 * rng.normal(size=(2000, 3))
        w = x.T @ y
        w /= np.linalg.norm(w)
        average = rademacher.linear_bound(x, 1.0)
        bounds.append(margins.margin_bound(y * (x @ w), 0.5, average))
        test_y = rng.choice((-1.0, 1.0), size=4000)
        test_x = test_y[:, None] * direction + 0.7 * rng.normal(size=(4000, 3))
        errors.append((test_y * (test_x @ w) <= 0).mean())
    assert (np.array(errors) <= bounds).all()
    assert max(bounds) < 1.0  # here it says something


def test_the_margin_bound_by_hand():
    margin = np.array([-1.0, 0.0, 0.25, 1.0, 7.0])
    want = (1 + 1 + 0.5 + 0 + 0) / 5 + 4 * 0.1 + 3 * np.sqrt(np.log(2 / 0.1) / 10)
    np.testing.assert_allclose(margins.margin_bound(margin, 0.5, 0.1, 0.1), want, rtol=1e-14)


def test_bad_arguments_are_refused(bad_input):
    with pytest.raises(ValueError, match="labels: expected shape"):
        margins.margins(np.zeros((3, 2)), np.zeros(2, dtype=int))
    for strange in (-1, 2):  # labels of -1 and 1 would count as the last class
        with pytest.raises(
            ValueError, match=f"labels: expected classes from 0 to 1, got {strange}"
        ):
            margins.margins(np.zeros((3, 2)), np.array([1, 0, strange]))
    with pytest.raises(ValueError, match="layers"):
        margins.spectral_complexity([])
    with pytest.raises(ValueError, match="layers"):
        margins.scores([], np.zeros((3, 2)))
    with pytest.raises(ValueError, match="rho"):
        margins.margin_bound(np.ones(3), 0.0, 0.1)
    for delta in (0.0, 1.0):
        with pytest.raises(ValueError, match="delta"):
            margins.margin_bound(np.ones(3), 1.0, 0.1, delta)
