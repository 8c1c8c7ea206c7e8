"""Reference implementations and tools of *From Recurrence to Random Matrices*.

The library, in the order of study:

- ``foundations``: nonlinearities, softmax and losses, numerical gradients, argument checks.
- ``recurrent``: memory in networks, the simple recurrent network, backpropagation through time.
- ``datasets``: small generated data sets whose best possible score is known.
- ``viz``: figures, still and interactive.

The tools, which run the course and are never imported by the library:

- ``book``: output regression, the ledger of checked equations, chapter scaffolding.
- ``grading``: exercise specs, the student's ``check``, known wrong answers.
- ``cli``: the ``course`` command.
"""
