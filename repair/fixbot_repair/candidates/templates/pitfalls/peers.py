"""The functions of a file beside one another: what each takes, which belong to one class; and how a statement is put among others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import SIMPLE, walk
from fixbot_repair.candidates.templates.base import Site

_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")
_DEFINITIONS = ("function_definition", "class_definition", "lambda")
_WAYS_OUT = ("return_statement", "raise_statement", "break_statement", "continue_statement")
Change = tuple[Span, str]


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function or method: `parameters` without its receiver (``self``, ``cls``), `owner` the class it stands in."""

    node: Node
    name: str
    body: Node
    receiver: str
    owner: Node | None
    parameters: tuple[str, ...]
    splats: tuple[str, ...] = ()  # as written: *args, **kwargs
    types: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    decorators: tuple[str, ...] = ()

    @property
    def statements(self) -> list[Node]:
        """Statements of the body, without comments and the docstring."""
        return [n for n in self.body.named_children if n.type != "comment" and not is_docstring(n)]

    @property
    def is_empty(self) -> bool:
        """Whether it only says that there is such a function: ``pass``, ``...``, ``raise NotImplementedError``."""
        parts = self.statements
        return not parts or (
            len(parts) == 1 and (parts[0].type in ("pass_statement", "raise_statement") or text_of(parts[0]) == "...")
        )


def is_docstring(node: Node) -> bool:
    """Whether the statement `node` is nothing but a text."""
    return node.type == "expression_statement" and len(node.children) == 1 and node.children[0].type == "string"


_KNOWN: WeakKeyDictionary[Code, dict[int, Function]] = WeakKeyDictionary()


def functions(code: Code) -> Mapping[int, Function]:
    """All functions of the file by the id of their node, in the order of the text."""
    if code not in _KNOWN:
        found = (n for n in walk(code.root) if n.type == "function_definition")
        _KNOWN[code] = {n.id: made for n in found if (made := _function(n)) is not None}
    return _KNOWN[code]


def function_of(code: Code, node: Node) -> Function | None:
    """The innermost function whose body holds `node`, or that `node` is."""
    at: Node | None = node
    while at is not None and at.type != "function_definition":
        at = at.parent
    return functions(code).get(at.id) if at is not None else None


def peers(code: Code, function: Function) -> list[Function]:
    """Other methods of the same class; of a function, the other functions on its level."""
    return [f for f in functions(code).values() if f is not function and f.owner == function.owner]


def _function(node: Node) -> Function | None:
    name, body, taken = (node.child_by_field_name(f) for f in ("name", "body", "parameters"))
    if name is None or body is None or taken is None:
        return None
    outer = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    decorators = tuple(text_of(c)[1:].strip() for c in outer.named_children if c.type == "decorator")
    block = outer.parent
    owner = block.parent if block is not None and block.type == "block" else None
    owner = owner if owner is not None and owner.type == "class_definition" else None
    names, types, defaults = [], {}, {}
    for parameter in taken.named_children:
        if (named := _name(parameter)) is not None:
            names.append(text_of(named))
            if (written := parameter.child_by_field_name("type")) is not None:
                types[names[-1]] = text_of(written)
            if (default := parameter.child_by_field_name("value")) is not None:
                defaults[names[-1]] = text_of(default)
    receiver = names.pop(0) if owner is not None and names and "staticmethod" not in decorators else ""
    splats = tuple(text_of(p) for p in taken.named_children if p.type in _SPLATS)
    return Function(node, text_of(name), body, receiver, owner, tuple(names), splats, types, defaults, decorators)


def _name(parameter: Node) -> Node | None:
    if parameter.type == "identifier":
        return parameter
    if parameter.type == "typed_parameter":
        first = parameter.named_children[0]
        return first if first.type == "identifier" else None
    return parameter.child_by_field_name("name") if parameter.type.endswith("default_parameter") else None


def own(node: Node) -> Iterator[Node]:
    """Yield `node` and what is below it, without what inner functions and classes hold."""
    stack = [node]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(c for c in reversed(at.named_children) if c.type not in _DEFINITIONS)


def words(node: Node) -> set[str]:
    """The identifiers below `node`, names of attributes among them."""
    return {text_of(n) for n in walk(node) if n.type == "identifier"}


def reads(node: Node) -> set[str]:
    """The names that stand below `node` for themselves: no attributes, no keywords."""
    return {text_of(n) for n in walk(node) if n.type == "identifier" and is_name(n)}


def is_name(node: Node) -> bool:
    """Whether the identifier `node` names a variable: it is no attribute and no keyword of a call."""
    parent = node.parent
    if parent is None or parent.type not in ("attribute", "keyword_argument"):
        return True
    return parent.child_by_field_name("attribute" if parent.type == "attribute" else "name") != node


def attributes(node: Node, receiver: str) -> Iterator[tuple[str, Node]]:
    """Yield each attribute of `receiver` below `node`, with its node."""
    for at in walk(node):
        if at.type == "attribute" and len(at.named_children) > 1 and text_of(at.named_children[0]) == receiver:
            yield text_of(at.named_children[1]), at


def bound_outside(code: Code, function: Function) -> set[str]:
    """Names that code in `function` may read without binding them: of the file, and its own parameters and receiver."""
    scope = code.scope(function.body)
    while scope.outer is not None:
        scope = scope.outer
    return {*scope.kinds, *function.parameters, function.receiver} - {""}


def assigned(statement: Node) -> tuple[Node, Node] | None:
    """Both sides of a plain assignment, where the statement is one."""
    inner = statement.named_children[0] if statement.type == "expression_statement" else statement
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    return (left, right) if inner.type == "assignment" and left is not None and right is not None else None


def ahead(site: Site, statement: Node, text: str) -> Change:
    """The change that puts the lines `text` (indented for their first line to stand at none) in front of `statement`."""
    indent, eol = site.code.indent_of(statement), site.code.newline
    return Span(statement.start_byte, statement.start_byte), _set_in(text, indent, eol) + eol + indent


def behind(site: Site, statement: Node, text: str) -> Change:
    """The change that puts the lines `text` behind `statement`, a comment on its last line included."""
    indent, eol = site.code.indent_of(statement), site.code.newline
    end = statement.end_byte
    rest = site.code.data[end : site.code.line_end(end)].strip()
    at = site.code.line_end(end) if rest.startswith(b"#") else end
    return Span(at, at), eol + indent + _set_in(text, indent, eol)


def _set_in(text: str, indent: str, eol: str) -> str:
    return (eol + indent).join(text.splitlines())


def flush(site: Site, node: Node) -> str:
    """The source of the statement `node` as lines that stand at no indentation."""
    indent = site.code.indent_of(node)
    lines = text_of(node).splitlines()
    return "\n".join([lines[0], *(line.removeprefix(indent) for line in lines[1:])])


def removed(site: Site, statement: Node) -> Change:
    """The change that takes the lines of `statement` out; it must not be the only one of its block."""
    start = site.code.data.rfind(b"\n", 0, statement.start_byte) + 1
    end = site.code.data.find(b"\n", statement.end_byte) + 1
    return Span(start, end or len(site.code.data)), ""


def stands_alone(site: Site, statement: Node) -> bool:
    """Whether nothing but a comment shares lines with `statement`."""
    data = site.code.data
    head = data[data.rfind(b"\n", 0, statement.start_byte) + 1 : statement.start_byte]
    rest = data[statement.end_byte : site.code.line_end(statement.end_byte)].strip()
    return not head.strip() and (not rest or rest.startswith(b"#"))


def following(statement: Node) -> Node | None:
    """The next statement of the same block."""
    at = statement.next_named_sibling
    while at is not None and at.type == "comment":
        at = at.next_named_sibling
    return at


def leaves(statement: Node) -> bool:
    """Whether nothing behind `statement` in its block is reached."""
    return statement.type in _WAYS_OUT


def block_of(statement: Node) -> list[Node]:
    """The statements of the block that `statement` stands in."""
    parent = statement.parent
    return [c for c in parent.named_children if c.type != "comment"] if parent is not None else []


def loop_around(node: Node) -> Node | None:
    """The innermost loop of the same function that `node` stands in the body of."""
    child, at = node, node.parent
    while at is not None and at.type not in _DEFINITIONS:
        if at.type in ("for_statement", "while_statement") and at.child_by_field_name("body") == child:
            return at
        child, at = at, at.parent
    return None


def is_simple(node: Node) -> bool:
    """Whether `node` is a statement without a block."""
    return node.type in SIMPLE
