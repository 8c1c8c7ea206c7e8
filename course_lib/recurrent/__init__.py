"""Memory in networks, recurrent networks, and how gradients travel through time.

- ``cell``: what a recurrent cell must offer.
- ``srn``: the simple recurrent network.
- ``bptt``: run any cell over a batch, and backpropagate through time.
"""
