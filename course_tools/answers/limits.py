"""What a student's code may use: memory, processes, files, time.

The settings of an exercise set name these bounds, a result's fingerprint holds them, and the
sandbox enforces them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one child process, that is, one run of a student's code, may use.

    Args:
        memory_mb: address space beyond what Python and the preloaded packages take.
        processes: processes and threads together.
        file_mb: size of a file it writes.
        scratch_mb: space in its private temporary folder, where the level gives it one.
        open_files: file descriptors.
        reply_mb: size of one answer, and of all answers of one task together.
        cell_seconds: wall clock for one cell of the notebook.
        total_seconds: wall clock for a submission as a whole, all its children together.
    """

    memory_mb: int = 1024
    processes: int = 32
    file_mb: int = 16
    scratch_mb: int = 32
    open_files: int = 64
    reply_mb: int = 64
    cell_seconds: float = 20.0
    total_seconds: float = 600.0
