"""Donor code: small statements and parts of conditions of a whole project, with what they need of the place they are put in.

Sources: Le Goues et al. 2012 (GenProg: fixes are made of code that is there), Long and Rinard 2016 (Prophet: names of the place stand in).
"""

import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.likeness import likeness
from fixbot_repair.candidates.nodes import parsed, walk
from fixbot_repair.candidates.scope import Scope, build

_LARGEST = 200_000  # bytes of a file
_LONGEST = 120  # characters of a donor
_MOST_LINES = 3
_MOST = 2000  # donors of one file
_BUILT_IN = frozenset(dir(builtins))
_SIMPLE = ("expression_statement", "return_statement", "raise_statement", "delete_statement")
_CONDITIONAL = ("if_statement", "elif_clause", "while_statement", "conditional_expression", "if_clause")


@dataclass(frozen=True)
class Donor:
    """A statement (lines without the indentation of its block) or, where `is_condition`, a part of a condition.

    `places` are names that it reads, with their offsets in the text and the kind of what they hold; `words` are all names of
    its function. `needs` are attributes that it takes of ``self``.
    """

    text: str
    path: str
    function: str
    is_condition: bool
    places: tuple[tuple[str, int, Kind], ...]
    needs: frozenset[str]
    words: frozenset[str]

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The distinct names that it reads, each with the kind of what it holds."""
        return {name: kind for name, _, kind in self.places}

    def renamed(self, old: str, new: str) -> str:
        """The text with one name written for another."""
        text = self.text
        for name, at, _ in reversed(self.places):
            if name == old:
                text = text[:at] + new + text[at + len(old) :]
        return text


def collect(path: str, data: bytes) -> list[Donor]:
    """What the functions of a file have to give, in the order of the text; nothing of a file that is not plain ASCII."""
    if len(data) > _LARGEST or not data.isascii():
        return []
    return list(islice(_collected(path, parsed(data).root_node), _MOST))


def _collected(path: str, root: Node) -> Iterator[Donor]:
    known: dict[int, Scope] = {}
    for function in (n for n in walk(root) if n.type == "function_definition"):
        name, body = function.child_by_field_name("name"), function.child_by_field_name("body")
        if name is None or body is None:
            continue
        scope = build(function, known)
        words = frozenset(text_of(n) for n in walk(function) if n.type == "identifier")
        owner = text_of(name)
        for node in _own(body):
            if node.type in _CONDITIONAL:
                yield from _made(path, owner, words, scope, _atoms(node), is_condition=True)
            if node.type in _SIMPLE or _is_guard(node):
                yield from _made(path, owner, words, scope, [node], is_condition=False)


def _own(body: Node) -> Iterator[Node]:
    """Nodes of a function's body, but not those of functions in it."""
    stack = [body]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(
            c for c in reversed(at.named_children) if c.type not in ("function_definition", "class_definition")
        )


def _is_guard(node: Node) -> bool:
    """Whether `node` is an ``if`` around one simple statement, and nothing else."""
    body = node.child_by_field_name("consequence")
    return (
        node.type == "if_statement"
        and body is not None
        and node.child_by_field_name("alternative") is None
        and len(body.named_children) == 1
        and body.named_children[0].type.endswith("_statement")
        and body.named_children[0].type not in _COMPOUND
    )


_COMPOUND = ("if_statement", "for_statement", "while_statement", "with_statement", "try_statement", "match_statement")


def _atoms(node: Node) -> list[Node]:
    if node.type in ("conditional_expression", "if_clause"):
        parts = node.named_children
        condition = parts[1] if len(parts) == 3 else parts[0] if len(parts) == 1 else None
    else:
        condition = node.child_by_field_name("condition")
    found, stack = list[Node](), [condition]
    while stack:
        at = stack.pop()
        if at is not None and at.type in ("boolean_operator", "parenthesized_expression"):
            stack.extend(at.named_children)
        elif at is not None:
            found.append(at)
    return found


def _made(
    path: str, function: str, words: frozenset[str], scope: Scope, nodes: list[Node], *, is_condition: bool
) -> Iterator[Donor]:
    for node in nodes:
        text = _text(node)
        is_doc = (
            node.type == "expression_statement" and node.named_children[:1] and node.named_children[0].type == "string"
        )
        if text is None or is_doc or node.type in ("true", "false", "integer", "identifier"):
            continue
        receiver, needs, places = scope.method_self, set[str](), list[tuple[str, int, Kind]]()
        for inner in walk(node):
            if inner.type == "identifier" and _names_a_value(inner) and text_of(inner) not in _BUILT_IN:
                name = text_of(inner)
                if name == receiver:
                    attribute = inner.parent.child_by_field_name("attribute") if inner.parent is not None else None
                    needs.add(text_of(attribute) if attribute is not None else "")
                else:
                    places.append((name, _offset(inner, node, text), scope.kinds.get(name, Kind.ANY)))
        yield Donor(text, path, function, is_condition, tuple(places), frozenset(needs), words)


def _offset(inner: Node, node: Node, text: str) -> int:
    """Where `inner` begins in the text of `node`, of which each line lost the same indentation."""
    row = inner.start_point[0] - node.start_point[0]
    before = sum(len(line) + 1 for line in text.split("\n")[:row])
    return before + inner.start_point[1] - node.start_point[1]


def _text(node: Node) -> str | None:
    """The node's text; lines behind the first one are brought to where the first begins. None of what is long."""
    lines = text_of(node).split("\n")
    if len(text_of(node)) > _LONGEST or len(lines) > _MOST_LINES:
        return None
    indent = node.start_point[1]
    if any(line.strip() and line[:indent].strip() for line in lines[1:]):
        return None
    return "\n".join([lines[0], *(line[indent:] for line in lines[1:])])


def _names_a_value(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute" and parent.child_by_field_name("attribute") == node:
        return False
    return not (parent.type == "keyword_argument" and parent.child_by_field_name("name") == node)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A donor in the names of another function; `weight` (0..1) says how well it fits there, `reads` what it reads."""

    text: str
    is_condition: bool
    weight: float
    reads: tuple[str, ...]


def fit(donors: Iterable[Donor], scope: Scope, path: str, attributes: frozenset[str]) -> tuple[Fitted, ...]:
    """What may be put into the function of `scope` in the file `path`, whose receiver has `attributes`; the best first.

    All names that a donor reads but one are there; for that one stands a name of its kind.
    """
    name = scope.node.child_by_field_name("name")
    own = text_of(name) if name is not None else ""
    words = frozenset(text_of(n) for n in walk(scope.node) if n.type == "identifier")
    here = {n.text: scope.kinds.get(n.text, Kind.ANY) for n in scope.visible(scope.node.end_byte)}
    best: dict[tuple[str, bool], Fitted] = {}
    for donor in donors:
        if sum(name not in here for name in donor.kinds) > 1 or (donor.path, donor.function) == (path, own):
            continue
        if donor.needs and (not scope.method_self or donor.needs - attributes):
            continue
        near = len(words & donor.words) / max(1, len(words | donor.words))
        share = (_FAR + (1 - _FAR) * near) * (1.0 if donor.path == path else _ELSEWHERE)
        for text, weight, reads in _in_names(donor, here, scope.method_self):
            key = (text, donor.is_condition)
            if key not in best or best[key].weight < share * weight:
                best[key] = Fitted(text, donor.is_condition, share * weight, reads)
    ordered = sorted(best.values(), key=lambda f: -f.weight)
    return tuple(f for kind in (True, False) for f in [x for x in ordered if x.is_condition is kind][:_MOST_FITTED])


_FAR = 0.25  # what a donor of a function that has no name in common is worth
_ELSEWHERE = 0.7  # what one of another file is worth
_RENAMED = 0.6  # what one is worth that stands there in another name
_MOST_STANDINS = 3
_MOST_FITTED = 60


def _in_names(donor: Donor, here: Mapping[str, Kind], receiver: str) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """The donor as it may be written here, with its share and what it reads."""
    kinds = donor.kinds
    missing = [name for name in kinds if name not in here]
    clash = any(name in here and not here[name] & kind for name, kind in kinds.items())
    share = 0.5 if clash else 1.0
    if not missing:
        yield donor.text, share, tuple(kinds)
        return
    old, wanted = missing[0], kinds[missing[0]]
    fits = [n for n, kind in here.items() if kind & wanted & Kind.VALUE and n != receiver and n not in kinds]
    for like, new in sorted(((likeness(old, n), n) for n in fits), reverse=True)[:_MOST_STANDINS]:
        reads = tuple(new if n == old else n for n in kinds)
        yield donor.renamed(old, new), share * _RENAMED * (0.4 + 0.6 * like), reads
