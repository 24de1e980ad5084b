"""One file as templates see it: its tree, its statements, the scope of each place, and what it offers as donor code."""

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

from tree_sitter import Node

from fixbot_analysis.syntax import SyntaxTree
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.scope import Scope, build, scope_node

SIMPLE = frozenset(
    [
        "expression_statement",
        "return_statement",
        "raise_statement",
        "assert_statement",
        "delete_statement",
        "pass_statement",
        "break_statement",
        "continue_statement",
        "import_statement",
        "import_from_statement",
        "global_statement",
        "nonlocal_statement",
    ]
)
_MOST_DONORS = 3000  # nodes of a function that are looked at for donor code
_CLAUSES = frozenset(["elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause"])
COMPOUND = frozenset(
    [
        "if_statement",
        "while_statement",
        "for_statement",
        "with_statement",
        "try_statement",
        "function_definition",
        "class_definition",
        "decorated_definition",
        "match_statement",
    ]
)
STATEMENTS = SIMPLE | COMPOUND
_BLOCKS = ("block",)
# Places that only name something: an identifier there is not a value that is read.
_NOT_READ = frozenset(
    [
        "parameters",
        "lambda_parameters",
        "import_statement",
        "import_from_statement",
        "aliased_import",
        "dotted_name",
        "global_statement",
        "nonlocal_statement",
        "type",
        "pattern_list",
        "tuple_pattern",
        "list_pattern",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "as_pattern_target",
        "delete_statement",
        "keyword_separator",
    ]
)
_NAMED_PARAMETERS = ("identifier", "default_parameter", "typed_parameter", "typed_default_parameter")
_TARGETS = frozenset(("assignment", "augmented_assignment", "for_statement", "for_in_clause"))


class Code:
    """A parsed Python file; `data` is UTF-8. Everything derived is computed once."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.root: Node = SyntaxTree.parse(data).root
        self._scopes: dict[int, Scope] = {}
        self._donors: dict[int, tuple[Node, ...]] = {}

    def scope(self, node: Node) -> Scope:
        """The scope that `node` stands in."""
        return build(scope_node(node), self._scopes)

    def expressions(self, node: Node) -> tuple[Node, ...]:
        """Distinct expressions that the innermost function around `node` reads, in order: its donor code."""
        owner = scope_node(node)
        if owner.id not in self._donors:
            seen: dict[str, Node] = {}
            for inner in islice(walk(owner.child_by_field_name("body") or owner), _MOST_DONORS):
                if is_read(inner):
                    seen.setdefault(text_of(inner), inner)
            self._donors[owner.id] = tuple(seen.values())
        return self._donors[owner.id]

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """Attribute names of the file by the receiver they are read from or assigned to, as written; ``""`` has all."""
        found: dict[str, set[str]] = {"": set()}
        for node in walk(self.root):
            if node.type == "attribute":
                owner, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
                if owner is not None and name is not None:
                    found.setdefault(text_of(owner), set()).add(text_of(name))
                    found[""].add(text_of(name))
        return {owner: frozenset(names) for owner, names in found.items()}

    @cached_property
    def functions(self) -> dict[str, int]:
        """Functions that the file defines, with their number of parameters (receiver not counted)."""
        found = {}
        for node in walk(self.root):
            if node.type == "function_definition" and (name := node.child_by_field_name("name")) is not None:
                parameters = node.child_by_field_name("parameters")
                names = [text_of(p) for p in parameters.named_children] if parameters is not None else []
                found[text_of(name)] = len([n for n in names if n not in ("self", "cls")])
        return found

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Names of all parameters of the file's functions."""
        found = [p for n in walk(self.root) if n.type == "parameters" for p in n.named_children]
        return frozenset(text_of(p.child_by_field_name("name") or p) for p in found if p.type in _NAMED_PARAMETERS)

    def indent_of(self, node: Node) -> str:
        """The white space before the statement `node`."""
        start = self.data.rfind(b"\n", 0, node.start_byte) + 1
        head = self.data[start : node.start_byte].decode("utf-8", "replace")
        return head if not head.strip() else " " * node.start_point[1]

    def line_end(self, offset: int) -> int:
        """Offset of the end of the line that holds the byte `offset`, before its line end."""
        end = self.data.find(b"\n", offset)
        end = len(self.data) if end < 0 else end
        return end - 1 if self.data[offset:end].endswith(b"\r") else end

    @cached_property
    def newline(self) -> str:
        """The file's own line end."""
        return "\r\n" if b"\r\n" in self.data[:4096] else "\n"

    @cached_property
    def indent_unit(self) -> str:
        """One step of indentation, as the file's first block has it."""
        for node in walk(self.root):
            if node.type == "block" and node.parent is not None:
                inner, outer = self.indent_of(node), self.indent_of(node.parent)
                if len(inner) > len(outer) and inner.startswith(outer):
                    return inner[len(outer) :]
        return "    "


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and all named nodes below it, in the order of the text."""
    stack = [node]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(reversed(at.named_children))


def header(statement: Node) -> Iterator[Node]:
    """Yield `statement` and the nodes of its own lines: not those of the statements in its blocks."""
    stack = [statement]
    while stack:
        at = stack.pop()
        yield at
        stack.extend(c for c in reversed(at.named_children) if c.type not in _CLAUSES and c.type not in _BLOCKS)


def statements(root: Node) -> Iterator[Node]:
    """Yield all statements and clauses (``elif``, ``except`` …) below `root`, in the order of the text."""
    return (node for node in walk(root) if node.type in STATEMENTS or node.type in _CLAUSES)


def statement_of(node: Node) -> Node | None:
    """The innermost statement that `node` belongs to, None outside of any."""
    at: Node | None = node
    while at is not None and at.type not in STATEMENTS:
        at = at.parent
    return at


READ = frozenset(
    [
        "identifier",
        "attribute",
        "subscript",
        "call",
        "integer",
        "float",
        "string",
        "concatenated_string",
        "true",
        "false",
        "none",
        "list",
        "tuple",
        "dictionary",
        "set",
        "list_comprehension",
        "set_comprehension",
        "dictionary_comprehension",
        "generator_expression",
        "binary_operator",
        "boolean_operator",
        "comparison_operator",
        "not_operator",
        "unary_operator",
        "conditional_expression",
        "lambda",
        "parenthesized_expression",
        "await",
    ]
)


def is_read(node: Node) -> bool:
    """Whether `node` is an expression whose value is read, so that another expression could stand in its place."""
    if node.type not in READ or node.parent is None:
        return False
    parent = node.parent
    if parent.type in _NOT_READ or parent.type in ("concatenated_string", "decorator"):
        return False
    if parent.type in _TARGETS and parent.child_by_field_name("left") == node:
        return False
    if parent.type in ("tuple", "list", "expression_list") and _is_target(parent):
        return False
    if node.type == "string" and parent.type == "expression_statement":
        return False  # a docstring
    named = {"attribute": "attribute", "keyword_argument": "name", "default_parameter": "name"}.get(parent.type)
    named = named or ("name" if parent.type.endswith(("definition", "parameter", "named_expression")) else None)
    return named is None or parent.child_by_field_name(named) != node


def _is_target(node: Node) -> bool:
    return node.parent is not None and node.parent.type in _TARGETS and node.parent.child_by_field_name("left") == node
