"""Small faults put into the program's source, one at a time: what a slip of whoever changes it would look like.

A comparison, a condition, a number, a return, a statement, an entry of a table is another or gone. Words are left
alone: SQL, names and sentences. The tree is gone through in one order, so that a fault keeps its number as long as
the source stays as it is.
"""

import ast
import builtins
import inspect
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from types import FunctionType

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add}
_GENERATED = "<string>"
"""Where functions are from that a dataclass makes: what its fields are without a value is among their defaults."""
_PLAIN = (bool, int, float)
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "type_params", "type_comment"}


@dataclass(frozen=True, slots=True)
class Mutation:
    """One fault: the ``variant``-th of the ``place``-th place in the tree. ``where`` and ``what`` say it."""

    place: int
    variant: int
    where: str
    what: str


def mutations(source: str) -> Iterator[Mutation]:
    """Every fault of a module."""
    for number, place in enumerate(_places(ast.parse(source), "")):
        for variant, other in enumerate(_variants(place.node)):
            yield Mutation(number, variant, place.where, f"{_words(place.node)} -> {_words(other)}")


def put_in(module: str, path: Path, mutation: Mutation | None) -> bool:
    """Put a fault into a module that is loaded, wherever its names went; whether it can still be loaded.

    None puts everything in anew as it is: it must make no difference.
    """
    name = ".".join(("qtydash", *Path(module).with_suffix("").parts))
    loaded = sys.modules[name]
    tree, top = mutated(path.read_text("utf-8"), mutation)
    if mutation is None or isinstance(tree.body[top], ast.Assign | ast.AnnAssign):
        before = dict(vars(loaded))
        again: list[ast.stmt] = [each for each in tree.body[top:] if isinstance(each, ast.Assign | ast.AnnAssign)]
        try:
            exec(compile(ast.Module(again, []), str(path), "exec", dont_inherit=True), vars(loaded))
        except Exception:  # noqa: BLE001 - of whatever kind, it cannot be loaded
            return False
        changed = {key: value for key, value in vars(loaded).items() if value is not before.get(key)}
        for other in list(sys.modules.values()):
            for key, value in changed.items():
                if (
                    other is not loaded
                    and key in before
                    and getattr(other, "__dict__", {}).get(key) is before[key]
                ):
                    setattr(other, key, value)
        if mutation is not None:
            return True
    fresh = {"__name__": name, "__file__": str(path)}
    exec(compile(tree, str(path), "exec", dont_inherit=True), fresh)
    _take_code(vars(loaded), fresh, str(path))
    return True


def _take_code(kept: Mapping[str, object], fresh: Mapping[str, object], path: str) -> None:
    """Give each function that is loaded the code of its fresh twin."""
    for name, new in fresh.items():
        old = kept.get(name)
        if (
            isinstance(new, type)
            and isinstance(old, type)
            and new.__module__ == fresh.get("__name__", old.__module__)
        ):
            _take_code(vars(old), vars(new), path)
            continue
        for mine, other in zip(_functions(old), _functions(new), strict=False):
            if other.__code__.co_filename == path and mine.__code__.co_filename == path:
                mine.__code__ = other.__code__
                mine.__defaults__, mine.__kwdefaults__ = other.__defaults__, other.__kwdefaults__
            elif mine.__code__.co_filename == other.__code__.co_filename == _GENERATED:
                pairs = zip(mine.__defaults__ or (), other.__defaults__ or (), strict=True)
                mine.__defaults__ = tuple(b if type(b) in _PLAIN else a for a, b in pairs)
        if isinstance(old, _lru_cache_wrapper):
            old.cache_clear()


def _functions(value: object) -> list[FunctionType]:
    """What a name stands for, as the functions in it."""
    inner = (value.fget, value.fset) if isinstance(value, property) else (getattr(value, "__func__", value),)
    found = (inspect.unwrap(each) for each in inner if callable(each))
    return [each for each in found if isinstance(each, FunctionType)]


def mutated(source: str, mutation: Mutation | None) -> tuple[ast.Module, int]:
    """The module with that fault, and the number of the statement it is in."""
    tree = ast.parse(source)
    if mutation is None:
        return tree, 0
    place = next(place for number, place in enumerate(_places(tree, "")) if number == mutation.place)
    top = next(n for n, each in enumerate(tree.body) if place.node in ast.walk(each))
    other = list(_variants(place.node))[mutation.variant]
    if place.index is None:
        setattr(place.parent, place.field, other)
    else:
        getattr(place.parent, place.field)[place.index] = other
    return ast.fix_missing_locations(tree), top


@dataclass(frozen=True, slots=True)
class _Place:
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    where: str


def _places(parent: ast.AST, where: str) -> Iterator[_Place]:
    for field, value in ast.iter_fields(parent):
        if field in _LEFT_ALONE:
            continue
        listed = isinstance(value, list)
        for index, node in enumerate(value if listed else [value]):
            if isinstance(node, ast.AST):
                named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                inside = ".".join(filter(None, [where, node.name])) if named else where  # type: ignore[attr-defined]
                yield _Place(parent, field, index if listed else None, node, inside)
                yield from _places(node, inside)


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[only]) if type(only) in _COMPARED:
            yield _changed(node, ops=[_COMPARED[type(only)]()])
        case ast.Compare(ops=ops):
            for n, each in enumerate(ops):
                yield _changed(node, ops=[*ops[:n], _COMPARED[type(each)](), *ops[n + 1 :]])
        case ast.BoolOp(op=ast.And()):
            yield _changed(node, op=ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _changed(node, op=ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=inner):
            yield deepcopy(inner)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right) if not _is_type(left):
            yield deepcopy(left)
            yield deepcopy(right)
        case ast.BinOp(op=op) if type(op) in _COUNTED:
            yield _changed(node, op=_COUNTED[type(op)]())
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Set(elts=entries) if len(entries) > 1:
            for n in range(len(entries)):
                yield _changed(node, elts=entries[:n] + entries[n + 1 :])
        case ast.Dict(keys=keys, values=values) if len(keys) > 1:
            for n in range(len(keys)):
                yield _changed(node, keys=keys[:n] + keys[n + 1 :], values=values[:n] + values[n + 1 :])
        case ast.If(test=test) | ast.IfExp(test=test) if not isinstance(
            test, ast.Compare | ast.BoolOp | ast.UnaryOp
        ):
            yield _changed(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name("super"))))):
            return  # a function without it has another shape than the one that is loaded
        case ast.Raise() | ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            yield ast.Pass()
        case ast.match_case(pattern=ast.MatchOr(patterns=patterns)):
            for n in range(len(patterns)):
                left_over = patterns[:n] + patterns[n + 1 :]
                yield _changed(node, pattern=left_over[0] if len(left_over) == 1 else ast.MatchOr(left_over))
        case _:
            return


def _is_type(node: ast.AST) -> bool:
    """Whether it is a type, of an alias: nobody asks for it while the program runs."""
    leaves = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    return bool(leaves) and all(isinstance(vars(builtins).get(name), type) for name in leaves)


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    other = deepcopy(node)
    for name, value in fields.items():
        setattr(other, name, deepcopy(value))
    return other


def _words(node: ast.AST) -> str:
    """Its first line as source."""
    return ast.unparse(node).partition("\n")[0]
