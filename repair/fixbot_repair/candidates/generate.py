"""From suspects to candidates: templates over the suspicious statements, the likeliest first, no two alike."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import heappop, heappush, nlargest
from itertools import islice

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.edit import Candidate, Edit, Patch
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import READ, header, is_read, statements, walk
from fixbot_repair.candidates.normal import NormalForm, changed_lines
from fixbot_repair.candidates.proposal import Proposal, overlap
from fixbot_repair.candidates.symptoms import Symptoms
from fixbot_repair.candidates.templates.base import Rewrite, Site, Template
from fixbot_repair.candidates.templates.learned import LATER, POWER, prior
from fixbot_repair.candidates.templates.registry import load
from fixbot_repair.candidates.twins import Siblings, own_lines, twins

__all__ = ["Generator", "Naturalness", "Proposal", "proposals", "siblings_of", "softened", "worth"]

Naturalness = Callable[[str, bytes, Span, str], float]
"""(path, content, bytes of it that are changed lines, their new text) -> factor from 0 to 1: how natural the code model finds it."""

_log = logging.getLogger(__name__)
_MOST_NODES = 1000  # of one statement
_HEADER = 0.7  # of a function's suspicion is also that of its header
_LONG = 400  # bytes of an expression that templates leave alone
_PAIRED = 40  # best single rewrites that are tried two at once
_PAIR_WEIGHT = 0.05  # what two at once are worth against the second of them alone, the first being as good as the best
_ASIDE = 12  # bytes on both sides of an edit that must be alike too
_USUAL = 0.3  # naturalness that one of ten candidates reaches
_STRANGE = 0.1  # naturalness below which an edit is long rather than strange
_SOFT = 0.1  # to which it counts there
_OPERATIONS = ("comparison_operator", "boolean_operator", "binary_operator")
_TABLES = ("dictionary", "list", "set", "tuple")
_MANY = 6  # elements that make a table
_SOFT_ROW = 1 / 3  # power of an element's share, as that of a line's chance in localisation
_LOWEST = 1e-7  # scores below are not kept


def proposals(
    code: Code,
    suspicion: Mapping[int, float],
    templates: Iterable[Template] | None = None,
    symptoms: Symptoms | None = None,
) -> list[Proposal]:
    """All proposals for the statements on the lines of `suspicion` (line from 1 -> 0..1), unordered.

    `symptoms` are of the errors there were; they raise what mends such errors. `templates` are all that there are, where None.
    """
    making = _Making(code, load() if templates is None else templates, symptoms or Symptoms())
    found: list[Proposal] = []
    for statement in statements(code.root):
        nodes = list(islice(header(statement), _MOST_NODES + 1))
        if len(nodes) > _MOST_NODES:
            continue  # a table or generated code
        if score := _suspicion(statement, nodes, suspicion):
            found += making.of(statement, nodes, score)
    return found


def siblings_of(found: Iterable[Proposal], code: Code, siblings: Siblings) -> Iterator[Proposal]:
    """Proposals for statements that nothing suspects and that are like one that has proposals: of the templates that made those."""
    best: dict[Span, float] = {}
    used: dict[str, Template] = {}
    for proposal in found:
        if proposal.unit is not None and proposal.unit in siblings.of:
            best[proposal.unit] = max(proposal.suspicion, best.get(proposal.unit, 0.0))
            used[proposal.template.name] = proposal.template
    wanted = {u: score for unit, score in best.items() for u in siblings.of[unit] if u not in best}
    making = _Making(code, used.values(), code.symptoms)
    for statement in statements(code.root) if wanted else ():
        if statement.start_byte in {unit.start for unit in wanted}:
            nodes = list(header(statement))
            if score := wanted.get(own_lines(statement, nodes)):
                yield from (replace(p, aside=True) for p in making.of(statement, nodes, score))


class _Making:
    """Asks templates for rewrites of the nodes of a statement."""

    def __init__(self, code: Code, templates: Iterable[Template], symptoms: Symptoms) -> None:
        self._code, self._symptoms = code, symptoms
        self._by_type: dict[str, list[Template]] = {}
        for template in templates:
            for node_type in template.nodes:
                self._by_type.setdefault(node_type, []).append(template)

    def of(self, statement: Node, nodes: list[Node], suspicion: float) -> Iterator[Proposal]:
        """Yield proposals for the own lines of a statement, whose nodes are `nodes`."""
        lines = _own_lines(statement, nodes)
        if statement.type == "function_definition":  # what is put into its body is an answer to what happens there
            lines = range(lines.start, statement.end_point[0] + 1)
        struck = any((self._code.path, line + 1) in self._symptoms.places for line in lines)
        unit = own_lines(statement, nodes)
        rows = _rows(nodes, self._code)
        for node in nodes:
            yield from self._at(node, suspicion * rows.get(node.id, 1.0), unit, struck=struck)

    def _at(self, node: Node, suspicion: float, unit: Span, *, struck: bool) -> Iterator[Proposal]:
        if node.type in READ and (not is_read(node) or node.end_byte - node.start_byte > _LONG):
            return
        code, line = self._code, node.start_point[0] + 1
        site: Site | None = None
        for template in self._by_type.get(node.type, ()):
            site = site or Site(node, code.scope(node), code)
            share = float(suspicion**template.relies) * prior(template)
            made = nlargest(template.most, _rewrites(template, site), key=_weight)
            for rewrite in made:
                if _says_nothing(node, rewrite):
                    continue
                place = sum(other.weight > rewrite.weight for other in made)
                value = share * worth(rewrite, place)
                if value > _LOWEST:
                    value *= self._symptoms.factor(template.name, *_texts(code, rewrite), struck=struck)
                    yield Proposal(rewrite, template, value, line, _was(code, rewrite), place, unit, suspicion)


def _rows(nodes: list[Node], code: Code) -> dict[int, float]:
    """Share of each node (by its id) within an element of a table: one of many is at fault, and one that the issue speaks of first."""
    shares: dict[int, float] = {}
    told = [quote + literal[1:-1] + quote for literal in code.told if literal[0] in "'\"" for quote in "'\""]
    for table in nodes:
        elements = table.named_children
        if table.type not in _TABLES or len(elements) < _MANY or table.id in shares:
            continue
        for element in elements:
            text = text_of(element)
            share = 1.0 if any(literal in text for literal in told) else len(elements) ** -_SOFT_ROW
            shares.update((node.id, share) for node in walk(element))
    return shares


def _own_lines(statement: Node, nodes: list[Node]) -> range:
    """Lines (from 0) of a statement; a compound one's end where its first block begins."""
    first = statement.start_point[0]
    return range(first, max((n.end_point[0] for n in nodes[1:]), default=first) + 1)


def _suspicion(statement: Node, nodes: list[Node], suspicion: Mapping[int, float]) -> float:
    lines = _own_lines(statement, nodes)
    own = max((suspicion.get(line + 1, 0.0) for line in lines), default=0.0)
    if statement.type != "function_definition":
        return own
    # A header runs once, on import, where no test sees it; but its defaults are part of what each call does.
    body = (value for line, value in suspicion.items() if lines[-1] < line - 1 <= statement.end_point[0])
    return max(own, _HEADER * max(body, default=0.0))


def worth(rewrite: Rewrite, place: int) -> float:
    """What a rewrite is worth beside others of its template: by its own weight, and its place (from 0) among those of the node."""
    return float(rewrite.weight**POWER * (1.0 + place) ** -LATER)


def _rewrites(template: Template, site: Site) -> list[Rewrite]:
    try:
        return list(template.rewrite(site))
    except Exception as error:  # noqa: BLE001 a template may be anybody's; the others go on without it
        _log.warning("template %s failed at line %d: %s", template.name, site.node.start_point[0] + 1, error)
        return []


def _says_nothing(node: Node, rewrite: Rewrite) -> bool:
    """Whether a rewrite puts beside an operand what stands there already: ``a is a``, ``x or x``, ``n - n``."""
    parent = node.parent
    if parent is None or parent.type not in _OPERATIONS or len(rewrite.edits) != 1:
        return False
    where, text = rewrite.edits[0]
    doubles = any(c.type in ("+", "*", "**", "<<", ">>") for c in parent.children)  # n + n may well be meant
    beside = (text_of(c) for c in parent.named_children if c != node)
    return where == Span(node.start_byte, node.end_byte) and not doubles and text in beside


def _texts(code: Code, rewrite: Rewrite) -> tuple[str, str]:
    """What a rewrite takes out, and what it puts in."""
    old = b" ".join(code.data[span.start : span.end] for span, _ in rewrite.edits)
    return old.decode("utf-8", "replace"), " ".join(text for _, text in rewrite.edits)


def _weight(rewrite: Rewrite) -> float:
    return rewrite.weight


def _was(code: Code, rewrite: Rewrite) -> str:
    """What a single edit replaces, with the tokens on both sides of it on its line: enough to know it again."""
    if len(rewrite.edits) != 1:
        return ""
    span = rewrite.edits[0][0]
    before = code.data[max(0, span.start - _ASIDE) : span.start].rpartition(b"\n")[2]
    after = code.data[span.end : span.end + _ASIDE].partition(b"\n")[0]
    return b"\0".join((before.strip(), code.data[span.start : span.end], after.strip())).decode("utf-8", "replace")


class Ranked:
    """Combinations of proposals, the best first. `factor` (0..1) multiplies a score, and is asked only of what is near the top.

    It costs milliseconds, and nine of ten are below :data:`_USUAL`: what was not asked yet stands where that would put it.
    """

    def __init__(self, factor: Callable[[tuple[Proposal, ...]], float] | None) -> None:
        self._factor = factor
        self._heap: list[tuple[float, int, float, bool, tuple[Proposal, ...]]] = []
        self._added = 0

    def add(self, parts: tuple[Proposal, ...], score: float, *, weighed: bool = False) -> None:
        """Put `parts` among the others; `weighed` where the factor is in the score already."""
        self._added += 1
        weighed = weighed or self._factor is None
        place = score if weighed else _USUAL * score
        heappush(self._heap, (-place, self._added, score, weighed, parts))

    def __iter__(self) -> Iterator[tuple[tuple[Proposal, ...], float]]:
        """Yield what is there with its score; more may be added meanwhile."""
        while self._heap:
            _, _, score, weighed, parts = heappop(self._heap)
            if weighed or self._factor is None:
                yield parts, score
            else:
                self.add(parts, score * self._factor(parts), weighed=True)


class Generator:
    """Candidates for one file, lazily: proposals are only weighed, checked and compared when their turn comes."""

    def __init__(self, code: Code, naturalness: Naturalness | None = None) -> None:
        self.code = code
        self._naturalness = naturalness
        self._normal = NormalForm(code)
        self._seen: set[object] = set()

    def candidates(self, found: Iterable[Proposal]) -> Iterator[Candidate]:
        """Yield a candidate for each of `found` that still parses and is not like one before, best first; two at once where both are good."""
        singles = list(found)
        siblings = Siblings(self.code)
        made = [*singles, *siblings_of(singles, self.code, siblings)]
        ranked = Ranked(self._factor if self._naturalness else None)
        for proposal in singles:
            ranked.add((proposal,), proposal.score)
        for parts, score in twins(made, self.code, siblings):
            ranked.add(parts, score)
        best: list[Proposal] = []
        for parts, score in ranked:
            yield from self._checked(parts, score)
            if len(parts) == 1 and len(best) < _PAIRED:
                proposal = replace(parts[0], score=score)
                for other in best:
                    if not overlap(proposal, other):
                        worth = _PAIR_WEIGHT * score * other.score / max(best[0].score, score)
                        ranked.add((other, proposal), worth, weighed=True)
                best.append(proposal)

    def _checked(self, parts: tuple[Proposal, ...], score: float) -> Iterator[Candidate]:
        ordered = tuple(edit for part in parts for edit in part.rewrite.edits)
        keys = self._normal.of(ordered)
        if not keys or not self._seen.isdisjoint(keys):
            return
        self._seen.update(keys)
        edits = tuple(Edit(self.code.path, span, text) for span, text in ordered)
        family = parts[0].template.family if len(parts) == 1 else "pair"
        yield Candidate(Patch(edits), f"template:{family}", score, _note(parts))

    def _factor(self, parts: tuple[Proposal, ...]) -> float:
        assert self._naturalness is not None
        # Of the same edit in several places one tells for all.
        lines, text = changed_lines(self.code.data, parts[0].rewrite.edits)
        natural = softened(self._naturalness(self.code.path, self.code.data, lines, text))
        # What a project that fell into a trap never wrote is not strange because of that.
        return max(natural, _USUAL) if parts[0].template.relies < 1 else natural


def softened(natural: float) -> float:
    """A naturalness of which little more counts below :data:`_STRANGE`: what a template always brings along is in its prior already."""
    return natural if natural > _STRANGE else float(_STRANGE * (natural / _STRANGE) ** _SOFT)


def _note(parts: tuple[Proposal, ...]) -> str:
    return "; ".join(f"{p.template.name} at line {p.line}" for p in parts)
