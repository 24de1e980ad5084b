"""Which tests a change can affect: by what the first run saw, and by the graph."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import SequenceMatcher

from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.naming import Lines
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph import queries
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.symbols import SymbolKind, extract
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.checks import TestOutcome


def impacted(desk: Desk) -> tuple[str, ...]:
    """Effect: reads files, asks the graph. Ids of tests (or whole test files where ids are not known), the likeliest to tell first.

    First those that ran the changed lines as they were, then those that ran anything of the functions around these, then of the files;
    each time lines that few tests run count most, tests that run little come first, and of equals those that failed.
    """
    return tuple(dict.fromkeys([*_seen(desk), *_linked(desk)]))


def _seen(desk: Desk) -> list[str]:
    """Tests that ran anything of the changed files as they were, in that order."""
    old = {path: lines for path in sorted(desk.changed) if (lines := _old_lines(desk, path)) is not None}
    around = {path: _around(desk, path, lines) for path, lines in old.items()}
    traced = [(o, {path: ran for path, ran in o.lines if path in old}) for o in desk.equipment.ran if o.lines]
    runners = Counter(
        (path, n) for _, ran in traced for path, lines in ran.items() for n in old[path].intersection(lines)
    )

    def place(outcome: TestOutcome, ran: Mapping[str, Collection[int]]) -> tuple[int, float, int, bool]:
        hit = sum(1 / runners[path, n] for path, lines in ran.items() for n in old[path].intersection(lines))
        inside = any(not around[path].isdisjoint(lines) for path, lines in ran.items())
        return 0 if hit else 1 if inside else 2, -hit, sum(len(lines) for _, lines in outcome.lines), outcome.ok

    order = sorted((place(outcome, ran), n) for n, (outcome, ran) in enumerate(traced) if ran)
    return [traced[n][0].test for _, n in order]


def _old_lines(desk: Desk, path: str) -> frozenset[int] | None:
    """The lines of the file as it was that are no more as they were, and those around what came in; None where it was not there."""
    try:
        raw = desk.files.original(path)
        old = decode(path, raw).data if raw is not None else None
    except FixbotError:
        return None
    if old is None:
        return None
    now = desk.document(path).data
    part = Lines.between(now, old)
    before, after = old.split(b"\n"), now.split(b"\n")
    tail = len(before) - part.last
    matcher = SequenceMatcher(
        None, before[part.first - 1 : part.last], after[part.first - 1 : len(after) - tail], autojunk=False
    )
    found: set[int] = set()
    for kind, a, b, _, _ in matcher.get_opcodes():
        if kind != "equal":
            found.update(range(a, b) if b > a else (a - 1, a))
    return frozenset(max(n + part.first, 1) for n in found)


def _around(desk: Desk, path: str, lines: frozenset[int]) -> frozenset[int]:
    """The lines inside of the innermost functions, as they were, that hold any of `lines`; headers run when a file is loaded."""
    try:
        data = decode(path, desk.files.original(path) or b"").data
        symbols = extract(data).symbols if path.endswith(".py") else ()
    except FixbotError:
        return frozenset()
    inside = [(s.line, s.end_line) for s in symbols if s.kind is not SymbolKind.CLASS]
    found: set[int] = set()
    for n in lines:
        holding = [(a, b) for a, b in inside if a <= n <= b]
        if holding:
            first, last = max(holding)
            found.update(range(first + 1, last + 1))
    return frozenset(found)


def _linked(desk: Desk) -> Iterator[str]:
    """Tests that the graph leads to from the changed definitions."""
    if desk.equipment.graph is None or not desk.changed:
        return
    graph = desk.equipment.graph()
    changed = [i for path in sorted(desk.changed) for i in _definitions(desk, path)]
    known = [o.test for o in desk.equipment.ran]
    for found in queries.impact(graph, [i for i in changed if i in graph.nodes], whole=False).found:
        path, _, name = found.id.partition("::")
        if not is_test(path) or not name:
            continue
        test = f"{path}::{name.replace('.', '::')}"
        cases = [k for k in known if k == test or k.startswith((f"{test}[", f"{test}::"))]
        yield from cases or ([] if known else [path])


def _definitions(desk: Desk, path: str) -> Iterator[str]:
    """Ids of the definitions that hold changed lines, as the file is now."""
    try:
        raw = desk.files.original(path)
        lines = Lines.between(decode(path, raw).data if raw is not None else b"", desk.document(path).data)
        symbols = desk.symbols.facts(path).symbols
    except FixbotError:
        return
    held = [s for s in symbols if s.qualname and s.line <= lines.last and s.end_line >= lines.first]
    inner = [s for s in held if not any(o.parent == s.qualname for o in held)]
    yield from (f"{path}::{s.qualname}" for s in inner)
    if not inner:
        yield path
