"""What ``match`` statements bind and test: captures, and the classes that a case is for."""

from collections.abc import Iterable
from itertools import pairwise

from fixbot_analysis.symbols.bindings import Bindings, part
from fixbot_analysis.symbols.flow import Lines, within
from fixbot_analysis.syntax import Node

_SEQUENCES = ("list_pattern", "tuple_pattern")


def matched(statements: Iterable[Node], bindings: Bindings) -> None:
    """Bind what the cases of ``match`` statements name, and test their subjects, on the lines of each case."""
    for node in statements:
        *subjects, block = node.named_children or [node]
        if block.type != "block" or not subjects:
            continue
        written = [bindings.written(s) for s in subjects if s.type != "comment"]
        value = written[0] if len(written) == 1 else f"({', '.join(written)})"
        for clause in block.named_children:
            if clause.type == "case_clause":
                _Case(clause, bindings).read(value)


class _Case:
    """One case; what it binds may hold below it as well."""

    def __init__(self, clause: Node, bindings: Bindings) -> None:
        self._bindings = bindings
        self._patterns = [p for p in clause.named_children if p.type == "case_pattern"]
        self._within = within(clause)
        self._lines = Lines(self._within.first, self._within.last, leaks=True)

    def read(self, value: str) -> None:
        """Bind its names to parts of `value`, the subject."""
        if len(self._patterns) == 1:
            self._test(value, _inner(self._patterns[0]))
            self._pattern(self._patterns[0], value)
            return
        for place, pattern in enumerate(self._patterns):  # case a, b:
            self._pattern(pattern, _at(value, place))

    def _test(self, value: str, pattern: Node) -> None:
        """Say on the lines of the case what the subject is, where that is a name."""
        classes = self._classes(pattern)
        if classes and value.replace(".", "").isidentifier():
            self._bindings.add(value, self._bindings.scopes.owner(pattern.start_byte), f"{classes}$?", self._within)

    def _classes(self, pattern: Node) -> str:
        """The classes that a pattern asks for, as isinstance takes them; ``""`` where it asks for something else too."""
        pattern = _inner(pattern)
        if pattern.type == "as_pattern":
            return self._classes(pattern.named_children[0])
        if pattern.type == "union_pattern":
            found = [self._classes(p) for p in pattern.named_children]
            return f"({', '.join(found)})" if all(found) else ""
        return self._bindings.text(pattern.named_children[0]) if pattern.type == "class_pattern" else ""

    def _pattern(self, node: Node, value: str) -> None:
        node = _inner(node)
        children = node.named_children
        if node.type == "dotted_name" and len(children) == 1:
            self._bindings.target(children[0], value, self._lines)
        elif node.type == "as_pattern" and len(children) == 2:
            classes = self._classes(children[0])
            self._bindings.target(children[1], f"{classes}$?" if classes else value, self._lines)
            self._pattern(children[0], value)
        elif node.type == "union_pattern":
            for child in children:
                self._pattern(child, value)
        elif node.type in _SEQUENCES:
            for place, child in enumerate(children):
                self._element(_inner(child), value, place)
        elif node.type == "class_pattern":
            for child in children[1:]:
                self._attribute(_inner(child), value)
        elif node.type == "dict_pattern":
            self._items(children, value)

    def _element(self, node: Node, value: str, place: int) -> None:
        if node.type == "splat_pattern" and node.named_children:
            self._bindings.target(node.named_children[0], part(value, "-"), self._lines)
        else:
            self._pattern(node, _at(value, place))

    def _attribute(self, node: Node, value: str) -> None:
        """``name=pattern`` of a class; what stands by place only the class itself could tell."""
        if node.type != "keyword_pattern":
            self._pattern(node, "")
            return
        name, pattern = node.named_children[0], node.named_children[-1]
        self._bindings.others.add(name.start_byte)
        plain = value.replace(".", "").isidentifier()
        lines = self._lines
        # An attribute is one of the tested class: it is looked up on the line of the test, and so bound below it.
        self._lines = Lines(min(lines.first + 1, lines.last), lines.last, leaks=True)
        self._pattern(pattern, f"{value}.{self._bindings.text(name)}" if plain else "")
        self._lines = lines

    def _items(self, children: list[Node], value: str) -> None:
        plain = bool(value) and "$" not in value
        for key, pattern in pairwise(children):
            if pattern.type == "case_pattern" and key.type != "case_pattern":
                self._pattern(pattern, f"{value}[{self._bindings.text(key)}]" if plain else "")
        for child in children:
            if child.type == "splat_pattern" and child.named_children:
                self._bindings.target(child.named_children[0], value, self._lines)


def _inner(node: Node) -> Node:
    """What a ``case_pattern`` holds."""
    while node.type == "case_pattern" and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _at(value: str, place: int) -> str:
    return part(value, str(place) if place < 10 else "*")
