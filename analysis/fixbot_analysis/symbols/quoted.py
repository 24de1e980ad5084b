"""Strings that name types: which strings of a Python file are annotations, and which names stand where in them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from sys import intern
from typing import NamedTuple

from fixbot_analysis.symbols.chains import dotted, text_of
from fixbot_analysis.symbols.facts import Import
from fixbot_analysis.symbols.scopes import Segments
from fixbot_analysis.syntax import Node

# Brackets behind these hold types wherever they stand (typing and collections.abc, as far as their names are used for nothing else).
_GENERICS = frozenset({
    "Annotated", "AsyncGenerator", "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "ClassVar", "Concatenate", "Coroutine",
    "Deque", "DefaultDict", "Dict", "Final", "FrozenSet", "Generator", "Generic", "InitVar", "Iterable", "Iterator", "List", "Mapping",
    "MutableMapping", "MutableSequence", "NotRequired", "Optional", "Protocol", "ReadOnly", "Required", "Sequence", "Set", "Tuple", "Type",
    "TypeGuard", "TypeIs", "Union", "Unpack"
})  # fmt: skip
# What these calls take for types: the places of positional arguments from and to, and names of arguments.
_CALLS: Mapping[str, tuple[range, frozenset[str]]] = {
    "cast": (range(1), frozenset({"typ"})),
    "assert_type": (range(1, 2), frozenset({"typ"})),
    "TypeVar": (range(1, 100), frozenset({"bound", "default"})),
    "NewType": (range(1, 2), frozenset({"tp"})),
    "TypeAliasType": (range(1, 2), frozenset({"value"})),
}
_FIELDS = {"NamedTuple": "list", "TypedDict": "dictionary"}  # calls that take types within such a list of fields
_HEADS = re.compile(rf"\b(?:{'|'.join([*_GENERICS, *_CALLS, *_FIELDS])})\s*[\[(]".encode())
_QUOTES = re.compile(rb"[\"']")
_TRANSPARENT = frozenset(
    {"type", "constrained_type", "union_type", "splat_type", "member_type", "tuple", "list", "parenthesized_expression"}
)
_PREFIXES = (b"", b"r", b"u")
_LONGEST = 1000  # bytes of an annotation
_SIMPLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_TYPE = re.compile(r"[\w.\[\], |'\"*\n]*")
_NO_NUMBER = re.compile(r"\b\d\w*[^\W\d]")  # makes the parser warn


class Mention(NamedTuple):
    """A dotted name in a text, and where in that it begins (bytes of UTF-8)."""

    dotted: str
    start: int


def mentions(text: str, aliases: Mapping[str, str]) -> list[Mention]:
    """The names that the type `text` mentions, each with the longest dotted name that it begins; none where `text` is no type.

    `aliases` are what :func:`renamed` gives for the file.
    """
    return list(_mentioned(text, aliases, 0)) if len(text) <= _LONGEST else []


def _mentioned(text: str, aliases: Mapping[str, str], offset: int) -> Iterator[Mention]:
    bare = text.strip()
    if _SIMPLE.fullmatch(bare):
        if not any(map(iskeyword, bare.split("."))):
            yield Mention(bare, offset + len(text[: text.index(bare)].encode()))
        return
    if not _TYPE.fullmatch(text) or _NO_NUMBER.search(text):
        return
    line = text.replace("\n", " ")
    try:
        tree = ast.parse(f"({line})", mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    yield from _of_tree(tree, line.encode(), aliases, offset)


def _of_tree(tree: ast.expr, written: bytes, aliases: Mapping[str, str], offset: int) -> Iterator[Mention]:
    stack: list[ast.expr] = [tree]
    while stack:
        node = stack.pop()
        start, end = node.col_offset - 1, (node.end_col_offset or 0) - 1  # the parser is handed one bracket more
        if isinstance(node, ast.Name | ast.Attribute):
            dotted_name = written[start:end].decode()
            if _SIMPLE.fullmatch(dotted_name):
                yield Mention(dotted_name, offset + start)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if written[start + 1 : end - 1] == node.value.encode():  # one quote on each side, and nothing else
                yield from _mentioned(node.value, aliases, offset + start + 1)
        else:
            stack += reversed(_parts(node, aliases))


def _parts(node: ast.expr, aliases: Mapping[str, str]) -> list[ast.expr]:
    """The types that make up a type."""
    if isinstance(node, ast.Subscript):
        within = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        head = _last(ast.unparse(node.value), aliases) if isinstance(node.value, ast.Name | ast.Attribute) else ""
        return [node.value, *within[: {"Literal": 0, "Annotated": 1}.get(head, len(within))]]
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.Tuple | ast.List):
        return list(node.elts)
    return [node.value] if isinstance(node, ast.Starred) else []


def renamed(imports: Iterable[Import]) -> dict[str, str]:
    """Names that are imported under another: alias -> name."""
    return {i.alias: i.name for i in imports if i.alias and i.name}


def candidates(captured: Iterable[Node], root: Node, data: bytes, *, typing: bool) -> Iterator[Node]:
    """The contents of strings, by place, that :func:`generic_of` is worth asking of; `captured` are parts of annotations and of lists of bases.

    `typing` is whether the file :func:`mentions_typing`.
    """
    found = [n for n in captured if _QUOTES.search(data, n.start_byte, n.end_byte)]
    for match in _HEADS.finditer(data) if typing else ():
        node = root.descendant_for_byte_range(match.start(), match.end() - 1)
        around = node.parent if node is not None and node.type == "identifier" else None
        if around is not None and around.type == "attribute":
            around = around.parent
        if around is not None and around.type in ("call", "subscript"):
            found.append(around)
    past = 0
    for node in sorted(found, key=lambda n: (n.start_byte, -n.end_byte)):
        if node.start_byte >= past:
            past = node.end_byte
            yield from _strings(node, data)


def mentions_typing(data: bytes) -> bool:
    """Whether a file may import the names that hold types in brackets."""
    return b"typing" in data


def _strings(node: Node, data: bytes) -> Iterator[Node]:
    stack = [node]
    while stack:
        here = stack.pop()
        if here.type == "string_content":
            yield here
        elif _QUOTES.search(data, here.start_byte, here.end_byte):
            stack += reversed(here.named_children)


def references(
    contents: Iterable[Node], aliases: Mapping[str, str], data: bytes, scopes: Segments[str]
) -> Iterator[tuple[str, str]]:
    """(dotted name, scope) of what those of `contents` mention that are types by what is written around them."""
    for content in contents:
        generic = generic_of(content, aliases, data)
        if generic is not None and (not generic or _last(generic, aliases) in _GENERICS):
            for mention in mentions(text_of(content, data), aliases):
                yield intern(mention.dotted), scopes.owner(content.start_byte)


def generic_of(content: Node, aliases: Mapping[str, str], data: bytes) -> str | None:
    """Whether the content of a string is a type: ``""`` where it surely is, None where it is not, else the name before the
    brackets that it stands in, which decides (``Key`` of ``Key["Item"]``).
    """
    child = content.parent
    if child is None or not _is_plain(child, content, data):
        return None
    return _Climb(aliases, data).up(child)


class _Climb:
    """One way up from a string to what it is a part of."""

    def __init__(self, aliases: Mapping[str, str], data: bytes) -> None:
        self._aliases, self._data = aliases, data
        self._generic: str | None = None
        self._keyword = ""
        self._trail: list[tuple[str, int]] = []  # what was passed, and at which place in it

    def up(self, child: Node) -> str | None:
        """What :func:`generic_of` says of the string node `child`."""
        while (node := child.parent) is not None:
            kind = node.type
            if kind == "type" and not _is_inside(node):
                return ""
            if kind == "argument_list":
                return self._argument(node, child)
            if kind == "assignment":
                declared = node.child_by_field_name("type")
                is_alias = declared is not None and _last(text_of(declared, self._data), self._aliases) == "TypeAlias"
                return "" if is_alias else self._generic
            if not self._passes(node, child):
                return self._generic if kind not in _NEVER else None
            self._trail.append((kind, _place(node, child)))
            child = node
        return self._generic

    def _passes(self, node: Node, child: Node) -> bool:
        """Whether what `child` is a type of makes `node` one, or a list of some."""
        kind = node.type
        if kind == "keyword_argument":
            name = node.child_by_field_name("name")
            self._keyword = text_of(name, self._data) if name is not None else ""
            return True
        if kind == "binary_operator":
            operator = node.child_by_field_name("operator")
            return operator is not None and operator.type == "|"
        if kind == "pair":
            return node.child_by_field_name("value") == child
        if kind in ("subscript", "generic_type"):
            return self._brackets(node, child)
        return kind in _TRANSPARENT or kind in ("type_parameter", "dictionary")

    def _brackets(self, node: Node, child: Node) -> bool:
        """Whether the brackets behind a name hold a type where `child` stands."""
        head = node.named_child(0)
        if head is None or head == child:
            return False
        written = dotted(self._data, head.start_byte, head.end_byte)
        place = self._trail[-1][1] if child.type == "type_parameter" else _place(node, child) - 1
        last = _last(written, self._aliases)
        if not written or last == "Literal" or (last == "Annotated" and place):
            return False
        self._generic = self._generic or written
        return True

    def _argument(self, node: Node, child: Node) -> str | None:
        around = node.parent
        if around is None or around.type != "call":
            return "" if self._generic else None  # a base of a class
        function = around.child_by_field_name("function")
        called = _last(text_of(function, self._data), self._aliases) if function is not None else ""
        place = _place(node, child)
        if called in _CALLS:
            places, names = _CALLS[called]
            if self._keyword in names if self._keyword else place in places:
                return ""
        if called in _FIELDS and self._is_field(_FIELDS[called]):
            return ""
        return self._generic

    def _is_field(self, held: str) -> bool:
        """Whether the way led through the type of a field: ``[("name", "type")]``, ``{"name": "type"}`` or ``name="type"``."""
        if held == "list":
            return len(self._trail) > 1 and self._trail[-1][0] == "list" and self._trail[-2] == ("tuple", 1)
        return bool(self._trail) and self._trail[-1][0] in (held, "keyword_argument") and self._keyword != "total"


_NEVER = frozenset(
    {"subscript", "generic_type", "binary_operator", "pair"}
)  # what is told apart inside of these is told for good


def _is_inside(node: Node) -> bool:
    """Whether a ``type`` is only part of another."""
    above = node.parent
    if above is not None and above.type == "type_parameter":
        above = above.parent
        return above is not None and above.type == "generic_type"
    return above is not None and above.type in _TRANSPARENT


def _place(node: Node, child: Node) -> int:
    """Which of the parts of `node` `child` is, from 0."""
    parts = (c for c in node.named_children if c.type != "comment")
    return next((n for n, c in enumerate(parts) if c == child), 0)


def _last(written: str, aliases: Mapping[str, str]) -> str:
    """The last name of a dotted one, as it is called where it is defined."""
    return aliases.get(written, written).rpartition(".")[2]


def _is_plain(string: Node, content: Node, data: bytes) -> bool:
    """Whether a string is what it looks like: no bytes, no parts, no escapes."""
    head = data[string.start_byte : content.start_byte].rstrip(b"\"'").lower()
    return head in _PREFIXES and string.named_child_count == 3 and not content.named_child_count
