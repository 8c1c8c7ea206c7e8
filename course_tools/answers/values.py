"""Values on the wire: plain data out of and into a process that runs student code.

Only bool, int, float, str, None, list, tuple, dict, ndarray and tensor pass, as JSON plus raw
buffers. Nothing is unpickled, no student class is ever rebuilt, and arrays are copied into fresh
ones, so that a value that arrives can be compared without running anybody's code.
"""

import base64
import binascii
import json
import math
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

DTYPES = frozenset(
    ["bool", "float16", "float32", "float64", "complex64", "complex128"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
NAMES = {np.dtype(name): name for name in DTYPES}  # numpy spells a name anew at every call
NATIVE = {name: dtype for dtype, name in NAMES.items()}
WIRE = {name: dtype.newbyteorder("<") for name, dtype in NATIVE.items()}
MAX_BYTES = 64 * 2**20
MAX_DEPTH = 20
MAX_ITEMS = 100_000
MAX_DIGITS = 4000
LONG = 2**63  # integers below it are copied as they are
MAX_HEADER = 8 * 2**20  # read, it takes twenty times as much
MAX_ALIKE = 16  # keys with one hash
MAGIC = b"crs1"
TOO_MANY = "the value is nested too deeply or has too many parts"


class NotSerializable(TypeError):
    """A value that may not travel; the message is written for whoever returned it."""


class Malformed(ValueError):
    """Bytes that do not follow the format; in grading this is a result, not a crash."""


def encode(value: Any) -> tuple[Any, list[bytes]]:
    """Turn a value into a JSON tree and a list of raw buffers.

    Raises:
        NotSerializable: a type, dtype or size that may not travel.

    >>> encode((1, "a"))
    (['tuple', [['int', '1'], ['str', 'a']]], [])
    """
    buffers: list[bytes] = []
    budget = [MAX_ITEMS, MAX_BYTES]
    return _encode(value, buffers, budget, 0), buffers


def _encode(value: Any, buffers: list[bytes], budget: list[int], depth: int) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise NotSerializable(TOO_MANY)
    kind = type(value)  # exact types: a subclass may lie about what it holds
    if kind is np.ndarray:
        return _encode_array("ndarray", value, buffers, budget)
    if value is None:
        return ["none"]
    if kind is bool:
        return ["bool", value]
    if kind is int:
        if value.bit_length() > 3 * MAX_DIGITS:
            raise NotSerializable("an integer has too many digits")
        return ["int", str(value)]
    if kind is float:
        return ["float", value.hex() if math.isfinite(value) else str(value)]
    if kind is str:
        _spend(budget, 4 * len(value))
        return ["str", value]
    if issubclass(kind, (list, tuple)):
        parts = (list if issubclass(kind, list) else tuple).__iter__(value)
        name = "list" if issubclass(kind, list) else "tuple"
        return [name, [_encode(part, buffers, budget, depth + 1) for part in parts]]
    if issubclass(kind, dict):
        pairs = dict.items(value)
        return ["dict", [[_encode(x, buffers, budget, depth + 1) for x in pair] for pair in pairs]]
    if isinstance(value, np.generic):
        return _encode_array("ndarray", np.asarray(value), buffers, budget)
    torch = sys.modules.get("torch")
    if torch is not None and issubclass(kind, torch.Tensor):
        return _encode_array("tensor", _from_tensor(value, budget), buffers, budget)
    raise NotSerializable(
        f"a value of type {kind.__name__} cannot be judged: return numbers, strings, lists, "
        "tuples, dictionaries, numpy arrays or torch tensors"
    )


def _from_tensor(tensor: Any, budget: list[int]) -> np.ndarray:
    if tensor.numel() * tensor.element_size() > budget[1]:
        raise NotSerializable(f"the value is larger than {MAX_BYTES // 2**20} MB")
    try:
        return tensor.detach().cpu().resolve_conj().resolve_neg().numpy()
    except TypeError as error:
        raise NotSerializable(f"a tensor of dtype {tensor.dtype} cannot be judged") from error


def _encode_array(kind: str, array: np.ndarray, buffers: list[bytes], budget: list[int]) -> Any:
    if array.dtype.kind == "f" and array.itemsize > 8:
        array = array.astype(np.float64)  # finer than anybody asked for
    name = NAMES.get(array.dtype) or NAMES.get(array.dtype.newbyteorder("="))
    if name is None:
        raise NotSerializable(
            f"an array of dtype {array.dtype} cannot be judged: "
            "it does not hold numbers of one kind (are its rows of unequal length?)"
        )
    _spend(budget, array.nbytes)
    buffers.append(array.astype(WIRE[name], copy=False).tobytes())
    return [kind, name, list(array.shape), len(buffers) - 1]


def _spend(budget: list[int], n_bytes: int) -> None:
    budget[1] -= n_bytes
    if budget[1] < 0:
        raise NotSerializable(f"the value is larger than {MAX_BYTES // 2**20} MB")


def decode(tree: Any, buffers: list[bytes]) -> Any:
    """Rebuild a value from its tree and buffers; arrays are fresh and writable.

    Raises:
        Malformed: anything that ``encode`` would not have written.

    >>> decode(*encode({"h": np.arange(3.0)}))
    {'h': array([0., 1., 2.])}
    """
    try:
        return _decode(tree, enumerate(buffers), 0, [MAX_ITEMS])
    except Malformed:
        raise
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, MemoryError) as error:
        raise Malformed(f"not a value in the wire format: {error}") from error


def _decode(tree: Any, buffers: Iterator[tuple[int, bytes]], depth: int, budget: list[int]) -> Any:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise Malformed("nested too deeply, or of too many parts")
    if type(tree) is list and len(tree) == 2:  # nearly all; what is odd is looked at below
        kind, payload = tree
        if kind == "float" and type(payload) is str:
            return _float(payload)
        if kind == "list" and type(payload) is list:
            return [_decode(part, buffers, depth + 1, budget) for part in payload]
    kind, *rest = tree
    if kind == "none" and not rest:
        return None
    if kind in ("ndarray", "tensor"):
        return _decode_array(kind, *rest, buffers=buffers)
    (payload,) = rest
    if kind in ("list", "tuple"):
        parts = [_decode(part, buffers, depth + 1, budget) for part in payload]
        return parts if kind == "list" else tuple(parts)
    if kind == "dict":
        pairs = [[_decode(x, buffers, depth + 1, budget) for x in pair] for pair in payload]
        hashes = Counter(hash(key) for key, _ in pairs)
        if any(count > MAX_ALIKE for count in hashes.values()):
            raise Malformed("keys chosen so that a dictionary of them takes for ever")
        return dict(pairs)
    if kind == "bool" and type(payload) is bool:
        return payload
    if kind in ("int", "str") and type(payload) is str:
        if kind == "int" and len(payload) > MAX_DIGITS + 1:
            raise Malformed("an integer has too many digits")
        return payload if kind == "str" else int(payload)
    raise Malformed(f"unknown kind {kind!r}")


def _float(text: str) -> float:
    return float(text) if text in ("nan", "inf", "-inf") else float.fromhex(text)


def _decode_array(
    kind: str, dtype: Any, shape: Any, index: Any, *, buffers: Iterator[tuple[int, bytes]]
) -> Any:
    number, buffer = next(buffers, (None, b""))  # each once: a few bytes must not fill the memory
    if type(dtype) is not str or dtype not in DTYPES or type(index) is not int or index != number:
        raise Malformed(f"an array of dtype {dtype!r} in buffer {index!r}")
    if not all(type(size) is int and size >= 0 for size in shape) or len(shape) > 32:
        raise Malformed(f"an array of shape {shape!r}")
    wire = WIRE[dtype]
    if math.prod(shape) * wire.itemsize != len(buffer):
        raise Malformed("an array whose buffer has another size than its shape says")
    array = np.frombuffer(buffer, dtype=wire).reshape(shape).astype(NATIVE[dtype], copy=True)
    if kind == "ndarray":
        return array
    import torch

    return torch.from_numpy(array)


def copied(value: Any) -> Any:
    """What ``decode(*encode(value))`` gives, with the same errors, and fewer bytes on the way.

    >>> copied((1, np.ones(2)))
    (1, array([1., 1.]))
    """
    return _copied(value, [MAX_ITEMS, MAX_BYTES], 0)


def _copied(value: Any, budget: list[int], depth: int) -> Any:
    kind = type(value)
    is_array = kind is np.ndarray and value.dtype in NAMES
    is_number = kind is float or kind is bool or (kind is int and -LONG < value < LONG)
    if not (is_array or is_number or kind in (str, list, tuple)):
        buffers: list[bytes] = []  # what is seldom, or refused
        return decode(_encode(value, buffers, budget, depth), buffers)
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise NotSerializable(TOO_MANY)
    if is_array:
        _spend(budget, value.nbytes)
        return value.astype(value.dtype, order="C")
    if kind is list or kind is tuple:
        return kind([_copied(part, budget, depth + 1) for part in value])
    if kind is str:
        _spend(budget, 4 * len(value))
    return value


def pack(value: Any) -> bytes:
    """Write a value as one string of bytes: magic, header length, JSON header, raw buffers.

    >>> unpack(pack([1, 2.5, None]))
    [1, 2.5, None]
    """
    tree, buffers = encode(value)
    header = json.dumps([tree, [len(buffer) for buffer in buffers]]).encode()
    if len(header) > MAX_HEADER:
        raise NotSerializable(
            f"the text and the numbers in it take more than {MAX_HEADER // 2**20} MB"
        )
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, *buffers])


def unpack(data: bytes) -> Any:
    """Read what ``pack`` wrote.

    Raises:
        Malformed: cut short, too long, or not in the format.
    """
    if data[:4] != MAGIC or len(data) < 8 or len(data) > 2 * MAX_BYTES:
        raise Malformed("not a packed value")
    (n_header,) = struct.unpack("<I", data[4:8])
    if n_header > MAX_HEADER:
        raise Malformed(f"a header of {n_header} bytes")
    try:
        tree, sizes = json.loads(data[8 : 8 + n_header])
        if not all(type(size) is int and size >= 0 for size in sizes):
            raise Malformed("a buffer of impossible size")
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(f"a header that cannot be read: {error}") from error
    if 8 + n_header + sum(sizes) != len(data):
        raise Malformed("the buffers are cut short or too long")
    buffers, start = [], 8 + n_header
    for size in sizes:
        buffers.append(data[start : start + size])
        start += size
    return decode(tree, buffers)


def to_json(value: Any) -> dict[str, Any]:
    """Write a value for a JSON file, its buffers in base64.

    >>> to_json(True)
    {'value': ['bool', True]}
    """
    tree, buffers = encode(value)
    if not buffers:
        return {"value": tree}
    return {"value": tree, "buffers": [base64.b64encode(buffer).decode() for buffer in buffers]}


def from_json(entry: dict[str, Any]) -> Any:
    """Read what ``to_json`` wrote.

    Raises:
        Malformed: not in the format.
    """
    try:
        buffers = [base64.b64decode(text, validate=True) for text in entry.get("buffers", [])]
        return decode(entry["value"], buffers)
    except (KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Malformed(f"not a value in the wire format: {error}") from error
