"""What is said of changed functions, by 'check' and before a repair is called finished: what they leave behind, copies of code, tangles.

These are warnings with their evidence: a model decides what it makes of them.
"""

import ast
import io
import keyword
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.left_behind import left_behind
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis import signatures
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import Symbol, SymbolKind

_SHORTEST = 30  # tokens of a function below which likeness is chance
_ALIKE = 0.9
_RIVALS = 60  # functions of like length that new code is held against
_TANGLED, _GROWN = 10, 5  # decisions of a function, and by how many it grew, to be worth a word
_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE)
_DECISIONS = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.match_case, ast.Assert,
)  # fmt: skip


def remarks(desk: Desk, definitions: Definitions, paths: Sequence[str]) -> Iterator[str]:
    """Effect: reads files. In words, with places: what those functions of `paths` bring that are not as they were at the start."""
    for path in paths:
        if path.endswith(".py"):
            yield from left_behind(desk, path, _start(desk, path), desk.document(path).data)
            yield from _tangled(desk, path)
    yield from _copies(desk, definitions, [p for p in paths if p.endswith(".py")])


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


def _copies(desk: Desk, definitions: Definitions, paths: Sequence[str]) -> Iterator[str]:
    """Functions that are new or changed, and say what another one says in other names; of two such, one is named."""
    told: set[tuple[str, int]] = set()
    for path in paths:
        document, old = desk.document(path), _versions(_start(desk, path))
        names = {symbol.qualname for symbol in definitions.of(path)}
        gone = [
            tokens for name, versions in old.items() if name not in names for tokens in versions
        ]  # or called otherwise
        for symbol in definitions.of(path):
            mine = _tokens(_text(document, symbol)) if symbol.kind is not SymbolKind.CLASS else ()
            before = old.get(symbol.qualname, ())
            if len(mine) < _SHORTEST or mine in before or mine in gone or (path, symbol.line) in told:
                continue
            twin = _twin(desk, definitions, (path, symbol), mine, before)
            if twin is not None:
                other, rival = twin
                told.add((other, rival.line))
                yield (
                    f"{path}:{symbol.line}: {symbol.qualname} says nearly the same as "
                    f"{other}::{rival.qualname} (line {rival.line}); can that be used instead?"
                )


def _twin(
    desk: Desk,
    definitions: Definitions,
    me: tuple[str, Symbol],
    mine: tuple[str, ...],
    before: Sequence[tuple[str, ...]],
) -> tuple[str, Symbol] | None:
    """A function that `mine` is like, and that none of its versions `before` was like."""
    path, symbol = me
    length = symbol.end_line - symbol.line
    near = [
        (abs(s.end_line - s.line - length), p != path, p, s)
        for p, s in definitions.all()
        if p.endswith(".py") and s.kind is not SymbolKind.CLASS and not _is_within(me, (p, s))
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
        if _are_alike(mine, theirs) and not any(_are_alike(old, theirs) for old in before):
            return other, rival
    return None


def _is_within(me: tuple[str, Symbol], other: tuple[str, Symbol]) -> bool:
    """Whether they are one definition, versions of one, or one holds the other."""
    (path, a), (there, b) = me, other
    return path == there and (
        f"{a.qualname}.".startswith(f"{b.qualname}.") or f"{b.qualname}.".startswith(f"{a.qualname}.")
    )


def _are_alike(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    long = min(len(mine), len(theirs)) >= _SHORTEST
    return long and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


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


def _versions(data: bytes) -> Mapping[str, list[tuple[str, ...]]]:
    """Qualified name of a function -> the tokens of each definition of that name (overloads, a property and its setter)."""
    lines = data.decode("utf-8", "replace").split("\n")
    found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)

    def look(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            name = f"{prefix}{child.name}" if isinstance(child, _DEFINING) else ""
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                for first in {
                    child.lineno,
                    *(d.lineno for d in child.decorator_list[:1]),
                }:  # as text with them, and without
                    found[name].append(_tokens(_dedented("\n".join(lines[first - 1 : child.end_lineno]))))
            look(child, f"{name}." if name else prefix)

    look(signatures.parsed(data), "")
    return found


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
