"""What stands at the cursor: the word under way, its receiver, the tokens before it and the scopes around it.

Read from the text alone, by tokens and indentation, so that a buffer in the middle of an edit reads as well as a
finished one.
"""

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel import open_field, tokenize
from fixbot_analysis.codemodel.tokens import CLOSING, LAYOUT, OPENING, STRING, tokens_to
from fixbot_analysis.source import Document, Position, Span

_LONGEST = 60  # tokens of a receiver that are made sense of
_WINDOW = 24_000  # bytes before the cursor that are read for tokens
_HEADER_LINES = 12  # of a header at most

_OUTER = re.compile(rb"\n(?=(?:async[ \t]+def|def|class)[ \t]+\w+[^\n]*[(:])")
_INNER = re.compile(rb"\n(?=[ \t]+(?:async[ \t]+def|def|class)[ \t]+\w+[^\n]*[(:])")
_HEADER_END = re.compile(rb":[ \t]*(?:#[^\n]*)?\r?\n")
_WORD = re.compile(r"[^\W\d]\w*\Z")
_BLOCK = re.compile(  # opens a block, or a bracket whose parts have lines of their own
    r"[ \t]*(?:async[ \t]+)?(?:for|while|if|elif|else|try|except|finally|with|match|case)\b.*?(:|[,\\])[ \t]*(?:#.*)?$|.*[(\[{][ \t]*(?:#.*)?$"
)
_HEADER = re.compile(r"(?P<indent>[ \t]*)(?P<kind>(?:async[ \t]+)?def|class)[ \t]+(?P<name>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Scope:
    """A ``def`` or ``class`` around the place; lines count from 0, `end_line` is past its last line."""

    name: str
    is_class: bool
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Place:
    """A cursor in a document.

    `word` are the bytes of the identifier to the left of the cursor, `prefix` its text, `before` the tokens before it.
    `receiver` is the chain (see :class:`fixbot_analysis.symbols.Call`) before the dot where `dotted`, `expression` the same as
    written; `line` counts from 0. `callee` is the chain of
    the call whose arguments are being written. `module` is the module of ``from module import`` or, where
    `naming_module`, what is written of a module's own name.
    """

    path: str
    offset: int
    word: Span
    prefix: str
    before: tuple[str, ...]
    rest: str
    scopes: tuple[Scope, ...]
    dotted: bool = False
    receiver: str = ""
    expression: str = ""
    callee: str = ""
    module: str = ""
    naming_module: bool = False
    in_literal: bool = False
    in_field: bool = False  # in the code of an f-string
    line: int = 0
    spaced: bool = True  # the word, or the cursor, begins the line or follows a space

    @property
    def qualname(self) -> str:
        """Dotted name of the innermost scope, "" at module level."""
        return ".".join(scope.name for scope in self.scopes)

    @property
    def class_scope(self) -> tuple[Scope, ...] | None:
        """The scopes down to the innermost class, None outside classes."""
        for depth in range(len(self.scopes), 0, -1):
            if self.scopes[depth - 1].is_class:
                return self.scopes[:depth]
        return None


def read_place(document: Document, position: Position) -> Place:
    """What stands at `position` (clamped to the document)."""
    offset = document.offset(position)
    line = document.line_of(offset)
    span = document.line_span(line)
    head = document.data[span.start : offset].decode("utf-8", "replace")
    prefix = match[0] if (match := _WORD.search(head)) else ""
    start = offset - len(prefix.encode())
    scopes = _scopes(document, line)
    text = _window(document, start, scopes)
    left = head[: len(head) - len(prefix)]
    before, literal = tokens_to(text)
    field = open_field(text) if literal else None
    if field is not None:
        before = (*tokenize(field[0]), "{", *tokenize(field[1]))
    spaced = not left or left[-1].isspace()
    module, naming = _imported_from(before, spaced=spaced)
    dotted = before[-1:] == (".",) and not module and not naming and not _is_import(before)
    return Place(
        path=document.path,
        offset=offset,
        word=Span(start, offset),
        prefix=prefix,
        before=before,
        rest=document.data[offset : span.end].decode("utf-8", "replace").rstrip("\r\n"),
        scopes=scopes,
        dotted=dotted,
        receiver=chain_before(before, len(before) - 1) if dotted else "",
        expression=_expression(before, len(before) - 1) if dotted else "",
        line=line,
        callee=_callee(before),
        module=module,
        naming_module=naming,
        in_literal=bool(literal) and field is None,
        in_field=field is not None,
        spaced=spaced,
    )


def _statement(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens of the statement under way."""
    return tokens[next((at for at in range(len(tokens) - 1, -1, -1) if tokens[at] in LAYOUT), -1) + 1 :]


def _is_import(tokens: Sequence[str]) -> bool:
    return bool(statement := _statement(tokens)) and statement[0] in {"from", "import"}


def _imported_from(tokens: Sequence[str], *, spaced: bool) -> tuple[str, bool]:
    """The module that the import statement at the end of `tokens` names so far, and whether it is still being named."""
    statement = _statement(tokens)
    head = statement[0] if statement else ""
    if head == "from" and "import" in statement:
        return "".join(statement[1 : statement.index("import")]), False
    if head not in {"from", "import"} or statement[-1] not in {"from", "import", ",", ".", "..."}:
        return "", False
    if spaced and statement[-1] in {".", "..."}:  # from . import
        return "", False
    last = max((i + 1 for i, word in enumerate(statement) if word == ","), default=1)
    return "".join(statement[last:]), True


def chain_before(tokens: Sequence[str], end: int) -> str:
    """The chain that ends before the token at `end`: ``shop.make(1).`` gives ``shop.make()``; "?" stands for what is no name."""
    links: list[str] = []
    at = end - 1
    while at >= 0:
        if tokens[at] == ")":
            links.append("()")
            at = _opening(tokens, at) - 1
        elif tokens[at].isidentifier() and not keyword.iskeyword(tokens[at]):
            links.append(tokens[at])
            if at < 2 or tokens[at - 1] != ".":
                break
            links.append(".")
            at -= 2
        else:
            links.append("?")
            break
    return "".join(reversed(links))


def _expression(tokens: Sequence[str], end: int) -> str:
    """The expression that ends before the token at `end`, as it was written but for long literals."""
    if (chain := chain_before(tokens, end)).replace(".", "").isidentifier():
        return chain
    at = end - 1
    while at >= 0:
        if tokens[at] in {")", "]", "}"}:
            opening = _opening(tokens, at)
            applied = opening > 0 and (_is_operand(tokens[opening - 1]) or tokens[opening - 1] in {")", "]"})
            if not applied or tokens[at] == "}":
                at = opening
                break
            at = opening - 1
        elif at >= 2 and tokens[at - 1] == "." and _is_operand(tokens[at]):
            at -= 2
        else:
            break
    written = tokens[max(at, 0) : end]
    return (
        " ".join('""' if word == STRING else word for word in written if word not in LAYOUT)
        if end - at <= _LONGEST
        else "?"
    )


def _is_operand(token: str) -> bool:
    return (token.isidentifier() and not keyword.iskeyword(token)) or token[-1] in "\"'"


def _opening(tokens: Sequence[str], closing: int) -> int:
    """Index of the bracket that the one at `closing` closes, -1 where there is none."""
    depth = 0
    for at in range(closing, -1, -1):
        depth += (tokens[at] in CLOSING) - (tokens[at] in OPENING)
        if depth == 0:
            return at
    return -1


def _callee(tokens: Sequence[str]) -> str:
    """The chain of the call that the end of `tokens` stands directly in, "" outside of calls."""
    depth = 0
    for at in range(len(tokens) - 1, 0, -1):
        if tokens[at] in LAYOUT:
            break
        depth += (tokens[at] in CLOSING) - (tokens[at] in OPENING)
        if depth < 0:
            named = tokens[at] == "(" and (at < 2 or tokens[at - 2] not in {"def", "class"})
            return chain_before(tokens, at).removeprefix("?") if named else ""
    return ""


def _window(document: Document, end: int, scopes: Sequence[Scope]) -> str:
    """The text before `end`, of a long file from a definition on: any other line may lie inside a docstring.

    Headers of the definitions around that stand further up go before it.
    """
    data, start = document.data, max(0, end - _WINDOW)
    if not start:
        return data[:end].decode("utf-8", "replace")
    begun = _OUTER.search(data, start, end) or _INNER.search(data, start, end)
    start = begun.end() if begun else data.find(b"\n", start, end) + 1
    around = [_header(document, scope) for scope in scopes if document.line_starts[scope.line] < start]
    return "".join(around) + data[start:end].decode("utf-8", "replace")


def _header(document: Document, scope: Scope) -> str:
    """The lines of a definition's header."""
    starts, data = document.line_starts, document.data
    begin = starts[scope.line]
    limit = starts[scope.line + _HEADER_LINES] if scope.line + _HEADER_LINES < len(starts) else len(data)
    found = _HEADER_END.search(data, begin, limit)
    return data[begin : found.end() if found else limit].decode("utf-8", "replace")


def _scopes(document: Document, line: int) -> tuple[Scope, ...]:
    """The headers above `line` that it is indented below, outermost first; a loop or a list at the top of the file stands in none."""
    lines = document.text.split("\n")
    width = _indent(lines[line]) if line < len(lines) else 0
    found: list[Scope] = []
    for at in range(min(line, len(lines)) - 1, -1, -1):
        if not width:
            break
        if _indent(lines[at]) >= width:
            continue
        header = _HEADER.match(lines[at])
        if header or _BLOCK.match(lines[at]):
            width = _indent(lines[at])
        if header:
            found.append(Scope(header["name"], header["kind"] == "class", at, _end(lines, at, width)))
    return tuple(reversed(found))


def _indent(line: str) -> int:
    expanded = line.expandtabs()
    return len(expanded) - len(expanded.lstrip())


def _end(lines: list[str], header: int, width: int) -> int:
    """First line after the definition: one that is not blank, not indented deeper, and does not close a bracket."""
    for at in range(header + 1, len(lines)):
        text = lines[at]
        if text.strip() and _indent(text) <= width and text.lstrip()[0] not in ")]}#":
            return at
    return len(lines)
