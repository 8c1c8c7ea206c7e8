"""Running student code where it can do no harm: nothing in here knows a test, an answer or a score.

- ``requests``: what a grader asks of a sandbox, and what it is told
- ``paths``: what of the host stays readable
- ``landlock``: give up all files but a few, without privilege
- ``rlimits``: bounds on memory, processes and files
- ``seccomp``: no new process, no connection, no hand on anything outside
- ``bubblewrap``: a root, processes and a network of its own for the warm parent, without root
- ``levels``: which levels of isolation this machine has, by trying, and the best of them
"""
