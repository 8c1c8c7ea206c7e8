import numpy as np
import pytest
import torch

from course_lib.foundations.jacobian_torch import output_jacobian
from course_lib.foundations.numerical_gradient import numerical_gradient


def outputs_of(W, v, X):
    return torch.tanh(v[:, None] * X @ W.T)


@pytest.mark.checks("eq-output-jacobian", against="finite differences")
def test_jacobian_is_parameters_by_outputs(rng):
    W, v, X = (torch.tensor(rng.normal(size=shape)) for shape in ((3, 2), (4,), (4, 2)))
    W.requires_grad_()
    v.requires_grad_()
    J = output_jacobian(outputs_of(W, v, X), [W, v])
    assert J.shape == (3 * 2 + 4, 4 * 3)
    assert not J.requires_grad

    def output(theta, row, unit):
        theta = torch.tensor(theta)
        return float(outputs_of(theta[:6].reshape(3, 2), theta[6:], X)[row, unit])

    theta = torch.cat([W.flatten(), v]).detach().numpy()
    for row in range(4):
        for unit in range(3):
            want = numerical_gradient(lambda t, at=(row, unit): output(t, *at), theta)
            np.testing.assert_allclose(J[:, 3 * row + unit].numpy(), want, rtol=0, atol=1e-8)


def test_it_is_the_transpose_of_torchs(rng):
    W, v, X = (torch.tensor(rng.normal(size=shape)) for shape in ((3, 2), (4,), (4, 2)))
    theirs = torch.autograd.functional.jacobian(lambda u: outputs_of(W, u, X).flatten(), v)
    ours = output_jacobian(outputs_of(W, v.requires_grad_(), X), [v])
    torch.testing.assert_close(ours, theirs.T, rtol=0, atol=1e-14)


def test_a_parameter_that_is_not_used_has_zeros_and_the_graph_is_kept():
    used, unused = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    outputs = 2 * used
    J = output_jacobian(outputs, [used, unused])
    assert J.tolist() == [[2, 0], [0, 2], [0, 0], [0, 0], [0, 0]]
    outputs.sum().backward()
    assert used.grad.tolist() == [2, 2]
