"""The keys that containers are asked with: one form for all of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tree_sitter import Node

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, span, template
from fixbot_repair.candidates.templates.pitfalls.peers import Change, Function, assigned, function_of, own

_METHODS = frozenset(["lower", "upper", "casefold", "strip", "lstrip", "rstrip", "title", "resolve", "absolute", "expanduser", "date", "timestamp", "decode", "encode", "normalize"])  # fmt: skip
_NO_FORM = frozenset(["len", "range", "next", "id", "type", "repr", "print", "sorted", "list", "set", "dict", "tuple", "iter", "isinstance", "sum", "min", "max", "open", "super", "any", "all", "hash", "enumerate", "reversed", "index", "get", "pop", "find", "count", "add", "append", "remove"])  # fmt: skip


def shape_of(node: Node) -> str | None:
    """A call of one value that brings it into a form, with the value left out: ``{}.lower()``, ``self._key({})``."""
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call" or called is None or arguments is None or arguments.type != "argument_list":
        return None
    if called.type == "attribute" and not arguments.named_children:
        owner, name = called.named_children[0], text_of(called.named_children[-1])
        inner = shape_of(owner)
        return f"{inner or '{}'}.{name}()" if name in _METHODS else None
    value = inside(node)
    is_plain = value is not None and value.type in ("identifier", "attribute", "subscript") and "{" not in text_of(node)
    last = text_of(called).rpartition(".")[2]
    return f"{text_of(called)}({{}})" if is_plain and last not in _NO_FORM else None


def inside(node: Node) -> Node | None:
    """The value that a call of :func:`shape_of` brings into its form."""
    called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or arguments is None:
        return None
    given = arguments.named_children
    if called.type == "attribute" and not given:
        owner = called.named_children[0]
        return inside(owner) if owner.type == "call" else owner
    return given[0] if len(given) == 1 and given[0].type != "keyword_argument" else None


@dataclass(frozen=True, slots=True)
class _Use:
    """One key that a container is asked with; `shape` is the form it is brought into, ``""`` where it is raw."""

    key: Node
    shape: str
    function: int  # id of the function around


_USES: WeakKeyDictionary[Code, Mapping[tuple[int, str], list[_Use]]] = WeakKeyDictionary()
_ASKING = frozenset(["get", "pop", "setdefault", "add", "discard", "remove"])


def _uses(code: Code) -> Mapping[tuple[int, str], list[_Use]]:
    """The keys of each container of the file, by the id of the class (of an attribute) and the container as written."""
    if code not in _USES:
        found: dict[tuple[int, str], list[_Use]] = {}
        for node in walk(code.root):
            if (parts := keyed_use(node)) is not None:
                container, key = parts
                function = function_of(code, node)
                held = text_of(container)
                form = _form_of(key, function)
                if form is not None:
                    found.setdefault(_home(function, held), []).append(
                        _Use(key, form, function.node.id if function else 0)
                    )
        _USES[code] = found
    return _USES[code]


def _home(function: Function | None, held: str) -> tuple[int, str]:
    if function is not None and function.receiver and held.startswith(f"{function.receiver}."):
        return function.owner.id if function.owner is not None else 0, held
    return 0, held


def keyed_use(node: Node) -> tuple[Node, Node] | None:
    """Container and key where `node` asks a container with a key: ``c[k]``, ``c.get(k)``, ``k in c``."""
    if node.type == "subscript":
        container, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
    elif node.type == "call":
        called, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if called is None or arguments is None or called.type != "attribute" or not arguments.named_children:
            return None
        if text_of(called.named_children[-1]) not in _ASKING:
            return None
        container, key = called.named_children[0], arguments.named_children[0]
    elif node.type == "comparison_operator" and len(node.named_children) == 2:
        key, container = node.named_children
        if not {"in", "not in"} & {c.type for c in node.children}:
            return None
    else:
        return None
    if container is None or key is None or container.type not in ("identifier", "attribute"):
        return None
    return container, key


def _form_of(key: Node, function: Function | None) -> str | None:
    """The form of a key, ``""`` for a raw one, None where it is a constant or comes from something that is not looked at."""
    if (shape := shape_of(key)) is not None:
        return shape
    if key.type in ("attribute", "subscript"):
        return ""
    if key.type != "identifier" or function is None:
        return None
    name = text_of(key)
    for node in own(function.body):
        sides = assigned(node) if node.type == "assignment" else None
        if sides is not None and text_of(sides[0]) == name:
            return shape_of(sides[1])
        if node.type in ("for_statement", "for_in_clause", "as_pattern", "named_expression") and name in text_of(node):
            return None if name not in function.parameters else ""
    return "" if name in function.parameters else None


@template(
    "pitfall.key_form",
    1.3,
    "subscript call comparison_operator",
    (
        "class A:\n    def put(self, user, v):\n        self.d[user.name.lower()] = v\n    def has(self, user):\n        return user.name in self.d\n",
        "class A:\n    def put(self, user, v):\n        self.d[user.name.lower()] = v\n    def has(self, user):\n        return user.name.lower() in self.d\n",
    ),
    (
        "class A:\n    def put(self, k, v):\n        self.d[norm(k)] = v\n    def drop(self, k):\n        if k in self.d:\n            self.d.pop(k)\n",
        "class A:\n    def put(self, k, v):\n        self.d[norm(k)] = v\n    def drop(self, k):\n        if norm(k) in self.d:\n            self.d.pop(norm(k))\n",
    ),
    most=4,
    relies=0.35,
)
def key_form(site: Site) -> Proposals:
    """A container asked with a key as it came, where others of its keys are brought into a form first."""
    parts = keyed_use(site.node)
    if parts is None:
        return
    container, key = parts
    function = function_of(site.code, site.node)
    known = _uses(site.code).get(_home(function, text_of(container)), [])
    here = next((u for u in known if u.key == key), None)
    if here is None or here.shape or not is_read(key):
        return
    counts = Counter(u.shape for u in known if u.shape)
    alike = [u for u in known if not u.shape and u.function == here.function and text_of(u.key) == text_of(key)]
    for shape, count in counts.most_common(2):
        weight = (count / len(known)) ** 0.3
        if len(alike) > 1:
            yield Rewrite(tuple(_wrapped(u.key, shape) for u in alike), weight)
        yield Rewrite((_wrapped(key, shape),), 0.9 * weight)


def _wrapped(key: Node, shape: str) -> Change:
    return span(key), shape.format(grouped(key, Level.PRIMARY) if shape.startswith("{}") else text_of(key))


TEMPLATES = (key_form,)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.key_form": ("alphagov/notifications-utils#1197", "tornadoweb/tornado#3564"),
}
