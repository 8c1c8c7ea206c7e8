"""Memory in networks, recurrent networks, and how gradients travel through time.

- ``cell``: what a recurrent cell must offer.
- ``srn``: the simple recurrent network.
- ``srn_torch``: the same network as a torch layer, for training.
- ``row_vectors``: the same network with every matrix transposed.
- ``heads``: from states to answers, and the loss of a sequence.
- ``batching``: pad, mask, reverse and bucket sequences of unequal length.
- ``tagging``: word boundaries and named spans as one tag per token.
- ``encoder_decoder``: read a whole sequence, then write another.
- ``bptt``: run any cell over a batch, and backpropagate through time.
- ``delta_table``: the gradient of every loss at every earlier step.
- ``rnnlm``: a recurrent language model without biases, and its gradients.
- ``letters``: what the three lectures call the same matrices.
- ``rtrl``: the same gradients forwards in time, and what both directions cost.
- ``lags``: a gradient taken apart by the distance that it travelled.
- ``truncated``: backpropagation that stops after a window.
- ``checkpointing``: the same gradients from fewer stored states.
- ``norms``: operator norm and spectral radius, and how they differ.
- ``linear_recurrence``: powers of a matrix, by products and by eigenvectors.
- ``vanishing``: Jacobians over many steps, their bound, Lyapunov exponents.
- ``clipping``: shorten a gradient and keep its direction.
- ``cliff``: one unit, fifty steps, and a wall in the error surface.
- ``additive``: recurrences that add to their state.
- ``additive_torch``: one of them as a torch layer.
"""
