"""What is said of a repair before it is called finished: new findings, copies of code that is there, functions that got tangled.

These are warnings with their evidence, and bounded in time: a model decides what it makes of them.
"""

import ast
import io
import keyword
import tokenize
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from fixbot_agent.tools.checking import row, since_start
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis import signatures
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import Symbol, SymbolKind

_MOST = 10  # findings
_SHORTEST = 30  # tokens of a function below which likeness is chance
_ALIKE = 0.9
_RIVALS = 60  # functions of like length that new code is held against
_TANGLED, _GROWN = 10, 5  # decisions of a function, and by how many it grew, to be worth a word
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE)
_DECISIONS = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.match_case, ast.Assert,
)  # fmt: skip


def warnings(desk: Desk, definitions: Definitions) -> Iterator[str]:
    """Effect: runs checkers, reads files. In words, with places."""
    paths = sorted(p for p in desk.changed if desk.exists(p))
    if desk.equipment.checks is not None:
        found, _ = since_start(desk, paths)
        yield from map(row, found[:_MOST])
        if len(found) > _MOST:
            yield f"… and {len(found) - _MOST} more findings; 'check' lists them"
    for path in paths:
        if path.endswith(".py"):
            yield from _tangled(desk, path)
            yield from _copies(desk, definitions, path)


def _tangled(desk: Desk, path: str) -> Iterator[str]:
    now, before = (_decisions(data) for data in (desk.document(path).data, _start(desk, path)))
    for name, count in now.items():
        grown = count - before.get(name, 0)
        if count > _TANGLED and grown >= _GROWN:
            yield f"{path}: {name} has {count} decisions now, {grown} more than before; a function of its own may be clearer"


def _decisions(data: bytes) -> Mapping[str, int]:
    """Function -> McCabe's number, less one. Source: McCabe, "A Complexity Measure", IEEE TSE 1976."""
    found = {}
    for name, function in signatures.functions(signatures.parsed(data)).items():
        nodes = list(ast.walk(function))
        branches = sum(isinstance(n, _DECISIONS) for n in nodes)
        found[name] = branches + sum(len(n.values) - 1 for n in nodes if isinstance(n, ast.BoolOp))
    return found


def _copies(desk: Desk, definitions: Definitions, path: str) -> Iterator[str]:
    """Functions of the file that are new or changed, and say what another function says in other names."""
    document, old = desk.document(path), _start(desk, path)
    known = {name: _tokens(part) for name, part in _parts(old)}
    for symbol in definitions.of(path):
        mine = _tokens(_text(document, symbol)) if symbol.kind is not SymbolKind.CLASS else ()
        if len(mine) < _SHORTEST or mine == known.get(symbol.qualname):
            continue
        if twin := _twin(desk, definitions, (path, symbol), mine):
            yield f"{path}:{symbol.line}: {symbol.qualname} says nearly the same as {twin}; can that be used instead?"


def _twin(desk: Desk, definitions: Definitions, me: tuple[str, Symbol], mine: tuple[str, ...]) -> str:
    path, symbol = me
    length = symbol.end_line - symbol.line
    near = [
        (abs(s.end_line - s.line - length), p != path, p, s)
        for p, s in definitions.all()
        if p.endswith(".py") and s.kind is not SymbolKind.CLASS and (p, s.qualname) != (path, symbol.qualname)
        and abs(s.end_line - s.line - length) <= max(2, length // 5) and len(s.parameters) == len(symbol.parameters)
    ]  # fmt: skip
    near.sort(key=lambda each: (each[3].name != symbol.name, each[0], each[1], each[2], each[3].line))
    documents: dict[str, Document] = {}
    for _, _, other, rival in near[:_RIVALS]:
        try:
            document = documents.setdefault(other, desk.document(other)) if other not in documents else documents[other]
        except Refused:
            continue
        theirs = _tokens(_text(document, rival))
        matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
        if len(theirs) >= _SHORTEST and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            return f"{other}::{rival.qualname} (line {rival.line})"
    return ""


def _tokens(text: str) -> tuple[str, ...]:
    """The tokens of a function, names by the order in which they come, so that renaming changes nothing."""
    numbers: dict[str, str] = {}
    found, is_first = [], False  # of its statement: a docstring says nothing of what is done
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _LAYOUT:
                is_first = is_first or token.type in (tokenize.NEWLINE, tokenize.INDENT)
                continue
            if not (is_first and token.type == tokenize.STRING):
                is_name = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
                found.append(numbers.setdefault(token.string, f"${len(numbers)}") if is_name else token.string)
            is_first = False
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(found)


def _parts(data: bytes) -> Iterator[tuple[str, str]]:
    """Functions of a file: qualified name, text."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    for name, function in signatures.functions(signatures.parsed(data)).items():
        first = min([function.lineno, *(d.lineno for d in function.decorator_list)])
        yield name, _dedented("\n".join(lines[first - 1 : function.end_lineno]))


def _text(document: Document, symbol: Symbol) -> str:
    start = document.data.rfind(b"\n", 0, symbol.span.start) + 1
    return _dedented(document.data[start : symbol.span.end].decode("utf-8", "replace"))


def _dedented(text: str) -> str:
    margin = len(text) - len(text.lstrip(" \t"))
    return "\n".join(line[margin:] if not line[:margin].strip() else line for line in text.split("\n"))


def _start(desk: Desk, path: str) -> bytes:
    """The file as it was at the start, in UTF-8; empty where it was not there."""
    try:
        raw = desk.files.original(path)
        return decode(path, raw).data if raw is not None else b""
    except FixbotError:
        return b""
