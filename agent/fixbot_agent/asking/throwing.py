"""Where an exception of the project, or a built-in one, is raised and caught: read from the statements themselves, whatever types are known."""

import ast
import re
from collections.abc import Callable, Iterator

from fixbot_agent.asking.answer import Cited, Sentence, counted
from fixbot_agent.asking.ground import Ground
from fixbot_analysis.graph import queries

_MOST = 20


def raisers(ground: Ground, name: str) -> Iterator[Sentence]:
    """Effect: reads files. Every ``raise`` of the class, those in tests last."""
    yield from _places(ground, name, _raised, "raise", "raises")


def catchers(ground: Ground, name: str) -> Iterator[Sentence]:
    """Effect: reads files. Every handler that names the class."""
    yield from _places(ground, name, _caught, "handler", "catches")


def _places(
    ground: Ground, name: str, of: Callable[[ast.Module], Iterator[tuple[str, int]]], noun: str, verb: str
) -> Iterator[Sentence]:
    last = re.split(r"::|\.", name)[-1]
    found: list[Cited] = []
    for path in sorted(ground.index.paths, key=lambda p: (queries.in_tests(p), p)):
        tree = ground.tree(path, last)
        found += [Cited(path, line) for each, line in (of(tree) if tree is not None else ()) if each == last]
    found = list(dict.fromkeys(found))
    if not found:
        home = next(iter(ground.called(name)), "")
        if home and not home.partition("::")[0].endswith(".py"):
            yield Sentence(f"What {verb} `{last}` is read in Python only.", (ground.place(home),))
        elif home:
            yield Sentence(f"No statement of the project {verb} `{last}` by that name.", (ground.place(home),))
        return
    tests = sum(queries.in_tests(each.path) for each in found)
    more = f", {'in tests only' if tests == len(found) else f'{tests} of them in tests'}" if tests else ""
    yield Sentence(
        f"`{last}` is named in {counted(len(found), f'{noun} statement' if noun == 'raise' else noun)}{more}.",
        tuple(found[:3]),
    )
    for each in found[:_MOST]:
        facts = ground.facts(each.path)
        inside = facts.enclosing(each.line) if facts else None
        where = f"`{inside.qualname}` in {each.path}" if inside and inside.qualname else f"The module {each.path}"
        yield Sentence(f"{where} {verb} it.", (each,))
    if len(found) > _MOST:
        yield Sentence(f"{len(found) - _MOST} more are not listed.", (found[_MOST],))


def _raised(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield _last(node.exc), node.lineno


def _caught(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            yield from ((_last(each), node.lineno) for each in types)


def _last(node: ast.expr) -> str:
    """The last name of a class, of an object of it, or of a method that makes one (``self.MaxRetriesExceededError(...)``)."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
