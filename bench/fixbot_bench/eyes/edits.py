"""Edits that belong together: from one function that a fix changed, does the context show the others that it changed in other files.

The tree and the past are those before the fix, so nothing of it is known. Beside the context with and without the past stands BM25 with the
function's last lines as the query, at the same budget.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.context import BUDGET, Context, Focus, Snippet
from fixbot_analysis.graph import Node
from fixbot_analysis.history import Fix, ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position
from fixbot_analysis.symbols import SymbolKind
from fixbot_bench.eyes.context_rivals import bm25
from fixbot_bench.grading.tree import export_tree
from fixbot_repair.git import GitHistory

_GIVEN = 3  # definitions of one fix that are taken as the one that is known
_MOST = 10  # definitions that a fix may change; more is hardly one fix


@dataclass(frozen=True, slots=True)
class Edited:
    """One given definition of one fix: how many others of other files it changed, and how many of these each method showed."""

    given: str
    others: int
    shown: Mapping[str, int]


def edited_together(repository: Path, cache: Path, last: int, bar: Bar) -> list[Edited]:
    """Effect: of the newest fixes that change definitions of several files, `last` are looked at, each in the tree before it."""
    head = GitHistory.bare(repository).head
    now = ProjectHistory.open(GitHistory.bare(repository), cache, bar)
    chosen = list(islice((fix for fix in now.fixes() if _is_wide(fix)), last))
    found: list[Edited] = []
    with tempfile.TemporaryDirectory(prefix="fixbot-edits-") as scratch:
        for done, fix in enumerate(chosen):
            bar.step("fixes that change several files", done, len(chosen))
            then = now.without(GitHistory.bare(repository, at=fix.commit).gone(head) or ())
            as_then = next((each for each in then.fixes() if each.commit == fix.commit), None)
            if as_then:
                found += _looked_at(repository, Path(scratch), cache, as_then, then.without([fix.commit]))
    return found


def _is_wide(fix: Fix) -> bool:
    places = _places(fix)
    return len({path for path, _ in places}) > 1 and len(places) <= _MOST


def _places(fix: Fix) -> list[tuple[str, str]]:
    return sorted({(edit.path, edit.symbol) for edit in fix.edits if edit.symbol})


def _looked_at(repository: Path, scratch: Path, cache: Path, fix: Fix, past: ProjectHistory) -> Iterator[Edited]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        tree = Path(folder) / repository.name
        export_tree(repository, f"{fix.commit}^", tree)
        with Index.open(tree, cache) as index:
            found = (index.graph.nodes.get("::".join(place)) for place in _places(fix))
            nodes = [n for n in found if n is not None and n.kind is not SymbolKind.CLASS]
            for given in nodes[:_GIVEN]:
                others = [n for n in nodes if n.path != given.path]
                if others:
                    yield _edited(index, given, others, past)


def _edited(index: Index, given: Node, others: Sequence[Node], past: ProjectHistory) -> Edited:
    middle, end = (Focus(given.path, Position(n - 1, 0)) for n in ((given.line + given.end_line) // 2, given.end_line))
    shown = {
        "with_past": Context.build(index, middle, BUDGET, history=past).snippets,
        "without": Context.build(index, middle, BUDGET).snippets,
        "bm25": bm25(index, end, BUDGET),
    }
    return Edited(given.id, len(others), {name: sum(_shows(s, n) for n in others) for name, s in shown.items()})


def _shows(snippets: Sequence[Snippet], node: Node) -> bool:
    """Whether any of its lines are there: the call in a caller's body is as good as its header."""
    return any(s.path == node.path and s.start_line <= node.end_line and node.line <= s.end_line for s in snippets)


def figures(cases: Sequence[Edited]) -> Mapping[str, Json]:
    """Per method: of the others, the mean share that is shown, and the share of cases that show all of them."""
    rows: dict[str, Json] = {"cases": len(cases), "others": sum(case.others for case in cases)}
    for name in cases[0].shown if cases else ():
        shares = [case.shown[name] / case.others for case in cases]
        rows[name] = round(sum(shares) / len(shares), 3)
        rows[f"{name}_all"] = round(sum(share == 1 for share in shares) / len(shares), 3)
    return rows
