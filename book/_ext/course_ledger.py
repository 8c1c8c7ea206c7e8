"""Filled in below."""


def setup(app):
    """Connect to the build."""
    return {"parallel_read_safe": True, "parallel_write_safe": True}
