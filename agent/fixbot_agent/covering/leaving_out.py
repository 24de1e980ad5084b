"""What coverage.py leaves out of its report: lines by its own patterns and the project's, with what they open; statements by first lines."""

import ast
import bisect
import configparser
import io
import re
import token
import tokenize
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_EXCLUDED = (
    r"#\s*(?i:pragma)[:\s]?\s*(?i:no)\s*(?i:cover)",
    r"^\s*(?:(?:(?:async )?def .*?)?[\])]+(?:\s*->.*?)?:\s*)?\.\.\.\s*(?:#|$)",
    r"^\s*if (?:typing\.)?TYPE_CHECKING:",
)
_PARTIAL = (r"#\s*(?i:pragma)[:\s]?\s*(?i:no)\s*(?i:branch)",)
_ALWAYS_PARTIAL = (r"^\s*while (?:True|1|False|0):", r"^\s*if (?:True|1|False|0):")
_FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Patterns:
    """Regular expressions for lines that are left out, and for those whose branches need not all be taken."""

    excluded: tuple[str, ...] = _EXCLUDED
    partial: tuple[str, ...] = (*_PARTIAL, *_ALWAYS_PARTIAL)

    @classmethod
    def read(cls, read: Callable[[str], bytes | None]) -> "Patterns":
        """Those of a project, from the first of coverage.py's settings files that says something of reports."""
        for name in _FILES:
            data = read(name)
            report = _report(name, data.decode("utf-8", "replace")) if data is not None else {}
            if report:
                also = _valid(report.get("exclude_also", ()))
                excluded = _valid(report.get("exclude_lines", _EXCLUDED))
                partial = _valid(report.get("partial_branches", _PARTIAL))
                more = _valid(report.get("partial_also", ()))
                return cls((*excluded, *also), (*partial, *more, *_ALWAYS_PARTIAL))
        return cls()


def _report(name: str, text: str) -> Mapping[str, Sequence[str]]:
    """The settings of reports in a file; nothing where it cannot be read."""
    try:
        if name.endswith(".toml"):
            held = tomllib.loads(text).get("tool", {}).get("coverage", {}).get("report", {})
            return {k: v if isinstance(v, list) else str(v).splitlines() for k, v in held.items()}
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error, AttributeError):
        return {}
    section = "report" if name == ".coveragerc" and parser.has_section("report") else "coverage:report"
    held = dict(parser[section]) if parser.has_section(section) else {}
    return {k: [line.strip() for line in v.splitlines() if line.strip()] for k, v in held.items()}


def _valid(patterns: Sequence[object]) -> tuple[str, ...]:
    found = []
    for each in patterns:
        try:
            re.compile(str(each))
        except re.error:
            continue
        found.append(str(each))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Logical:
    """A statement, or the head of one: first and last line, its depth, whether it opens something."""

    begins: int
    ends: int
    depth: int
    opens: bool


class Statements:
    """The statements of a source by their first lines. `excluded` are those that are left out, `partial` those of whose branches one is enough."""

    def __init__(self, source: bytes, tree: ast.Module, patterns: Patterns) -> None:
        text = _decoded(source)
        rows = list(_logical(text))
        self._begins = [row.begins for row in rows]
        self._ends = [row.ends for row in rows]
        self.spans = {row.begins: row.ends for row in rows if row.ends > row.begins}
        self.partial = self._matching(text, patterns.partial)
        self.excluded = self._left_out(rows, tree, self._matching(text, patterns.excluded))

    def first(self, line: int) -> int:
        """The first line of the statement that a line is of."""
        number = bisect.bisect_right(self._begins, line) - 1
        return self._begins[number] if number >= 0 and line <= self._ends[number] else line

    def _matching(self, text: str, patterns: Sequence[str]) -> frozenset[int]:
        found: set[int] = set()
        for pattern in patterns:
            for match in re.finditer(pattern, text, re.MULTILINE):
                first = text.count("\n", 0, match.start()) + 1
                found.update(map(self.first, range(first, first + match[0].count("\n") + 1)))
        return frozenset(found)

    def _left_out(self, rows: Sequence[_Logical], tree: ast.Module, marked: frozenset[int]) -> frozenset[int]:
        found, depth = set(marked), -1
        for row in rows:
            if depth >= 0 and row.depth <= depth:
                depth = -1
            if depth >= 0:
                found.add(row.begins)
            elif row.opens and not marked.isdisjoint(range(row.begins, row.ends + 1)):
                depth = row.depth
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if not found.isdisjoint(range(first, node.lineno + 1)):
                    found.update(range(first, (node.end_lineno or first) + 1))
        return frozenset(found)


def _decoded(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding).read().removeprefix("\ufeff")


def _logical(text: str) -> Iterator[_Logical]:
    """The logical lines of a text."""
    depth = nesting = begins = 0
    opens = False
    for kind, word, (line, _), (last, _), _ in tokenize.generate_tokens(io.StringIO(text).readline):
        if kind in (token.INDENT, token.DEDENT):
            depth += 1 if kind == token.INDENT else -1
        elif kind == token.NEWLINE:
            if begins:
                yield _Logical(begins, last, depth, opens)
            begins, opens = 0, False
        elif kind not in (tokenize.COMMENT, tokenize.NL, token.ENDMARKER):
            begins = begins or line
            nesting += (word in "([{") - (word in ")]}") if kind == token.OP else 0
            opens = opens or (kind == token.OP and word == ":" and not nesting)
