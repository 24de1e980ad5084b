"""The tool that searches: text, patterns, definitions, and what the graph knows of who calls, tests, imports and overrides."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.finding import Definitions, dotted
from fixbot_agent.tools.hits import Hit, definer, shown
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_agent.tools.relating import RELATIONS, related
from fixbot_agent.tools.texts import Texts
from fixbot_analysis.symbols import Symbol
from fixbot_repair.errors import RepairError
from fixbot_repair.workspace import GUEST

_COUNTED = 2000  # hits that are counted
_KINDS = ("text", "regex", "symbol", *RELATIONS)


@dataclass(frozen=True, slots=True)
class Search:
    """Arguments of search."""

    query: str = arguments.text(
        "One line: text to find as it is, a pattern (Python's), or a symbol's name (path::Class.method or the end of it)."
    )
    kind: str = arguments.choice(
        "What to find. 'implementers': subclasses of a class, overriding methods of a method; 'importers': of a file.",
        _KINDS,
        "text",
    )
    path: str = arguments.text("Only files whose path begins with this.", "")


def search(desk: Desk, texts: Texts, definitions: Definitions, args: Search) -> Outcome:
    """Effect: find it, and show it by file. Case counts only when the query has capitals."""
    query = args.query.strip("\n")
    if not query.strip() or "\n" in query:
        raise Refused("argument 'query' must be one line that is not empty")
    if args.kind in RELATIONS:
        return related(desk, definitions, args.kind, query.strip(), args.path)
    more = ""
    if args.kind == "regex":
        hits, more = _by_pattern(desk, texts, query, args.path)
    else:
        found = (
            _in_symbols(definitions, query, args.path) if args.kind == "symbol" else _in_text(texts, query, args.path)
        )
        hits = [hit for hit, _ in zip(found, range(_COUNTED), strict=False)]
        more = "+" if len(hits) == _COUNTED else ""
    if not hits:
        return Outcome(f"nothing found for {query!r}{more}{_hint(args)}")
    return Outcome(shown(desk, hits, "definitions" if args.kind == "symbol" else "hits", more))


def _hint(args: Search) -> str:
    below = f" below {args.path!r}" if args.path else ""
    return (
        f"{below}; capitals count as they are written" if not args.query.islower() and args.kind != "symbol" else below
    )


def _in_text(texts: Texts, query: str, prefix: str) -> Iterator[Hit]:
    folded, needle = query.islower(), query.encode("utf-8", "replace")
    defines = definer(query.strip())
    for path, data in texts.each(prefix):
        if folded and not needle.isascii():
            lower = data.decode("utf-8").lower().encode().split(b"\n")
            lines = data.split(b"\n")
            found = [(n, lines[n]) for n, line in enumerate(lower) if needle in line and n < len(lines)]
        else:
            found = list(_lines_with(needle, data, data.lower() if folded else data))
        for number, raw in found:
            line = raw.decode("utf-8", "replace")
            yield Hit(path, number + 1, line, defines.search(line) is not None)


def _lines_with(needle: bytes, data: bytes, looked: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbers (from 0) of the lines that hold `needle` in `looked`, and what they are in `data`, which is as long."""
    number, counted, at = 0, 0, looked.find(needle)
    while at >= 0:
        number, counted = number + looked.count(b"\n", counted, at), at
        start, end = looked.rfind(b"\n", 0, at) + 1, looked.find(b"\n", at)
        yield number, data[start : end if end >= 0 else len(data)]
        at = looked.find(needle, end) if end >= 0 else -1


def _by_pattern(desk: Desk, texts: Texts, pattern: str, prefix: str) -> tuple[list[Hit], str]:
    """Effect: look in a process of its own, which may be ended. The hits, and in words what was not looked at."""
    shell, seconds = desk.equipment.shell, desk.equipment.pattern_seconds
    if shell is None:
        raise Refused("patterns need the sandbox, which does not work here; use kind 'text'")
    files = [p for p in texts.paths() if p.startswith(prefix)]
    config = {"pattern": pattern, "fold": pattern.islower(), "files": files, "most": _COUNTED}
    try:
        done = shell.run(["python", "-I", "-S", str(Path(GUEST) / "grep.py")], seconds, json.dumps(config).encode())
    except RepairError as error:
        raise Refused(f"the pattern could not be looked for: {error.message}") from error
    hits, seen, whole = list[Hit](), 0, False
    for row in _rows(done.stdout):
        if isinstance(row, list):
            hits.append(Hit(str(row[0]), int(str(row[1])), str(row[2])))
        elif "error" in row:
            raise Refused(f"the pattern is not valid: {row['error']}")
        else:
            seen, whole = int(str(row["files"])), bool(row.get("more"))
    if done.timed_out or (seen < len(files) and not whole):
        return (
            hits,
            f" (only {seen} of {len(files)} files in {seconds:g} s: make the pattern simpler, or give 'path')",
        )
    return hits, "+" if whole else ""


def _rows(printed: bytes) -> Iterator[list[object] | dict[str, object]]:
    for line in printed.decode("utf-8", "replace").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # the last one, cut off
        if isinstance(row, dict) or (isinstance(row, list) and len(row) == 3):
            yield row


def _in_symbols(definitions: Definitions, query: str, prefix: str) -> Iterator[Hit]:
    query = query.strip().replace("::", ".").removesuffix("()")
    wanted = query.rpartition(".")[2].lower()
    found = [(p, s) for p, s in definitions.all() if wanted in s.name.lower() and p.startswith(prefix)]
    for path, symbol in found:
        is_it = symbol.name.lower() == wanted and f".{dotted(path, symbol)}".lower().endswith(f".{query.lower()}")
        yield Hit(
            path, symbol.line, described(symbol), is_it, f"lines {symbol.line} to {symbol.end_line}, {symbol.qualname}"
        )


def described(symbol: Symbol) -> str:
    """A definition by its header."""
    return symbol.signature or f"{symbol.kind} {symbol.qualname}"
