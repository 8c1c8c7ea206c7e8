"""Running student code where it can do no harm: nothing in here knows a test, an answer or a score.

- ``requests``: what a grader asks of a sandbox, and what comes back
- ``paths``: what of the host stays readable
- ``scratch``: emptying a folder that student code has filled
- ``private_folder``: a temporary folder that ends with its process, however that ends
- ``landlock``: give up all files but a few, without privilege
- ``rlimits``: bounds on memory, processes and files
- ``seccomp``: no new process, no connection, no hand on anything outside
- ``bubblewrap``: a root, processes and a network of its own for the zygote, without root
- ``levels``: which levels of isolation this machine has, by trying, and the best of them
- ``namespaces``: processes, files and a network that hold nothing of the host, for each child
- ``package_copies``: copies of the library without the modules that are blocked
- ``import_blocker``: the import hook that puts a stand-in in the place of a blocked module
- ``framing``: frames and messages between two processes that do not trust each other
- ``replies``: what a child answers, checked part by part
- ``config``: the settings that the zygote gets when it starts
- ``zygote``: imports what students may use, then forks one child after another
- ``child``: enters the sandbox, runs a student's cells, calls a student's functions
- ``fork_server``: starts the zygote, has it fork, and holds the children
- ``session``: the sandbox as a grader uses it: cells and requests in, outcomes out
"""
