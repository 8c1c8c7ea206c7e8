"""Nothing here is to be imported by whoever looks for tests: it would be carried out."""

collect_ignore_glob = ["*.py"]
