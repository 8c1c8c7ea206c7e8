"""Recurrent networks, and backpropagation through time.

- ``cell``: what a recurrent cell must offer.
- ``srn``: the simple recurrent network.
- ``srn_torch``: the same network as a torch layer, for training.
- ``row_convention``: the same network with every matrix transposed.
- ``classifiers_torch``: one class per sequence, or one tag per step.
- ``pooling_torch``: the last state or the mean, many classifiers side by side.
- ``captioning_torch``: generate a caption for a picture.
- ``encoder_decoder``: read a whole sequence, then generate another.
- ``bptt``: run any cell over a batch, and backpropagate through time.
- ``rnnlm``: a recurrent language model without biases, and its gradients.
- ``notation``: the symbols of the three lectures for the same matrices.
- ``additive``: recurrences that add to their state.
- ``additive_torch``: one of them as a torch layer.
- ``long_range_torch``: how far back such networks learn to look.
- ``stacked``: layer above layer.
- ``bidirectional``: two directions side by side.
"""
