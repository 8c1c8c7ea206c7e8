"""Reference implementations of *From Recurrence to Random Matrices*: what the book teaches.

In the order of study:

- ``foundations``: nonlinearities, softmax and losses, numerical gradients, argument checks.
- ``optimization``: descent, and the loops that train.
- ``sequences``: scans, padding and batches, readouts and tags.
- ``sequence_models``: delay lines, autoregression, Markov chains.
- ``recurrent``: recurrent networks, and backpropagation through time.
- ``gradient_flow``: how gradients travel through time, and what becomes of them.
- ``computation``: what a recurrent network can compute.
- ``spectral_laws``: laws of the eigenvalues of large random matrices.
- ``random_features``: random features and random layers.
- ``hessians``: Hessians of networks, their spectra modelled and measured.
- ``generalization``: excess risk, capacity, wide networks, double descent, depth.
- ``datasets``: small generated data sets whose best possible score is known.
- ``viz``: figures, still and interactive.

What runs the course is the package ``course_tools``, of which nothing here knows.
"""
