"""What every chapter uses.

- ``validate``: one-sentence errors for arguments of the wrong shape or value.
- ``precision``: arithmetic in real numbers, also where whole numbers came in.
- ``nonlinearities``: tanh, logistic, ReLU and identity with their slopes.
- ``nonlinearities_torch``: the same for tensors, with second derivatives.
- ``init_torch``: initial weights for torch modules.
- ``softmax``: softmax, log-softmax and cross-entropy in nats, with gradients.
- ``numerical_gradient``: central differences, to check hand-written gradients.
- ``jacobian_torch``: the derivatives of all outputs of a network.
- ``norms``: operator norm and spectral radius, and how they differ.
- ``confidence``: the mean over seeds, with its interval.
"""
