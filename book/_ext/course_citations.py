"""The same works stand in the lists of many lessons: each is looked up and formatted once.

Without this, formatting lists of references is half of what building the book again takes after
one page was edited.
"""

from collections.abc import Callable
from functools import cache

from pybtex import plugin
from pybtex.database import Entry
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle
from sphinx.application import Sphinx


def once(format_entry: Callable) -> Callable:
    """A method of a style that remembers the text of an entry; only the label differs by list."""
    known = {}

    def formatted(style: BaseStyle, label: str, entry: Entry, **options: object) -> FormattedEntry:
        key = (type(style), entry.key)
        if key not in known:
            known[key] = format_entry(style, label, entry, **options).text
        return FormattedEntry(entry.key, known[key], label)

    return formatted


def setup(app: Sphinx) -> dict[str, bool]:
    """Give pybtex a memory."""
    plugin._load_entry_point = cache(plugin._load_entry_point)
    BaseStyle.format_entry = once(BaseStyle.format_entry)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
