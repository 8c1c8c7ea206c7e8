"""Names and ids that strangers chose: tidied for storing, and made comparable.

What is to be shown goes through ``course_tools.reports.sanitizing`` as well.
"""

import hashlib
import unicodedata

MAX_ID = 80


def fold(text: str) -> str:
    """Without case, accents and needless space.

    >>> fold(" Étienne  LE Brun")
    'etienne le brun'
    """
    flat = unicodedata.normalize("NFKD", text)
    flat = "".join(letter for letter in flat if not unicodedata.combining(letter))
    return " ".join(flat.casefold().split())


def squeeze(text: str) -> str:
    """Only the letters and digits, folded: how Canvas writes a name into a file's name.

    >>> squeeze("Lovelace, Ada-Émilie")
    'lovelaceadaemilie'
    """
    return "".join(letter for letter in fold(text) if letter.isalnum())


def clean(text: str, longest: int = 300) -> str:
    r"""Text that can be shown, stored and sent: NFC, no control characters, not too long.

    >>> clean("A\u030a\x1b[31m\ud800")
    'Å[31m'
    """
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    text = "".join(
        letter for letter in text if letter.isspace() or unicodedata.category(letter) not in unseen
    )
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def tidy_id(text: str) -> str:
    r"""An id that can be shown and stored; two different ones stay different.

    >>> tidy_id("ada"), tidy_id("a\x00da")
    ('ada', 'ada~506a9317')
    """
    tidied = clean(text, MAX_ID)
    if tidied == unicodedata.normalize("NFC", text):
        return tidied
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{tidied[: MAX_ID - 9] or 'unnamed'}~{digest}"
