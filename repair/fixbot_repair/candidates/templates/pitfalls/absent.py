"""Orders of what may be None, which has none: keys that lack it, and None that comes first when the order is turned round."""

import re
from collections.abc import Mapping

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Site, Template, replace, template
from fixbot_repair.candidates.templates.pitfalls.ranking import SORTS
from fixbot_repair.candidates.templates.pitfalls.usage import calls

_ASKS = re.compile(r"[\w.\[\]()\"']+ is (?:not )?None")


@template(
    "pitfall.missing_order",
    1.2,
    "lambda",
    (
        "def f(rows):\n    for r in rows:\n        if r.day is None:\n            go(r)\n    return sorted(rows, key=lambda r: r.day)\n",
        "def f(rows):\n    for r in rows:\n        if r.day is None:\n            go(r)\n    return sorted(rows, key=lambda r: (r.day is None, r.day))\n",
    ),
    (
        "def f(rows):\n    return sorted(rows, key=lambda r: year(r))\n",
        "def f(rows):\n    return sorted(rows, key=lambda r: (year(r) is None, year(r)))\n",
        "TypeError: '<' not supported between instances of 'NoneType' and 'int'",
    ),
    (
        "class A:\n    rank: int | None\ndef f(rows):\n    rows.sort(key=lambda r: (r.rank, r.name))\n",
        "class A:\n    rank: int | None\ndef f(rows):\n    rows.sort(key=lambda r: (r.rank is None, r.rank, r.name))\n",
    ),
    (
        "class A:\n    rank: int | None\ndef f(rows):\n    rows.sort(key=lambda r: (-r.rank, r.name))\n",
        "class A:\n    rank: int | None\ndef f(rows):\n    rows.sort(key=lambda r: (r.rank is None, -(r.rank or 0), r.name))\n",
    ),
    relies=0.35,
)
def missing_order(site: Site) -> Proposals:
    """A key that may be None, which has no order."""
    holder = site.node.parent
    call = holder.parent.parent if holder is not None and holder.parent is not None else None
    body = site.field("body")
    if body is None or not calls(call, *SORTS, "max", "min"):
        return
    for part in body.named_children if body.type == "tuple" else [body]:
        value = part.named_children[0] if part.type == "unary_operator" else part
        name = text_of(value.named_children[-1]) if value.type in ("attribute", "subscript") else ""
        raised = any(s.name == "none" for s in site.code.symptoms.found)
        if raised or (name and _may_lack(site, name, is_key=value.type == "subscript")):
            written = text_of(part) if value is part else f"-({text_of(value)} or 0)"
            shape = f"{text_of(value)} is None, {written}"
            yield replace(part, shape if body.type == "tuple" else f"({shape})")
            yield replace(value, f"({text_of(value)} or 0)" if value is not part else f"{text_of(value)} or 0", 0.6)


def _may_lack(site: Site, name: str, *, is_key: bool) -> bool:
    """Whether the file says that the attribute or the key `name` may be None."""
    text = site.code.data.decode("utf-8", "replace")
    held = re.escape(name)
    if is_key:
        return bool(re.search(rf"\[{held}\] is (?:not )?None|{held}: None", text))
    asked = rf"\.{held} is (?:not )?None|\.{held}(?:: [^=\n]+)? = None|\b{held}: (?:[^=\n]*\| None|Optional\[)|\b{held}=None"
    return bool(re.search(asked, text))


@template(
    "pitfall.none_reversed",
    1.6,
    "call",
    (
        "def f(rows, down):\n    rows.sort(key=lambda r: (r.n is None, r.n), reverse=down)\n",
        "def f(rows, down):\n    rows.sort(key=lambda r: ((r.n is None) != down, r.n), reverse=down)\n",
    ),
    (
        "def f(rows):\n    return sorted(rows, key=lambda r: (r.n is None, r.n or 0), reverse=True)\n",
        "def f(rows):\n    return sorted(rows, key=lambda r: (r.n is not None, r.n or 0), reverse=True)\n",
    ),
    relies=0.35,
)
def none_reversed(site: Site) -> Proposals:
    """What is None comes last by its key, and first when the order is turned round."""
    arguments = site.field("arguments")
    if arguments is None or not calls(site.node, *SORTS):
        return
    named = {
        text_of(a.named_children[0]): a.named_children[-1]
        for a in arguments.named_children
        if a.type == "keyword_argument"
    }
    key, turned = named.get("key"), named.get("reverse")
    body = key.child_by_field_name("body") if key is not None and key.type == "lambda" else None
    if body is None or turned is None or body.type != "tuple" or turned.type == "false":
        return
    first = body.named_children[0]
    if not _ASKS.fullmatch(text_of(first)):
        return
    if turned.type != "true":
        yield replace(first, f"({text_of(first)}) != {text_of(turned)}")
        return
    other = (" is None", " is not None") if text_of(first).endswith(" is None") else (" is not None", " is None")
    yield replace(first, text_of(first).removesuffix(other[0]) + other[1])


TEMPLATES: tuple[Template, ...] = (missing_order, none_reversed)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.missing_order": ("internetarchive/openlibrary#3731", "frappe/erpnext#55028", "bytedeck/bytedeck#1432"),
}
