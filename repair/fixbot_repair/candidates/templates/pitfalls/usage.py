"""How the values of a file are used: what is changed in place and where, what copies it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Rewrite, Site, span
from fixbot_repair.candidates.templates.imports import spelled

# Words in the names of functions that keep or give a state as it is.
COPYING = ("copy", "clone", "snapshot", "export", "to_dict", "as_dict", "state", "save", "freeze", "checkpoint", "dump")
NESTED = ("list", "dictionary", "set", "list_comprehension", "dictionary_comprehension")
COPIED = Kind.LIST | Kind.SET | Kind.DICT
# Methods that change what they are called on -> what that may be.
_METHODS: Mapping[str, Kind] = {
    **dict.fromkeys(("append", "extend", "insert", "sort", "reverse"), Kind.LIST),
    **dict.fromkeys(("appendleft", "popleft", "extendleft", "rotate"), Kind.OBJECT),
    **dict.fromkeys(("add", "discard", "intersection_update", "difference_update"), Kind.SET),
    **dict.fromkeys(("setdefault", "popitem"), Kind.DICT),
    "update": Kind.DICT | Kind.SET,
    "remove": Kind.LIST | Kind.SET,
    "pop": Kind.LIST | Kind.DICT,
    "clear": COPIED,
}
# Functions that change their first argument.
_FUNCTIONS = frozenset(("shuffle", "heapify", "heappush", "heappop", "heapreplace", "heappushpop", "insort", "insort_left", "insort_right"))  # fmt: skip
_IN_PLACE = frozenset(("+=", "|=", "&=", "-=", "^="))
_DEFINITIONS = ("function_definition", "class_definition", "lambda", "module")
_LOOPS = ("for_statement", "while_statement")
_MOST_PEELED = 3

_COPIERS = ((Kind.DICT, "dict"), (Kind.LIST, "list"), (Kind.SET, "set"))

Edit = tuple[Span, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A value changed in place: by the method, function or operator `by` at `node`; `kinds` are what the changed value may be by that.

    `depth` is 0 where the value asked for is itself changed, and counts the steps down to what is changed within it.
    """

    by: str
    kinds: Kind
    depth: int
    node: Node


def changes(code: Code) -> Mapping[str, tuple[Change, ...]]:
    """Changes in place of a file, by the expression of the changed value as written."""
    if code not in _KNOWN:
        found: dict[str, list[Change]] = {}
        for node in walk(code.root):
            for what, by, kinds in _changed(node, code):
                for depth, text in _peeled(what):
                    found.setdefault(text, []).append(Change(by, kinds, depth, node))
        _KNOWN[code] = {text: tuple(many) for text, many in found.items()}
    return _KNOWN[code]


_KNOWN: WeakKeyDictionary[Code, Mapping[str, tuple[Change, ...]]] = WeakKeyDictionary()


def _changed(node: Node, code: Code) -> Iterator[tuple[Node, str, Kind]]:
    if node.type == "call":
        yield from _by_call(node)
    elif node.type in ("assignment", "augmented_assignment"):
        left = node.child_by_field_name("left")
        for target in left.named_children if left is not None and left.type == "pattern_list" else [left]:
            if target is not None and target.type == "subscript":
                yield from _by_key(target, "[]=", code)
        sign = node.child_by_field_name("operator")
        if (
            sign is not None
            and left is not None
            and sign.type in _IN_PLACE
            and left.type in ("identifier", "attribute")
        ):
            right, kind = node.child_by_field_name("right"), code.scope(node).kind(left)
            is_list = right is not None and right.type in ("list", "list_comprehension") and sign.type == "+="
            if is_list or (kind & COPIED and not kind & ~COPIED):
                yield left, sign.type, Kind.LIST if sign.type == "+=" else Kind.SET | Kind.DICT
    elif node.type == "delete_statement" and node.named_children:
        inner = node.named_children[0]
        for target in inner.named_children if inner.type == "expression_list" else [inner]:
            if target.type == "subscript":
                yield from _by_key(target, "del", code)


def _by_call(node: Node) -> Iterator[tuple[Node, str, Kind]]:
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return
    name = text_of(function.child_by_field_name("attribute") or function)
    owner = function.child_by_field_name("object")
    if owner is not None and name in _METHODS:
        yield owner, name, _METHODS[name]
    elif name in _FUNCTIONS and arguments.named_children:
        yield arguments.named_children[0], name, Kind.LIST


def _by_key(target: Node, by: str, code: Code) -> Iterator[tuple[Node, str, Kind]]:
    owner, key = target.child_by_field_name("value"), target.child_by_field_name("subscript")
    if owner is not None and key is not None:
        kinds = {"string": Kind.DICT, "slice": Kind.LIST, "integer": Kind.LIST, "unary_operator": Kind.LIST}
        is_number = key.type == "identifier" and code.scope(key).kind(key) == Kind.NUMBER
        yield owner, by, Kind.LIST if is_number else kinds.get(key.type, Kind.DICT | Kind.LIST)


def _peeled(node: Node) -> Iterator[tuple[int, str]]:
    """An expression, and what it is a part of: ``a.b[c]``, ``a.b``, ``a``; each with the steps from it down to the expression.

    A loop's variable is a part of what the loop goes through.
    """
    at: Node | None = node
    depth = 0
    for _ in range(2 * _MOST_PEELED):
        if at is None or depth >= _MOST_PEELED or at.type not in ("identifier", "attribute", "subscript", "call"):
            return
        if at.type == "call":
            function, arguments = at.child_by_field_name("function"), given(at)
            name = text_of(function).rpartition(".")[2] if function is not None else ""
            depth += name in _LOOKING_UP
            if name in _LOOKING_UP or name in _VIEWS:
                at = function.child_by_field_name("object") if function is not None else None
            else:
                at = arguments[0] if name in _KEEPING and arguments else None
            continue
        yield depth, text_of(at)
        at = _gone_through(at) if at.type == "identifier" else at.named_children[0]
        depth += 1


_LOOKING_UP = ("get", "setdefault", "pop")
_VIEWS = ("keys", "values", "items")
_KEEPING = ("enumerate", "sorted", "list", "reversed", "tuple", "iter", "zip")


def _gone_through(name: Node) -> Node | None:
    """What the loop goes through whose variable `name` is."""
    at = name.parent
    while at is not None and at.type not in _DEFINITIONS:
        if at.type == "for_statement":
            left, right = at.child_by_field_name("left"), at.child_by_field_name("right")
            if left is not None and text_of(name) in {text_of(n) for n in walk(left)}:
                return right
        at = at.parent
    return None


def function_of(node: Node) -> Node | None:
    """The innermost function that `node` stands in."""
    at = scope_node(node)
    return at if at.type == "function_definition" else None


def class_of(node: Node) -> Node | None:
    """The class whose method `node` stands in."""
    at = node.parent
    while at is not None and at.type != "class_definition":
        at = at.parent
    return at


def loop_of(node: Node) -> Node | None:
    """The innermost loop of its own function that `node` stands in the body of."""
    child, at = node, node.parent
    while at is not None and at.type not in _DEFINITIONS:
        if at.type in _LOOPS and at.child_by_field_name("body") == child:
            return at
        child, at = at, at.parent
    return None


def inside(node: Node, around: Node | None) -> bool:
    """Whether `node` lies in `around`."""
    return around is not None and around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def changed_in(code: Code, text: str, around: Node | None, after: int = 0) -> list[Change]:
    """Changes of the expression `text` inside `around` behind the byte `after`."""
    return [c for c in changes(code).get(text, ()) if inside(c.node, around) and c.node.start_byte >= after]


def contained(site: Site, node: Node, found: Iterable[Change] = ()) -> Kind:
    """Which containers `node` may be, by what is known of it and by how it is changed; none where nothing says that it is one."""
    held = site.kind(node)
    how = Kind(0)
    for change in found:
        if change.depth == 0:
            how = how & change.kinds or change.kinds if how else change.kinds
    if held == Kind.ANY or held & Kind.OBJECT:
        return how & COPIED if is_container(site.code, text_of(node)) else Kind(0)
    return held & how & COPIED or held & COPIED


def is_container(code: Code, text: str) -> bool:
    """Whether the file uses the expression `text` as a container only: nothing is read of it that containers lack."""
    return code.attributes.get(text, frozenset()) <= _MEMBERS


_MEMBERS = frozenset(name for kind in (list, dict, set) for name in dir(kind)) | _METHODS.keys()


def copies(site: Site, text: str, kinds: Kind, deep: bool) -> Iterator[tuple[str, float, tuple[Edit, ...]]]:
    """Ways to copy the expression `text`: (code, how likely, edits that it needs elsewhere). `deep`: its parts are changed too."""
    shallow = 0.75 if deep else 1.0
    for i, name in enumerate(name for kind, name in _COPIERS if kinds & kind):
        yield f"{name}({text})", shallow * (1.0 if i == 0 else 0.7), ()
    yield f"{text}.copy()", 0.6 * shallow, ()
    if kinds & Kind.LIST and deep:
        yield f"[list(each) for each in {text}]", 0.7, ()
    if kinds & Kind.DICT and deep:
        yield f"{{key: list(value) for key, value in {text}.items()}}", 0.6, ()
    called, edits = spelled(site, "copy.deepcopy")
    yield f"{called}({text})", 1.0 if deep else 0.8, edits


def put(node: Node, text: str, weight: float = 1.0, more: Iterable[Edit] = ()) -> Rewrite:
    """The rewrite that puts `text` in the place of `node`, and makes the edits `more`."""
    return Rewrite((*more, (span(node), text)), weight)


def calls(node: Node | None, *names: str) -> bool:
    """Whether `node` calls something whose last name is one of `names`."""
    function = node.child_by_field_name("function") if node is not None and node.type == "call" else None
    return function is not None and text_of(function).rpartition(".")[2] in names


def given(call: Node) -> list[Node]:
    """Arguments of `call`; those of a generator in the call's own brackets are that generator."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return []
    if arguments.type == "generator_expression":
        return [arguments]
    return [a for a in arguments.named_children if a.type != "comment"]


def constant(site: Site, name: str) -> Node | None:
    """The container that the module binds to the name `name`, written in capitals."""
    if not name.isupper():
        return None
    for statement in site.code.root.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else None
        if inner is not None and inner.type == "assignment" and text_of(inner.named_children[0]) == name:
            return inner.child_by_field_name("right")
    return None
