"""Arguments that are changed for the caller too, where a function gives its result back."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.pitfalls.usage import (
    COPIED,
    Change,
    calls,
    changed_in,
    copies,
    given,
    is_container,
)

# Arguments of these names are there to be changed.
_FILLED = frozenset(("out", "output", "result", "results", "acc", "accumulator", "seen", "visited", "memo", "cache", "buffer", "buf", "stack", "queue", "heap", "path", "sink", "found", "collected"))  # fmt: skip


@template(
    "pitfall.argument_changed",
    1.5,
    "function_definition",
    (
        "def f(rows):\n    rows.sort()\n    return rows[0]\n",
        "def f(rows):\n    rows = list(rows)\n    rows.sort()\n    return rows[0]\n",
    ),
    (
        "def merge(base, extra):\n    base.update(extra)\n    return base\n",
        "def merge(base, extra):\n    base = dict(base)\n    base.update(extra)\n    return base\n",
    ),
    (
        "def f(order):\n    for line in order['lines']:\n        line['sum'] = 1\n    return order\n",
        "from copy import deepcopy\ndef f(order):\n    order = deepcopy(order)\n    for line in order['lines']:\n        line['sum'] = 1\n    return order\n",
    ),
    (
        "def f(options=None):\n    options['x'] = 1\n    return go(options)\n",
        "def f(options=None):\n    options = dict(options or {})\n    options['x'] = 1\n    return go(options)\n",
    ),
    relies=0.35,
)
def argument_changed(site: Site) -> Proposals:
    """An argument that is changed for the caller too, where the function gives its result back."""
    body = site.field("body")
    if body is None or not body.named_children:
        return
    inner, name = site.code.scope(body), text_of(site.field("name") or site.node)
    returned = [n for n in walk(body) if n.type == "return_statement" and n.named_children]
    if not returned or name.startswith("__"):
        return
    first = first_of(body)
    at, indent = Span(first.start_byte, first.start_byte), f"{site.code.newline}{site.code.indent_of(first)}"
    inner_site = Site(first, inner, site.code)
    for parameter in (n.text for n in inner.names.values() if n.parameter and n.text != inner.method_self):
        found = changed_in(site.code, parameter, body)
        found = [c for c in found if c.depth == 0 or _is_in(c, parameter)]
        if not found or parameter in _FILLED or _splatted(site.node, parameter) or _recurs(body, name, parameter):
            continue
        kinds, share = _parameter_kinds(inner_site, found, parameter), _wanted_back(returned, parameter, name)
        held = f"{parameter} or {_EMPTY.get(kinds, '{}')}" if _is_none(site.node, parameter) else parameter
        for text, weight, edits in copies(inner_site, parameter, kinds, any(c.depth for c in found)) if kinds else ():
            copied = text.replace(f"({parameter})", f"({held})")
            yield Rewrite((*edits, (at, f"{parameter} = {copied}{indent}")), weight * share)


_EMPTY = {Kind.LIST: "[]", Kind.SET: "()"}


def _parameter_kinds(site: Site, found: list[Change], parameter: str) -> Kind:
    held = site.scope.kinds.get(parameter, Kind.ANY)
    how = Kind(0)
    if not is_container(site.code, parameter):
        return how
    for change in found:
        how |= change.kinds if change.depth == 0 else Kind(0)
    if not how:  # only what is in it is changed
        return held & COPIED or Kind.DICT | Kind.LIST
    return how & held & COPIED


def _is_in(change: Change, parameter: str) -> bool:
    """Whether what is changed is an element of the argument, and not an attribute of an object."""
    text = text_of(change.node)
    return f"{parameter}." not in text or f"{parameter}.setdefault(" in text or f"{parameter}.get(" in text


def _splatted(function: Node, name: str) -> bool:
    parameters = function.child_by_field_name("parameters")
    return parameters is not None and f"*{name}" in text_of(parameters)


def _recurs(body: Node, name: str, parameter: str) -> bool:
    """Whether the function hands the argument on to itself: what it gathers in."""
    own = (c for c in walk(body) if calls(c, name))
    return any(parameter in {text_of(a) for a in given(c)} for c in own)


def _wanted_back(returned: list[Node], parameter: str, name: str) -> float:
    values = [n.named_children[0] for n in returned]
    if any(text_of(v) == parameter for v in values):
        return 0.55 if name.startswith(("add", "set", "update", "fill", "append", "apply", "register", "_")) else 1.0
    return 0.4 if all(v.type in ("none", "true", "false") for v in values) else 0.8


def _is_none(function: Node, name: str) -> bool:
    """Whether the default of the parameter `name` is None."""
    parameters = function.child_by_field_name("parameters")
    for parameter in parameters.named_children if parameters is not None else ():
        named, value = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
        if named is not None and value is not None and text_of(named) == name:
            return value.type == "none"
    return False


TEMPLATES: tuple[Template, ...] = (argument_changed,)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.argument_changed": ("totvslabs/pyCarol#428", "dfm/corner.py#251", "getsentry/sentry#103177"),
}
