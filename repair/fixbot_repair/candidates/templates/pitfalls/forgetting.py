"""Values that are kept and not forgotten when what they come from changes, or kept under too short a key."""

from collections.abc import Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, span, template
from fixbot_repair.candidates.templates.pitfalls.caches import (
    CHANGING,
    KEEPING,
    Kept,
    changers,
    kept_by,
    methods,
    reset,
    sources,
    ways,
)
from fixbot_repair.candidates.templates.pitfalls.keys import keyed_use
from fixbot_repair.candidates.templates.pitfalls.peers import (
    Function,
    ahead,
    attributes,
    behind,
    function_of,
    functions,
    leaves,
    own,
    reads,
    removed,
    words,
)


@template(
    "pitfall.stale",
    1.6,
    "function_definition",
    (
        "class A:\n    def __init__(self):\n        self.rows = []\n        self._sum = None\n    def add(self, row):\n        self.rows.append(row)\n    def sum(self):\n        if self._sum is None:\n            self._sum = sum(self.rows)\n        return self._sum\n",
        "class A:\n    def __init__(self):\n        self.rows = []\n        self._sum = None\n    def add(self, row):\n        self.rows.append(row)\n        self._sum = None\n    def sum(self):\n        if self._sum is None:\n            self._sum = sum(self.rows)\n        return self._sum\n",
    ),
    (
        "class A:\n    def put(self, k, v):\n        self.d[k] = v\n    def drop(self, k):\n        del self.d[k]\n    def size(self, k):\n        if k not in self._sizes:\n            self._sizes[k] = len(self.d[k])\n        return self._sizes[k]\n",
        "class A:\n    def put(self, k, v):\n        self.d[k] = v\n        self._sizes.clear()\n    def drop(self, k):\n        del self.d[k]\n        self._sizes.clear()\n    def size(self, k):\n        if k not in self._sizes:\n            self._sizes[k] = len(self.d[k])\n        return self._sizes[k]\n",
    ),
    (
        "class A:\n    def turn(self, n):\n        self.n = n\n    @cached_property\n    def area(self):\n        return self.n * 2\n",
        'class A:\n    def turn(self, n):\n        self.n = n\n        self.__dict__.pop("area", None)\n    @cached_property\n    def area(self):\n        return self.n * 2\n',
    ),
    (
        "class A:\n    def take(self):\n        return self.rows.pop()\n    def add(self, row):\n        self._best = None\n        self.rows.append(row)\n    def best(self):\n        if self._best is None:\n            self._best = max(self.rows)\n        return self._best\n",
        "class A:\n    def take(self):\n        self._best = None\n        return self.rows.pop()\n    def add(self, row):\n        self._best = None\n        self.rows.append(row)\n    def best(self):\n        if self._best is None:\n            self._best = max(self.rows)\n        return self._best\n",
    ),
    (
        "class A:\n    def add(self, row):\n        self.rows.append(row)\n    @property\n    def urls(self):\n        if not hasattr(self, '_urls'):\n            self._urls = make(self.rows)\n        return self._urls\n",
        "class A:\n    def add(self, row):\n        self.rows.append(row)\n        self.__dict__.pop('_urls', None)\n    @property\n    def urls(self):\n        if not hasattr(self, '_urls'):\n            self._urls = make(self.rows)\n        return self._urls\n",
    ),
    most=6,
    relies=0.35,
)
def stale(site: Site) -> Proposals:
    """A value that is computed once and kept, where what it is computed from changes and it is not forgotten."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node or function.owner is None or not function.receiver:
        return
    every = methods(site, function)
    for kept in kept_by(site, function):
        changing = changers(kept, every)
        mine = [(m, nodes) for m, nodes in changing if m is function]
        if not mine and not (kept.maker is function and changing):
            continue
        for i, text in enumerate(ways(kept, function, every)):
            weight = 1.0 / (1 + 0.15 * i)
            for method, nodes in mine:
                yield Rewrite((reset(site, method, nodes, text),), weight)
            if (len(changing) > 1 or not mine) and "pop(" not in text.replace("__dict__.pop(", ""):
                yield Rewrite(tuple(reset(site, m, nodes, text) for m, nodes in changing), 0.95 * weight)


@template(
    "pitfall.kept_for_good",
    0.8,
    "function_definition",
    (
        "class A:\n    def put(self, n):\n        self.n = n\n    @cached_property\n    def twice(self):\n        return self.n * 2\n",
        "class A:\n    def put(self, n):\n        self.n = n\n    @property\n    def twice(self):\n        return self.n * 2\n",
    ),
    (
        "rows = []\ndef add(row):\n    rows.append(row)\n@lru_cache\ndef find(n):\n    return [r for r in rows if r > n]\n",
        "rows = []\ndef add(row):\n    rows.append(row)\n    find.cache_clear()\n@lru_cache\ndef find(n):\n    return [r for r in rows if r > n]\n",
    ),
    (
        "rows = []\ndef add(row):\n    rows.append(row)\n@cache\ndef find(n):\n    return [r for r in rows if r > n]\n",
        "rows = []\ndef add(row):\n    rows.append(row)\ndef find(n):\n    return [r for r in rows if r > n]\n",
    ),
    relies=0.35,
)
def kept_for_good(site: Site) -> Proposals:
    """A function that keeps what it gave, and should not, or whose answers another function makes wrong."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node:
        return
    around = function.node.parent
    for decorator in around.named_children if around is not None else ():
        written = text_of(decorator)[1:].strip()
        if decorator.type != "decorator" or written.partition("(")[0] not in KEEPING:
            continue
        if "property" in written:
            every = methods(site, function)
            if changers(Kept(function.name, function, sources(function, every), ()), every):
                yield Rewrite(((span(decorator), "@property"),))
        elif _depends(site, function):
            yield Rewrite((removed(site, decorator),), 0.8)
    if function.owner is None:
        yield from _module_kept(site, function)


def _depends(site: Site, function: Function) -> bool:
    """Whether what a function keeps depends on anything but its arguments: attributes, names of the file that are changed."""
    if function.owner is not None:
        return any(True for _ in attributes(function.body, function.receiver))
    return any(function is not f and _module_changes(f) & reads(function.body) for f in functions(site.code).values())


def _module_changes(function: Function) -> set[str]:
    """Names outside of `function` that it changes: their elements, or as ``global``."""
    declared = {text_of(c) for n in own(function.body) if n.type == "global_statement" for c in n.named_children}
    bound = {*function.parameters}
    found: set[str] = set()
    for node in own(function.body):
        left = node.child_by_field_name("left") if node.type in ("assignment", "augmented_assignment") else None
        if left is not None and left.type == "identifier":
            bound |= {text_of(left)} - declared
            found |= {text_of(left)} & declared
        elif left is not None and left.type == "subscript":
            found.add(text_of(left.named_children[0]))
        called = node.child_by_field_name("function") if node.type == "call" else None
        if called is not None and called.type == "attribute" and text_of(called.named_children[-1]) in CHANGING:
            found.add(text_of(called.named_children[0]))
    return found - bound


def _module_kept(site: Site, function: Function) -> Proposals:
    """``cache_clear`` in a function that changes what another of the file keeps the answers of."""
    changes = _module_changes(function)
    for maker in functions(site.code).values() if changes else ():
        keeps = maker.owner is None and any(d.partition("(")[0] in KEEPING for d in maker.decorators)
        if keeps and changes & words(maker.body) and f"{maker.name}.cache_clear" not in text_of(function.body):
            last = function.statements[-1]
            put = ahead if leaves(last) else behind
            yield Rewrite((put(site, last, f"{maker.name}.cache_clear()"),))


@template(
    "pitfall.short_key",
    1.5,
    "function_definition",
    (
        "class A:\n    def cost(self, way, day):\n        if way not in self._costs:\n            self._costs[way] = price(way, day)\n        return self._costs[way]\n",
        "class A:\n    def cost(self, way, day):\n        if (way, day) not in self._costs:\n            self._costs[(way, day)] = price(way, day)\n        return self._costs[(way, day)]\n",
    ),
    (
        "_known = {}\ndef load(path, mode):\n    found = _known.get(path)\n    if found is None:\n        found = _known[path] = read(path, mode)\n    return found\n",
        "_known = {}\ndef load(path, mode):\n    found = _known.get((path, mode))\n    if found is None:\n        found = _known[(path, mode)] = read(path, mode)\n    return found\n",
    ),
    (
        "_known = {}\ndef load(path, mode):\n    key = path\n    if key not in _known:\n        _known[key] = read(path, mode)\n    return _known[key]\n",
        "_known = {}\ndef load(path, mode):\n    key = (path, mode)\n    if key not in _known:\n        _known[key] = read(path, mode)\n    return _known[key]\n",
    ),
    relies=0.35,
)
def short_key(site: Site) -> Proposals:
    """Answers that are kept under a part of what they depend on."""
    function = function_of(site.code, site.node)
    if function is None or function.node != site.node or len(function.parameters) < 2:
        return
    uses: dict[tuple[str, str], list[Node]] = {}
    for node in own(function.body):
        if (parts := keyed_use(node)) is not None:
            uses.setdefault((text_of(parts[0]), text_of(parts[1])), []).append(parts[1])
    for (container, key), nodes in uses.items():
        held = _stored(function, container, key)
        if len(nodes) < 2 or held is None or container in function.parameters:
            continue
        where, made = _made_as(function, nodes[0], held)
        if where is None or where.type not in ("identifier", "attribute", "tuple"):
            continue
        more = [p for p in function.parameters if p in made and p not in reads(where) and p != container]
        if more:
            text = f"({', '.join([*_elements(where), *more])})"
            yield Rewrite(tuple((span(n), text) for n in ([where] if where not in nodes else nodes)))


def _stored(function: Function, container: str, key: str) -> Node | None:
    """The value that is kept under `key`, where the function also gives such values back."""
    for node in own(function.body):
        left = node.child_by_field_name("left") if node.type == "assignment" else None
        if left is not None and text_of(left) == f"{container}[{key}]":
            gives = any(n.type == "return_statement" for n in own(function.body))
            return node.child_by_field_name("right") if gives else None
    return None


def _made_as(function: Function, key: Node, value: Node) -> tuple[Node | None, set[str]]:
    """Where the key is written out, and the names that the kept value is made of."""
    used = reads(value)
    where: Node | None = key
    for node in own(function.body):
        left, right = (node.child_by_field_name(f) if node.type == "assignment" else None for f in ("left", "right"))
        if left is not None and right is not None and left.type == "identifier":
            if text_of(left) in used:
                used |= reads(right)
            if text_of(left) == text_of(key):
                where = right if right.type in ("identifier", "tuple", "attribute") else None
    return where, used


def _elements(key: Node) -> list[str]:
    return [text_of(c) for c in key.named_children] if key.type == "tuple" else [text_of(key)]


TEMPLATES = (stale, kept_for_good, short_key)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.stale": ("encode/django-rest-framework#6407", "datalad/datalad-next#591"),
    "pitfall.short_key": ("Happy-Algorithms-League/hal-cgp#272", "codeinthehole/django-cacheback#21"),
}
