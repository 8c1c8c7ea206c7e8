"""The same works stand in the lists of many lessons: each is looked up and formatted once.

Without this, the lists are half of what building the book again takes after one page was edited:
sphinxcontrib-bibtex asks for each work and each list who cites the work, and formats it anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from pybtex import plugin
from pybtex.database import Entry
from pybtex.style import FormattedEntry
from pybtex.style.formatting import BaseStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.directives import BibliographyKey
from sphinxcontrib.bibtex.domain import BibtexDomain, _FilterVisitor


def once(format_entry: Callable, known: dict) -> Callable:
    """A method of a style that remembers the text of an entry; only the label differs by list."""

    def formatted(style: BaseStyle, label: str, entry: Entry, **options: object) -> FormattedEntry:
        key = (type(style).__name__, entry.key)
        if key not in known:
            known[key] = format_entry(style, label, entry, **options).text
        return FormattedEntry(entry.key, known[key], label)

    return formatted


def works_of_a_list(domain: BibtexDomain, of: BibliographyKey) -> Iterator[tuple[str, Entry]]:
    """The works that belong into one list, each with its key there.

    Raises:
        ValueError: the list's filter is not an expression that is allowed there.
    """
    cited_in = defaultdict(set)
    for reference in domain.citation_refs:
        for target in reference.targets:
            cited_in[target.key].add(reference.docname)
    listed = domain.bibliographies[of]
    for entry in domain.get_entries(listed.bibfiles):
        key = listed.keyprefix + entry.key
        wanted = _FilterVisitor(entry=entry, docname=of.docname, cited_docnames=cited_in[key])
        if wanted.visit(listed.filter_) or entry.key in listed.keys:
            yield key, entry


def remember(app: Sphinx) -> None:
    """Keep formatted entries with what is known of all pages, as long as the works are the same."""
    works = [Path(app.srcdir, name).read_bytes() for name in app.config.bibtex_bibfiles]
    digest = sha256(b"".join(works)).hexdigest()
    before, known = getattr(app.env, "course_works", (digest, {}))
    app.env.course_works = (digest, known if before == digest else {})
    BaseStyle.format_entry = once(BaseStyle.format_entry, app.env.course_works[1])


def setup(app: Sphinx) -> dict[str, bool]:
    """Give pybtex a memory."""
    plugin._load_entry_point = cache(plugin._load_entry_point)
    BibtexDomain.get_filtered_entries = works_of_a_list
    app.connect("builder-inited", remember)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
