"""Names that are bound anew where the object should have changed, for all who hold it; and objects emptied that others hold."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.lasting import is_made
from fixbot_repair.candidates.templates.pitfalls.usage import COPIED, calls, function_of, given, loop_of


@template(
    "pitfall.rebound",
    1.5,
    "assignment expression_statement",
    (
        "import os\ndef f(top):\n    for root, dirs, files in os.walk(top):\n        dirs = [d for d in dirs if d[0] != '.']\n        go(files)\n",
        "import os\ndef f(top):\n    for root, dirs, files in os.walk(top):\n        dirs[:] = [d for d in dirs if d[0] != '.']\n        go(files)\n",
    ),
    ("SEEN = {}\ndef reset():\n    SEEN = {}\n", "SEEN = {}\ndef reset():\n    SEEN.clear()\n"),
    (
        "def clean(rows):\n    rows = [r for r in rows if r]\n",
        "def clean(rows):\n    rows[:] = [r for r in rows if r]\n",
    ),
    (
        "def f(names):\n    for name in names:\n        name = name.strip()\n    return names\n",
        "def f(names):\n    for i, name in enumerate(names):\n        names[i] = name.strip()\n    return names\n",
    ),
    (
        "class A:\n    def flush(self):\n        send(self.rows)\n        self.rows.clear()\n    def __init__(self):\n        self.rows = []\n",
        "class A:\n    def flush(self):\n        send(self.rows)\n        self.rows = []\n    def __init__(self):\n        self.rows = []\n",
    ),
    relies=0.35,
)
def rebound(site: Site) -> Proposals:
    """A name bound anew where its object should have changed, for all who hold it; and an object emptied that others hold."""
    left, right = site.field("left"), site.field("right")
    is_emptying = site.node.type == "expression_statement" and site.text.endswith(".clear()")
    function = function_of(site.node) if is_emptying or (left is not None and left.type == "identifier") else None
    if function is not None and is_emptying:
        yield from _emptied(site, function)
    if function is None or left is None or right is None:
        return
    name, loop = text_of(left), loop_of(site.node)
    of_loop = loop is not None and loop.type == "for_statement" and name in text_of(loop.named_children[0])
    if not of_loop and right.type != "list_comprehension" and name not in _outer(site):
        return
    later = [n for n in walk(function) if n.type == "identifier" and n.start_byte > site.node.end_byte and text_of(n) == name]  # fmt: skip
    if loop is not None and of_loop:
        yield from _of_loop(site, loop, name, later, right)
    elif not later and name in _outer(site) and name not in {n.text for n in site.scope.names.values() if n.parameter}:
        if f"global {name}" not in text_of(function):
            if is_made(right) and not right.named_children:
                yield replace(site.node, f"{name}.clear()")
            first = first_of(function.child_by_field_name("body") or function)
            line = f"global {name}{site.code.newline}{site.code.indent_of(first)}"
            yield Rewrite(((Span(first.start_byte, first.start_byte), line),), 0.9)
    elif not later and right.type == "list_comprehension" and name in text_of(right):
        is_parameter = any(n.parameter and n.text == name for n in site.scope.names.values())
        if is_parameter and "return" not in text_of(function):
            yield replace(left, f"{name}[:]")


def _outer(site: Site) -> set[str]:
    """Variables of the module."""
    scope = site.scope
    while scope.outer is not None:
        scope = scope.outer
    return {n.text for n in scope.names.values() if not n.kind & (Kind.CALLABLE | Kind.CLASS | Kind.MODULE)}


def _of_loop(site: Site, loop: Node, name: str, later: list[Node], right: Node) -> Iterator[Rewrite]:
    left, through = loop.child_by_field_name("left"), loop.child_by_field_name("right")
    if left is None or through is None:
        return
    if calls(through, "walk") and name == text_of(left.named_children[1] if len(left.named_children) == 3 else left):
        yield replace(site.node.named_children[0], f"{name}[:]")
    elif text_of(left) == name and not later and through.type in ("identifier", "attribute") and name in text_of(right):
        index = next(n for n in ("i", "j", "index", f"{name}_index") if n not in site.scope.names)
        edits = (
            (span(left), f"{index}, {name}"),
            (span(through), f"enumerate({text_of(through)})"),
            (span(site.node.named_children[0]), f"{text_of(through)}[{index}]"),
        )
        yield Rewrite(edits, 0.9)


def _emptied(site: Site, function: Node) -> Iterator[Rewrite]:
    """A container that was handed on in the same function, and then emptied."""
    call = site.node.named_children[0]
    if not calls(call, "clear") or given(call):
        return
    owner = call.named_children[0].named_children[0]
    kinds = site.kind(owner)
    made = {Kind.LIST: "[]", Kind.DICT: "{}", Kind.SET: "set()"}.get(kinds if kinds != Kind.ANY else COPIED, "")
    for node in walk(function):
        parent = node.parent
        if node.type == owner.type and node.end_byte < call.start_byte and text_of(node) == text_of(owner) and made:
            held = parent is not None and parent.type in (
                "assignment",
                "argument_list",
                "yield",
                "pair",
                "list",
                "tuple",
            )
            if held and is_read(node) and not calls(parent.parent if parent is not None else None, "len", "list", "dict", "set", "sum", "join", "sorted", "tuple"):  # fmt: skip
                yield Rewrite(((span(call), f"{text_of(owner)} = {made}"),))
                return


TEMPLATES: tuple[Template, ...] = (rebound,)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.rebound": ("galaxyproject/galaxy#4636", "python/cpython#97580"),
}
