"""Double descent: closed forms against laws, laws against draws, one theory against another."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from course_lib.generalization.double_descent import (
    best_penalty,
    feature_errors,
    noise_training_error,
    ridge_fit,
    ridge_risk,
    ridgeless_risk,
)
from course_lib.random_features.random_features import RandomFeatures
from course_lib.spectral_laws.marchenko_pastur import MarchenkoPastur


def relu(z):
    """Centred under a Gaussian."""
    return np.maximum(z, 0) - 1 / np.sqrt(2 * np.pi)


RELU = (0.5 - 1 / (2 * np.pi), 0.25)


@pytest.mark.checks("eq-ridge", against="scikit-learn")
@pytest.mark.parametrize("shape", [(12, 5), (5, 12)])
def test_ridge_matches_sklearn(shape, rng):
    Phi, Y, penalties = rng.normal(size=shape), rng.normal(size=(shape[0], 2)), [0.01, 2.0]
    got = ridge_fit(Phi, Y, np.array(penalties))
    for weights, penalty in zip(got, penalties, strict=True):
        judge = Ridge(alpha=shape[0] * penalty, fit_intercept=False).fit(Phi, Y)
        np.testing.assert_allclose(weights, judge.coef_.T, rtol=0, atol=1e-10)


@pytest.mark.checks("eq-ridge", against="closed form")
def test_no_penalty_gives_the_shortest_solution(rng):
    for shape in ((12, 5), (5, 12)):
        Phi, Y = rng.normal(size=shape), rng.normal(size=(shape[0], 1))
        Phi[:, 1] = Phi[:, 0]  # a rank that is not full
        got = ridge_fit(Phi, Y, np.zeros(1))[0]
        np.testing.assert_allclose(got, np.linalg.pinv(Phi) @ Y, rtol=0, atol=1e-10)


@pytest.mark.checks("eq-ridgeless-bias", "eq-ridgeless-variance", against="closed form")
@pytest.mark.parametrize("ratio", [0.2, 0.9, 1.2, 4.0])
def test_ridgeless_risk_is_the_mean_inverse_eigenvalue_and_the_atom(ratio):
    law = MarchenkoPastur(ratio)
    want = ridge_risk(law, ratio, 0.0, signal=3.0, noise=0.7)
    got = ridgeless_risk(ratio, signal=3.0, noise=0.7)
    np.testing.assert_allclose(got, want, rtol=1e-8)
    if ratio < 1:
        G = law.stieltjes(np.zeros(1, dtype=complex))[0]
        assert abs(-0.7 * ratio * G - got.variance) < 1e-10


@pytest.mark.checks("eq-ridgeless-variance", against="closed form")
@pytest.mark.parametrize(("features", "samples"), [(30, 60), (60, 30)])
def test_ridgeless_variance_is_that_of_wishart_matrices(features, samples):
    # The mean of the inverse of a Wishart matrix is known for every size, not only in the limit.
    low, high = sorted((features, samples))
    exact = low / (high - low - 1)
    limit = ridgeless_risk(features / samples).variance
    assert abs(limit - exact) < 2 * exact / (high - low)


@pytest.mark.slow
@pytest.mark.checks(
    "eq-ridge-bias",
    "eq-ridge-variance",
    "eq-ridgeless-bias",
    "eq-ridgeless-variance",
    against="Monte Carlo",
)
@pytest.mark.parametrize("features", [60, 300])
def test_risks_match_least_squares_on_gaussian_features(features, rng):
    n, draws, ratio, columns = 150, 60, features / 150, 30
    penalties = np.array([0.0, 0.05, 0.8])
    measured = np.empty((draws, 3, 2))
    for draw in range(draws):
        Phi, beta = rng.normal(size=(n, features)), rng.normal(size=(features, columns))
        beta *= np.sqrt(2.0) / np.linalg.norm(beta, axis=0)
        # Linear in the labels: the bias is seen without noise, the variance without a signal.
        labels = np.hstack([Phi @ beta, 0.6 * rng.normal(size=(n, columns))])
        fits = ridge_fit(Phi, labels, penalties)
        target = np.hstack([beta, np.zeros((features, columns))])
        squares = ((fits - target) ** 2).sum(axis=1)
        measured[draw] = squares.reshape(3, 2, columns).mean(axis=2)
    means, error = measured.mean(axis=0), measured.std(axis=0) / np.sqrt(draws)
    for penalty, mean, e in zip(penalties, means, error, strict=True):
        want = ridge_risk(MarchenkoPastur(ratio), ratio, penalty, signal=2.0, noise=0.36)
        # Four standard errors, and the distance to the limit, which is of the order of 1 / n.
        assert (np.abs(mean - want) < 4 * e + np.abs(want) * 2 / n + 1e-12).all()
        assert (e < 0.01 * np.maximum(mean, 0.02)).all()


@pytest.mark.checks("eq-best-penalty", against="enumeration")
@pytest.mark.parametrize("ratio", [0.3, 1.0, 2.5])
def test_the_best_penalty_is_best(ratio):
    law, best = MarchenkoPastur(ratio), best_penalty(ratio, signal=2.0, noise=0.5)
    risks = [ridge_risk(law, ratio, f * best, 2.0, 0.5).total for f in (0.5, 0.97, 1, 1.03, 2)]
    assert risks[2] == min(risks)


def test_with_the_best_penalty_more_features_never_hurt_a_fixed_target():
    # Features of a fixed target: each one more lets the model see more of it, the rest is noise.
    totals = []
    for ratio in np.linspace(0.1, 3.0, 15):
        seen, unseen = 2.0 * ratio / 3, 2.0 * (1 - ratio / 3)
        penalty = best_penalty(ratio, seen, 0.5 + unseen)
        risk = ridge_risk(MarchenkoPastur(ratio), ratio, penalty, seen, 0.5 + unseen)
        totals.append(risk.total + unseen)
    assert (np.diff(totals) < 0).all()


def test_the_peak_is_infinite_without_a_penalty_and_finite_with_one():
    assert ridgeless_risk(1.0) == (0.0, np.inf)
    assert ridge_risk(MarchenkoPastur(1.0), 1.0, 0.0).variance == np.inf
    assert ridgeless_risk(1.0, noise=0.0).total == 0.0
    assert ridge_risk(MarchenkoPastur(1.0), 1.0, 0.0, noise=0.0).total == 0.0
    assert ridge_risk(MarchenkoPastur(1.0), 1.0, 0.1).total < 3


@pytest.mark.slow
@pytest.mark.checks("eq-noise-training-error", against="Monte Carlo")
@pytest.mark.parametrize(("features", "penalty"), [(60, 0.1), (250, 0.4)])
def test_memorised_noise_matches_draws(features, penalty, rng):
    n, ratio, draws = 150, features / 150, 60
    measured = []
    for _ in range(draws):
        Phi, Y = rng.normal(size=(n, features)), rng.normal(size=(n, 50))
        fits = ridge_fit(Phi, Y, np.array([penalty]))[0]
        measured.append(((Y - Phi @ fits) ** 2).mean())
    error = np.std(measured) / np.sqrt(draws)
    want = noise_training_error(MarchenkoPastur(ratio), ratio, penalty)
    # Four standard errors, and the distance to the limit, of the order of 1 / n.
    assert abs(np.mean(measured) - want) < 4 * error + want / n
    assert error < 0.005 * want


def test_memorised_noise_is_a_derivative_of_the_stieltjes_transform():
    law, ratio, penalty, h = MarchenkoPastur(0.7), 0.7, 0.3, 1e-4
    G = law.stieltjes(np.array([-penalty - h, -penalty + h], dtype=complex)).real
    slope = (G[1] - G[0]) / (2 * h)
    want = 1 - ratio * (1 + penalty**2 * slope)
    assert abs(noise_training_error(law, ratio, penalty) - want) < 1e-7


@pytest.mark.checks(
    "eq-equivalent-covariance",
    "eq-effective-penalty",
    "eq-features-test-error",
    "eq-features-train-error",
    against="Monte Carlo",
)
@pytest.mark.slow
@pytest.mark.parametrize("features", [90, 200, 500])
def test_feature_errors_match_nonlinear_features(features, rng):
    d, n, draws, columns, penalties = 160, 200, 30, 20, np.array([0.03, 0.3])
    measured = np.empty((draws, 2, 2))
    for draw in range(draws):
        W, X, fresh = (rng.normal(size=(rows, d)) for rows in (features, n, 1500))
        W, beta = W / np.sqrt(d), rng.normal(size=(d, columns))
        beta /= np.linalg.norm(beta, axis=0)
        Phi, Y = relu(X @ W.T), X @ beta + 0.5 * rng.normal(size=(n, columns))
        fits = ridge_fit(Phi, Y, penalties)
        measured[draw, :, 0] = ((relu(fresh @ W.T) @ fits - fresh @ beta) ** 2).mean(axis=(1, 2))
        measured[draw, :, 1] = ((Phi @ fits - Y) ** 2).mean(axis=(1, 2))
    means, error = measured.mean(axis=0), measured.std(axis=0) / np.sqrt(draws)
    for penalty, mean, e in zip(penalties, means, error, strict=True):
        want = feature_errors(*RELU, features / d, features / n, penalty, 1.0, 0.25)
        # Four standard errors, and the distance to the limit, of the order of 1 / d.
        assert (np.abs(mean - want) < 4 * e + np.abs(want) * 3 / d).all()
        assert (e < 0.01 * mean).all()


@pytest.mark.checks("eq-features-train-error", "eq-effective-penalty", against="closed form")
@pytest.mark.parametrize("per_sample", [0.4, 1.7])
def test_features_of_pure_noise_are_ridge_on_marchenko_pastur(per_sample):
    # zeta = 0: nothing of the input survives in a linear way, and the features are white.
    law, penalty = MarchenkoPastur(per_sample, 0.6), 0.2
    got = feature_errors(0.6, 0.0, 1.3, per_sample, penalty, signal=0.0, noise=1.0)
    assert abs(got.train - noise_training_error(law, per_sample, penalty)) < 1e-9
    spread = ridge_risk(MarchenkoPastur(per_sample), per_sample, penalty / 0.6, 0.0, 1.0)
    assert abs(got.test - spread.variance) < 1e-9


@pytest.mark.slow
@pytest.mark.checks(
    "eq-features-train-error", "eq-equivalent-covariance", "eq-effective-penalty", against="quartic"
)
@pytest.mark.parametrize("zeta", [0.05, 0.25, 0.34])
@pytest.mark.parametrize(("per_dimension", "per_sample"), [(0.6, 0.45), (3.0, 2.5)])
def test_features_of_pure_noise_follow_the_law_of_random_features(zeta, per_dimension, per_sample):
    # Pennington and Worah's equation for the Gram matrix knows nothing of effective penalties.
    eta, penalty = RELU[0], 0.1
    law = RandomFeatures(eta, zeta, phi=per_sample / per_dimension, psi=1 / per_dimension)
    got = feature_errors(eta, zeta, per_dimension, per_sample, penalty, 0.0, 1.0).train
    assert abs(got - noise_training_error(law, per_sample, penalty)) < 1e-8


@pytest.mark.checks("eq-features-test-error", against="closed form")
def test_a_target_that_cannot_be_expressed_costs_its_whole_variance():
    got = feature_errors(1.0, 0.0, 0.5, 0.5, 1e-9, signal=2.0, noise=0.0)
    assert abs(got.test - (2.0 + ridgeless_risk(0.5, noise=2.0).variance)) < 1e-6


@pytest.mark.checks("eq-features-test-error", against="closed form")
@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_very_many_linear_features_are_ridge_on_the_inputs(ratio):
    # W^T W is nearly a multiple of the identity; what is missing falls like d / N.
    many, penalty = 1e6, 0.3
    got = feature_errors(1.0, 1.0, many, many * ratio, many * penalty, signal=2.0, noise=0.5)
    want = ridge_risk(MarchenkoPastur(ratio), ratio, penalty, signal=2.0, noise=0.5)
    assert abs(got.test - want.total) < 1 / many


def test_linear_features_that_are_many_recover_a_noiseless_target():
    got = feature_errors(1.0, 1.0, 1.5, 1.5 / 2, 1e-10, signal=1.0, noise=0.0)
    assert 0 <= got.test < 1e-6


def test_bad_arguments_are_refused(bad_input):
    law = MarchenkoPastur(0.5)
    with pytest.raises(ValueError, match="penalties"):
        ridge_fit(np.ones((2, 2)), np.ones((2, 1)), np.array([-1.0]))
    with pytest.raises(ValueError, match="Y: expected shape"):
        ridge_fit(np.ones((2, 2)), np.ones((3, 1)), np.zeros(1))
    with pytest.raises(ValueError, match="ratio"):
        ridge_risk(law, 0.0, 1.0)
    with pytest.raises(ValueError, match="penalty"):
        ridge_risk(law, 0.5, -1.0)
    with pytest.raises(ValueError, match="ratio"):
        ridgeless_risk(-1.0)
    with pytest.raises(ValueError, match="signal"):
        best_penalty(0.5, signal=0.0)
    with pytest.raises(ValueError, match="penalty"):
        noise_training_error(law, 0.5, 0.0)
    with pytest.raises(ValueError, match="zeta"):
        feature_errors(1.0, 1.1, 0.5, 0.5, 0.1)
    with pytest.raises(ValueError, match="per_sample"):
        feature_errors(1.0, 0.5, 0.5, 0.0, 0.1)
    for signal, noise, name in ((-1.0, 1.0, "signal"), (1.0, -1.0, "noise")):
        for refused in (
            lambda r, v: ridge_risk(law, 0.5, 0.1, r, v),
            lambda r, v: ridgeless_risk(0.5, r, v),
            lambda r, v: best_penalty(0.5, r, v),
            lambda r, v: feature_errors(1.0, 0.5, 0.5, 0.5, 0.1, r, v),
        ):
            with pytest.raises(ValueError, match=f"{name}: expected"):
                refused(signal, noise)
