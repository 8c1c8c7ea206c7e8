"""What a recurrent network can compute.

- ``turing_machine``: a finite table of rules and a tape without end.
- ``tape_reports``: what a table of rules does to words, whoever wrote the table.
- ``cantor_stack``: a stack inside one number, and networks that work it.
- ``turing_network``: a recurrent network that is a given Turing machine.
"""
