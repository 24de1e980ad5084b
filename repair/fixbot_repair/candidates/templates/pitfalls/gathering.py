"""Elements gathered: in no order, without their counts, in groups that were not sorted, flattened one level too many or too few."""

from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.library import call_of, method_of
from fixbot_repair.candidates.templates.pitfalls.usage import calls, function_of, given


@template(
    "pitfall.unordered",
    1.3,
    "call identifier",
    ("def f(xs):\n    return list(set(xs))\n", "def f(xs):\n    return list(dict.fromkeys(xs))\n"),
    ("def f(xs):\n    return ', '.join(set(xs))\n", "def f(xs):\n    return ', '.join(sorted(set(xs)))\n"),
    (
        "def f(rows):\n    return list({r.name for r in rows})\n",
        "def f(rows):\n    return list(dict.fromkeys(r.name for r in rows))\n",
    ),
    (
        "def f(rows):\n    names = set()\n    for r in rows:\n        names.add(r.name)\n    return list(names)\n",
        "def f(rows):\n    names = set()\n    for r in rows:\n        names.add(r.name)\n    return sorted(names)\n",
    ),
    (
        "def f(xs):\n    out = []\n    for x in set(xs):\n        out.append(x)\n    return out\n",
        "def f(xs):\n    out = []\n    for x in dict.fromkeys(xs):\n        out.append(x)\n    return out\n",
    ),
    relies=0.35,
)
def unordered(site: Site) -> Proposals:
    """A set whose elements are given out one after the other: in no order that could be told."""
    node, parent = site.node, site.node.parent
    if parent is None or (node.type == "identifier" and parent.type not in _GONE_THROUGH):
        return
    if node.type == "call" and text_of(node.named_children[0]) in ("list", "tuple"):
        inner = given(node)
        if len(inner) == 1 and (kept := _kept_order(inner[0])):
            yield replace(inner[0], kept)
            yield from [replace(node, f"sorted({text_of(inner[0])})", 0.9)] if site.text[0] == "l" else []
        elif len(inner) == 1 and site.kind(inner[0]) == Kind.SET:
            shape = f"sorted({text_of(inner[0])})"
            yield replace(node, shape if site.text[0] == "l" else f"tuple({shape})")
        return
    is_set = calls(node, "set") if node.type == "call" else site.kind() == Kind.SET
    if not is_set or not _given_out(node, parent):
        return
    share = 1.0 if node.type == "call" else 0.75
    yield replace(node, f"sorted({site.text})", 0.9 * share)
    if node.type == "call" and (kept := _kept_order(node)):
        yield replace(node, kept, share)


_GONE_THROUGH = ("argument_list", "for_statement", "for_in_clause")


def _kept_order(node: Node) -> str:
    """What keeps each element once and in its order; "" where that cannot be said."""
    if node.type == "set_comprehension":
        return f"dict.fromkeys({text_of(node)[1:-1]})"
    inner = given(node) if node.type == "call" and text_of(node.named_children[0]) == "set" else []
    return f"dict.fromkeys({text_of(inner[0]).strip()})" if len(inner) == 1 and inner[0].type != "generator_expression" else ""  # fmt: skip


def _given_out(node: Node, parent: Node) -> bool:
    if parent.type == "argument_list":
        return calls(parent.parent, "join", "extend", "enumerate", "writelines", "dumps")
    if parent.type == "for_in_clause" and parent.child_by_field_name("right") == node:
        return parent.parent is not None and parent.parent.type == "list_comprehension"
    if parent.type != "for_statement" or parent.child_by_field_name("right") != node:
        return False
    body = parent.child_by_field_name("body")
    told = ("append", "write", "print", "extend", "writerow")
    return body is not None and any(n.type == "yield" or calls(n, *told) for n in walk(body))


@template(
    "pitfall.counts_lost",
    1.3,
    "comparison_operator binary_operator",
    (
        "def f(a, b):\n    return set(a) == set(b)\n",
        "from collections import Counter\ndef f(a, b):\n    return Counter(a) == Counter(b)\n",
    ),
    ("def f(a, b):\n    return set(a) != set(b)\n", "def f(a, b):\n    return sorted(a) != sorted(b)\n"),
    (
        "from collections import Counter\ndef f(old, new):\n    a = Counter(old)\n    b = Counter(new)\n    return a - b\n",
        "from collections import Counter\ndef f(old, new):\n    a = Counter(old)\n    b = Counter(new)\n    return Counter({key: a[key] - b[key] for key in [*a, *b]})\n",
    ),
    relies=0.35,
)
def counts_lost(site: Site) -> Proposals:
    """Sets that are compared for what lists have in common, though how often counts; counters whose difference drops what is below 1."""
    sides = site.node.named_children
    if site.node.type == "binary_operator":
        sign = site.field("operator")
        if sign is not None and sign.type == "-" and all(_is_counter(site, s) for s in sides):
            left, right = (text_of(s) for s in sides)
            called, edits = spelled(site, "collections.Counter")
            shape = f"{called}({{key: {left}[key] - {right}[key] for key in [*{left}, *{right}]}})"
            yield Rewrite((*edits, (span(site.node), shape)))
        return
    is_same = len(sides) == 2 and any(c.type in ("==", "!=") for c in site.node.children)
    if not is_same or not all(text_of(s).startswith("set(") and calls(s, "set") and given(s) for s in sides):
        return
    called, edits = spelled(site, "collections.Counter")
    yield Rewrite((*edits, *((span(s.named_children[0]), called) for s in sides)))
    yield Rewrite(tuple((span(s.named_children[0]), "sorted") for s in sides), 0.9)


def _is_counter(site: Site, node: Node) -> bool:
    made = site.code.calls.get("Counter", ())
    if calls(node, "Counter"):
        return True
    assigned = (c.parent for c in made if c.parent is not None and c.parent.type == "assignment")
    return node.type in ("identifier", "attribute") and any(
        text_of(a.named_children[0]) == text_of(node) for a in assigned
    )


@template(
    "pitfall.grouped",
    1.6,
    "call identifier",
    (
        "from itertools import groupby\ndef f(rows):\n    return {k: len(list(g)) for k, g in groupby(rows, key=len)}\n",
        "from itertools import groupby\ndef f(rows):\n    return {k: len(list(g)) for k, g in groupby(sorted(rows, key=len), key=len)}\n",
    ),
    (
        "from itertools import groupby\ndef f(rows):\n    return {k: g for k, g in groupby(sorted(rows))}\n",
        "from itertools import groupby\ndef f(rows):\n    return {k: list(g) for k, g in groupby(sorted(rows))}\n",
    ),
    relies=0.35,
)
def grouped_by(site: Site) -> Proposals:
    """``groupby`` joins neighbours only, and its groups are gone when the next one begins."""
    if "groupby" not in site.code.calls:
        return
    if site.node.type == "identifier":
        yield from _kept_group(site)
        return
    inner = given(site.node)
    if not calls(site.node, "groupby") or not inner or calls(inner[0], "sorted"):
        return
    rows, function = text_of(inner[0]), function_of(site.node)
    before = site.code.data[function.start_byte if function is not None else 0 : site.node.start_byte].decode("utf-8", "replace")  # fmt: skip
    if f"{rows}.sort(" in before or f"{rows} = sorted(" in before or inner[0].type not in ("identifier", "attribute", "call", "subscript"):  # fmt: skip
        return
    key = text_of(inner[1]) if len(inner) > 1 else ""
    key = key if key.startswith("key=") or not key else f"key={key}"
    yield replace(inner[0], f"sorted({rows}{', ' if key else ''}{key})")


def _kept_group(site: Site) -> Iterator[Rewrite]:
    parent = site.node.parent
    if parent is None or parent.type not in ("pair", "tuple", "list", "assignment", "argument_list", "yield", "expression_list"):  # fmt: skip
        return
    if parent.type == "argument_list" and not calls(
        parent.parent, "append", "extend", "setdefault", "put", "len", "dict"
    ):
        return
    at: Node | None = parent
    while at is not None and at.type not in ("function_definition", "module"):
        clauses = [at] if at.type == "for_statement" else [c for c in at.named_children if c.type == "for_in_clause"]
        for clause in clauses:
            left, right = clause.child_by_field_name("left"), clause.child_by_field_name("right")
            names = left.named_children if left is not None else []
            if calls(right, "groupby") and len(names) == 2 and text_of(names[1]) == site.text and site.node != names[1]:
                yield replace(site.node, f"list({site.text})")
        at = at.parent


@template(
    "pitfall.flat",
    1.6,
    "call comparison_operator augmented_assignment for_statement for_in_clause",
    (
        "from itertools import chain\ndef f(rows):\n    return list(chain(rows))\n",
        "from itertools import chain\ndef f(rows):\n    return list(chain.from_iterable(rows))\n",
    ),
    (
        "def f(xs, name: str):\n    xs.extend(name)\n",
        "def f(xs, name: str):\n    xs.append(name)\n",
    ),
    ("def f(x):\n    return x in ('abc')\n", "def f(x):\n    return x in ('abc',)\n"),
    (
        "def f(rows):\n    return sum([r.split() for r in rows])\n",
        "def f(rows):\n    return sum([r.split() for r in rows], [])\n",
    ),
    ("def f(x):\n    return x in set('all')\n", "def f(x):\n    return x in {'all'}\n"),
    (
        "def f():\n    xs = []\n    xs += 'ab'\n    return xs\n",
        "def f():\n    xs = []\n    xs += ['ab']\n    return xs\n",
    ),
    relies=0.35,
)
def flat(site: Site) -> Proposals:
    """One level of nesting too many or too few: a list of lists for its elements, a text for a list of one."""
    node = site.node
    if node.type == "call":
        yield from _flat_call(site)
    elif node.type == "augmented_assignment":
        left, right = site.field("left"), site.field("right")
        is_text = right is not None and site.kind(right) == Kind.TEXT and left is not None and "+=" in site.text
        if right is not None and is_text and site.kind(left) == Kind.LIST:
            yield replace(right, f"[{text_of(right)}]")
    else:
        last = node.named_children[-1] if node.type == "comparison_operator" else site.field("right")
        only = last.named_children[0] if last is not None and last.type == "parenthesized_expression" else None
        is_in = node.type != "comparison_operator" or any(c.type in ("in", "not in") for c in node.children)
        if last is not None and only is not None and only.type == "string" and is_in:
            yield replace(last, f"({text_of(only)},)")


def _flat_call(site: Site) -> Iterator[Rewrite]:
    parts, inner = call_of(site), given(site.node)
    if parts is None or len(inner) != 1 or inner[0].type in ("list_splat", "keyword_argument", "dictionary_splat"):
        return
    name, only = text_of(parts[0]), inner[0]
    method = method_of(parts[0])
    if name in ("chain", "itertools.chain"):
        yield Rewrite(((span(parts[0]), f"{name}.from_iterable"),))
    elif name in ("product", "itertools.product", "set.union", "set.intersection", "zip_longest") and only.type != "generator_expression":  # fmt: skip
        yield replace(only, f"*{grouped(only, Level.BIT_OR)}")
    elif name == "sum" and only.type in ("list_comprehension", "generator_expression"):
        if site.code.scope(only).kind(only.named_children[0]) == Kind.LIST:
            whole = text_of(only) if only.type == "list_comprehension" else f"({text_of(only).strip('()')})"
            at = parts[1] if only.type == "generator_expression" else only
            yield replace(at, f"({whole}, [])" if at == parts[1] else f"{whole}, []")
    elif name in ("set", "frozenset", "list", "tuple") and only.type == "string" and len(text_of(only)) > 4:
        shapes = {"set": "{{{}}}", "list": "[{}]", "tuple": "({},)", "frozenset": "frozenset([{}])"}
        yield replace(site.node, shapes[name].format(text_of(only)))
    elif method is not None and method[1] == "extend" and site.kind(only) == Kind.TEXT:
        end = parts[0].end_byte
        yield Rewrite(((Span(end - len("extend"), end), "append"),))


TEMPLATES: tuple[Template, ...] = (unordered, counts_lost, grouped_by, flat)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.unordered": ("mpkato/interleaving#67", "CS-SI/eodag#1296", "facebook/pyre-check#814"),
    "pitfall.grouped": ("frappe/erpnext#42428", "Toilal/rebulk#31"),
}
