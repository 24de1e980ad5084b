"""How tightly Python's operators bind, so that a piece of code put elsewhere gets brackets only where it needs them.

Source: https://docs.python.org/3/reference/expressions.html#operator-precedence
"""

from enum import IntEnum

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of


class Level(IntEnum):
    """Binding strength of an expression's outermost operator."""

    ANYTHING = 0  # lambda, assignment expressions, bare tuples
    CONDITIONAL = 1
    OR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    BIT_OR = 6
    BIT_XOR = 7
    BIT_AND = 8
    SHIFT = 9
    SUM = 10
    PRODUCT = 11
    UNARY = 12
    POWER = 13
    AWAIT = 14
    PRIMARY = 15


OPERATORS = {
    "or": Level.OR,
    "and": Level.AND,
    "|": Level.BIT_OR,
    "^": Level.BIT_XOR,
    "&": Level.BIT_AND,
    **dict.fromkeys(("<<", ">>"), Level.SHIFT),
    **dict.fromkeys("+-", Level.SUM),
    **dict.fromkeys(("*", "/", "//", "%", "@"), Level.PRODUCT),
    "**": Level.POWER,
}
_BY_TYPE = {
    "lambda": Level.ANYTHING,
    "named_expression": Level.ANYTHING,
    "expression_list": Level.ANYTHING,
    "yield": Level.ANYTHING,
    "conditional_expression": Level.CONDITIONAL,
    "not_operator": Level.NOT,
    "comparison_operator": Level.COMPARISON,
    "unary_operator": Level.UNARY,
    "await": Level.AWAIT,
}


def level_of(node: Node) -> Level:
    """Binding strength of the expression `node`."""
    if node.type in ("binary_operator", "boolean_operator"):
        operator = node.child_by_field_name("operator")
        return OPERATORS.get(operator.type if operator else "", Level.ANYTHING)
    return _BY_TYPE.get(node.type, Level.PRIMARY)


def needed_at(node: Node) -> Level:
    """Weakest binding that may stand in `node`'s place without brackets."""
    parent = node.parent
    if parent is None:
        return Level.ANYTHING
    if parent.type == "boolean_operator":
        return level_of(parent)  # `and` and `or` may be grouped either way
    if parent.type == "binary_operator":
        level = level_of(parent)
        tighter = parent.child_by_field_name("right" if level != Level.POWER else "left") == node
        return Level(min(level + tighter, Level.PRIMARY))
    if parent.type == "conditional_expression":
        return Level.CONDITIONAL if parent.named_children[-1] == node else Level.OR
    if parent.type in ("attribute", "subscript", "call") and parent.named_children[0] == node:
        return Level.PRIMARY
    return _NEEDED.get(parent.type, Level.ANYTHING)


_NEEDED = {
    "not_operator": Level.NOT,
    "comparison_operator": Level.BIT_OR,
    "unary_operator": Level.UNARY,
    "await": Level.PRIMARY,
    "if_clause": Level.OR,
    "for_in_clause": Level.OR,
    "list_splat": Level.BIT_OR,
    "argument_list": Level.CONDITIONAL,
    "keyword_argument": Level.CONDITIONAL,
    "subscript": Level.CONDITIONAL,
    "slice": Level.CONDITIONAL,
    "list": Level.CONDITIONAL,
    "tuple": Level.CONDITIONAL,
    "set": Level.CONDITIONAL,
    "pair": Level.CONDITIONAL,
}


def grouped(node: Node, at_least: Level) -> str:
    """The source of `node`, in brackets where it binds more weakly than `at_least`."""
    text = text_of(node)
    return text if level_of(node) >= at_least else f"({text})"


def placed(text: str, level: Level, where: Node) -> str:
    """`text`, whose outermost operator binds with `level`, ready to stand in the place of `where`."""
    return text if level >= needed_at(where) else f"({text})"
