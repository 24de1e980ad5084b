"""What is true of all functions of a module that a model is asked about: the module's head, how the project writes tests, the fixtures that it has."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from fixbot_agent.covering.ground import Ground
from fixbot_repair.candidates.paths import is_test

_HEAD = 60  # lines of the module above its first function or class
_STYLE, _LONGEST, _SHOWN = 70, 30, 2  # lines of a test file, of one test in it; tests
_MOST_FIXTURES = 30
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def head(source: bytes) -> str:
    """What stands above the first function or class of a module, with the numbers of its lines: imports and constants."""
    return numbered(source.decode("utf-8", "replace"), 1, head_end(source)).rstrip()


def head_end(source: bytes) -> int:
    """The last line of what is shown of a module's head."""
    tree = ast.parse(source)
    defined = (n for n in tree.body if isinstance(n, _Function | ast.ClassDef))
    firsts = (min([n.lineno, *(d.lineno for d in n.decorator_list)]) - 1 for n in defined)
    return min(next(firsts, len(source.splitlines())), _HEAD)


def numbered(text: str, first: int, last: int) -> str:
    """Lines `first` to `last` with their numbers."""
    rows = text.split("\n")[first - 1 : last]
    return "\n".join(f"{number:5}  {row}".rstrip() for number, row in enumerate(rows, first))


def style(here: Ground) -> str:
    """Effect: reads files. The head and some short tests of a test file near the module; "" where the project has none."""
    folder = PurePosixPath(here.home.path).parent
    near = [p for p in (here.home.path, *here.tests) if p in here.workspace.paths]
    near.sort(key=lambda p: (p != here.home.path, PurePosixPath(p).parent != folder))
    others = [p for p in here.workspace.paths if is_test(p) and PurePosixPath(p).name.startswith("test")]
    others.sort(key=lambda p: PurePosixPath(p).parent != folder)
    for path in [*near, *others[:20]]:
        text = (here.workspace.original(path) or b"").decode("utf-8", "replace")
        if shown := "\n".join(_telling(text)):
            return f"{path}:\n{shown}"
    return ""


def _telling(text: str) -> Iterator[str]:
    """The imports of a test file and its first short tests; nothing where it has none."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    tests = [n for n in body if isinstance(n, _Function) and n.name.startswith("test")]
    chosen = [n for n in tests if (n.end_lineno or 0) - n.lineno < _LONGEST][:_SHOWN]
    if not chosen:
        return
    lines, room = text.split("\n"), _STYLE
    for node in [*(n for n in body if isinstance(n, ast.Import | ast.ImportFrom)), *chosen]:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        part = lines[first - 1 : node.end_lineno]
        room -= len(part)
        if room < 0:
            return
        yield from ([""] if node in chosen else [])
        yield from part


def fixtures(here: Ground) -> str:
    """Effect: reads files. The fixtures of the conftest files above the new tests, a line each; "" for none."""
    folder = PurePosixPath(here.home.path).parent
    rows: list[str] = []
    for place in [*reversed(folder.parents), folder]:
        data = here.workspace.original(str(place / "conftest.py"))
        if data is not None:
            rows += _fixtures(data)
    return "\n".join(dict.fromkeys(rows[:_MOST_FIXTURES]))


def _fixtures(data: bytes) -> Sequence[str]:
    try:
        body = ast.parse(data).body
    except (SyntaxError, ValueError):
        return []
    rows = []
    for node in body:
        if isinstance(node, _Function) and any("fixture" in ast.unparse(d) for d in node.decorator_list):
            said = (ast.get_docstring(node) or "").split("\n")[0]
            gives = next((ast.unparse(n.value) for n in node.body if isinstance(n, ast.Return) and n.value), "")
            always = " (for every test)" if any("autouse=True" in ast.unparse(d) for d in node.decorator_list) else ""
            rows.append(f"{node.name}{always}: {said or gives or '(a fixture)'}"[:160])
    return rows
