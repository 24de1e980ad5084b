"""The code around a suggestion as calls and as values given to names: what the rules look at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from fixbot_agent.completing.cleaning.security.grammar import GRAMMARS, Grammar
from fixbot_agent.completing.cleaning.security.imported import is_imported, python_imports, script_imports, spelt_out
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node, SyntaxTree

_DOTTED = re.compile(r"[\w.$]+")
_SOURCE: ContextVar[bytes] = ContextVar("source")
_ROUNDS = 3  # assignments that follow from each other
_MOST = 20_000  # nodes that are looked at
_ASKED = 20_000  # evaluations of values in all, some 100 ms
_LARGE = 20_000  # bytes of a function without a name that holds others
_NAMELESS = frozenset({"lambda", "arrow_function", "function_expression", "lambda_expression", "func_literal"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `callee` dotted, imports resolved where the file says them; `keywords` are named arguments and entries of object arguments."""

    node: Node
    callee: str
    named: Node  # what is called
    arguments: tuple[Node, ...]
    keywords: dict[str, "Given"]

    @property
    def last(self) -> str:
        """The last name of what is called."""
        return self.callee.rpartition(".")[2]

    def is_one(self, *names: str) -> bool:
        """Whether what is called is one of `names`, or ends with it after a dot where the name has one."""
        return any(self.callee == n or ("." in n and self.callee.endswith(f".{n}")) for n in names)

    def argument(self, at: int, name: str = "") -> Node | None:
        """The argument at a place or by its name."""
        if name and name in self.keywords:
            return self.keywords[name].value
        return self.arguments[at] if at < len(self.arguments) else None


@dataclass(frozen=True, slots=True)
class Given:
    """A value given to a name: by an assignment, as a named argument or as an entry. `target` is as written, `name` its last part, lower case."""

    node: Node
    name: str
    target: str
    value: Node
    is_assignment: bool = False


class Code:
    """A parsed file and the stretch of it, `span`, that a suggestion brought; what is looked at is the function around that, or the file's top level."""

    def __init__(self, tree: SyntaxTree, span: Span, path: str) -> None:
        self.tree, self.span, self.path = tree, span, path
        self.language = tree.language
        self.grammar: Grammar = GRAMMARS[tree.language]
        self.left = _ASKED

    @cached_property
    def region(self) -> Node:
        """The innermost function around the suggestion, else the whole file."""
        node: Node | None = self.tree.root.named_descendant_for_byte_range(
            self.span.start, max(self.span.start, self.span.end - 1)
        )
        around = None  # functions without a name hand on what the one around them has
        while node is not None:
            if node.type in self.grammar.functions:
                if node.type not in _NAMELESS:
                    return node
                around = node if around is None or node.end_byte - node.start_byte < _LARGE else around
            node = node.parent
        return around or self.tree.root

    @cached_property
    def nodes(self) -> list[Node]:
        """Every named node of the region; other functions than those that the suggestion stands in are left out at the top level."""
        found: list[Node] = []
        waiting = [self.region]
        is_top = self.region == self.tree.root
        while waiting and len(found) < _MOST:
            node = waiting.pop()
            found.append(node)
            for child in reversed(node.named_children):
                if is_top and child.type in _BODIES and not self.touches(child):
                    continue
                waiting.append(child)
        return found

    def touches(self, node: Node) -> bool:
        """Whether the suggestion has a part in `node`."""
        return node.start_byte < self.span.end and self.span.start < node.end_byte

    @cached_property
    def calls(self) -> list[Call]:
        """Calls of the region that the suggestion may have made what they are, in order."""
        return [self.call(node) for node in self.nodes if node.type in self.grammar.calls and self.matters(node)]

    def matters(self, node: Node) -> bool:
        """Whether the suggestion has a part in `node`, or `node` reads what it assigns."""
        return self.touches(node) or (self._brought is not None and self._brought.search(text(node)) is not None)

    @cached_property
    def _brought(self) -> re.Pattern[str] | None:
        """Names that the suggestion assigns, and those that are assigned what reads them."""
        names: set[str] = set()
        pattern: re.Pattern[str] | None = None
        for _ in range(_ROUNDS):
            more = {
                name for each in self.given if each.is_assignment
                if self.touches(each.node) or (pattern and pattern.search(text(each.value)))
                for name in _DOTTED.findall(each.target)
            } - names  # fmt: skip
            if not more:
                break
            names |= more
            pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)")
        return pattern

    @cached_property
    def given(self) -> list[Given]:
        """Values given to names in the region, in order."""
        return [each for node in self.nodes for each in self._given(node)]

    def assigned(self, name: str, at: Node) -> list[Given]:
        """What is assigned to a name (or an attribute, as written) in the innermost function around `at` that assigns it, or at the top."""
        home: Node | None = at
        while home is not None:
            home = self.home(home.parent) if home.parent is not None else None
            if home is not None and (found := self._bound.get((home.start_byte, name))):
                return found
        return []

    def home(self, node: Node | None) -> Node:
        """The function that `node` stands in or is, else the whole file."""
        while node is not None and node.type not in self.grammar.functions:
            node = node.parent
        return node or self.tree.root

    def before(self, node: Node) -> bytes:
        """What stands before `node` in its function."""
        return self.tree.data[self.home(node).start_byte : node.start_byte]

    @cached_property
    def _bound(self) -> dict[tuple[int, str], list[Given]]:
        found: dict[tuple[int, str], list[Given]] = {}
        for each in self.given:
            if each.is_assignment:
                several = "{" in each.target or "," in each.target
                for name in _DOTTED.findall(each.target) if several else [each.target]:
                    found.setdefault((self.home(each.node).start_byte, name), []).append(each)
        return found

    @cached_property
    def outer(self) -> dict[str, list[Given]]:
        """Names of the file's top level -> what is assigned to them there."""
        found: dict[str, list[Given]] = {}
        for top in self.tree.root.named_children:
            for node in (top, *top.named_children) if top.type not in _BODIES else ():
                for inner in (node, *node.named_children):
                    for each in self._given(inner):
                        if each.is_assignment:
                            found.setdefault(each.target, []).append(each)
        return found

    def call(self, node: Node) -> Call:
        """A call as the rules see it."""
        fields = [node.child_by_field_name(f) for f in self.grammar.calls[node.type]]
        parts = [n for n in fields if n is not None]
        written = ".".join(text(n) for n in parts) if parts else ""
        callee = self._name("".join(written.split()), node) if len(written) < 200 else written[-60:].rpartition(".")[2]
        if node.type in ("new_expression", "object_creation_expression"):
            callee = f"new {callee}"
        arguments = node.child_by_field_name("arguments")
        positional: list[Node] = []
        keywords: dict[str, Given] = {}
        for each in (
            arguments.named_children if arguments is not None and arguments.type != "generator_expression" else ()
        ):
            if each.type == "keyword_argument":
                keywords.update((g.name, g) for g in self._given(each))
            elif each.type not in ("comment", "line_comment", "block_comment", "dictionary_splat"):
                positional.append(each)
                if each.type == "object":
                    keywords.update((g.name, g) for inner in each.named_children for g in self._given(inner))
        return Call(node, callee, parts[-1] if parts else node, tuple(positional), keywords)

    def _name(self, written: str, at: Node) -> str:
        """What is called at `at` by a name without blanks: through imports, and through one other name for a module."""
        head, dot, tail = spelt_out(written).partition(".")
        others = self.assigned(head, at) if dot and self.language == "python" else []
        if len(others) == 1 and is_imported(self.tree.data, text(others[0].value)):
            head = text(others[0].value)
        return self.resolved(head + dot + tail)

    def resolved(self, written: str) -> str:
        """A dotted name with its head replaced by what the file imports under it."""
        head, dot, tail = written.partition(".")
        return self.imports.get(head, head) + dot + tail

    @cached_property
    def imports(self) -> dict[str, str]:
        """Names that imports bind -> what they stand for, dotted."""
        data = self.tree.data
        if self.language == "python":
            return dict(python_imports(data))
        if self.language in ("javascript", "typescript", "tsx"):
            return dict(script_imports(data))
        return {}

    def around(self, node: Node) -> str:
        """Words that say what a value is for: the names it is given to, the function's own."""
        found: list[str] = []
        at = node.parent
        while at is not None and at != self.tree.root:
            found += [each.target for each in self._given(at)]
            if at.type in self.grammar.functions and (name := _name_of(at)):
                return " ".join([*found, name])
            at = at.parent
        return " ".join(found)

    def _given(self, node: Node) -> Iterator[Given]:
        is_pair = node.type in self.grammar.pairs
        fields = self.grammar.pairs.get(node.type) or self.grammar.assignments.get(node.type)
        if fields is None:
            return
        name = node.child_by_field_name(fields[0])
        value = (
            node.child_by_field_name(fields[1])
            if fields[1]
            else (node.named_children[0] if node.named_children else None)
        )
        if name is None and node.type in ("as_pattern", "keyed_element") and len(node.named_children) > 1:
            name, value = node.named_children[0], node.named_children[1]
        if node.type == "as_pattern" and len(node.named_children) > 1:
            value, name = node.named_children[0], node.named_children[1]
        if name is None or value is None:
            return
        target = text(name)[:200]
        yield Given(node, last_name(name), target, value, not is_pair or node.type.endswith("default_parameter"))


_BODIES = frozenset(
    {
        "function_definition",
        "class_definition",
        "decorated_definition",
        "function_declaration",
        "class_declaration",
        "method_declaration",
        "method_definition",
    }
)


@contextmanager
def source(data: bytes) -> Iterator[None]:
    """What the nodes are nodes of, for :func:`text`; a node's own text is read through the parser's callback, 0.4 ms each time."""
    token = _SOURCE.set(data)
    try:
        yield
    finally:
        _SOURCE.reset(token)


def text(node: Node) -> str:
    """What is written; within :func:`source`."""
    return _SOURCE.get()[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _name_of(function: Node) -> str:
    """A function's name, of C's what stands before the parameters; "" for one without."""
    name = function.child_by_field_name("name") or function.child_by_field_name("declarator")
    return text(name).partition("(")[0] if name is not None else ""


def last_name(node: Node) -> str:
    """The last part of a name, an attribute, an entry's key or an index that is a text: lower case, without quotes."""
    for field in ("attribute", "property", "field", "subscript", "index", "key"):
        part = node.child_by_field_name(field)
        if part is not None:
            node = part
            break
    return text(node)[:100].strip("\"'`[]*.& ").lower()


def span(node: Node) -> Span:
    """Bytes of a node."""
    return Span(node.start_byte, node.end_byte)
