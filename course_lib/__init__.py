"""Reference implementations and tools of *From Recurrence to Random Matrices*.

The library, in the order of study:

- ``foundations``: nonlinearities, softmax and losses, numerical gradients, argument checks.
- ``recurrent``: memory in networks, the simple recurrent network, backpropagation through time.
- ``rmt``: laws of eigenvalues, random features, Hessians.
- ``generalization``: excess risk, capacity, wide networks, double descent, depth.
- ``datasets``: small generated data sets whose best possible score is known.
- ``viz``: figures, still and interactive.

The tools, which run the course and are never imported by the library:

- ``book``: output regression, the ledger of checked equations, chapter scaffolding.
- ``grading``: exercise specs, the student's ``check``, known wrong answers.
- ``sandbox``, ``submissions``, ``gradebook``, ``judging``, ``reports``: grading a class.
- ``cli``: the ``course`` command.
"""
