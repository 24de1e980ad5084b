"""What kind of value an expression may be: a coarse guess that keeps templates from proposing nonsense."""

from collections.abc import Mapping
from enum import IntFlag

from tree_sitter import Node


class Kind(IntFlag):
    """Kinds of values; a union says "one of these", ANY says that nothing is known."""

    NUMBER = 1
    BOOL = 2
    TEXT = 4
    LIST = 8
    TUPLE = 16
    SET = 32
    DICT = 64
    CALLABLE = 128
    CLASS = 256
    MODULE = 512
    NONE = 1024
    OBJECT = 2048
    SEQUENCE = TEXT | LIST | TUPLE
    CONTAINER = SEQUENCE | SET | DICT
    VALUE = NUMBER | BOOL | CONTAINER | NONE | OBJECT
    ANY = VALUE | CALLABLE | CLASS | MODULE


_LITERALS = {
    "integer": Kind.NUMBER,
    "float": Kind.NUMBER,
    "string": Kind.TEXT,
    "concatenated_string": Kind.TEXT,
    "true": Kind.BOOL,
    "false": Kind.BOOL,
    "none": Kind.NONE,
    "list": Kind.LIST,
    "list_comprehension": Kind.LIST,
    "dictionary": Kind.DICT,
    "dictionary_comprehension": Kind.DICT,
    "set": Kind.SET,
    "set_comprehension": Kind.SET,
    "tuple": Kind.TUPLE,
    "expression_list": Kind.TUPLE,
    "lambda": Kind.CALLABLE,
    "comparison_operator": Kind.BOOL,
    "not_operator": Kind.BOOL,
    "generator_expression": Kind.OBJECT,
}
# What calling a built-in, or a method of this name, gives.
CALL_RESULTS: Mapping[str, Kind] = {
    **dict.fromkeys(
        [
            "len",
            "sum",
            "abs",
            "int",
            "float",
            "round",
            "ord",
            "hash",
            "id",
            "pow",
            "divmod",
            "count",
            "index",
            "find",
            "rfind",
            "bit_length",
        ],
        Kind.NUMBER,
    ),
    **dict.fromkeys(
        [
            "str",
            "repr",
            "chr",
            "format",
            "join",
            "strip",
            "lower",
            "upper",
            "replace",
            "hex",
            "bin",
            "ascii",
            "input",
            "title",
        ],
        Kind.TEXT,
    ),
    **dict.fromkeys(["list", "sorted", "split", "splitlines", "rsplit", "readlines", "most_common"], Kind.LIST),
    **dict.fromkeys(["set", "frozenset", "union", "intersection", "difference"], Kind.SET),
    **dict.fromkeys(["dict", "defaultdict", "Counter", "OrderedDict"], Kind.DICT),
    **dict.fromkeys(
        ["bool", "any", "all", "isinstance", "issubclass", "hasattr", "callable", "startswith", "endswith", "isdigit"],
        Kind.BOOL,
    ),
    **dict.fromkeys(
        [
            "append",
            "add",
            "extend",
            "insert",
            "remove",
            "clear",
            "sort",
            "reverse",
            "discard",
            "update",
            "print",
            "setattr",
        ],
        Kind.NONE,
    ),
    **dict.fromkeys(
        ["range", "enumerate", "zip", "map", "filter", "reversed", "iter", "open", "object", "deque"], Kind.OBJECT
    ),
    "tuple": Kind.TUPLE,
}
ANNOTATIONS: Mapping[str, Kind] = {
    **dict.fromkeys(("int", "float", "complex"), Kind.NUMBER),
    **dict.fromkeys(("list", "List", "Sequence", "MutableSequence"), Kind.LIST),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping"), Kind.DICT),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet"), Kind.SET),
    **dict.fromkeys(("tuple", "Tuple"), Kind.TUPLE),
    **dict.fromkeys(("Callable",), Kind.CALLABLE),
    "str": Kind.TEXT,
    "bytes": Kind.TEXT,
    "bool": Kind.BOOL,
    "None": Kind.NONE,
}
_LONG = 400  # bytes of an expression that is not looked into, which bounds the recursion
_ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@"])


def text_of(node: Node) -> str:
    """The source of `node`."""
    return (node.text or b"").decode("utf-8", "replace")


def kind_of(node: Node | None, names: Mapping[str, Kind]) -> Kind:
    """The kind of the expression `node`, where `names` are the kinds of the names in scope."""
    if node is None or node.end_byte - node.start_byte > _LONG:
        return Kind.ANY
    if node.type in _LITERALS:
        return _LITERALS[node.type]
    if node.type == "identifier":
        return names.get(text_of(node), Kind.ANY)
    rule = _RULES.get(node.type)
    return rule(node, names) if rule else Kind.ANY


def _inner(node: Node, names: Mapping[str, Kind]) -> Kind:
    return kind_of(node.named_children[0] if node.named_children else None, names)


def _binary(node: Node, names: Mapping[str, Kind]) -> Kind:
    left = kind_of(node.child_by_field_name("left"), names)
    right = kind_of(node.child_by_field_name("right"), names)
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator else "+"
    if sign == "+":
        return left & right or left | right
    if left == Kind.TEXT and sign in ("%", "*"):
        return Kind.TEXT
    if sign == "*":
        return (left | right) & (Kind.NUMBER | Kind.SEQUENCE) if Kind.ANY not in (left, right) else left & right
    if sign in ("-", "&", "|", "^") and (left | right) & Kind.SET and Kind.ANY not in (left, right):
        return (left | right) & (Kind.NUMBER | Kind.SET)
    return Kind.NUMBER


def _call(node: Node, _names: Mapping[str, Kind]) -> Kind:
    function = node.child_by_field_name("function")
    if function is not None and function.type == "attribute":
        function = function.child_by_field_name("attribute")
    return CALL_RESULTS.get(text_of(function), Kind.ANY) if function is not None else Kind.ANY


def _boolean(node: Node, names: Mapping[str, Kind]) -> Kind:
    return kind_of(node.child_by_field_name("left"), names) | kind_of(node.child_by_field_name("right"), names)


def _conditional(node: Node, names: Mapping[str, Kind]) -> Kind:
    parts = node.named_children
    return kind_of(parts[0], names) | kind_of(parts[-1], names) if len(parts) == 3 else Kind.ANY


def _subscript(node: Node, names: Mapping[str, Kind]) -> Kind:
    value = kind_of(node.child_by_field_name("value"), names)
    index = node.child_by_field_name("subscript")
    if index is not None and index.type == "slice":
        return value & Kind.SEQUENCE or Kind.SEQUENCE
    return Kind.TEXT if value == Kind.TEXT else Kind.ANY


_RULES = {
    "parenthesized_expression": _inner,
    "unary_operator": _inner,
    "binary_operator": _binary,
    "boolean_operator": _boolean,
    "conditional_expression": _conditional,
    "call": _call,
    "subscript": _subscript,
}

# How a name is used tells what it is where no assignment does: attribute -> kind.
_METHODS: Mapping[str, Kind] = {
    **dict.fromkeys(["append", "extend", "insert", "sort", "reverse"], Kind.LIST | Kind.OBJECT),
    **dict.fromkeys(["add", "discard", "union", "intersection"], Kind.SET | Kind.OBJECT),
    **dict.fromkeys(["keys", "values", "items", "get", "setdefault"], Kind.DICT | Kind.OBJECT),
    **dict.fromkeys(
        ["split", "strip", "lower", "upper", "join", "startswith", "endswith", "format", "replace"],
        Kind.TEXT | Kind.OBJECT,
    ),
}
_TAKES_CONTAINER = frozenset(
    ["len", "sorted", "sum", "min", "max", "enumerate", "zip", "list", "set", "tuple", "reversed", "iter", "any", "all"]
)


def use_of(node: Node) -> Kind:
    """What the place where the identifier `node` stands says about its kind; ANY when nothing."""
    parent = node.parent
    if parent is None:
        return Kind.ANY
    if parent.type == "attribute" and parent.child_by_field_name("object") == node:
        attribute = parent.child_by_field_name("attribute")
        return _METHODS.get(
            text_of(attribute) if attribute else "", Kind.OBJECT | Kind.MODULE | Kind.CLASS | Kind.CONTAINER
        )
    if parent.type == "subscript" and parent.child_by_field_name("value") == node:
        return Kind.CONTAINER | Kind.OBJECT
    if parent.type == "call" and parent.child_by_field_name("function") == node:
        return Kind.CALLABLE | Kind.CLASS
    if parent.type in ("for_statement", "for_in_clause") and parent.child_by_field_name("right") == node:
        return Kind.CONTAINER | Kind.OBJECT
    return _use_in_operation(parent)


def _use_in_operation(parent: Node) -> Kind:
    if parent.type in ("binary_operator", "augmented_assignment"):
        operator = parent.child_by_field_name("operator")
        sign = operator.type.removesuffix("=") if operator else ""
        if sign in ("-", "/", "//", "**", "<<", ">>"):
            return Kind.NUMBER | (Kind.SET if sign == "-" else Kind(0))
        return Kind.NUMBER | Kind.SEQUENCE | Kind.SET if sign in _ARITHMETIC else Kind.ANY
    if parent.type == "comparison_operator" and any(c.type in ("integer", "float") for c in parent.named_children):
        return Kind.NUMBER
    if parent.type == "argument_list" and parent.parent is not None and len(parent.named_children) == 1:
        function = parent.parent.child_by_field_name("function")
        if function is not None and text_of(function) in _TAKES_CONTAINER:
            return Kind.CONTAINER | Kind.OBJECT
        if function is not None and text_of(function) == "range":
            return Kind.NUMBER
    return Kind.ANY
