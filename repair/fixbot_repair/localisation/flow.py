"""What the statements that failing tests ran depend on: data, calls and branches, followed backward from where a fault shows.

The edges lead from a statement to those whose effect it may see: the writers of the names and attributes that it reads (by
name, within what ran), the returns of what it calls, the calls that hand a parameter over, the branch that it stands in.
A value spreads along them by the best path (Weiser, "Program slicing", TSE 10(4), 1984, weighed: what is far, or one of
many that may be meant, gets less).
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from fixbot_repair.localisation.outline import Statement
from fixbot_repair.localisation.reading import Reading, read

Key = tuple[str, str]  # path, qualified name
Node = tuple[str, int]  # path, first line of a statement
_FADE = 0.85  # what a statement is worth against the one that depends on it
_MOST_MEANT = 30  # producers of one name, beyond which it tells nothing
_LEAST = 0.02  # value that is no longer spread
_COPIES = 4  # statements that hand a value on, one to the other
_MOST = 8000  # statements that are read
_BRANCHES = frozenset({"if", "loop", "with"})
_MADE = ("__init__", "__new__", "__post_init__")


@dataclass(slots=True)
class Ran:
    """The statements of one definition that failing tests ran, or that were bound on import and are read by what ran."""

    key: Key
    is_function: bool
    statements: list[Statement]
    texts: list[str]


@dataclass
class Flow:
    """The graph. `holders` says in which definition a node stands, `readings` what it reads."""

    readings: dict[Node, Reading] = field(default_factory=dict)
    holders: dict[Node, Key] = field(default_factory=dict)
    edges: dict[Node, list[tuple[Node, float]]] = field(default_factory=dict)
    _writers: dict[str, list[Node]] = field(default_factory=dict)  # of attributes, and of names on import
    _local: dict[tuple[Key, str], list[Node]] = field(default_factory=dict)
    _exits: dict[str, list[Node]] = field(default_factory=dict)  # by a definition's last name

    def add(self, ran: Ran) -> None:
        """Read the statements of `ran`: who may see their effect is known when all are read."""
        path, name = ran.key
        exits: list[Node] = []
        for statement, text in zip(ran.statements, ran.texts, strict=True):
            if len(self.readings) >= _MOST:
                return
            node = (path, statement.line)
            reading = self.readings[node] = read(text, statement.kind)
            self.holders[node] = ran.key
            for written in reading.writes:
                self._write(written, node, ran)
            if statement.kind == "return" or (statement.kind == "definition" and reading.defaults):
                exits.append(node)
        if ran.is_function:
            short = name.rpartition(".")[2]
            exits = exits or [(path, s.line) for s in ran.statements[-1:]]
            for called in {short, called_name(name)}:
                self._exits.setdefault(called, []).extend(exits)

    def _write(self, name: str, node: Node, ran: Ran) -> None:
        if ran.is_function and not name.startswith("."):
            self._local.setdefault((ran.key, name), []).append(node)
            return
        plain = name.removeprefix(".")
        self._writers.setdefault(f".{plain}", []).append(node)
        if not name.startswith(".") and not ran.key[1]:  # of a module: read by its name, and through the module
            self._writers.setdefault(plain, []).append(node)

    def producers(self, name: str, key: Key | None = None) -> Sequence[Node]:
        """Statements whose effect may be seen by who reads `name` in the definition `key` (None: in a test)."""
        if not name.startswith(".") and key is not None:
            path, within = key
            while within:
                if (own := self._local.get(((path, within), name))) is not None:
                    return own
                within = within.rpartition(".")[0]
        short = name.removeprefix(".")
        found = [*self._writers.get(name, ()), *self._exits.get(short, ())]
        if key is not None and not name.startswith("."):
            found = [n for n in found if n[0] == key[0]] or found
        return found if len(found) <= _MOST_MEANT else ()

    @cached_property
    def readers(self) -> dict[Node, list[Node]]:
        """Node -> those that may see its effect."""
        found: dict[Node, list[Node]] = {}
        for node, links in self.edges.items():
            for other, _ in links:
                found.setdefault(other, []).append(node)
        return found

    def seen_by(self, node: Node) -> set[Node]:
        """Who may see the effect of `node`: its readers, and the readers of those that only hand it on, by a copy or a default."""
        found = set[Node]()
        last = {node: frozenset(d.name for d in self.readings[node].defaults)} if node in self.readings else {}
        for _ in range(_COPIES):
            fresh: dict[Node, frozenset[str]] = {}
            for each, names in last.items():
                for reader in self.readers.get(each, ()):
                    if reader not in found and self._sees(each, names, reader):
                        fresh[reader] = self._taken(each, reader)
            found |= fresh.keys()
            last = {reader: names for reader, names in fresh.items() if self.readings[reader].hands_on}
        return found

    def _sees(self, node: Node, names: frozenset[str], reader: Node) -> bool:
        """Of a header, only who reads one of the parameters `names` in its function sees a default; callers see what it returns."""
        inside = self.holders[node] == self.holders[reader] and not names.isdisjoint(self.readings[reader].reads)
        return inside or not self.readings[node].is_header

    def _taken(self, node: Node, reader: Node) -> frozenset[str]:
        """The parameters whose default is what `node` writes, where `reader` is a header."""
        written = {name.removeprefix(".") for name in self.readings[node].writes}
        return frozenset(d.name for d in self.readings[reader].defaults if not written.isdisjoint(d.reads))

    def spread(self, starts: Mapping[Node, float]) -> "Spread":
        """The value that each node gets from others: the best over all paths from `starts` (0..1) to it."""
        got, across = dict[Node, float](), dict[Node, float]()
        todo = [(-value, node) for node, value in starts.items() if value > _LEAST]
        heapq.heapify(todo)
        done = set[Node]()
        while todo:
            value, node = heapq.heappop(todo)
            if node in done:
                continue
            done.add(node)
            for other, share in self.edges.get(node, ()):
                handed = -value * share
                if self.holders[node] != self.holders[other]:
                    across[other] = max(across.get(other, 0.0), handed)
                if handed > max(got.get(other, 0.0), _LEAST):
                    got[other] = handed
                    heapq.heappush(todo, (-handed, other))
        return Spread(got, across)


@dataclass(frozen=True, slots=True)
class Spread:
    """Node -> value that it got: from any other node, and from those of other definitions alone."""

    got: Mapping[Node, float]
    across: Mapping[Node, float]


def build(ran: Iterable[Ran]) -> Flow:
    """Read the statements and link them."""
    flow, listed = Flow(), list(ran)
    for each in listed:
        flow.add(each)
    calls = _callers(flow)
    for each in listed:
        _link(flow, each, calls)
    return flow


def called_name(name: str) -> str:
    """The name by which the definition is called: of what makes an object, that of its class."""
    outer, _, short = name.rpartition(".")
    return outer.rpartition(".")[2] if short in _MADE and outer else short


def _callers(flow: Flow) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node, reading in flow.readings.items():
        for call in reading.calls:
            found.setdefault(call.name, []).append(node)
    return found


def _link(flow: Flow, ran: Ran, callers: Mapping[str, list[Node]]) -> None:
    path, name = ran.key
    called = callers.get(called_name(name), [])
    branches: list[tuple[int, Node]] = []
    for statement, text in zip(ran.statements, ran.texts, strict=True):
        node = (path, statement.line)
        if node not in flow.readings:
            return
        links: dict[Node, float] = {}
        for wanted in flow.readings[node].reads:
            _meant(links, flow.producers(wanted, ran.key), node)
        if statement.kind == "definition" and len(called) <= _MOST_MEANT:
            _meant(links, called, node)
        _within(links, branches, statement, text, node)
        flow.edges[node] = list(links.items())


def thinned(nodes: Sequence[Node]) -> float:
    """What each of several that may be meant gets, against one that is meant alone."""
    return 1.0 / float(max(len(nodes), 1) ** 0.25)


def _meant(links: dict[Node, float], nodes: Sequence[Node], own: Node) -> None:
    share = _FADE * thinned(nodes)
    for node in nodes:
        if node != own:
            links[node] = max(links.get(node, 0.0), share)


def _within(
    links: dict[Node, float], branches: list[tuple[int, Node]], statement: Statement, text: str, node: Node
) -> None:
    """The branch that the statement stands in, told by its indentation."""
    indent = len(text) - len(text.lstrip())
    while branches and branches[-1][0] >= indent:
        branches.pop()
    if branches:
        _meant(links, [branches[-1][1]], node)
    if statement.kind in _BRANCHES:
        branches.append((indent, node))
