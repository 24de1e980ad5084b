"""Mappings: which of several wins, what is made by asking, what was used last, what is left at nought."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, swap, template
from fixbot_repair.candidates.templates.pitfalls.usage import calls, class_of, function_of, given

_WEAK = re.compile(r"(?i)(?:^|[_.])(?:default|defaults|fallback|fallbacks|base|builtin|builtins|standard|initial|global|globals|common)(?:$|[_(\[])|DEFAULT|_defaults$|^default_")  # fmt: skip


@template(
    "pitfall.who_wins",
    1.5,
    "dictionary call binary_operator expression_statement",
    (
        "def f(defaults, given):\n    return {**given, **defaults}\n",
        "def f(defaults, given):\n    return {**defaults, **given}\n",
    ),
    (
        "DEFAULTS = {}\ndef f(options):\n    options.update(DEFAULTS)\n    return options\n",
        "DEFAULTS = {}\ndef f(options):\n    options = {**DEFAULTS, **options}\n    return options\n",
    ),
    (
        "from collections import ChainMap\ndef f(defaults, given):\n    return ChainMap(defaults, given)\n",
        "from collections import ChainMap\ndef f(defaults, given):\n    return ChainMap(given, defaults)\n",
    ),
    (
        "def f(user, base):\n    return user | base\n",
        "def f(user, base):\n    return base | user\n",
    ),
    relies=0.35,
)
def who_wins(site: Site) -> Proposals:
    """Defaults that win over what was given: of several mappings the last one counts, of a ChainMap the first."""
    if site.node.type == "expression_statement":
        yield from _updated(site)
        return
    parts, last_wins = _laid_over(site)
    if len(parts) == 2 and all(p.type in ("identifier", "attribute", "call", "subscript") for p in parts):
        weak = [bool(_WEAK.search(text_of(p))) for p in parts]
        if weak[0] != weak[1] and weak[1] == last_wins:
            yield swap(parts[0], parts[1])
        elif weak[0] == weak[1] and site.node.type != "binary_operator":
            yield swap(parts[0], parts[1], 0.5)


def _laid_over(site: Site) -> tuple[list[Node], bool]:
    """Mappings that one mapping is made of, and whether the last of them wins."""
    node, parts = site.node, given(site.node) if site.node.type == "call" else site.node.named_children
    if node.type == "dictionary":
        splats = [p.named_children[0] for p in parts if p.type == "dictionary_splat"]
        return (splats if len(splats) == len(parts) else []), True
    if node.type == "binary_operator":
        sign = site.field("operator")
        return (parts if sign is not None and sign.type == "|" else []), True
    if calls(node, "ChainMap"):
        return parts, False
    if calls(node, "dict") and len(parts) == 2 and parts[1].type == "dictionary_splat":
        return [parts[0], parts[1].named_children[0]], True
    return [], True


def _updated(site: Site) -> Iterator[Rewrite]:
    call = site.node.named_children[0]
    inner = given(call) if calls(call, "update") else []
    owner = call.named_children[0].child_by_field_name("object") if inner else None
    if owner is None or len(inner) != 1 or not _WEAK.search(text_of(inner[0])) or _WEAK.search(text_of(owner)):
        return
    text, weak = text_of(owner), text_of(inner[0])
    eol, indent, unit = site.code.newline, site.code.indent_of(site.node), site.code.indent_unit
    yield replace(site.node, f"{text} = {{**{weak}, **{text}}}")
    loop = f"for key, value in {weak}.items():{eol}{indent}{unit}{text}.setdefault(key, value)"
    yield replace(site.node, loop, 0.9)


_EMPTY: Mapping[str, str] = {"list": "[]", "int": "0", "set": "set()", "dict": "{}", "str": '""', "float": "0.0", "bool": "False", "Counter": "{}"}  # fmt: skip


def _made_as(code: Code, owner: str, maker: str) -> Node | None:
    """The call of `maker` that the file binds to `owner`."""
    for call in code.calls.get(maker, ()):
        if (
            call.parent is not None
            and call.parent.type == "assignment"
            and text_of(call.parent.named_children[0]) == owner
        ):
            return call
    return None


@template(
    "pitfall.made_by_asking",
    1.4,
    "subscript identifier attribute",
    (
        "from collections import defaultdict\ndef f(rows, k):\n    d = defaultdict(list)\n    for r in rows:\n        d[r.k].append(r)\n    if d[k]:\n        go(d)\n",
        "from collections import defaultdict\ndef f(rows, k):\n    d = defaultdict(list)\n    for r in rows:\n        d[r.k].append(r)\n    if d.get(k, []):\n        go(d)\n",
    ),
    (
        "from collections import defaultdict\nclass A:\n    def __init__(self):\n        self.n = defaultdict(int)\n    def count(self, k):\n        return self.n[k]\n",
        "from collections import defaultdict\nclass A:\n    def __init__(self):\n        self.n = defaultdict(int)\n    def count(self, k):\n        return self.n.get(k, 0)\n",
    ),
    (
        "from collections import defaultdict\ndef f(rows):\n    d = defaultdict(list)\n    for r in rows:\n        d[r.k].append(r)\n    return d\n",
        "from collections import defaultdict\ndef f(rows):\n    d = defaultdict(list)\n    for r in rows:\n        d[r.k].append(r)\n    return dict(d)\n",
    ),
    relies=0.35,
)
def made_by_asking(site: Site) -> Proposals:
    """A ``defaultdict`` that has a key because somebody asked for it."""
    if "defaultdict" not in site.code.calls or site.node.parent is None:
        return
    if site.node.type != "subscript":
        if site.node.parent.type == "return_statement" and _made_as(site.code, site.text, "defaultdict") is not None:
            yield replace(site.node, f"dict({site.text})", 0.8)
        return
    owner, key = site.node.named_children[0], site.field("subscript")
    made = _made_as(site.code, text_of(owner), "defaultdict")
    if made is None or key is None or not given(made) or not _only_asks(site.node):
        return
    factory = text_of(given(made)[0])
    empty = _EMPTY.get(factory, factory.removeprefix("lambda: ") if factory.startswith("lambda: ") else f"{factory}()")
    yield site.become(f"{text_of(owner)}.get({text_of(key)}, {empty})")


_ASKING = ("return_statement", "if_statement", "elif_clause", "while_statement", "comparison_operator", "boolean_operator", "not_operator", "conditional_expression", "for_statement", "for_in_clause", "binary_operator", "yield", "pair")  # fmt: skip


def _only_asks(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.type == "attribute":
        return False
    if parent.type == "argument_list":
        return calls(parent.parent, "len", "sum", "sorted", "list", "max", "min", "any", "all", "set", "tuple", "join", "append", "print", "bool")  # fmt: skip
    if parent.type == "comparison_operator":
        return not any(c.type in ("in", "not in") for c in parent.children) or parent.named_children[-1] == node
    return parent.type in _ASKING


@template(
    "pitfall.last_used",
    1.5,
    "return_statement assignment call",
    (
        "from collections import OrderedDict\nclass A:\n    def __init__(self):\n        self.d = OrderedDict()\n    def get(self, k):\n        if k not in self.d:\n            return None\n        return self.d[k]\n    def put(self, k, v):\n        if len(self.d) > 9:\n            self.d.popitem(last=False)\n",
        "from collections import OrderedDict\nclass A:\n    def __init__(self):\n        self.d = OrderedDict()\n    def get(self, k):\n        if k not in self.d:\n            return None\n        self.d.move_to_end(k)\n        return self.d[k]\n    def put(self, k, v):\n        if len(self.d) > 9:\n            self.d.popitem(last=False)\n",
    ),
    (
        "from collections import OrderedDict\nclass A:\n    def __init__(self):\n        self.d = OrderedDict()\n    def put(self, k, v):\n        self.d[k] = v\n        if len(self.d) > 9:\n            self.d.popitem()\n",
        "from collections import OrderedDict\nclass A:\n    def __init__(self):\n        self.d = OrderedDict()\n    def put(self, k, v):\n        self.d[k] = v\n        if len(self.d) > 9:\n            self.d.popitem(last=False)\n",
    ),
    (
        "class A:\n    def put(self, k, v):\n        self.d[k] = v\n        if len(self.d) > 9:\n            del self.d[next(iter(self.d))]\n",
        "class A:\n    def put(self, k, v):\n        self.d.pop(k, None)\n        self.d[k] = v\n        if len(self.d) > 9:\n            del self.d[next(iter(self.d))]\n",
    ),
    relies=0.35,
)
def last_used(site: Site) -> Proposals:
    """A mapping whose oldest entry makes room: an entry that is used or set anew is not the newest by that."""
    cls = class_of(site.node)
    if site.node.type == "call":
        yield from _oldest(site, cls)
        return
    target = site.field("left") if site.node.type == "assignment" else site.node.named_children[0] if site.node.named_children else None  # fmt: skip
    if cls is None or target is None or target.type != "subscript" or "self." not in text_of(target):
        return
    owner, key = (text_of(n) for n in target.named_children[:2])
    whole, function = text_of(cls), function_of(site.node)
    is_ordered = _made_as(site.code, owner, "OrderedDict") is not None
    if f"{owner}.popitem(" not in whole and f"next(iter({owner}" not in whole:
        return
    if function is None or f"{owner}.move_to_end" in text_of(function) or f"{owner}.pop({key}" in text_of(function):
        return
    statement = site.node if site.node.type == "return_statement" else site.node.parent
    if statement is None or statement.parent is None or statement.parent.type != "block":
        return
    then = f"{site.code.newline}{site.code.indent_of(statement)}"
    before = Span(statement.start_byte, statement.start_byte)
    if is_ordered and statement == site.node:
        yield Rewrite(((before, f"{owner}.move_to_end({key}){then}"),))
    elif statement == site.node:
        yield Rewrite(((before, f"{owner}[{key}] = {owner}.pop({key}){then}"),))
    elif is_ordered:
        yield Rewrite(((Span(statement.end_byte, statement.end_byte), f"{then}{owner}.move_to_end({key})"),))
    else:
        yield Rewrite(((before, f"{owner}.pop({key}, None){then}"),))


def _oldest(site: Site, cls: Node | None) -> Iterator[Rewrite]:
    """``popitem`` takes the newest."""
    if cls is None or not calls(site.node, "popitem"):
        return
    owner = text_of(site.node.named_children[0]).removesuffix(".popitem")
    arguments = site.node.named_children[1]
    if _made_as(site.code, owner, "OrderedDict") is not None:
        yield replace(arguments, "(last=False)" if "last=False" not in text_of(arguments) else "()")
    elif text_of(arguments) == "()":
        yield replace(site.node, f"{owner}.pop(next(iter({owner})))")


@template(
    "pitfall.left_at_nought",
    1.1,
    "comparison_operator call",
    (
        "from collections import Counter\ndef f(xs, k):\n    c = Counter(xs)\n    c[k] -= 1\n    return k in c\n",
        "from collections import Counter\ndef f(xs, k):\n    c = Counter(xs)\n    c[k] -= 1\n    return c[k] > 0\n",
    ),
    (
        "from collections import Counter\ndef f(xs, k):\n    c = Counter(xs)\n    c[k] -= 1\n    return len(c)\n",
        "from collections import Counter\ndef f(xs, k):\n    c = Counter(xs)\n    c[k] -= 1\n    return len(+c)\n",
    ),
    relies=0.4,
)
def left_at_nought(site: Site) -> Proposals:
    """A counter keeps what was counted down to nought."""
    if "Counter" not in site.code.calls:
        return
    parts = given(site.node) if site.node.type == "call" else site.node.named_children
    if not parts:
        return
    owner = text_of(parts[-1])
    if _made_as(site.code, owner, "Counter") is None or not _counts_down(site, owner):
        return
    if site.node.type == "call" and calls(site.node, "len", "list", "set", "sorted") and len(parts) == 1:
        yield replace(parts[0], f"+{owner}")
    elif site.node.type == "comparison_operator" and len(parts) == 2:
        signs = [c.type for c in site.node.children if not c.is_named]
        if signs in (["in"], ["not in"]):
            yield site.become(f"{owner}[{text_of(parts[0])}] {'>' if signs == ['in'] else '<='} 0", Level.COMPARISON)


def _counts_down(site: Site, owner: str) -> bool:
    function = class_of(site.node) or function_of(site.node)
    text = text_of(function) if function is not None else ""
    return f"{owner}.subtract(" in text or re.search(rf"{re.escape(owner)}\[[^\]]+\] -=", text) is not None


@template(
    "pitfall.extreme_key",
    1.2,
    "call",
    ("def f(d: dict):\n    return max(d)\n", "def f(d: dict):\n    return max(d, key=d.get)\n"),
    (
        "def f(xs):\n    n = {}\n    for x in xs:\n        n[x] = n.get(x, 0) + 1\n    return min(n)\n",
        "def f(xs):\n    n = {}\n    for x in xs:\n        n[x] = n.get(x, 0) + 1\n    return min(n, key=n.get)\n",
    ),
    relies=0.35,
)
def extreme_key(site: Site) -> Proposals:
    """The largest key of a mapping where the key of the largest value was meant."""
    inner = given(site.node)
    if len(inner) != 1 or not calls(site.node, "max", "min") or inner[0].type not in ("identifier", "attribute"):
        return
    if site.kind(inner[0]) == Kind.DICT:
        yield Rewrite(((Span(inner[0].end_byte, inner[0].end_byte), f", key={text_of(inner[0])}.get"),))
        yield replace(inner[0], f"{text_of(inner[0])}.values()", 0.6)


TEMPLATES: tuple[Template, ...] = (who_wins, made_by_asking, last_used, left_at_nought, extreme_key)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.who_wins": ("dryan/twitter-text-py#19", "kacperlukawski/django-semantic-search#8"),
}
