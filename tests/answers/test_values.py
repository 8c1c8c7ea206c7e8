import collections

import numpy as np
import pytest
import torch

from course_tools.answers import values
from course_tools.answers.values import (
    Malformed,
    NotSerializable,
    copied,
    decode,
    encode,
    from_json,
    pack,
    to_json,
    unpack,
)

VALUES = [
    None,
    True,
    -(3**200),
    0.1,
    float("-inf"),
    "жар \x00 字",
    [1, [2.5, ()]],
    {("start", "0"): ("next", "1", "R"), 3: "x"},
    np.arange(6, dtype=np.int16).reshape(2, 3)[:, ::-1],
    np.zeros((0, 3), dtype=bool),
    np.array(2.0),
    np.array([1 + 2j]),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "way", [lambda x: unpack(pack(x)), lambda x: from_json(to_json(x)), copied]
)
def test_a_value_comes_back_as_it_went(value, way):
    back = way(value)
    assert type(back) is type(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype
        np.testing.assert_array_equal(back, value)
        assert back.flags.writeable
        assert back.flags.owndata or back.base is None
    else:
        assert back == value


@pytest.mark.parametrize("way", [lambda x: unpack(pack(x)), copied])
def test_nan_and_tensors_come_back(way):
    nan, tensor = way((float("nan"), torch.arange(3.0, requires_grad=True) * 2))
    assert nan != nan
    assert isinstance(tensor, torch.Tensor)
    assert tensor.tolist() == [0, 2, 4]
    assert not tensor.requires_grad


def test_a_numpy_scalar_travels_as_an_array_without_axes():
    for back in (unpack(pack(np.float64(1.5))), copied(np.float64(1.5))):
        assert type(back) is np.ndarray
        assert back.shape == ()


def test_a_named_tuple_travels_as_a_tuple():
    pair = collections.namedtuple("pair", "left right")(1, 2)
    assert type(unpack(pack(pair))) is type(copied(pair)) is tuple


@pytest.mark.parametrize("dtype", [">f8", np.longdouble])
def test_other_byte_orders_and_longer_numbers_come_back_as_float64(dtype):
    array = np.arange(6, dtype=dtype).reshape(2, 3).T
    for back in (unpack(pack(array)), copied(array)):
        assert back.dtype == np.dtype(float)
        assert back.flags.c_contiguous
        np.testing.assert_array_equal(back, array)


class Liar(float):
    def __float__(self):
        raise AssertionError("student code ran")


class Exotic(np.ndarray):
    def __array_finalize__(self, obj):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    [
        object(),
        Liar(1.0),
        np.zeros(2).view(Exotic),
        np.array([object()]),
        np.array(["text"]),
        lambda: 1,
        {1, 2},
        torch.zeros(2, dtype=torch.bfloat16),
        10**5000,
        np.zeros(2**26 // 8 + 1),
        ["x"] * 200_000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_is_refused(value):
    with pytest.raises(NotSerializable):
        encode([value])
    with pytest.raises(NotSerializable):
        copied([value])


def test_a_value_that_holds_itself_is_refused():
    value = []
    value.append(value)
    with pytest.raises(NotSerializable, match="nested"):
        encode(value)
    with pytest.raises(NotSerializable, match="nested"):
        copied(value)


@pytest.mark.parametrize("depth", [values.MAX_DEPTH, values.MAX_DEPTH + 1])
def test_the_depth_allowed_is_the_same_for_a_copy(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    if depth <= values.MAX_DEPTH:
        assert copied(value) == value == decode(*encode(value))
    else:
        for way in (copied, encode):
            with pytest.raises(NotSerializable, match="nested"):
                way(value)


def test_a_copy_shares_nothing_with_what_it_was_made_of():
    value = [np.zeros(2), (np.zeros(2),), {"a": np.zeros(2)}]
    copy = copied(value)
    for array in (copy[0], copy[1][0], copy[2]["a"]):
        array += 1
    copy.append(1)
    np.testing.assert_equal(value, [np.zeros(2), (np.zeros(2),), {"a": np.zeros(2)}])


TREES = [
    ["pickle", "gASV"],
    ["int", "1" * 5000],
    ["int", 7],
    ["float", "one"],
    ["bool", 1],
    ["ndarray", "object", [1], 0],
    ["ndarray", "float64", [-1], 0],
    ["ndarray", "float64", [2], 0],
    ["ndarray", "float64", [1], 7],
    ["ndarray", "float64", [1], True],
    ["ndarray", "float64", [1] * 99, 0],
    ["dict", [[["list", []], ["none"]]]],
    ["tuple"],
    [],
    None,
    7,
    {"a": 1},
]


@pytest.mark.parametrize("tree", TREES, ids=str)
def test_malformed_trees_are_a_result_not_a_crash(tree):
    with pytest.raises(Malformed):
        decode(tree, [b"\0" * 8])


def test_deep_nesting_is_malformed():
    tree = ["none"]
    for _ in range(500):
        tree = ["list", [tree]]
    with pytest.raises(Malformed):
        decode(tree, [])


def test_keys_that_all_hash_alike_are_malformed():
    """A dictionary of n such keys takes n * n comparisons."""
    alike = [[["int", str(k * (2**61 - 1))], ["none"]] for k in range(1, 100)]
    with pytest.raises(Malformed, match="keys chosen so"):
        decode(["dict", alike], [])
    assert decode(*encode({(k, -k): k for k in range(3000)}))[(7, -7)] == 7


def test_a_buffer_is_read_once_and_in_its_turn():
    """Else a frame of a megabyte could stand for any number of gigabytes."""
    first, second = (["ndarray", "uint8", [1], index] for index in (0, 1))
    assert decode(["list", [first, second]], [b"a", b"b"])[1].tolist() == [98]
    for trees in ([first, first], [second, first]):
        with pytest.raises(Malformed, match="in buffer"):
            decode(["list", trees], [b"a", b"b"])


def test_a_header_that_would_fill_the_memory_is_not_read():
    header = b"[" + b"[]," * 3_000_000 + b"[]]"
    with pytest.raises(Malformed, match="a header of 9000004 bytes"):
        unpack(b"crs1" + len(header).to_bytes(4, "little") + header)
    with pytest.raises(NotSerializable, match="more than 8 MB"):
        pack("x" * 9_000_000)


def test_any_damage_to_a_packed_value_is_noticed_or_harmless(rng):
    """Cut anywhere: malformed. One byte changed: malformed or another plain value, never else."""
    data = pack({"a": np.arange(5.0), "b": [1, "x", None]})
    for cut in range(len(data)):
        with pytest.raises(Malformed):
            unpack(data[:cut])
    with pytest.raises(Malformed):
        unpack(data + b"x")
    for _ in range(500):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] = rng.integers(256)
        try:
            unpack(bytes(damaged))
        except Malformed:
            continue


@pytest.mark.slow
def test_a_reply_of_more_parts_than_may_travel_is_refused_before_it_is_built():
    """A header of eight megabytes has room for nearly a million of them."""
    tree = ["list", [["none"]] * (values.MAX_ITEMS + 1)]
    with pytest.raises(Malformed, match="too many parts"):
        decode(tree, [])
    assert len(decode(["list", [["none"]] * 10], [])) == 10
