"""Which tests a change can affect: by what the first run saw, and by the graph."""

from collections.abc import Iterator

from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.naming import Lines
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.graph import queries
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates.paths import is_test


def impacted(desk: Desk) -> tuple[str, ...]:
    """Effect: reads files, asks the graph. Ids of tests (or whole test files where ids are not known), the likeliest to tell first."""
    seen = list(_seen(desk))
    return tuple(dict.fromkeys([*seen, *_linked(desk)]))


def _seen(desk: Desk) -> Iterator[str]:
    """Tests that ran the changed lines as they were; then those that ran anything of the files."""
    old = {path: lines for path in sorted(desk.changed) if (lines := _old_lines(desk, path)) is not None}
    traced = [(o.test, dict(o.lines)) for o in desk.equipment.ran if o.lines]
    for test, ran in traced:
        if any(lines.first <= n <= lines.last for path, lines in old.items() for n in ran.get(path, ())):
            yield test
    for test, ran in traced:
        if not old.keys().isdisjoint(ran):
            yield test


def _old_lines(desk: Desk, path: str) -> Lines | None:
    """The lines of the file as it was that are no more as they were, and the one before; None where it was not there."""
    try:
        raw = desk.files.original(path)
        found = Lines.between(desk.document(path).data, decode(path, raw).data) if raw is not None else None
    except FixbotError:
        return None
    return Lines(max(found.first - 1, 1), found.last) if found is not None else None


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
