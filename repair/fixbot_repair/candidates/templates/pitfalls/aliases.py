"""Second names for one container that is changed under one of them: constants, arguments, what was to be kept as it was."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.templates.base import Proposals, Site, Template, template
from fixbot_repair.candidates.templates.pitfalls.usage import (
    COPYING,
    NESTED,
    Change,
    calls,
    changed_in,
    class_of,
    constant,
    contained,
    copies,
    function_of,
    given,
    put,
)


@template(
    "pitfall.alias",
    1.6,
    "assignment",
    (
        "DEFAULTS = {'a': 1}\nclass A:\n    def __init__(self):\n        self.options = DEFAULTS\n    def set(self, k, v):\n        self.options[k] = v\n",
        "DEFAULTS = {'a': 1}\nclass A:\n    def __init__(self):\n        self.options = dict(DEFAULTS)\n    def set(self, k, v):\n        self.options[k] = v\n",
    ),
    (
        "def f(base, extra):\n    merged = base\n    merged.update(extra)\n    return merged\n",
        "def f(base, extra):\n    merged = dict(base)\n    merged.update(extra)\n    return merged\n",
    ),
    (
        "class A:\n    def flush(self):\n        batch = self.rows\n        self.rows.clear()\n        return batch\n    def add(self, r):\n        self.rows.append(r)\n",
        "class A:\n    def flush(self):\n        batch = list(self.rows)\n        self.rows.clear()\n        return batch\n    def add(self, r):\n        self.rows.append(r)\n",
    ),
    (
        "BASE = {'tags': []}\ndef f(tag):\n    row = BASE\n    row['tags'].append(tag)\n    return row\n",
        "from copy import deepcopy\nBASE = {'tags': []}\ndef f(tag):\n    row = deepcopy(BASE)\n    row['tags'].append(tag)\n    return row\n",
    ),
    relies=0.35,
)
def alias(site: Site) -> Proposals:
    """A second name for a container that is changed under one of the two names."""
    left, right, function = site.field("left"), site.field("right"), function_of(site.node)
    if left is None or right is None or function is None or left.type not in ("identifier", "attribute"):
        return
    falls_back = _falls_back(right)
    looks_up = calls(right, "get", "getattr") and text_of(right).partition(".")[0].isupper()
    if right.type not in ("identifier", "attribute", "subscript") and not falls_back and not looks_up:
        return
    if right.type == "subscript" and ":" in text_of(right):
        return
    found = _changes_of(site, left, right, function)
    kinds = contained(site, right, found) or contained(site, left, found)
    share = _sharing(site, left, right, found, function) if not falls_back else float(bool(found))
    if kinds and share:
        deep = any(c.depth for c in found) or _holds_containers(site, right)
        for text, weight, edits in copies(site, text_of(right), kinds, deep):
            yield put(right, text, weight * share, edits)


def _falls_back(right: Node) -> bool:
    """Whether a constant of the module or class stands in for what is not there: ``given or DEFAULTS``, ``d.get(k, DEFAULTS)``."""
    if right.type in ("boolean_operator", "conditional_expression"):
        last = right.named_children[-1]
    elif calls(right, "get", "pop", "getattr") and len(given(right)) > 1:
        last = given(right)[-1]
    else:
        return False
    name = text_of(last).rpartition(".")[2]
    return last.type in ("identifier", "attribute") and name.isupper() and len(name) > 1


def _changes_of(site: Site, left: Node, right: Node, function: Node) -> list[Change]:
    """Changes under the new name, in the function or the class; and under the old one behind the assignment."""
    around = class_of(function) or function if left.type == "attribute" else function
    after = 0 if left.type == "attribute" else site.node.end_byte
    behind = changed_in(site.code, text_of(right), function, site.node.end_byte)
    if left.type == "identifier" and not _is_used(function, text_of(left), behind):
        behind = []
    return [*changed_in(site.code, text_of(left), around, after), *behind]


def _is_used(function: Node, name: str, behind: list[Change]) -> bool:
    """Whether `name` is read behind the first of the changes."""
    first = min((c.node.end_byte for c in behind), default=None)
    return first is not None and any(
        n.type == "identifier" and n.start_byte > first and text_of(n) == name and is_read(n) for n in walk(function)
    )


def _sharing(site: Site, left: Node, right: Node, found: list[Change], function: Node) -> float:
    """How likely the sharing is a mistake: surely of constants, of what comes from outside, of what is given back or kept."""
    if not found or _is_rebound(function, left):
        return 0.0
    owner = text_of(right).partition("[")[0].partition("(")[0].split(".")
    if any(part.isupper() and len(part) > 1 for part in owner) or text_of(right) in ("os.environ", "sys.path"):
        return 1.0
    parameters = {n.text for n in site.scope.names.values() if n.parameter}
    if left.type == "attribute":
        return 1.0 if any(c in text_of(function)[:80] for c in COPYING) else 0.9 if owner[0] in parameters else 0.6
    is_returned = any(
        n.type == "return_statement" and text_of(left) in {text_of(x) for x in walk(n)} for n in walk(function)
    )
    if any(c.node.start_byte > site.node.end_byte and _owner(c) == text_of(right) for c in found):
        return 1.0  # the old one is changed, and the new name read again
    return (0.95 if is_returned else 0.5) if right.type != "subscript" else 0.5 if is_returned else 0.3


def _owner(change: Change) -> str:
    function = change.node.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else change.node.child_by_field_name("left")
    return text_of(owner).partition("[")[0] if owner is not None else ""


def _is_rebound(function: Node, left: Node) -> bool:
    """Whether the name walks along a structure: it is bound again to a part of itself."""
    name = text_of(left)
    for node in walk(function):
        right = node.child_by_field_name("right") if node.type == "assignment" else None
        if right is None or text_of(node.named_children[0]) != name or calls(right, "list", "dict", "set", "sorted"):
            continue
        if right.type in ("subscript", "attribute", "call") and name in {text_of(n) for n in walk(right)}:
            return True
    return False


def _holds_containers(site: Site, right: Node) -> bool:
    """Whether a constant of the module holds containers."""
    held = constant(site, text_of(right).partition("[")[0].partition(".")[0])
    return held is not None and any(n.type in NESTED for n in walk(held) if n != held)


TEMPLATES: tuple[Template, ...] = (alias,)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.alias": ("HEXRD/hexrdgui#169", "planetfederal/qgis-suite-plugin#83", "Aiven-Open/karapace#650"),
}
