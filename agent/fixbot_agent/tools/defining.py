"""Tools that change code by the names of definitions: put another in the place of one, or something beside one."""

import ast
import re
from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.editing import as_bytes, is_crlf, replaced
from fixbot_agent.tools.finding import Definitions, checked
from fixbot_agent.tools.gate import Gate
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis import signatures
from fixbot_analysis.source import Document, language_of
from fixbot_analysis.symbols import Symbol, SymbolKind

_SYMBOL = "Its name: path::Class.method, or a dotted name that only one has."
_LINE = "A line of it, where several have the name."
_COMMENT = re.compile(rb"[ \t]*(#|//|/?\*)")


@dataclass(frozen=True, slots=True)
class ReplaceSymbol:
    """Arguments of replace_symbol."""

    symbol: str = arguments.text(_SYMBOL)
    text: str = arguments.text("The whole new definition. Its decorators stay unless the text brings its own.")
    line: int = arguments.whole(_LINE, 0)


@dataclass(frozen=True, slots=True)
class InsertCode:
    """Arguments of insert_code."""

    symbol: str = arguments.text(_SYMBOL)
    where: str = arguments.choice("'into': at the end of a class.", ("before", "after", "into"))
    text: str = arguments.text("The code, indented in itself only.")
    line: int = arguments.whole(_LINE, 0)


def replace_symbol(desk: Desk, gate: Gate, definitions: Definitions, args: ReplaceSymbol) -> Outcome:
    """Effect: put a new definition in the place of one. Refused when the text is none, or the gate refuses the file."""
    path, symbol = definitions.named(args.symbol, args.line)
    desk.check_writable(path)
    document = checked(desk, path, symbol)
    is_python = language_of(path) == "python"
    text = args.text.strip("\r\n").rstrip()
    if is_python:
        _check_definition(text)
    start, margin = _start(document, symbol)
    if is_python and not text.lstrip().startswith("@"):
        start = _header(document, symbol)
    data = as_bytes(indented(text, margin, is_python), is_crlf(document))
    return replaced(gate, document, _line_start(document.data, start), symbol.span.end, data)


def insert_code(desk: Desk, gate: Gate, definitions: Definitions, args: InsertCode) -> Outcome:
    """Effect: put code before or after a definition, or at the end of a class, with the blank lines that belong there."""
    path, symbol = definitions.named(args.symbol, args.line)
    desk.check_writable(path)
    document = checked(desk, path, symbol)
    text, is_python = args.text.strip("\r\n").rstrip(), language_of(path) == "python"
    if not text:
        raise Refused("argument 'text' is empty")
    if args.where == "into" and (symbol.kind is not SymbolKind.CLASS or not is_python):
        raise Refused(f"{symbol.qualname} is no class of Python; use 'before' or 'after'")
    start, margin = _start(document, symbol)
    if args.where == "into":
        margin = _margin_of_body(document, symbol, margin)
    gap = "\n" * (3 if is_python and not margin else 2)
    if args.where == "before":
        at, written = _above(document.data, start), indented(text, margin, is_python) + gap
    else:
        at, written = _line_end(document.data, symbol.span.end), gap + indented(text, margin, is_python)
    return replaced(gate, document, at, at, as_bytes(written, is_crlf(document)))


def indented(text: str, margin: str, is_python: bool) -> str:
    """`text` moved so that its first line stands at `margin`; lines inside of strings other than docstrings stay."""
    lines = text.replace("\r\n", "\n").split("\n")
    old = re.match(r"[ \t]*", lines[0])[0]  # type: ignore[index]  # it always matches
    if old == margin:
        return "\n".join(lines)
    if any(line.strip() and not line.startswith(old) for line in lines) and not is_python:
        return "\n".join(lines)
    bare = [line.removeprefix(old) for line in lines]
    fixed = _inside_strings("\n".join(bare)) if is_python else frozenset()
    moved = [margin + line if line.strip() and n not in fixed else line for n, line in enumerate(bare)]
    return "\n".join(lines[n] if n in fixed else line for n, line in enumerate(moved))


def _inside_strings(text: str) -> frozenset[int]:
    """Lines (from 0) that begin inside of a string whose text counts."""
    found: set[int] = set()
    tree = signatures.parsed(text)
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        )
        if is_text and id(node) not in docs:
            found.update(range(node.lineno, node.end_lineno or node.lineno))  # type: ignore[attr-defined]
    return frozenset(found)


def _check_definition(text: str) -> None:
    """Raise Refused when `text` is no definition; what does not parse is for the gate to say."""
    body = signatures.parsed(indented(text, "", is_python=True)).body
    if body and not any(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for n in body):
        raise Refused("'text' must be the whole definition, from 'def' or 'class' on; to change a part of it use edit")


def _start(document: Document, symbol: Symbol) -> tuple[int, str]:
    """Where the definition begins, decorators included, and what stands before it on its line."""
    start = symbol.span.start
    margin = document.data[_line_start(document.data, start) : start].decode("utf-8", "replace")
    if margin.strip():
        raise Refused(f"{symbol.qualname} shares its line with other code; use edit")
    return start, margin


def _header(document: Document, symbol: Symbol) -> int:
    """Where the line with the name begins, below the decorators."""
    return _line_start(document.data, symbol.name_span.start)


def _margin_of_body(document: Document, symbol: Symbol, margin: str) -> str:
    at = symbol.body.start
    own = document.data[_line_start(document.data, at) : at].decode("utf-8", "replace")
    return own if own and not own.strip() else margin + "    "


def _above(data: bytes, start: int) -> int:
    """The beginning of the line at `start`, or of the comments that stand right above it."""
    at = _line_start(data, start)
    while at > 0 and _COMMENT.match(data, _line_start(data, at - 1), at):
        at = _line_start(data, at - 1)
    return at


def _line_start(data: bytes, at: int) -> int:
    return data.rfind(b"\n", 0, at) + 1


def _line_end(data: bytes, at: int) -> int:
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    return end - 1 if data[end - 1 : end] == b"\r" else end
