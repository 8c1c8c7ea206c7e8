"""Running student code where it can do no harm: nothing in here knows a test, an answer or a score.

- ``requests``: what a grader asks of a sandbox, and what it is told
- ``paths``: what of the host stays readable
- ``scratch``: emptying a folder that student code has filled
- ``private_folder``: a temporary folder that ends with its process, however that ends
- ``landlock``: give up all files but a few, without privilege
- ``rlimits``: bounds on memory, processes and files
- ``seccomp``: no new process, no connection, no hand on anything outside
- ``bubblewrap``: a root, processes and a network of its own for the zygote, without root
- ``levels``: which levels of isolation this machine has, by trying, and the best of them
- ``namespaces``: processes, files and a network that hold nothing of the host, for each child
- ``package_copies``: copies of the library without the modules that are closed
- ``import_blocker``: what a child finds in the place of a closed module
- ``framing``: frames between two processes that do not trust each other
- ``replies``: what a child says, checked word for word
- ``config``: what the zygote is told when it starts
- ``zygote``: imports what students may use, then forks one child after another
- ``child``: locks itself in, runs a student's cells, calls a student's functions
- ``fork_server``: the zygote and its children, as seen by the side that drives them
- ``session``: the sandbox itself: cells and requests in, outcomes out
"""
