"""The same edit in all places alike: what was copied has the bug of what it was copied from, and siblings have it too."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.edit import Candidate, Edit, Patch
from fixbot_repair.candidates.nodes import header, statements
from fixbot_repair.candidates.proposal import Proposal, overlap

_MOST = 4  # places
_SHORTEST = 20  # bytes of a statement whose shape tells siblings
_SAME = 1.05  # what the same edit of the same statement, or default, is worth against the edit in one place: it is tried first
_COPIED = 0.5  # where less than that is the same
_BESIDE = 0.6  # of the same shape in neighbouring statements
_ALIKE = 0.2  # of the same shape elsewhere in the class or the module
_TOKEN = re.compile(rb"""\w+|"[^"\n]*"|'[^'\n]*'|[^\w\s]""")
_WORDS = frozenset(
    b"and as assert await break class continue def del elif else except False finally for from if import in is lambda None not or pass raise return True try while with yield".split()
)

Shape = tuple[bytes | int, ...]


def shape(source: bytes) -> Shape:
    """The tokens of `source`, each identifier as the number of the one that it is."""
    known: dict[bytes, int] = {}
    found: list[bytes | int] = []
    for token in _TOKEN.findall(source):
        is_name = (token[:1].isalpha() or token[:1] == b"_") and token not in _WORDS
        found.append(known.setdefault(token, len(known)) if is_name else token)
    return tuple(found)


def own_lines(statement: Node, nodes: list[Node]) -> Span:
    """Bytes of a statement that are not those of its blocks; `nodes` are those of its header, itself first."""
    end = max((n.end_byte for n in nodes[1:]), default=statement.end_byte)
    return Span(statement.start_byte, end)


class Siblings:
    """Statements of one file that are alike but for names, told by the bytes of their own lines."""

    def __init__(self, code: Code) -> None:
        self._code = code
        groups: dict[tuple[int, str, Shape], list[Span]] = {}
        for statement in statements(code.root):
            unit = own_lines(statement, list(header(statement)))
            if len(unit) >= _SHORTEST and statement.type != "import_from_statement":
                key = (_kin(statement), statement.type, shape(code.data[unit.start : unit.end]))
                groups.setdefault(key, []).append(unit)
        alike = [group for group in groups.values() if 1 < len(group) <= _MOST]
        self.of: Mapping[Span, tuple[Span, ...]] = {unit: tuple(group) for group in alike for unit in group}


def _kin(node: Node) -> int:
    """The class, or the module, that a statement belongs to."""
    at = node.parent
    while at is not None and at.parent is not None and at.type != "class_definition":
        at = at.parent
    return at.id if at is not None else 0


def twins(found: Iterable[Proposal], code: Code, siblings: Siblings) -> Iterator[tuple[tuple[Proposal, ...], float]]:
    """Groups of the same edit in two places or more, with the score of each."""
    found = list(found)
    seen: set[tuple[tuple[Span, str], ...]] = set()
    for group, worth in (*_copied(found, code.data), *_siblings(found, code, siblings)):
        apart = sorted(group, key=lambda p: p.rewrite.edits[0][0])
        edits = tuple(edit for each in apart for edit in each.rewrite.edits)
        if edits not in seen and not any(overlap(a, b) for a, b in pairwise(apart)):
            seen.add(edits)
            best = sorted(apart, key=lambda p: -p.score)
            yield tuple(best), worth * best[0].score


def _copied(found: Iterable[Proposal], data: bytes) -> Iterator[tuple[list[Proposal], float]]:
    """The same edit of the same text with the same beside it."""
    alike: dict[tuple[str, str, str], list[Proposal]] = {}
    for proposal in found:
        if len(proposal.rewrite.edits) == 1 and proposal.was:
            ((_, text),) = proposal.rewrite.edits
            alike.setdefault((proposal.template.name, proposal.was, text), []).append(proposal)
    for group in alike.values():
        if 1 < len(group) <= _MOST and not all(p.aside for p in group):
            yield group, _SAME if group[0].template.name == "value.default" or _is_copy(group, data) else _COPIED


def _is_copy(group: Iterable[Proposal], data: bytes) -> bool:
    """Whether the statements are the same to the letter, and long enough for that to say something."""
    texts = {data[p.unit.start : p.unit.end] if p.unit is not None else b"" for p in group}
    return len(texts) == 1 and len(texts.pop()) >= _SHORTEST


def _siblings(found: Iterable[Proposal], code: Code, siblings: Siblings) -> Iterator[tuple[list[Proposal], float]]:
    """The same edit, but for names, of statements that are alike but for names."""
    alike: dict[tuple[str, Span, Shape], dict[Span, Proposal]] = {}
    for proposal in found:
        unit = proposal.unit
        units = siblings.of.get(unit) if unit is not None else None
        if unit is None or units is None:
            continue
        if all(unit.start <= s.start and s.end <= unit.end for s, _ in proposal.rewrite.edits):
            key = (proposal.template.name, units[0], shape(_made(proposal, unit, code.data)))
            held = alike.setdefault(key, {})
            if unit not in held or held[unit].score < proposal.score:
                held[unit] = proposal
    for (_, first, _), held in alike.items():
        if len(held) == len(siblings.of[first]) and not all(p.aside for p in held.values()):
            yield list(held.values()), _BESIDE if _is_beside(siblings.of[first], code.data) else _ALIKE


def _made(proposal: Proposal, unit: Span, data: bytes) -> bytes:
    """The statement `unit` before and after the proposal: names keep their numbers from one to the other."""
    parts, at = [data[unit.start : unit.end], b"\n"], unit.start
    for span, text in sorted(proposal.rewrite.edits):
        parts += [data[at : span.start], text.encode()]
        at = span.end
    return b"".join([*parts, data[at : unit.end]])


def _is_beside(units: Iterable[Span], data: bytes) -> bool:
    return all(not data[a.end : b.start].strip() for a, b in pairwise(sorted(units)))


_KEPT = re.compile(r"\b(?:list|tuple|set)\((\w+)\)")
_PLACES = 3  # of a file
_ACROSS = 0.9  # what an edit that two files need is worth against the better one of them


def across(files: Sequence[tuple[Code, Sequence[Proposal]]]) -> Iterator[Candidate]:
    """Candidates over two files, the best first: what can be gone through once is handed from one to the other under one name."""
    alike: dict[str, dict[str, list[tuple[Proposal, Code]]]] = {}
    for code, made in files:
        for proposal in sorted((p for p in made if p.template.family == "once"), key=lambda p: -p.score):
            if match := _KEPT.search(proposal.rewrite.edits[0][1]):
                held = alike.setdefault(match[0], {}).setdefault(code.path, [])
                if len(held) < _PLACES:
                    held.append((proposal, code))
    pairs = [
        pair for held in alike.values() for one, other in combinations(held.values(), 2) for pair in product(one, other)
    ]
    yield from sorted((_together(pair) for pair in pairs), key=lambda c: -c.score)


def _together(group: Sequence[tuple[Proposal, Code]]) -> Candidate:
    edits = tuple(Edit(code.path, span, text) for p, code in group for span, text in p.rewrite.edits)
    note = "; ".join(f"{p.template.name} at line {p.line}" for p, _ in group)
    return Candidate(Patch(edits), "template:pair", _ACROSS * max(p.score for p, _ in group), note)
