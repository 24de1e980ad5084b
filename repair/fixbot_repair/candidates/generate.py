"""From suspects to candidates: templates over the suspicious statements, the likeliest first, no two alike."""

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from textwrap import dedent

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree
from fixbot_repair.candidates.code import READ, STATEMENTS, Code, header, is_read, statements
from fixbot_repair.candidates.edit import Candidate, Edit, Patch
from fixbot_repair.candidates.templates.base import Rewrite, Site, Template
from fixbot_repair.candidates.templates.registry import builtin

Naturalness = Callable[[str, bytes, Span, str], float]
"""(path, content, bytes of it that are changed lines, their new text) -> factor from 0 to 1: how natural the code model finds it."""

_MOST_NODES = 1000  # of one statement
_HEADER = 0.7  # of a function's suspicion is also that of its header
_LONG = 400  # bytes of an expression that templates leave alone
_PAIRED = 40  # best single rewrites that are tried two at once
_PAIR_WEIGHT = 0.05
_LOWEST = 1e-4  # scores below are not kept


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rewrite with what it is worth: the template's prior x its own weight x the statement's suspicion."""

    rewrite: Rewrite
    template: Template
    score: float
    line: int  # from 1


def proposals(
    code: Code, suspicion: Mapping[int, float], templates: Iterable[Template] | None = None
) -> list[Proposal]:
    """All proposals for the statements on the lines of `suspicion` (line from 1 -> 0..1), unordered."""
    by_type: dict[str, list[Template]] = {}
    for template in builtin() if templates is None else templates:
        for node_type in template.nodes:
            by_type.setdefault(node_type, []).append(template)
    found: list[Proposal] = []
    for statement in statements(code.root):
        nodes = list(islice(header(statement), _MOST_NODES + 1))
        if len(nodes) > _MOST_NODES:
            continue  # a table or generated code
        if score := _suspicion(statement, nodes, suspicion):
            for node in nodes:
                found += _at(code, node, by_type.get(node.type, ()), score)
    return found


def _suspicion(statement: Node, nodes: list[Node], suspicion: Mapping[int, float]) -> float:
    # A compound statement's own lines end where its first block begins.
    last = (
        max((n.end_point[0] for n in nodes[1:]), default=statement.start_point[0])
        if len(nodes) > 1
        else statement.start_point[0]
    )
    first = statement.start_point[0]
    own = max((suspicion.get(line + 1, 0.0) for line in range(first, last + 1)), default=0.0)
    if statement.type != "function_definition":
        return own
    # A header runs once, on import, where no test sees it; but its defaults are part of what each call does.
    body = (value for line, value in suspicion.items() if last < line - 1 <= statement.end_point[0])
    return max(own, _HEADER * max(body, default=0.0))


def _at(code: Code, node: Node, templates: Iterable[Template], score: float) -> Iterator[Proposal]:
    if node.type in READ and (not is_read(node) or node.end_byte - node.start_byte > _LONG):
        return
    site = None
    for template in templates:
        site = site or Site(node, code.scope(node), code)
        for rewrite in template.rewrite(site):
            value = score * template.prior * rewrite.weight
            if value > _LOWEST:
                yield Proposal(rewrite, template, value, node.start_point[0] + 1)


class Generator:
    """Candidates for one file, lazily: proposals are only checked and compared when their turn comes."""

    def __init__(self, code: Code, naturalness: Naturalness | None = None) -> None:
        self.code = code
        self._naturalness = naturalness
        self._normal = NormalForm(code)
        self._seen: set[object] = set()

    def candidates(self, found: Iterable[Proposal]) -> Iterator[Candidate]:
        """Yield a candidate for each of `found` that still parses and is not like one before, best first, then pairs."""
        if self._naturalness:
            found = [self._weighed(p) for p in found]
        ranked = sorted(found, key=lambda p: -p.score)
        for proposal in ranked:
            yield from self._checked(proposal.rewrite, proposal.template.family, proposal.score, _note((proposal,)))
        pairs = sorted(_pairs(ranked[:_PAIRED]), key=lambda p: -p[0])
        for score, one, other in pairs:
            both = Rewrite((*one.rewrite.edits, *other.rewrite.edits))
            yield from self._checked(both, "pair", score, _note((one, other)))

    def _checked(self, rewrite: Rewrite, family: str, score: float, note: str) -> Iterator[Candidate]:
        keys = self._normal.of(rewrite.edits)
        if not keys or not self._seen.isdisjoint(keys):
            return
        self._seen.update(keys)
        edits = tuple(Edit(self.code.path, span, text) for span, text in rewrite.edits)
        yield Candidate(Patch(edits), f"template:{family}", score, note)

    def _weighed(self, proposal: Proposal) -> Proposal:
        assert self._naturalness is not None
        lines, text = changed_lines(self.code.data, proposal.rewrite.edits)
        factor = self._naturalness(self.code.path, self.code.data, lines, text)
        return Proposal(proposal.rewrite, proposal.template, proposal.score * factor, proposal.line)


def changed_lines(data: bytes, edits: Iterable[tuple[Span, str]]) -> tuple[Span, str]:
    """The whole lines that `edits` touch, without the last one's end, and their new text."""
    ordered = sorted(edits)
    start = data.rfind(b"\n", 0, ordered[0][0].start) + 1
    end = data.find(b"\n", ordered[-1][0].end)
    lines = Span(start, len(data) if end < 0 else end)
    return lines, _applied(data, ordered, lines.start, lines.end).decode("utf-8", "replace")


def _applied(data: bytes, ordered: Iterable[tuple[Span, str]], start: int, end: int) -> bytes:
    parts = []
    for span, text in ordered:
        parts += [data[start : span.start], text.encode()]
        start = span.end
    return b"".join([*parts, data[start:end]])


def _note(parts: tuple[Proposal, ...]) -> str:
    return "; ".join(f"{p.template.name} at line {p.line}" for p in parts)


def _pairs(best: list[Proposal]) -> Iterator[tuple[float, Proposal, Proposal]]:
    for i, one in enumerate(best):
        for other in best[i + 1 :]:
            spans = sorted(span for span, _ in (*one.rewrite.edits, *other.rewrite.edits))
            if all(a.end <= b.start and a != b for a, b in pairwise(spans)):
                yield _PAIR_WEIGHT * one.score * other.score, one, other


class NormalForm:
    """Tells whether an edited file still parses, and when two edited files are the same but for layout.

    Only the statement that an edit lies in is looked at again. Where Python's own parser (fixbot's version) does not take
    the original, the grammar's is asked instead and layout counts.
    """

    def __init__(self, code: Code) -> None:
        self._code = code
        self._own = Span(0, len(code.data))
        self._dumps: dict[Span, str | None] = {}

    def of(self, edits: tuple[tuple[Span, str], ...]) -> tuple[object, ...]:
        """Keys that equal programs share at least one of; none when the edited file does not parse or means the same."""
        ordered = sorted(edits)
        content = hash(_applied(self._code.data, ordered, 0, len(self._code.data)))
        unit = self._unit(ordered)
        if unit not in self._dumps:
            self._dumps[unit] = _dump(self._code.data[unit.start : unit.end])
        before = self._dumps[unit]
        if before is None:
            return (content,) if self._grammar_takes(ordered) else ()
        after = _dump(_applied(self._code.data, ordered, unit.start, unit.end))
        return (content, (unit.start, after)) if after not in (None, before) else ()

    def _grammar_takes(self, ordered: list[tuple[Span, str]]) -> bool:
        data = _applied(self._code.data, ordered, 0, len(self._code.data))
        return len(SyntaxTree.parse(data).errors()) <= len(SyntaxTree.parse(self._code.data).errors())

    def _unit(self, ordered: list[tuple[Span, str]]) -> Span:
        start, end = ordered[0][0].start, ordered[-1][0].end
        # What only changes indentation moves a statement in or out of its block: the statement around it tells.
        start -= any(not text.strip() for _, text in ordered)
        node = self._code.root.descendant_for_byte_range(max(start, 0), end)
        while node is not None and not (node.type in STATEMENTS and node.start_byte <= start and end <= node.end_byte):
            node = node.parent
        if node is None:
            return self._own
        return Span(self._code.data.rfind(b"\n", 0, node.start_byte) + 1, node.end_byte)


def _dump(source: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(dedent(source.decode("utf-8", "replace"))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
