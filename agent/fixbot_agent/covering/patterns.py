"""Texts that regular expressions of a module match, made from their parse; what cannot be made so is left out."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_FUNCTIONS = frozenset({"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"})
_LONGEST = 60  # characters of a text
_OF_CLASS = {"CATEGORY_DIGIT": "1", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " ", "CATEGORY_NOT_DIGIT": "a"}
_OF_CLASS |= {"CATEGORY_NOT_WORD": "-", "CATEGORY_NOT_SPACE": "a"}


def named(tree: ast.Module) -> Mapping[str, tuple[str, ...]]:
    """Name of a module's compiled pattern -> texts that it matches."""
    found: dict[str, tuple[str, ...]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            goals = node.targets if isinstance(node, ast.Assign) else [node.target]
            for goal in goals:
                if isinstance(goal, ast.Name) and (texts := tuple(used(node.value))):
                    found[goal.id] = texts
    return found


def used(node: ast.AST) -> Iterator[str]:
    """Texts for the patterns that are written in calls of :mod:`re` below `node`."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = ast.unparse(call.func)
        if name.startswith("re.") and name[3:] in _FUNCTIONS and isinstance(call.args[0], ast.Constant):
            pattern = call.args[0].value
            if isinstance(pattern, str):
                yield from samples(pattern, verbose="VERBOSE" in ast.unparse(call) or "re.X" in ast.unparse(call))


def samples(pattern: str, *, verbose: bool = False) -> Sequence[str]:
    """A short and a long text that `pattern` matches, as far as they can be made; () for what is no pattern."""
    flags = re.VERBOSE if verbose else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = re._parser.parse(pattern, flags)  # type: ignore[attr-defined]  # noqa: SLF001 - the only parse there is
            made = [_text(list(parsed), long=long) for long in (False, True)]
            return tuple(dict.fromkeys(t for t in made if len(t) <= _LONGEST and re.search(pattern, t, flags)))
    except (re.error, RecursionError, OverflowError, AttributeError):
        return ()


def _text(parts: list[Any], *, long: bool) -> str:
    return "".join(_of(str(kind), value, long=long) for kind, value in parts)


def _of(kind: str, value: Any, *, long: bool) -> str:
    if kind == "LITERAL":
        return chr(value)
    if kind == "NOT_LITERAL":
        return "b" if chr(value) == "a" else "a"
    if kind == "ANY":
        return "a"
    if kind == "IN":
        return _of_set(value)
    if kind == "BRANCH":
        return _text(list(value[1][-1 if long else 0]), long=long)
    if kind == "SUBPATTERN":
        return _text(list(value[3]), long=long)
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, inner = value
        return _text(list(inner), long=long) * min(max(int(least), 1 if long and int(most) else 0), 20)
    return ""


def _of_set(members: Any) -> str:
    kinds = [(str(kind), value) for kind, value in members]
    if kinds and kinds[0][0] == "NEGATE":
        taken = {chr(v) for k, v in kinds if k == "LITERAL"}
        return next((c for c in "ab1-_ ." if c not in taken), "")
    for kind, value in kinds:
        if kind == "LITERAL":
            return chr(value)
        if kind == "RANGE":
            return chr(max(value[0], ord("1")) if value[0] == ord("0") else value[0])
        if kind == "CATEGORY":
            return _OF_CLASS.get(str(value), "a")
    return ""
