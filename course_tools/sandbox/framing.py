"""Frames between two processes that do not trust each other: a length, then that many bytes.

The trusted side checks the length before it reads, and holds the other side to a deadline by its
own clock. Short orders to the zygote, with file descriptors, go as messages of a second socket.
"""

import json
import os
import select
import socket
import struct
import time
from typing import Any

LENGTH = struct.Struct("<Q")
MAX_MESSAGE = 2**16
READ_AHEAD = 2**14  # bytes


class Closed(ConnectionError):
    """The other side has closed the connection."""


class TimeUp(TimeoutError):
    """The deadline passed before the other side was done."""


class TooLong(ValueError):
    """A frame that is announced as longer than allowed."""


def write(descriptor: int, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame.

    Args:
        descriptor: of a stream socket, non-blocking where there is a deadline.
        payload: the frame.
        deadline: on ``time.monotonic``'s clock; None waits for ever.

    Raises:
        TimeUp: the other side does not read.
        Closed: the other side has closed the connection.
    """
    rest = memoryview(LENGTH.pack(len(payload)) + payload)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            _wait(descriptor, select.POLLOUT, deadline)
        except OSError as error:
            raise Closed("the connection is closed") from error


def read(
    descriptor: int,
    limit: int | None = None,
    deadline: float | None = None,
    ahead: bytearray | None = None,
) -> bytes:
    """Receive one frame of at most ``limit`` bytes; see ``write``.

    Args:
        descriptor: as in ``write``.
        limit: None takes any length.
        deadline: as in ``write``.
        ahead: what of later frames has been read already, kept from call to call: frames that
            wait together are then read together.

    Raises:
        TooLong: the frame has not been read.
        TimeUp: the frame was not complete in time.
        Closed: the connection closed before the end of the frame.
    """
    data = bytearray() if ahead is None else ahead  # many small parts would take far more
    least = 0 if ahead is None else READ_AHEAD
    _read(descriptor, data, LENGTH.size, least, deadline)
    (length,) = LENGTH.unpack_from(data)
    if limit is not None and length > limit:
        raise TooLong(f"a frame of {length} bytes where {limit} are allowed")
    end = LENGTH.size + length
    _read(descriptor, data, end, least, deadline)
    frame = bytes(data[LENGTH.size : end])
    del data[:end]
    return frame


def _read(
    descriptor: int, data: bytearray, length: int, least: int, deadline: float | None
) -> None:
    """Read until there is so much, each time as much as is missing, or at least so much."""
    while len(data) < length:
        if deadline is not None:
            _wait(descriptor, select.POLLIN, deadline)
        try:
            part = os.read(descriptor, min(max(length - len(data), least), 2**20))
        except BlockingIOError:
            continue
        except OSError as error:
            raise Closed("the connection is closed") from error
        if not part:
            raise Closed("the connection is closed")
        data += part


def _wait(descriptor: int, event: int, deadline: float | None) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = None if deadline is None else 1000 * (deadline - time.monotonic())
    late = left is not None and left <= 0  # whatever there is: a trickle stretches no deadline
    if late or not poll.poll(left):
        raise TimeUp("no answer in time")


def send(control: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
    """Send an order or an answer, with file descriptors, as one message."""
    try:
        socket.send_fds(control, [json.dumps(message).encode()], descriptors)
    except OSError as error:
        raise Closed("the connection is closed") from error


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Receive what ``send`` sent.

    Raises:
        Closed: the connection is closed, nothing came within the socket's timeout, or what
            came is not a message.
    """
    descriptors: list[int] = []
    try:
        data, descriptors, _, _ = socket.recv_fds(control, MAX_MESSAGE, 2)
        message = json.loads(data)
        if isinstance(message, dict):
            return message, descriptors
    except (OSError, ValueError):
        pass
    for descriptor in descriptors:
        os.close(descriptor)
    raise Closed("the connection is closed")
