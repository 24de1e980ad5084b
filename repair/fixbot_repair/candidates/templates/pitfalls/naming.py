"""What names say: of an expression, of what its value is given to, and of a hole, which takes what is called like it."""

import ast
import re
from collections.abc import Callable, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Site

# What one of the words of a name must be; behind ``;`` what the whole name may be.
_NAMED: Mapping[str, str] = {
    "line": r"line|row|record|ln;entry",
    "path": r"path|file|filename|filepath|dir|directory|folder|root;dest|destination|target|src|fn|fname",
    "url": r"url|uri|href|link|endpoint;base|host|root",
    "command": r"cmd|command|commands|argv|cmdline|shell;args|arguments|line",
    "version": r"versions?|releases?|ver;tags?",
    "prefix": r"prefix|suffix|ext|extension|scheme|affix|ending|namespace;head|tail|base|root|word",
    "root": r"root|base|basedir|dir|directory|folder|parent|home|top|package|namespace|module|scope;prefix",
    "headers": r"headers?|hdrs?;meta|cookies",
    "media": r";content_?type|ctype|mimetype|mime|media_type|(?:\w+_)?content_type",
    "domain": r"domains?|host|hostname|zone",
    "wordy": r"word|keyword|term|token|needle|phrase|name|stopword",
    "prose": r"text|sentence|title|message|body|content|paragraph|document|haystack|description|subject|comment|line",
    "label": r"files?|filenames?|names?|chapters?|labels?|pages?|titles?|paths?|rooms?|sections?|figures?;ids?|items?|keys?",
}  # fmt: skip
_SORTS = {sort: tuple(re.compile(part) for part in f"{wanted};".split(";")[:2]) for sort, wanted in _NAMED.items()}


_SAME = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "casefold",
        "removeprefix",
        "removesuffix",
        "resolve",
        "expanduser",
        "copy",
        "decode",
        "encode",
    ]
)


def last_name(node: Node) -> str:
    """The name that says what an expression is: of a variable, an attribute, what is called, a constant key."""
    while node.type in ("call", "await", "parenthesized_expression") and node.named_children:
        function, *given = node.named_children
        name = text_of(function.named_children[-1]) if node.type == "call" and function.type == "attribute" else ""
        first = given[0].named_children[0] if name == "get" and given and given[0].named_children else None
        if first is not None and first.type == "string":
            return text_of(first).strip("'\"")
        node = function.named_children[0] if name in _SAME else function  # what is stripped or decoded is still a line
    if node.type == "attribute":
        return text_of(node.named_children[-1])
    if node.type == "subscript" and len(node.named_children) == 2:
        owner, key = node.named_children
        return text_of(key).strip("'\"") if key.type == "string" else last_name(owner)
    return text_of(node) if node.type == "identifier" else ""


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _snake(name: str) -> str:
    return f"_{_CAMEL.sub('_', name).lower().strip('_')}_" if name else ""


def spoken(node: Node) -> str:
    """The words of the name that says what the expression `node` is, as ``_page_size_``; "" where it has none."""
    return _snake(last_name(node))


_THROUGH = frozenset(
    ["parenthesized_expression", "conditional_expression", "argument_list", "boolean_operator", "unary_operator"]
)
_NUMBER_STAYS = frozenset(["round", "int", "float", "max", "min", "abs", "Decimal", "ceil", "floor"])


def purpose(node: Node) -> str:
    """The words of the name that the value of `node` is given to: a variable, a key, or the function that returns it."""
    at, parent = node, node.parent
    while parent is not None and (
        parent.type in _THROUGH
        or (parent.type == "call" and last_name(parent) in _NUMBER_STAYS)
        or (parent.type == "binary_operator" and parent.children[1].type in "+-")
    ):
        at, parent = parent, parent.parent
    if parent is None:
        return ""
    if parent.type == "return_statement":
        name = scope_node(parent).child_by_field_name("name")
        return _snake(text_of(name)) if name is not None else ""
    for target in ("left", "name", "key"):
        given = parent.child_by_field_name(target)
        if given is not None and given != at and parent.type in ("assignment", "keyword_argument", "pair"):
            return _snake(text_of(given).strip("'\"") if given.type == "string" else last_name(given))
    return ""


_PASSED_ON = ("parenthesized_expression", "argument_list", "call", "attribute", "binary_operator")


def within(node: Node, *functions: str) -> bool:
    """Whether `node` is an argument, in brackets or not, of a call of one of `functions`, or of one around such a call."""
    at = node.parent
    while at is not None and at.type in _PASSED_ON:
        if at.type == "call" and last_name(at) in functions:
            return True
        at = at.parent
    return False


def named_like(node: Node, sort: str) -> bool:
    """Whether an expression is called like something of that sort (see :data:`_NAMED`)."""
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", last_name(node))]
    one, whole = _SORTS[sort]
    return any(one.fullmatch(word) for word in words if one.pattern) or (
        whole.fullmatch("_".join(words)) is not None and bool(words)
    )


def literal(node: Node) -> str | bytes | None:
    """The value of a text's literal without interpolations."""
    return value_of(node) if node.type == "string" else None


def value_of(node: Node) -> str | bytes | None:
    """The value of a literal; None where it has interpolations or is none."""
    if any(child.type == "interpolation" for child in node.named_children):
        return None
    try:
        value = ast.literal_eval(text_of(node).lstrip("fF") if text_of(node)[:1] in "fF" else text_of(node))
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str | bytes) else None


def _is_word(node: Node) -> bool:
    value = literal(node)
    return (
        isinstance(value, str)
        and len(value) > 1
        and (any(c.isalnum() for c in value) or value in ("./", "../", "//", "--"))
    )


def _named_test(sort: str) -> Callable[[Site, Node], bool]:
    return lambda _, node: named_like(node, sort)


_TAKES: Mapping[str, Callable[[Site, Node], bool]] = {
    **{sort: _named_test(sort) for sort in _NAMED},
    "word": lambda _, node: _is_word(node),
    "s": lambda _, node: isinstance(literal(node), str),
    "name": lambda _, node: node.type in ("identifier", "attribute"),
    "variable": lambda _, node: node.type == "identifier",
    "i": lambda _, node: node.type == "integer",
    "bytes": lambda _, node: isinstance(literal(node), bytes),
    "mark": lambda _, node: isinstance(value := literal(node), str) and len(value) == 1,
    "label": lambda _, node: literal(node) is None and named_like(node, "label"),
    "text": lambda site, node: bool(site.kind(node) & Kind.TEXT),
    "surely": lambda site, node: site.kind(node) == Kind.TEXT,
}


def takes(hole: str, site: Site, node: Node) -> bool:
    """Whether a hole of that name takes the expression `node`."""
    test = _TAKES.get(hole.rstrip("0123456789"))
    return test is None or test(site, node)
