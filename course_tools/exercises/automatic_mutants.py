"""A solution broken by the tool itself, one thing at a time, to see whether its spec notices.

Calls that bound or choose are dropped (clip, maximum, where, abs, sort), ranges end one sooner or
later, axes, signs, comparisons and transposes change, whole numbers are off by one, an argument
that is a number keeps the value of the first example, and a result loses its axes of length one,
or what does not fit into 32 bits. What the spec accepts although it was broken is either as right
as the solution, and the spec lists it with the reason, or a regime is missing.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from course_tools.answers.compare import plain
from course_tools.exercises.mutants import compiled, source_of

# Dropped: the call becomes its first argument, or each of several.
FIRST = {"clip", "abs", "absolute", "fabs", "sort", "sorted", "nan_to_num", "copy", "unique"}
FIRST |= {"real", "cumsum", "flip", "round", "floor", "ceil", "sqrt", "square", "conj", "triu"}
FIRST |= {"tril", "reversed", "fill_diagonal", "sign", "rint"}
EACH = {"maximum", "minimum", "max", "min", "fmax", "fmin"}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
CONNECTIVES: dict[type[ast.boolop], type[ast.boolop]] = {ast.And: ast.Or, ast.Or: ast.And}


@dataclass(frozen=True)
class AutomaticMutant:
    """A broken solution: what was changed, as in ``a.T -> a``, and the function."""

    name: str
    function: Callable[..., Any]


def automatic_mutants(
    solution: FunctionType, example: tuple = (), results: Sequence[Any] = ()
) -> Iterator[AutomaticMutant]:
    """Break a solution in every way that the tool knows.

    Args:
        solution: the function.
        example: a case; each argument of it that is a number or a text is kept fixed in one
            mutant.
        results: what the solution returns; where there are arrays among them, or whole numbers,
            there are mutants whose results are squeezed, or too short.

    Yields:
        Mutants whose names differ: where the same change is made a second time, it ends in #2.

    >>> def half(x):
    ...     return abs(x) / 2
    >>> names = [mutant.name for mutant in automatic_mutants(half)]
    >>> "abs(x) -> x" in names, "abs(x) / 2 -> abs(x) * 2" in names
    (True, True)
    """
    source = source_of(solution)
    count: dict[str, int] = {}
    for place, node in enumerate(_body(ast.parse(source))):
        for change in _changes(node):
            broken = ast.parse(source)
            target = list(_body(broken))[place]
            around = _around(broken, target)
            before, same = ast.unparse(around), around is target
            _replace(broken, target, change)
            after = ast.unparse(change if same else around)
            name = f"{before} -> {after}"
            count[name] = count.get(name, 0) + 1
            name += f" #{count[name]}" * (count[name] > 1)
            text = ast.unparse(ast.fix_missing_locations(broken))
            yield AutomaticMutant(name, compiled(solution, text))
    for index, value in enumerate(example):
        if isinstance(value, int | float | str):
            name = list(inspect.signature(solution).parameters)[index]
            yield AutomaticMutant(f"{name} -> {value!r}", _with_fixed(solution, index, value))
    for kind, (is_meant, change) in RESULTS.items():
        if any(_any_leaf(is_meant, result) for result in results):
            yield AutomaticMutant(f"result -> {kind}", _with_result(solution, is_meant, change))


def _with_result(solution: Callable, is_meant: Callable, change: Callable) -> Callable:
    def changed(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return type(value)(changed(part) for part in value)
        return change(value) if is_meant(plain(value)) else value

    return lambda *inputs: changed(solution(*inputs))


def _any_leaf(is_meant: Callable, value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_any_leaf(is_meant, part) for part in value)
    return is_meant(plain(value))


def _has_axes(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def _is_whole(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "i"
    return isinstance(value, int) and not isinstance(value, bool)


def _in_32_bits(value: Any) -> Any:
    if isinstance(value, int):
        return (value + 2**31) % 2**32 - 2**31
    return np.asarray(value).astype(np.int32)


RESULTS = {
    "squeezed": (_has_axes, lambda value: value.squeeze()),
    "32-bit integers": (_is_whole, _in_32_bits),
}


def _with_fixed(solution: Callable, index: int, value: Any) -> Callable:
    def fixed(*inputs: Any) -> Any:
        return solution(*inputs[:index], value, *inputs[index + 1 :])

    return fixed


def _body(tree: ast.Module) -> Iterator[ast.AST]:
    """All nodes below the statements of the function; not its head, and no string."""
    (function,) = tree.body
    if not isinstance(function, ast.FunctionDef):
        raise TypeError(f"solution: expected one function, got {ast.unparse(function)[:40]!r}")
    for statement in function.body:
        yield from (node for node in ast.walk(statement) if not isinstance(node, ast.Constant)
                    or not isinstance(node.value, str))  # fmt: skip


def _around(tree: ast.AST, node: ast.AST) -> ast.AST:
    """The expression that says where a number or a slice stands; any other node itself."""
    parents = {id(c): parent for parent in ast.walk(tree) for c in ast.iter_child_nodes(parent)}
    while isinstance(node, ast.Constant | ast.Slice | ast.Tuple | ast.keyword | ast.UnaryOp):
        node = parents[id(node)]
    return node


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    class Replacer(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else self.generic_visit(node)

    Replacer().visit(tree)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node."""
    if isinstance(node, ast.Call):
        yield from _changed_call(node)
    elif isinstance(node, ast.BinOp):
        if other := OPERATORS.get(type(node.op)):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, ast.Pow):
            yield node.left
    elif isinstance(node, ast.AugAssign):
        if other := OPERATORS.get(type(node.op)):
            yield ast.AugAssign(node.target, other(), node.value)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        if other := COMPARISONS.get(type(node.ops[0])):
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(CONNECTIVES[type(node.op)](), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        if not isinstance(node.operand, ast.Constant):
            yield node.operand
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT", "real"):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Slice):
        yield from _changed_slice(node)
    elif isinstance(node, ast.Constant):
        yield from _changed_number(node.value)


def _changed_call(node: ast.Call) -> Iterator[ast.AST]:
    name, operands = "", node.args
    if isinstance(node.func, ast.Name):
        name = node.func.id
    elif isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if getattr(node.func.value, "id", "") not in ("np", "torch", "math"):
            operands = [node.func.value, *node.args]
    if name in FIRST and operands:
        yield operands[0]
    elif name in EACH and len(operands) > 1 and not node.keywords:
        yield from operands
    elif name == "where" and len(operands) == 3:
        yield from operands[1:]
    elif name == "range" and operands:
        yield from _changed_range(node)
    for index, keyword in enumerate(node.keywords):
        value = keyword.value
        if keyword.arg == "axis" and isinstance(value, ast.Constant) and value.value in (0, 1):
            other = ast.keyword("axis", ast.Constant(1 - value.value))
            yield ast.Call(
                node.func, node.args, [*node.keywords[:index], other, *node.keywords[index + 1 :]]
            )
        elif keyword.arg in ("keepdims", "ddof", "initial", "where"):
            yield ast.Call(
                node.func, node.args, [*node.keywords[:index], *node.keywords[index + 1 :]]
            )


def _changed_range(node: ast.Call) -> Iterator[ast.AST]:
    end = 0 if len(node.args) == 1 else 1
    for kind in (ast.Add, ast.Sub):
        moved = ast.BinOp(node.args[end], kind(), ast.Constant(1))
        yield ast.Call(node.func, [*node.args[:end], moved, *node.args[end + 1 :]], [])


def _changed_slice(node: ast.Slice) -> Iterator[ast.AST]:
    for part in ("lower", "upper", "step"):
        if getattr(node, part) is not None:
            kept = {p: getattr(node, p) for p in ("lower", "upper", "step") if p != part}
            yield ast.Slice(**kept)


def _changed_number(value: Any) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + 1), ast.Constant(value - 1))
    elif isinstance(value, float):
        yield ast.Constant(value + 1.0)
