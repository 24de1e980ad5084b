"""Generators and recursion: what a function that calls itself gives back there, how iterators begin and end, letters of texts."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.pitfalls.usage import calls, function_of, given, loop_of


@template(
    "pitfall.recursion",
    1.6,
    "expression_statement yield return_statement",
    (
        "def walk(node):\n    yield node\n    for n in node.parts:\n        walk(n)\n",
        "def walk(node):\n    yield node\n    for n in node.parts:\n        yield from walk(n)\n",
    ),
    (
        "def walk(node):\n    yield node\n    for n in node.parts:\n        yield walk(n)\n",
        "def walk(node):\n    yield node\n    for n in node.parts:\n        yield from walk(n)\n",
    ),
    (
        "def names(node):\n    out = [node.name]\n    for n in node.parts:\n        names(n)\n    return out\n",
        "def names(node):\n    out = [node.name]\n    for n in node.parts:\n        out.extend(names(n))\n    return out\n",
    ),
    (
        "def find(node, name):\n    if node.name == name:\n        return node\n    for n in node.parts:\n        return find(n, name)\n",
        "def find(node, name):\n    if node.name == name:\n        return node\n    for n in node.parts:\n        found = find(n, name)\n        if found is not None:\n            return found\n",
    ),
    (
        "def names(node):\n    out = [node.name]\n    for n in node.parts:\n        out.append(names(n))\n    return out\n",
        "def names(node):\n    out = [node.name]\n    for n in node.parts:\n        out.extend(names(n))\n    return out\n",
    ),
    relies=0.35,
)
def recursion(site: Site) -> Proposals:
    """What a function that calls itself gives back there: dropped, handed out as it is, or taken for the whole answer."""
    function, node = function_of(site.node), site.node
    value = node.named_children[0] if node.named_children else None
    if function is None or value is None:
        return
    own = text_of(function.child_by_field_name("name") or function)
    if node.type == "yield":
        if _is_own(value, own) and not site.text.startswith("yield from"):
            yield replace(node, f"yield from {text_of(value)}")
    elif node.type == "return_statement":
        if _is_own(value, own) and (loop := loop_of(node)) is not None and _is_last(node, loop):
            yield from _first_found(site, value)
    elif _is_own(value, own):
        yield from _dropped(value, function)
    elif calls(value, "append") and len(given(value)) == 1 and _is_own(given(value)[0], own):
        returned = {text_of(n.named_children[0]) for n in walk(function) if n.type == "return_statement" and n.named_children}  # fmt: skip
        method = value.named_children[0]
        if text_of(method).removesuffix(".append") in returned:
            yield Rewrite(((Span(method.end_byte - len("append"), method.end_byte), "extend"),), 0.9)


def _is_own(call: Node, name: str) -> bool:
    function = call.child_by_field_name("function") if call.type == "call" else None
    owner = function.child_by_field_name("object") if function is not None else None
    if function is None or not calls(call, name):
        return False
    return owner is None or text_of(owner) in ("self", "cls") or text_of(owner) in _turning(call)


def _turning(node: Node) -> set[str]:
    """Variables of the loops around `node`."""
    found: set[str] = set()
    at = loop_of(node)
    while at is not None:
        left = at.child_by_field_name("left")
        found |= {text_of(n) for n in walk(left) if n.type == "identifier"} if left is not None else set()
        at = loop_of(at)
    return found


def _is_last(statement: Node, loop: Node) -> bool:
    """Whether the statement ends each turn of the loop."""
    body = loop.child_by_field_name("body")
    return body is not None and body.named_children[-1] == statement


def _first_found(site: Site, call: Node) -> Iterator[Rewrite]:
    eol, indent, unit = site.code.newline, site.code.indent_of(site.node), site.code.indent_unit
    for test, share in (("found is not None", 1.0), ("found", 0.9)):
        text = f"found = {text_of(call)}{eol}{indent}if {test}:{eol}{indent}{unit}return found"
        yield replace(site.node, text, share)


def _dropped(call: Node, function: Node) -> Iterator[Rewrite]:
    """The result of a call of the function itself that nothing is done with."""
    if any(n.type == "yield" for n in walk(function)):
        yield replace(call, f"yield from {text_of(call)}")
        return
    returned = [n.named_children[0] for n in walk(function) if n.type == "return_statement" and n.named_children]
    for name in dict.fromkeys(text_of(v) for v in returned if v.type == "identifier"):
        if f"{name}.append(" in text_of(function) or f"{name} = [" in text_of(function):
            yield replace(call, f"{name}.extend({text_of(call)})")
        elif f"{name}.add(" in text_of(function) or f"{name} = {{" in text_of(function):
            yield replace(call, f"{name}.update({text_of(call)})")
        elif f"{name} += " in text_of(function):
            yield replace(call, f"{name} += {text_of(call)}")
    if returned:
        yield replace(call, f"return {text_of(call)}", 0.8)


@template(
    "pitfall.text_elements",
    1.6,
    "call",
    (
        "from collections.abc import Iterable\ndef flat(xs):\n    for x in xs:\n        if isinstance(x, Iterable):\n            yield from flat(x)\n        else:\n            yield x\n",
        "from collections.abc import Iterable\ndef flat(xs):\n    for x in xs:\n        if isinstance(x, Iterable) and not isinstance(x, (str, bytes)):\n            yield from flat(x)\n        else:\n            yield x\n",
    ),
    (
        "def f(x):\n    return list(x) if hasattr(x, '__iter__') else [x]\n",
        "def f(x):\n    return list(x) if hasattr(x, '__iter__') and not isinstance(x, (str, bytes)) else [x]\n",
    ),
    relies=0.35,
)
def text_elements(site: Site) -> Proposals:
    """A text is a sequence of texts too: whoever goes through what can be gone through meets its letters."""
    inner = given(site.node)
    if len(inner) != 2 or not calls(site.node, "isinstance", "hasattr"):
        return
    kinds = {text_of(n) for n in walk(inner[1]) if n.type in ("identifier", "string")}
    if not kinds & {"Iterable", "Sequence", "Collection", "'__iter__'", '"__iter__"', "'__len__'", '"__len__"'}:
        return
    parent, around = site.node.parent, function_of(site.node)
    if parent is None or parent.type == "not_operator" or (around is not None and f"isinstance({text_of(inner[0])}, str)" in text_of(around)):  # fmt: skip
        return
    for texts, share in (("(str, bytes)", 1.0), ("str", 0.8)):
        yield site.become(f"{site.text} and not isinstance({text_of(inner[0])}, {texts})", Level.AND, share)


@template(
    "pitfall.generator_end",
    1.6,
    "raise_statement return_statement function_definition",
    (
        "def f(xs):\n    for x in xs:\n        if x is None:\n            raise StopIteration\n        yield x\n",
        "def f(xs):\n    for x in xs:\n        if x is None:\n            return\n        yield x\n",
    ),
    (
        "class A:\n    def __iter__(self):\n        return self.rows\n",
        "class A:\n    def __iter__(self):\n        return iter(self.rows)\n",
    ),
    (
        "class A:\n    def __init__(self):\n        self.at = 0\n    def __iter__(self):\n        return self\n    def __next__(self):\n        self.at += 1\n        return self.at\n",
        "class A:\n    def __init__(self):\n        self.at = 0\n    def __iter__(self):\n        self.at = 0\n        return self\n    def __next__(self):\n        self.at += 1\n        return self.at\n",
    ),
    relies=0.35,
)
def generator_end(site: Site) -> Proposals:
    """How iterators end and begin: no ``StopIteration`` in a generator, an iterator from ``__iter__``, a new beginning for each loop."""
    function = function_of(site.node)
    name = text_of(function.child_by_field_name("name") or function) if function is not None else ""
    if site.node.type == "raise_statement" and function is not None:
        if "StopIteration" in site.text and name != "__next__" and any(n.type == "yield" for n in walk(function)):
            yield replace(site.node, "return")
    elif site.node.type == "return_statement" and name == "__iter__" and site.node.named_children:
        value = site.node.named_children[0]
        if value.type in ("attribute", "list", "list_comprehension") or calls(value, "list", "sorted", "values", "keys", "items"):  # fmt: skip
            yield Rewrite(((span(value), f"iter({text_of(value)})"),))
        elif text_of(value) == "self":
            yield from _from_the_start(site)


def _from_the_start(site: Site) -> Iterator[Rewrite]:
    """What ``__next__`` counts on set back to what ``__init__`` set it to."""
    cls = site.scope.outer.node if site.scope.outer is not None else None
    methods = [n for n in walk(cls) if n.type == "function_definition"] if cls is not None else []
    named = {text_of(m.child_by_field_name("name") or m): m for m in methods}
    if "__next__" not in named or "__init__" not in named:
        return
    moved = {text_of(n.named_children[0]) for n in walk(named["__next__"]) if n.type in ("augmented_assignment", "assignment")}  # fmt: skip
    for first in (n for n in walk(named["__init__"]) if n.type == "assignment"):
        if text_of(first.named_children[0]) in moved and text_of(first.named_children[0]).startswith("self."):
            line = f"{text_of(first)}{site.code.newline}{site.code.indent_of(site.node)}"
            yield Rewrite(((Span(site.node.start_byte, site.node.start_byte), line),))


TEMPLATES: tuple[Template, ...] = (recursion, text_elements, generator_end)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.text_elements": ("MartinBernstorff/iterpy#60", "keon/algorithms#507"),
    "pitfall.generator_end": ("netaddr/netaddr#167", "youzaka/ariblib#16", "celery/celery#5263"),
}
