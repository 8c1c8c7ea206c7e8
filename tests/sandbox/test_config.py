from course_tools.answers.limits import Limits
from course_tools.sandbox.config import SandboxConfig


def test_a_configuration_comes_back_as_it_went():
    config = SandboxConfig(
        level="none",
        limits=Limits(memory_mb=7),
        preload=("numpy",),
        user=None,
        shown="/copies",
        root="/root",
        scratch="/tmp",
        readable=("/usr", "/lib"),
        packages=(),
        prefix="/usr",
        filter="00ff",
    )
    assert SandboxConfig.from_text(config.to_text()) == config
