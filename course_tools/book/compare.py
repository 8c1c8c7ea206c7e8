"""Whether two outputs of a cell say the same: numbers by tolerance, pictures by pixels."""

import base64
import binascii
import copy
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from nbval.plugin import coalesce_streams
from PIL import Image

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/png", "image/jpeg")
VERSIONS = ("Software", "Creation Time")  # of who wrote a picture, and when
TILE = 16
NUMBER = re.compile(
    r"(?P<pad>[ ]*)(?P<number>(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))"
    r"(?:[eE][-+]?\d+)?)(?![\d]|\.\d)"
)
EMBEDDED = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]+)")


@dataclass(frozen=True)
class Limits:
    """How far a re-run may be from the stored outputs.

    Args:
        rtol: relative difference of printed numbers.
        atol: absolute difference of printed numbers.
        rms: root mean square difference of two pictures, of 255.
        tile: the same over the worst 16 x 16 pixels, where one dot shows.
    """

    rtol: float = 1e-9
    atol: float = 1e-12
    rms: float = 2.0
    tile: float = 12.0

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> "Limits":
        """The limits of a cell, from ``nbval`` in its metadata.

        Raises:
            ValueError: an unknown limit, or one so wide that it would exempt the cell.

        >>> Limits.of({"nbval": {"rtol": 1e-3}}).rtol
        0.001
        >>> Limits.of({"nbval": {"rtol": 10}})
        Traceback (most recent call last):
            ...
        ValueError: nbval rtol: expected a number from 0 to 0.05, got 10
        """
        given = metadata.get("nbval", {})
        known = [field.name for field in fields(cls)]
        if not isinstance(given, Mapping):
            raise ValueError(f"nbval: expected limits such as rtol: 1.0e-3, got {given!r}")
        for name, value in given.items():
            if name not in known:
                raise ValueError(f"nbval: expected one of {', '.join(known)}, got {name!r}")
            most = getattr(WIDEST, name)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (is_number and 0 <= value <= most):
                raise ValueError(f"nbval {name}: expected a number from 0 to {most}, got {value!r}")
        return cls(**{**asdict(cls()), **given})


WIDEST = Limits(rtol=0.05, atol=1e-3, rms=4.0, tile=24.0)


def differences(stored: Sequence[Any], fresh: Sequence[Any], limits: Limits) -> list[str]:
    """What a re-run of a cell gives otherwise than the notebook says; empty if nothing.

    Args:
        stored: the outputs in the notebook.
        fresh: the outputs of the re-run.
        limits: how far they may be apart.
    """
    stored = coalesce_streams(copy.deepcopy(list(stored)))
    fresh = coalesce_streams(copy.deepcopy(list(fresh)))
    found = []
    for number, (old, new) in enumerate(zip(stored, fresh, strict=False), start=1):
        found += [f"output {number}: {line}" for line in _output(old, new, limits)]
    for number, extra in enumerate(fresh[len(stored) :], start=len(stored) + 1):
        found.append(f"output {number}: the run gives {_glimpse(extra)}, which is not stored")
    for number, lost in enumerate(stored[len(fresh) :], start=len(fresh) + 1):
        found.append(f"output {number}: {_glimpse(lost)} is stored, the run gives nothing")
    return found


def _output(old: Any, new: Any, limits: Limits) -> list[str]:
    kinds = {"execute_result": "display_data"}
    old_kind = kinds.get(old.output_type, old.output_type)
    new_kind = kinds.get(new.output_type, new.output_type)
    if old_kind != new_kind or old.get("name") != new.get("name"):
        return [f"expected {_glimpse(old)}, got {_glimpse(new)}"]
    if old_kind == "stream":
        return text_differences(old.text, new.text, limits)
    if old_kind == "error":
        return [] if old == new else [f"expected {_glimpse(old)}, got {_glimpse(new)}"]
    old_data = {mime: value for mime, value in old.data.items() if mime != WIDGET_VIEW}
    new_data = {mime: value for mime, value in new.data.items() if mime != WIDGET_VIEW}
    if set(old_data) != set(new_data):
        return [f"expected {' and '.join(sorted(old_data))}, got {' and '.join(sorted(new_data))}"]
    if old.get("metadata", {}) != new.get("metadata", {}):
        return [f"expected the metadata {old.get('metadata')}, got {new.get('metadata')}"]
    found = []
    for mime in sorted(old_data):
        found += [f"{mime}: {line}" for line in _mime(mime, old_data[mime], new_data[mime], limits)]
    return found


def _mime(mime: str, old: Any, new: Any, limits: Limits) -> list[str]:
    if old == new:
        return []
    if mime in PICTURES:
        return picture_differences(_decode(old), _decode(new), limits)
    if mime == "text/html":
        return html_differences(old, new, limits)
    if isinstance(old, str) and isinstance(new, str):
        return text_differences(old, new, limits)
    return text_differences(_json(old), _json(new), limits)


def text_differences(old: str, new: str, limits: Limits) -> list[str]:
    """Lines that differ; printed floats may differ within the limits, all else must not.

    A float may be off by ``atol``, by ``rtol``, or, if it shows three digits or more, by
    one unit of its last printed place. Integers are text.

    >>> text_differences("loss 0.1234 after 10 steps", "loss 0.1235 after 10 steps", Limits())
    []
    >>> text_differences("loss 0.1234", "loss 0.1334", Limits())
    ["line 1: expected 'loss 0.1234', got 'loss 0.1334'"]
    """
    old_lines, new_lines = old.split("\n"), new.split("\n")
    found = [
        f"line {number}: expected {_short(a)}, got {_short(b)}"
        for number, (a, b) in enumerate(zip(old_lines, new_lines, strict=False), start=1)
        if a != b and not _lines_agree(a, b, limits)
    ]
    if len(old_lines) != len(new_lines):
        found.append(f"expected {len(old_lines)} lines, got {len(new_lines)}")
    return found


def _lines_agree(old: str, new: str, limits: Limits) -> bool:
    old_numbers, new_numbers = list(NUMBER.finditer(old)), list(NUMBER.finditer(new))
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    return all(
        # Columns shift only where a number became longer or shorter.
        (a["pad"] == b["pad"] or len(a["number"]) != len(b["number"]))
        and _numbers_agree(a["number"], b["number"], limits)
        for a, b in zip(old_numbers, new_numbers, strict=True)
    )


def _numbers_agree(old: str, new: str, limits: Limits) -> bool:
    a, b = float(old), float(new)
    units = [_last_place(text) for text in (old, new)]
    room = max(limits.atol, limits.rtol * abs(a), min(units))
    # One part in a million, for the rounding of the difference itself.
    return a == b or (math.isfinite(a - b) and abs(a - b) <= room * (1 + 1e-6))


def _last_place(text: str) -> float:
    """One unit of the last printed place; 0 for a number of one or two digits."""
    mantissa, _, exponent = text.lower().lstrip("+-").partition("e")
    decimals = len(mantissa.partition(".")[2])
    if len(mantissa.replace(".", "").lstrip("0")) < 3:
        return 0.0
    return 10.0 ** (int(exponent or 0) - decimals)


def picture_differences(old: bytes, new: bytes, limits: Limits) -> list[str]:
    """How two pictures differ: in size, on the whole, in one spot, or in what they say they are."""
    if old == new:
        return []
    try:
        a, b, said, says = _pixels(old), _pixels(new), _about(old), _about(new)
    except OSError:
        return ["expected a picture that can be decoded"]
    if a.shape != b.shape:
        return [
            f"expected a picture of {a.shape[1]} x {a.shape[0]} pixels, "
            f"got {b.shape[1]} x {b.shape[0]}"
        ]
    squares = ((a - b) ** 2).mean(axis=2)
    rms = math.sqrt(squares.mean())
    row, column, worst = _worst_tile(squares)
    if rms > limits.rms:
        return [f"the pictures differ by {rms:.1f} RMS, at most {limits.rms:g} is allowed"]
    if worst > limits.tile:
        return [
            f"the pictures differ by {worst:.1f} RMS near x = {column}, y = {row} pixels, "
            f"at most {limits.tile:g} is allowed"
        ]
    if said != says:
        return [f"expected a picture that says of itself {said}, got {says}"]
    return []


def _pixels(picture: bytes) -> np.ndarray:
    """Red, green and blue on white paper."""
    image = Image.open(io.BytesIO(picture)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(paper, image).convert("RGB"), dtype=float)


def _about(picture: bytes) -> dict[str, str]:
    """What a PNG says of itself beside its pixels, such as that it is a drawing."""
    text = getattr(Image.open(io.BytesIO(picture)), "text", {})
    return {name: str(value) for name, value in text.items() if name not in VERSIONS}


def _worst_tile(squares: np.ndarray) -> tuple[int, int, float]:
    """The corner and the RMS of the worst 16 x 16 pixels, at every half step."""
    height, width = squares.shape
    sums = np.zeros((height + 1, width + 1))
    sums[1:, 1:] = squares.cumsum(axis=0).cumsum(axis=1)
    tops = np.arange(0, max(height - TILE // 2, 1), TILE // 2)
    lefts = np.arange(0, max(width - TILE // 2, 1), TILE // 2)
    bottoms, rights = np.minimum(tops + TILE, height), np.minimum(lefts + TILE, width)
    totals = (
        sums[np.ix_(bottoms, rights)]
        - sums[np.ix_(tops, rights)]
        - sums[np.ix_(bottoms, lefts)]
        + sums[np.ix_(tops, lefts)]
    )
    row, column = np.unravel_index(totals.argmax(), totals.shape)
    return int(tops[row]), int(lefts[column]), math.sqrt(max(totals[row, column], 0) / TILE**2)


def html_differences(old: str, new: str, limits: Limits) -> list[str]:
    """How two pieces of HTML differ.

    Pictures inside are compared as pictures, frame by frame. Around pictures all text,
    alternatives included, must be the same; elsewhere floats have the usual room.
    """
    old_pictures, new_pictures = EMBEDDED.findall(old), EMBEDDED.findall(new)
    old_text, new_text = EMBEDDED.sub("(picture)", old), EMBEDDED.sub("(picture)", new)
    if not old_pictures:
        return text_differences(old_text, new_text, limits)
    if len(old_pictures) != len(new_pictures):
        return [f"expected {len(old_pictures)} pictures, got {len(new_pictures)}"]
    found = []
    if old_text != new_text:
        # Frames stand in one long line of JSON: cut it where the texts part.
        place = next(
            (i for i, (a, b) in enumerate(zip(old_text, new_text, strict=False)) if a != b),
            min(len(old_text), len(new_text)),
        )
        cut = slice(max(place - 30, 0), place + 50)
        found.append(f"expected {old_text[cut]!r}, got {new_text[cut]!r}")
    for number, (a, b) in enumerate(zip(old_pictures, new_pictures, strict=True)):
        if a != b:
            where = "the picture shown first" if number == 0 else f"frame {number}"
            lines = picture_differences(_decode(a), _decode(b), limits)
            found += [f"{where}: {line}" for line in lines]
    return found


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        return text.encode()


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False)


def _short(text: str, room: int = 100) -> str:
    return repr(text if len(text) <= room else text[: room - 3] + "...")


def _glimpse(output: Any) -> str:
    """An output in a few words, for messages."""
    if output.output_type == "stream":
        return f"{_short(output.text.rstrip(), 60)} on {output.name}"
    if output.output_type == "error":
        return f"the error {output.ename}: {_short(output.evalue, 60)}"
    return f"an output of type {' and '.join(sorted(output.data))}"
