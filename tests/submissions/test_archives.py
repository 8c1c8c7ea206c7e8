"""Zips made to harm, read without harm; folders without following anything."""

import io
import os
import struct
import zipfile
from datetime import UTC, datetime

import pytest

from course_tools.submissions import archives
from course_tools.submissions.archives import (
    TooLarge,
    Unreadable,
    list_folder,
    list_inner_zip,
    list_zip,
)

LIMIT = 2**20


def packed(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for member, data in members:
            archive.writestr(member, data, method)
    return buffer.getvalue()


def read(data, limit=LIMIT):
    [entry] = list_inner_zip(data)
    return entry.read(limit)


def test_what_went_in_comes_out():
    data = packed([("a/b.ipynb", b"text"), ("a/", b""), (".hidden/x", b""), ("__MACOSX/._b", b"")])
    [entry] = list_inner_zip(data)
    assert (entry.parts, entry.suffix, entry.read(4)) == (("a", "b.ipynb"), ".ipynb", b"text")


def test_more_than_the_limit():
    with pytest.raises(TooLarge, match=r"larger than 0\.5 MB"):
        read(packed([("a", b"x" * LIMIT)], zipfile.ZIP_STORED), LIMIT // 2)


def test_a_member_that_shrank_too_much():
    with pytest.raises(Unreadable, match="packed more than 200 times smaller"):
        read(packed([("a", bytes(8 * LIMIT))]), 20 * LIMIT)


def test_a_member_that_lies_about_its_size():
    data = packed([("a", bytes(8 * LIMIT))])
    for size in (struct.pack("<I", 8 * LIMIT),):
        data = data.replace(size, struct.pack("<I", 10))
    with pytest.raises(Unreadable, match="damaged"):
        read(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_may_ask_for_gigabytes(method):
    with pytest.raises(Unreadable, match="a method other than deflate"):
        read(packed([("a", b"x")], method))


def test_an_encrypted_member():
    data = bytearray(packed([("a", b"x")]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="encrypted"):
        read(bytes(data))


def test_damage():
    data = bytearray(packed([("a", b"some text that is here")], zipfile.ZIP_STORED))
    data[40] ^= 1
    with pytest.raises(Unreadable, match="damaged"):
        read(bytes(data))
    with pytest.raises(Unreadable, match="not a zip file"):
        list(list_inner_zip(b"PK\x05\x06" + b"\xff" * 18))


def test_too_many_members():
    data = packed([(str(n), b"") for n in range(archives.MAX_MEMBERS + 1)])
    with pytest.raises(Unreadable, match="more than 10000 members"):
        list(list_inner_zip(data))


def test_the_sum_of_all_members_is_bounded(monkeypatch):
    monkeypatch.setattr(archives, "MAX_TOTAL", 1000)
    entries = list(list_inner_zip(packed([(str(n), b"x" * 600) for n in range(3)])))
    assert [len(entry.read(LIMIT)) for entry in entries[:2]] == [600, 600]
    with pytest.raises(TooLarge, match="in a zip that holds more than"):
        entries[2].read(LIMIT)


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/a", "\\a", "C:\\a", "..\\a", "a/.."])
def test_names_that_lead_outside(name):
    with pytest.raises(Unreadable, match="outside its folder"):
        read(packed([(name, b"x")]))


@pytest.mark.parametrize("mode", [0o120777, 0o010644, 0o060644])
def test_links_and_devices(mode):
    member = zipfile.ZipInfo("a")
    member.create_system, member.external_attr = 3, mode << 16
    with pytest.raises(Unreadable, match="a link or a device"):
        read(packed([(member, b"/etc/passwd")]))


def test_when_a_member_was_changed():
    plain, exact, never = (zipfile.ZipInfo(name, (2026, 11, 1, 12, 0, 0)) for name in "abc")
    exact.extra = struct.pack("<HHBi", 0x5455, 5, 1, 10**9)
    data = packed([(plain, b""), (exact, b""), (never, b"")])
    broken = data[: -22 - 47] + data[-22 - 47 :].replace(b"\x00\x60\x61\x5d", bytes(4))
    times = [entry.modified for entry in list_inner_zip(broken)]
    assert times == [
        datetime(2026, 11, 1, 12), datetime.fromtimestamp(10**9, UTC), None
    ]  # fmt: skip


def test_names_in_utf_8_without_the_flag():
    member = zipfile.ZipInfo("xx.ipynb")
    data = packed([(member, b"x")]).replace(b"xx.ipynb", "é.ipynb".encode())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [entry.name for entry in list_zip(archive)] == ["é.ipynb"]


def test_a_folder(tmp_path):
    (tmp_path / "ada" / "deep").mkdir(parents=True)
    (tmp_path / "ada" / "deep" / "a.ipynb").write_bytes(b"x")
    (tmp_path / "ada" / ".git").mkdir()
    (tmp_path / "ada" / ".git" / "config").touch()
    (tmp_path / "ada" / "up").symlink_to("..")
    os.mkfifo(tmp_path / "pipe")
    deep, up, pipe = list_folder(tmp_path)
    assert (deep.name, deep.read(1)) == ("ada/deep/a.ipynb", b"x")
    with pytest.raises(TooLarge):
        deep.read(0)
    with pytest.raises(Unreadable, match="links are not followed"):
        up.read(1)
    with pytest.raises(Unreadable, match="not a regular file"):
        pipe.read(1)


def test_a_file_that_became_a_link_or_a_pipe_since(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"x")
    link, pipe = list_folder(tmp_path)
    for path in (tmp_path / "a", tmp_path / "b"):
        path.unlink()
    (tmp_path / "a").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "b")
    with pytest.raises(Unreadable, match="cannot be read"):
        link.read(LIMIT)
    with pytest.raises(Unreadable, match="not a regular file"):
        pipe.read(LIMIT)


def test_a_folder_of_more_files_than_anybody_hands_in(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 5)
    for n in range(9):
        (tmp_path / "ada").mkdir(exist_ok=True)
        (tmp_path / "ada" / str(n)).touch()
    (tmp_path / "bob.ipynb").touch()
    entries = list(list_folder(tmp_path))
    assert len(entries) < 9
    assert entries[-1].name == "bob.ipynb"
