"""What a template is: data about one class of bug, and a function that proposes the opposite edit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level, grouped, placed
from fixbot_repair.candidates.scope import Scope


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One proposal: byte spans of the file and their new text; `weight` (0..1) multiplies the template's prior."""

    edits: tuple[tuple[Span, str], ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Site:
    """A node that a template may rewrite, and what is known around it."""

    node: Node
    scope: Scope
    code: Code

    @property
    def text(self) -> str:
        """The node's source."""
        return text_of(self.node)

    def field(self, name: str) -> Node | None:
        """The child of that name in the grammar."""
        return self.node.child_by_field_name(name)

    def names(self, kind: Kind = Kind.ANY, values: bool = True) -> list[str]:
        """Names that may be used here and may be of `kind`; `values` leaves functions, classes and modules out.

        The innermost scope's come first; the receiver of a method is not among them.
        """
        wanted = int(kind)
        return [
            text
            for text, held, is_value in self.code.usable(self.scope, self.node.start_byte)
            if held & wanted and (is_value or not values)
        ]

    def near(self, name: str) -> float:
        """1 where `name` stands on this line too, less with each line up to the nearest one that has it: code speaks of few things at a time.

        Source: Hellendoorn and Devanbu 2017 on the locality of names; the slope was learned from fixes (`fixbot bench reach`).
        """
        return 1.0 / (1.0 + _FADING * self.code.distance(name, self.node.start_point[0]))

    @property
    def is_receiver(self) -> bool:
        """Whether an attribute, an item or a call is taken of this very node."""
        parent = self.node.parent
        return (
            parent is not None
            and parent.type in ("attribute", "subscript", "call")
            and parent.named_children[0] == self.node
        )

    def kind(self, node: Node | None = None) -> Kind:
        """The kind of `node`, or of the site's own node."""
        node = self.node if node is None else node
        if is_called(node):
            return Kind.CALLABLE | Kind.CLASS
        kind = self.scope.kind(node)
        return self.code.kind(node) if kind == Kind.ANY else kind

    def become(self, text: str, level: Level = Level.PRIMARY, weight: float = 1.0) -> Rewrite:
        """The rewrite that puts `text` (whose outermost operator binds with `level`) in the node's place."""
        text = placed(text, level, self.node)
        return replace(self.node, f"({text})" if owns_brackets(self.node) else text, weight)


_FADING = 0.08  # by a line between a place and a name
Proposals = Iterator[Rewrite]


@dataclass(frozen=True, slots=True)
class Example:
    """A bug of the template's class as two snippets: the template must find `after` from `before` in one step.

    `error` is the message of the failing test (exception type and text), where the edit needs to know it.
    """

    before: str
    after: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """One class of bug. `nodes` are the grammar's node types it looks at; `prior` is its weight against other templates.

    `examples` are at least two bugs of the class, which are also its tests.
    """

    name: str
    family: str
    prior: float
    nodes: frozenset[str]
    rewrite: Callable[[Site], Iterable[Rewrite]]
    examples: tuple[Example, ...]
    most: int = 24  # rewrites of one node that are kept, those of the largest weight
    relies: float = 1.0  # power to which the suspicion of a place counts: below 1 where the code itself looks like a bug of the class


def template(
    name: str,
    prior: float,
    nodes: str,
    *examples: tuple[str, str] | tuple[str, str, str],
    most: int = 24,
    relies: float = 1.0,
) -> Callable[[Callable[[Site], Proposals]], Template]:
    """Make a :class:`Template` of the decorated function; the family is the first part of `name`, `nodes` are in one string.

    `examples` are before, after and, where needed, the error's message.
    """

    def made(function: Callable[[Site], Proposals]) -> Template:
        shown = tuple(Example(*example) for example in examples)
        return Template(name, name.partition(".")[0], prior, frozenset(nodes.split()), function, shown, most, relies)

    return made


def is_called(node: Node) -> bool:
    """Whether `node` is what a call calls."""
    parent = node.parent
    return parent is not None and parent.type == "call" and parent.child_by_field_name("function") == node


def owns_brackets(node: Node) -> bool:
    """Whether `node` is a generator expression whose brackets are those of the call around it: ``sum(x for x in y)``."""
    parent = node.parent
    return node.type == "generator_expression" and parent is not None and parent.type == "call"


def keyed(node: Node) -> tuple[str, str] | None:
    """Container (bracketed where it must be) and key of a subscript; None for a slice and anything else."""
    owner, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
    if node.type != "subscript" or owner is None or key is None or key.type == "slice":
        return None
    return grouped(owner, Level.PRIMARY), text_of(key)


def span(node: Node) -> Span:
    """The bytes of `node`."""
    return Span(node.start_byte, node.end_byte)


def replace(node: Node, text: str, weight: float = 1.0) -> Rewrite:
    """The rewrite that puts `text` in the place of `node` as it is."""
    return Rewrite(((span(node), text),), weight)


def swap(one: Node, other: Node, weight: float = 1.0) -> Rewrite:
    """The rewrite that exchanges two nodes that do not overlap."""
    return Rewrite(((span(one), text_of(other)), (span(other), text_of(one))), weight)
