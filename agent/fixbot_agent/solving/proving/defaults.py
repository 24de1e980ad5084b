"""Defaults of parameters that an issue speaks of: no test's line shows them, for a default is made when the function is."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from fixbot_repair.issue_source import parsed

Line = tuple[str, int]
_DEFAULT = re.compile(r"\bdefault(?:s|ed|ing)?\b|默认|缺省", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Za-z_]\w{1,60}\b")
_NEAR = 60  # characters on both sides of the word
_MOST_FILES = 30


def defaults(text: str, paths: Iterable[str], read: Callable[[str], bytes | None]) -> Mapping[Line, float]:
    """Lines of parameters with a default that `text` names near the word "default", 1.0 each.

    Looked for in the first files of `paths`. Where a function of such a parameter is named in the text too, only those count.
    """
    near = {
        name
        for found in _DEFAULT.finditer(text)
        for name in _NAME.findall(text[max(0, found.start() - _NEAR) : found.end() + _NEAR])
    }
    if not near:
        return {}
    named = set(_NAME.findall(text))
    places: list[tuple[Line, bool]] = []
    for path in list(dict.fromkeys(p for p in paths if p.endswith(".py")))[:_MOST_FILES]:
        source = (read(path) or b"").decode("utf-8", "replace")
        places += (((path, line), function in named) for function, line in _parameters(parsed(source), near))
    is_told = any(told for _, told in places)
    return {place: 1.0 for place, told in places if told or not is_told}


def _parameters(body: list[ast.stmt], names: set[str]) -> Iterator[tuple[str, int]]:
    """(function, line) of each parameter of these names that has a default; a constructor goes by its class."""
    todo: list[tuple[ast.AST, str]] = [(one, "") for one in body]
    while todo:
        node, owner = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            known = node.args
            positional = [*known.posonlyargs, *known.args]
            given = positional[len(positional) - len(known.defaults) :] if known.defaults else []
            given += [a for a, value in zip(known.kwonlyargs, known.kw_defaults, strict=True) if value is not None]
            function = owner if node.name == "__init__" else node.name
            yield from ((function, a.lineno) for a in given if a.arg in names)
        inside = node.name if isinstance(node, ast.ClassDef) else owner
        todo += [(child, inside) for child in ast.iter_child_nodes(node)]
