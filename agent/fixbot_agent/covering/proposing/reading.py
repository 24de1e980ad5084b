"""A model's answer read: tests that stand for themselves, and those that are refused as they are written, with the reason."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.models.structured import Misfit, read

_MOST = 12  # tests of one answer
_LONGEST = 80  # lines of one test
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[\w+.-]*[ \t]*\n(.*?)(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^\t+", re.MULTILINE)
_UNSEEN = frozenset(
    {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
)  # kinds of characters that nobody sees, or sees as others
ANSWER: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "imports": {"type": "string", "description": "All import lines that the tests need, one a line."},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "description": "One whole function: def test_…(): with all that it needs inside."},
                    "lines": {"type": "array", "items": {"type": "integer"}, "description": "The open lines that it is for."},
                },
                "required": ["code", "lines"],
                "additionalProperties": False,
            },
        },
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "test": {"type": "string", "description": "The name of your test that showed it."},
                    "why": {"type": "string", "description": "What the code should do instead, and what says so. One sentence."},
                },
                "required": ["test", "why"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["imports", "tests", "faults"],
    "additionalProperties": False,
}  # fmt: skip
_SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip", "skipTest", "exit"})
_CHECKS = frozenset({"raises", "warns", "deprecated_call", "fail"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One test function as it was written: its name, its text, the import lines of the answer; `why_not` says what is wrong with it as it stands."""

    name: str
    code: str
    imports: tuple[str, ...]
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer holds: tests, and of which of its tests (by name) the model says that the code is wrong, and why."""

    proposals: tuple[Proposal, ...] = ()
    faults: Mapping[str, str] | None = None


def said(text: str) -> Said:
    """Read an answer: JSON of the shape :data:`ANSWER` in any wrapping, else functions in blocks of code."""
    text = text.replace("\r\n", "\n")
    try:
        value = read(text, ANSWER)
    except Misfit:
        return Said(tuple(_limited(_of_code("\n\n".join(m[2] for m in _FENCE.finditer(text)) or text))), {})
    assert isinstance(value, Mapping)
    found: list[Proposal] = []
    for row in value["tests"]:
        found += _of_code(f"{value['imports']}\n\n{row['code']}")
    faults = {str(row["test"]).strip(): " ".join(str(row["why"]).split()) for row in value["faults"]}
    return Said(tuple(_limited(found)), faults)


def _limited(found: Sequence[Proposal]) -> Iterator[Proposal]:
    names: set[str] = set()
    for each in found:
        if each.name not in names and len(names) < _MOST:
            names.add(each.name)
            yield each


def _of_code(text: str) -> Sequence[Proposal]:
    """The test functions of a text; with no function that could be read, one that says why."""
    text = _INDENTED.sub(lambda tabs: "    " * len(tabs[0]), text.replace("\r\n", "\n"))
    name = re.search(r"def (test\w*)", text)
    if odd := next((c for c in text if c != "\n" and unicodedata.category(c) in _UNSEEN), ""):
        why = f"it holds the character U+{ord(odd):04X}, which does not show: write it as an escape in a string"
        return [Proposal(name[1] if name else "test", "", (), why)]
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError) as error:
        return [Proposal(name[1] if name else "test", text.strip(), (), f"it cannot be parsed: {error}")]
    imports = tuple(line for node in body for line in _lines(node))
    tests = [n for n in body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name.startswith("test")]
    others = [n for n in body if n not in tests and not isinstance(n, ast.Import | ast.ImportFrom) and not _is_text(n)]
    above = (
        f"line `{ast.unparse(others[0]).splitlines()[0][:80]}` stands outside of it: a test holds all that it needs"
        if others
        else ""
    )
    return [
        Proposal(n.name, _source(text, n), imports, above or _other_than(n, _source(text, n)) or why_not(n))
        for n in tests
    ]


def _other_than(node: ast.stmt, code: str) -> str:
    """What is wrong with the text of a function: whatever is looked at from here on is what was read, and nothing beside it."""
    try:
        is_same = [ast.dump(each) for each in ast.parse(code).body] == [ast.dump(node)]
    except (SyntaxError, ValueError, RecursionError):
        is_same = False
    return (
        "" if is_same else "it cannot be taken out of the answer as it stands: begin each function on a line of its own"
    )


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _source(text: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno]) + "\n"


def _lines(node: ast.stmt) -> Iterator[str]:
    """Imports of one name each; ``__future__`` is the file's own."""
    if isinstance(node, ast.Import):
        yield from (ast.unparse(ast.Import([alias])) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        yield from (ast.unparse(ast.ImportFrom(node.module, [alias], node.level)) for alias in node.names)


def why_not(test: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What is wrong with a test before it is run, "" for nothing: it may be skipped, expects to fail, or checks what always holds."""
    if (test.end_lineno or test.lineno) - test.lineno > _LONGEST:
        return f"it is longer than {_LONGEST} lines"
    nodes = list(ast.walk(test))
    named = {_last(n) for n in nodes if isinstance(n, ast.Attribute | ast.Name)}
    if found := next((n for n in nodes if _skips(n)), None):
        return f"it uses `{ast.unparse(found)}`: a test runs always, and passes"
    if empty := next((n for n in nodes if isinstance(n, ast.Assert) and _always(n.test)), None):
        return f"`{ast.unparse(empty)}` holds whatever the code does"
    has_mock = any(name.startswith("assert_") for name in named)
    if not (any(isinstance(n, ast.Assert) for n in nodes) or named & _CHECKS or has_mock):
        return "it checks nothing"
    return ""


def _skips(node: ast.AST) -> bool:
    """Whether it is pytest's or unittest's way to leave a test out, or to let it fail."""
    if isinstance(node, ast.Attribute):
        return node.attr in _SKIPS and ast.unparse(node.value).split(".")[0] in ("pytest", "mark", "unittest", "self")
    return isinstance(node, ast.Name) and node.id in _SKIPS - {"exit", "skip"}


def _last(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id


def _always(test: ast.expr) -> bool:
    """Whether a condition holds whatever the code does, as far as its form tells."""
    if isinstance(test, ast.Constant | ast.Tuple | ast.List | ast.Dict | ast.Lambda | ast.JoinedStr):
        return True
    if isinstance(test, ast.BoolOp):
        parts = [_always(part) for part in test.values]
        return any(parts) if isinstance(test.op, ast.Or) else all(parts)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        plain = not any(isinstance(n, ast.Call) for n in ast.walk(test))
        return same and plain and isinstance(test.ops[0], ast.Eq | ast.Is | ast.LtE | ast.GtE)
    return False
