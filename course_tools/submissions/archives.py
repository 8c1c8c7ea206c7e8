"""Listing and reading what was handed in, from a folder or a zip, without trusting any of it.

A zip is read in memory, member by member; nothing is ever unpacked to disk. Links are not
followed, devices and pipes are not opened.
"""

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice, takewhile
from pathlib import Path

MAX_MEMBERS = 10_000  # of one hand-in
MAX_TOTAL = 100 * 2**20  # bytes read from one student's own zip
MAX_RATIO, SMALL = 200, 2**20  # a small member may shrink as it likes
SUPPORTED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for gigabytes up front
IGNORED = {"__macosx", "thumbs.db", "desktop.ini"}


class CollectError(ValueError):
    """A collection that cannot be read at all; one sentence."""


class Unreadable(ValueError):
    """One file that is not read; the rest of a sentence that begins with its name."""


class TooLarge(Unreadable):
    """A file beyond the limit."""


@dataclass(frozen=True)
class Entry:
    """One file below the collected folder.

    Args:
        parts: its path there, folder by folder.
        modified: in UTC; without a zone where the zip tells none, None where it tells no date.
        read: gives its bytes, at most as many as asked for, else raises ``Unreadable``.
        trouble: why it will not be read, as far as that is known without trying.
    """

    parts: tuple[str, ...]
    modified: datetime | None
    read: Callable[[int], bytes]
    trouble: str = ""

    @property
    def name(self) -> str:
        """The path as one text."""
        return "/".join(self.parts)

    @property
    def clock(self) -> datetime | None:
        """The date for putting files in order: one without a zone as if it were UTC."""
        return self.modified and self.modified.replace(tzinfo=UTC)

    @property
    def suffix(self) -> str:
        """The ending with its dot, in lower case."""
        return os.path.splitext(self.parts[-1])[1].lower()


def hidden(name: str) -> bool:
    """Whether a file or a folder is one that a system or an editor left behind."""
    return name.startswith(".") or name.lower() in IGNORED


def _unreadable(parts: tuple[str, ...], modified: datetime | None, why: str) -> Entry:
    def read(limit: int) -> bytes:
        raise Unreadable(why)

    return Entry(parts, modified, read, why)


def _empty_folder(parts: tuple[str, ...], modified: datetime | None = None) -> Entry:
    """Stands for a folder without files: its student is not to be forgotten."""
    return Entry((*parts, ""), modified, lambda limit: b"")


def _utc_time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def megabytes(limit: int) -> str:
    """A limit in words."""
    return f"larger than {limit / 2**20:g} MB"


def list_folder(root: Path) -> Iterator[Entry]:
    """Every file below a folder, hidden ones left out; never more than a cap for one hand-in.

    Raises:
        CollectError: the folder itself cannot be listed.
    """
    try:
        top = _list_visible(root)
    except OSError as error:
        raise CollectError(f"{root}: cannot be listed: {error.strerror}") from error
    for found in top:
        yield from _walk(found)


def _list_visible(folder: Path | str, most: int | None = None) -> list[os.DirEntry]:
    with os.scandir(folder) as listing:
        found = [entry for entry in islice(listing, most) if not hidden(entry.name)]
    return sorted(found, key=lambda entry: entry.name)


def _walk(top: os.DirEntry) -> Iterator[Entry]:
    waiting: list[tuple[os.DirEntry, tuple[str, ...]]] = [(top, (top.name,))]
    seen = 0
    while waiting:
        found, parts = waiting.pop()
        seen += 1
        if seen > MAX_MEMBERS:
            yield _unreadable(parts, None, f"one of more than {MAX_MEMBERS} files; not read")
            return
        if not found.is_dir(follow_symlinks=False):
            yield _folder_entry(found, parts)
            continue
        try:
            inside = _list_visible(found.path, MAX_MEMBERS + 1)
        except OSError as error:
            yield _unreadable(parts, None, f"cannot be listed: {error.strerror}")
            continue
        waiting += [(entry, (*parts, entry.name)) for entry in reversed(inside)]
        if not inside:
            yield _empty_folder(parts)


def _folder_entry(found: os.DirEntry, parts: tuple[str, ...]) -> Entry:
    try:
        status = found.stat(follow_symlinks=False)
    except OSError as error:
        return _unreadable(parts, None, f"cannot be read: {error.strerror}")
    modified = _utc_time(status.st_mtime)
    if stat.S_ISLNK(status.st_mode):
        return _unreadable(parts, modified, "a link; links are not followed")
    if not stat.S_ISREG(status.st_mode):
        return _unreadable(parts, modified, "not a regular file")
    return Entry(parts, modified, lambda limit: _read_file(found.path, limit))


def _read_file(path: str, limit: int) -> bytes:
    # what it was when it was listed need not be what it is now
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("not a regular file")
            if status.st_size > limit:
                raise TooLarge(megabytes(limit))
            data = file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise TooLarge(megabytes(limit))
    return data


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open the collection's own zip.

    Raises:
        CollectError: it is not one.
    """
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise CollectError(f"{path}: cannot be read: {error.strerror}") from error
    except Exception as error:  # zipfile lets a dozen kinds through
        raise CollectError(
            f"{path}: expected a folder of hand-ins or a zip, "
            "got a file that is no zip, or a damaged one"
        ) from error


def list_zip(archive: zipfile.ZipFile) -> Iterator[Entry]:
    """The files of a zip, hidden ones left out.

    A member whose name leads out of the zip, or which is a link, is listed and cannot be read.
    """
    folders, filled = {}, set()
    for member in archive.infolist():
        parts = tuple(re.split(r"[/\\]+", _member_name(member).rstrip("/\\")))
        kept = tuple(part for part in parts if part not in ("", ".", "..")) or ("unnamed",)
        seen = tuple(takewhile(lambda part: not hidden(part), kept))
        if seen != kept:
            folders.setdefault(seen, None)
            continue
        when = _zip_time(member)
        filled |= {kept[:depth] for depth in range(1, len(kept))}
        if member.is_dir():
            folders[kept] = when
        elif ".." in parts or parts[0] == "" or re.match(r"[A-Za-z]:$", parts[0]):
            yield _unreadable(
                kept, when, "named so that it would land outside its folder; not read"
            )
        elif stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            yield _unreadable(kept, when, "a link or a device; not read")
        else:
            yield Entry(kept, when, partial(_read_member, archive, member))
    yield from (
        _empty_folder(parts, when) for parts, when in folders.items() if parts not in filled | {()}
    )


def _member_name(member: zipfile.ZipInfo) -> str:
    """Its name; some packers write UTF-8 without the flag that says so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    if member.file_size > limit:
        raise TooLarge(megabytes(limit))
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        raise Unreadable(f"packed more than {MAX_RATIO} times smaller, as no notebook is")
    if member.flag_bits & 1:
        raise Unreadable("encrypted")
    if member.compress_type not in SUPPORTED:
        raise Unreadable("packed by a method other than deflate")
    try:
        with archive.open(member) as file:
            data = file.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Unreadable("damaged") from error
    except (NotImplementedError, RuntimeError) as error:
        raise Unreadable("packed in a way that is not supported") from error
    if len(data) > limit:
        raise TooLarge(megabytes(limit))
    return data


def _zip_time(member: zipfile.ZipInfo) -> datetime | None:
    """When a member was changed: in UTC where the packer added that, else without a zone.

    Info-ZIP adds the seconds since 1970 (0x5455), 7-Zip the ticks of Windows (0x000a), which are
    tenths of a microsecond since 1601.
    """
    extra = member.extra
    while len(extra) >= 4:
        tag, length = struct.unpack("<HH", extra[:4])
        data, extra = extra[4 : 4 + length], extra[4 + length :]
        if tag == 0x5455 and len(data) >= 5 and data[0] & 1:
            return _utc_time(struct.unpack("<i", data[1:5])[0])
        if tag == 0x000A and len(data) >= 16 and data[4:6] == b"\x01\x00":
            return _utc_time(struct.unpack("<Q", data[8:16])[0] / 10**7 - 11_644_473_600)
    try:
        return datetime(*member.date_time)  # local, and nobody says where
    except ValueError:
        return None


def list_inner_zip(data: bytes) -> Iterator[Entry]:
    """The files of a student's own zip.

    Raises:
        Unreadable: it is not a zip, or holds too much.
    """
    if data.count(b"PK\x01\x02") > MAX_MEMBERS:  # before zipfile makes an object of each
        raise Unreadable(f"a zip with more than {MAX_MEMBERS} members")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # zipfile lets a dozen kinds through
        raise Unreadable("not a zip file, or a damaged one") from error
    left = MAX_TOTAL

    def within_total(read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        def reader(limit: int) -> bytes:
            nonlocal left
            if left <= 0:
                raise TooLarge(f"in a zip that holds more than {MAX_TOTAL // 2**20} MB")
            content = read(limit)
            left -= len(content)
            return content

        return reader

    for entry in list_zip(archive):
        yield replace(entry, read=within_total(entry.read))
