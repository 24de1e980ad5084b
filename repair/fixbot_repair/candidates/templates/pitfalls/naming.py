"""What a hole of a trap takes, told by its name: what is called like a path, a literal with letters in it, a text."""

import ast
import re
from collections.abc import Callable, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
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
        node = node.named_children[0]
        if node.type == "attribute" and text_of(node.named_children[-1]) in _SAME:
            node = node.named_children[0]  # what is stripped or decoded is still a line
    if node.type == "attribute":
        return text_of(node.named_children[-1])
    if node.type == "subscript" and len(node.named_children) == 2:
        owner, key = node.named_children
        return text_of(key).strip("'\"") if key.type == "string" else last_name(owner)
    return text_of(node) if node.type == "identifier" else ""


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
