"""Tools that look: view and search."""

from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.errors import SourceError
from fixbot_analysis.symbols import Symbol, SymbolKind

_WINDOW = 120  # lines of one view
_WIDEST = 400  # characters of one line
_OUTLINE = 80  # definitions of one outline
_HITS = 40
_SYMBOL_KINDS = (SymbolKind.CLASS, SymbolKind.FUNCTION, SymbolKind.METHOD)


@dataclass(frozen=True, slots=True)
class View:
    """Arguments of view."""

    path: str = arguments.text("The file, relative to the repository.")
    start_line: int = arguments.whole("First line to show, from 1. Leave it out for an outline and the first lines.", 0)
    end_line: int = arguments.whole(f"Last line to show. At most {_WINDOW} lines are shown at once.", 0)


def view(desk: Desk, args: View) -> Outcome:
    """Effect: show a window of a file with line numbers; without a range, first its outline."""
    lines = desk.document(args.path).text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        return Outcome(f"{args.path} is empty")
    first = args.start_line or 1
    if not 1 <= first <= len(lines):
        raise Refused(f"{args.path} has {len(lines)} lines; there is no line {first}")
    wanted = args.end_line if args.end_line >= first else first + _WINDOW - 1
    last = min(wanted, first + _WINDOW - 1, len(lines))
    shown = "\n".join(f"{n:>5}  {_cut(lines[n - 1])}" for n in range(first, last + 1))
    head = f"{args.path}, lines {first} to {last} of {len(lines)}:\n"
    outline = _outline(desk, args.path) if not args.start_line and len(lines) > _WINDOW else ""
    return Outcome(outline + head + shown)


@dataclass(frozen=True, slots=True)
class Search:
    """Arguments of search."""

    query: str = arguments.text("Text to find (plain text, not a pattern), or a symbol's name.")
    kind: str = arguments.text("'text' (default) or 'symbol' for definitions.", "text")
    path: str = arguments.text("Only files whose path begins with this.", "")


def search(desk: Desk, args: Search) -> Outcome:
    """Effect: find text in files, or definitions by name. Case counts only when the query has capitals."""
    query = args.query.strip("\n")
    if args.kind not in ("text", "symbol"):
        raise Refused("argument 'kind' must be 'text' or 'symbol'")
    if not query.strip() or "\n" in query:
        raise Refused("argument 'query' must be one line that is not empty")
    found = _in_symbols(desk, query, args.path) if args.kind == "symbol" else _in_text(desk, query, args.path)
    hits = [hit for hit, _ in zip(found, range(_HITS + 1), strict=False)]
    if not hits:
        return Outcome(f"nothing found for {query!r}")
    more = "\n… and more; narrow it down with 'path' or a longer query" if len(hits) > _HITS else ""
    return Outcome("\n".join(hits[:_HITS]) + more)


def _in_text(desk: Desk, query: str, prefix: str) -> Iterator[str]:
    folded = query.islower()
    for path in desk.listed():
        if not path.startswith(prefix):
            continue
        try:
            text = desk.document(path).text
        except Refused:
            continue
        if query not in (text.lower() if folded else text):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if query in (line.lower() if folded else line):
                yield f"{path}:{number}: {_cut(line.strip())}"


def _in_symbols(desk: Desk, query: str, prefix: str) -> Iterator[str]:
    wanted = query.rpartition(".")[2].lower()
    found = [(p, s) for p, s in desk.symbols.symbols() if p.startswith(prefix) and wanted in s.name.lower()]
    found.sort(key=lambda hit: (hit[1].name.lower() != wanted, query not in hit[1].qualname, hit[0], hit[1].line))
    for path, symbol in found:
        yield f"{path}:{symbol.line}: {_described(symbol)}"


def _outline(desk: Desk, path: str) -> str:
    try:
        found = [s for s in desk.symbols.facts(path).symbols if s.kind in _SYMBOL_KINDS]
    except SourceError:
        return ""  # not source
    if not found:
        return ""
    rows = [f"{s.line:>5}-{s.end_line:<5} {'  ' * s.qualname.count('.')}{_described(s)}" for s in found[:_OUTLINE]]
    more = f"\n… {len(found) - _OUTLINE} more" if len(found) > _OUTLINE else ""
    return "Outline:\n" + "\n".join(rows) + more + "\n\n"


def _described(symbol: Symbol) -> str:
    return _cut(symbol.signature or f"{symbol.kind} {symbol.qualname}")


def _cut(line: str) -> str:
    line = line.rstrip("\r")
    return line if len(line) <= _WIDEST else line[:_WIDEST] + " …"
