"""The settings of a sandbox; the zygote receives them when it starts, and nothing else."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from course_tools.answers.limits import Limits


@dataclass(frozen=True)
class SandboxConfig:
    """The settings that the zygote gets when it starts.

    Args:
        level: of isolation.
        limits: of each child.
        preload: modules to import before the first child.
        user: the user id that children take; None where they keep their own.
        shown: the folder that holds all copies of the packages.
        root: an empty folder to mount on.
        scratch: where children get a temporary folder, at levels that mount none.
        readable: what of the host can be read.
        packages: folders for the path, where installed packages lie.
        prefix: of the virtual environment.
        filter: the compiled filter on system calls, in hexadecimal.
    """

    level: str
    limits: Limits
    preload: tuple[str, ...]
    user: int | None
    shown: str
    root: str
    scratch: str
    readable: tuple[str, ...]
    packages: tuple[str, ...]
    prefix: str
    filter: str

    def to_text(self) -> str:
        """As a text that can be sent."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "SandboxConfig":
        """Read what ``to_text`` wrote."""
        settings: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in json.loads(text).items()
        }
        settings["limits"] = Limits(**settings["limits"])
        return cls(**settings)
