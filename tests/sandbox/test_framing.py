import os
import socket
import threading
import time

import pytest

from course_tools.sandbox import framing


@pytest.fixture
def ends():
    pair = socket.socketpair()
    pair[0].setblocking(False)
    yield pair
    for end in pair:
        end.close()


def soon(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


def test_frames_arrive_as_they_were_sent(ends):
    ours, theirs = (end.fileno() for end in ends)
    for payload in (b"", b"x", bytes(100_000)):
        sender = threading.Thread(target=framing.write, args=(theirs, payload))
        sender.start()
        assert framing.read(ours, 100_000, soon()) == payload
        sender.join()


def test_frames_that_wait_together_come_one_by_one(ends):
    ours, theirs = (end.fileno() for end in ends)
    payloads = [b"a", b"", bytes(3 * framing.READ_AHEAD), b"b"]
    for payload in payloads:
        framing.write(theirs, payload)
    framing.write(theirs, b"x" * 10)
    ahead = bytearray()
    for payload in payloads:
        assert framing.read(ours, 10**6, soon(), ahead) == payload
    with pytest.raises(framing.TooLong):
        framing.read(ours, 9, soon(), ahead)


def test_half_a_frame_read_ahead_is_still_waited_for(ends):
    whole = framing.LENGTH.pack(4) + b"1234"
    ends[1].send(whole + whole[:9])
    ahead = bytearray()
    assert framing.read(ends[0].fileno(), 10, soon(), ahead) == b"1234"
    with pytest.raises(framing.TimeUp):
        framing.read(ends[0].fileno(), 10, soon(0.05), ahead)
    ends[1].send(whole[9:])
    assert framing.read(ends[0].fileno(), 10, soon(), ahead) == b"1234"


def test_a_large_frame_goes_out_in_pieces(ends):
    ours, theirs = (end.fileno() for end in ends)
    came = []
    reader = threading.Thread(target=lambda: came.append(framing.read(theirs)))
    reader.start()
    framing.write(ours, b"a" * 10**7, soon())
    reader.join()
    assert came == [b"a" * 10**7]


def test_what_is_too_long_is_left_unread(ends):
    framing.write(ends[1].fileno(), b"12345")
    with pytest.raises(framing.TooLong, match="a frame of 5 bytes where 4 are allowed"):
        framing.read(ends[0].fileno(), 4, soon())
    assert ends[0].recv(10) == b"12345"


def test_silence_and_a_trickle_are_out_of_time(ends):
    with pytest.raises(framing.TimeUp):
        framing.read(ends[0].fileno(), 10, soon(0.05))
    stop = threading.Event()

    def trickle():
        ends[1].send(framing.LENGTH.pack(1000))
        while not stop.wait(0.01):
            ends[1].send(b"x")

    sender = threading.Thread(target=trickle)
    sender.start()
    with pytest.raises(framing.TimeUp):
        framing.read(ends[0].fileno(), 1000, soon(0.2))
    stop.set()
    sender.join()


def test_nobody_reads(ends):
    with pytest.raises(framing.TimeUp):
        framing.write(ends[0].fileno(), bytes(10**7), soon(0.05))


@pytest.mark.parametrize("sent", [b"", b"\1", framing.LENGTH.pack(9) + b"half"])
def test_the_connection_is_closed(ends, sent):
    ends[1].send(sent)
    ends[1].close()
    with pytest.raises(framing.Closed):
        framing.read(ends[0].fileno(), 100, soon())
    with pytest.raises(framing.Closed):
        framing.write(ends[0].fileno(), bytes(10**6), soon())


@pytest.fixture
def controls():
    pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    yield pair
    for end in pair:
        end.close()


def test_a_message_brings_descriptors(controls, tmp_path):
    (tmp_path / "file").write_text("inside")
    with (tmp_path / "file").open() as file:
        framing.send(controls[0], {"package_copy": "x"}, file.fileno())
    message, (descriptor,) = framing.receive(controls[1])
    with os.fdopen(descriptor) as file:
        assert (message, file.read()) == ({"package_copy": "x"}, "inside")


@pytest.mark.parametrize("sent", [b"", b"[1]", b"{", b"\xff"])
def test_what_is_no_message_counts_as_closed(controls, sent):
    socket.send_fds(controls[0], [sent], [0])
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(framing.Closed):
        framing.receive(controls[1])
    assert len(os.listdir("/proc/self/fd")) == before
    controls[0].close()
    with pytest.raises(framing.Closed):
        framing.receive(controls[1])
    with pytest.raises(framing.Closed):
        framing.send(controls[1], {})
