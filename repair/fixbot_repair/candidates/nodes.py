"""The grammar's nodes as templates go through them: statements, the lines of one, and which expressions are read."""

from collections.abc import Iterator

from tree_sitter import Node, Tree

from fixbot_analysis.syntax import SyntaxTree
from fixbot_analysis.syntax.grammars import parser

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
_CLAUSES = frozenset(
    ["elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause", "case_clause"]
)
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
_TARGETS = frozenset(("assignment", "augmented_assignment", "for_statement", "for_in_clause"))


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


def parsed(data: bytes) -> Tree:
    """The tree of `data`, parsed from bytes in one piece: reading a node's text is then a slice and no call."""
    return parser("python").parse(b"" if SyntaxTree.parse(data).given_up else data)


def in_loop(node: Node) -> bool:
    """Whether `node` stands in a loop of its own function."""
    at = node.parent
    while at is not None and at.type not in ("function_definition", "class_definition", "lambda"):
        if at.type in ("for_statement", "while_statement"):
            return True
        at = at.parent
    return False


def bare(node: Node) -> Node:
    """`node` without brackets around it, where it needs none to go over several lines."""
    while node.type == "parenthesized_expression" and len(node.named_children) == 1 and b"\n" not in (node.text or b""):
        node = node.named_children[0]
    return node
