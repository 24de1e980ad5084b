"""Copies that are too shallow, and defaults that are added to and never stored."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, span, template
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.library import call_of, method_of
from fixbot_repair.candidates.templates.pitfalls.lasting import is_made
from fixbot_repair.candidates.templates.pitfalls.usage import (
    calls,
    changed_in,
    class_of,
    function_of,
    given,
    put,
)


@template(
    "pitfall.shallow",
    1.4,
    "call dictionary subscript",
    (
        "import copy\ndef f(order):\n    new = copy.copy(order)\n    new.lines.append(1)\n    return new\n",
        "import copy\ndef f(order):\n    new = copy.deepcopy(order)\n    new.lines.append(1)\n    return new\n",
    ),
    (
        "def f(grid, x, y):\n    new = list(grid)\n    new[y][x] = 1\n    return new\n",
        "def f(grid, x, y):\n    new = [list(each) for each in grid]\n    new[y][x] = 1\n    return new\n",
    ),
    (
        "class A:\n    def snapshot(self):\n        return self.state.copy()\n    def put(self, k, v):\n        self.state[k].append(v)\n",
        "from copy import deepcopy\nclass A:\n    def snapshot(self):\n        return deepcopy(self.state)\n    def put(self, k, v):\n        self.state[k].append(v)\n",
    ),
    relies=0.35,
)
def shallow(site: Site) -> Proposals:
    """A copy whose parts are still those of the original, and are changed."""
    source, function = _copied_from(site), function_of(site.node)
    if source is None or function is None or source.type not in ("identifier", "attribute", "subscript"):
        return
    text, parent, around = text_of(source), site.node.parent, class_of(site.node) or function
    if parent is not None and parent.type in ("for_statement", "for_in_clause"):
        return  # a copy to go through while the original changes
    found = [c for c in changed_in(site.code, text, around) if c.depth]
    if parent is not None and parent.type == "assignment" and parent.child_by_field_name("right") == site.node:
        found += [c for c in changed_in(site.code, text_of(parent.named_children[0]), function) if c.depth]
    certain = 1.0 if found else 0.85 if site.text.startswith("copy.") else 0.5 if text_of(source).isupper() else 0.0
    if certain:
        called, edits = spelled(site, "copy.deepcopy")
        yield put(site.node, f"{called}({text})", certain, edits)
        if site.node.type == "subscript" or calls(site.node, "list") or site.kind(source) == Kind.LIST:
            yield site.become(f"[list(each) for each in {text}]", weight=0.9 * certain)
            yield site.become(f"[dict(each) for each in {text}]", weight=0.7 * certain)
        elif site.node.type == "dictionary" or calls(site.node, "dict") or site.kind(source) == Kind.DICT:
            for kind, share in (("list", 0.85), ("dict", 0.85), ("set", 0.6)):
                shape = f"{{key: {kind}(value) for key, value in {text}.items()}}"
                yield site.become(shape, weight=share * certain)


def _copied_from(site: Site) -> Node | None:
    """What a call, a display or a slice makes a copy of."""
    node = site.node
    if node.type == "subscript":
        return node.named_children[0] if site.text.endswith("[:]") else None
    if node.type == "dictionary":
        parts = node.named_children
        only = len(parts) == 1 and parts[0].type == "dictionary_splat"
        return parts[0].named_children[0] if only else None
    function, arguments = node.child_by_field_name("function"), given(node)
    if function is None:
        return None
    if text_of(function) in ("list", "dict", "copy.copy", "copy") and len(arguments) == 1:
        return arguments[0]
    method = method_of(function)
    return method[0] if method is not None and method[1] == "copy" and not arguments else None


@template(
    "pitfall.lost_default",
    1.7,
    "call",
    ("def f(d, k, x):\n    d.get(k, []).append(x)\n", "def f(d, k, x):\n    d.setdefault(k, []).append(x)\n"),
    (
        "def f(d, k, x):\n    rows = d.get(k, [])\n    rows.append(x)\n    return d\n",
        "def f(d, k, x):\n    rows = d.setdefault(k, [])\n    rows.append(x)\n    return d\n",
    ),
    relies=0.35,
)
def lost_default(site: Site) -> Proposals:
    """A default of ``get`` that is added to and never stored."""
    parts = call_of(site)
    method = method_of(parts[0]) if parts else None
    arguments = given(site.node)
    if parts is None or method is None or method[1] != "get" or len(arguments) != 2 or not is_made(arguments[1]):
        return
    parent, function = site.node.parent, function_of(site.node)
    if parent is None or function is None:
        return
    share = 0.0
    if parent.type == "attribute" and changed_in(site.code, text_of(method[0]), parent.parent):
        share = 1.0
    elif parent.type == "assignment" and parent.named_children[0].type == "identifier":
        found = changed_in(site.code, text_of(parent.named_children[0]), function, parent.end_byte)
        stored = f"{text_of(method[0])}[{text_of(arguments[0])}] ="
        share = 1.0 if found and stored not in text_of(function) else 0.0
    if share:
        yield Rewrite(((span(parts[0]), f"{text_of(method[0])}.setdefault"),), share)


TEMPLATES: tuple[Template, ...] = (
    shallow,
    lost_default,
)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.shallow": ("isce-framework/isce3#195", "fkie-cad/Logprep#883", "monstermuffin/mergerfs-cache-mover#78"),
}
