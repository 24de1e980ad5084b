"""Traps of sharing and of iteration: what looks like one and is none is left alone, and one needs little suspicion to come early."""

import ast

import pytest

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.templates import Template
from fixbot_repair.candidates.templates.pitfalls import (
    absent,
    aliases,
    arguments,
    copied,
    emptiness,
    ends,
    gathering,
    heaps,
    identity,
    iteration,
    lasting,
    loops,
    mappings,
    ranking,
    rebinding,
    sharing,
    walking,
    yielding,
)

MODULES = (
    aliases,
    arguments,
    copied,
    emptiness,
    ends,
    gathering,
    heaps,
    identity,
    iteration,
    lasting,
    loops,
    mappings,
    absent,
    ranking,
    rebinding,
    sharing,
    walking,
    yielding,
)
OURS: tuple[Template, ...] = tuple(t for module in MODULES for t in module.TEMPLATES)


def results(source: str, name: str = "", suspicion: float = 1.0) -> list[str]:
    """What the traps (all, or the one of that name) make of `source`, the likeliest first."""
    data = source.encode()
    code = Code("a.py", data)
    lines = dict.fromkeys(range(1, 200), suspicion)
    found = proposals(code, lines, tuple(t for t in OURS if name in ("", t.name)))
    made = Generator(code).candidates(found)
    return [c.patch.apply({"a.py": data})["a.py"].decode() for c in made if c.source != "template:pair"]


SAFE = {
    "pitfall.alias": [
        "def f(rows):\n    first = rows\n    return len(first)\n",
        "def f(root, word):\n    node = root\n    for c in word:\n        node = node.setdefault(c, {})\n    return node\n",
        "BASE = {}\ndef f():\n    row = dict(BASE)\n    row['a'] = 1\n    return row\n",
        "def f(request):\n    asked = request\n    asked.headers = 1\n    asked['user'] = request.user\n    return asked\n",
        "def f(xs):\n    rest = xs[1:]\n    rest.append(1)\n    return rest\n",
    ],
    "pitfall.handed_out": [
        "class A:\n    def __init__(self):\n        self.rows = []\n    def all(self):\n        return self.rows\n",
        "class A:\n    def add(self, x):\n        self.rows.append(x)\n    def all(self):\n        return sorted(self.rows)\n",
    ],
    "pitfall.handed_out_entry": [
        "class A:\n    def at(self, k):\n        return self.d.get(k, [])\n",
        "class A:\n    def put(self, k, v):\n        self.d[k] = v\n    def at(self, k):\n        return self.d[k]\n",
    ],
    "pitfall.same_object": [
        "def f(xs):\n    out = []\n    for x in xs:\n        row = {}\n        row['x'] = x\n        out.append(row)\n    return out\n",
        "def f(xs, row):\n    out = []\n    for x in xs:\n        out.append(row)\n    return out\n",
    ],
    "pitfall.argument_changed": [
        "def fill(rows, x):\n    rows.append(x)\n",
        "def f(rows):\n    return sorted(rows)\n",
        "def walk(node, found):\n    found.append(node)\n    for n in node.parts:\n        walk(n, found)\n    return found\n",
        "def f(response):\n    response['a'] = 1\n    response.status_code = 3\n    return response\n",
        "def f(*rows, **options):\n    options['x'] = 1\n    return options\n",
    ],
    "pitfall.repeated": ["x = [0] * 3\n", "x = ['-'] * 3 + [None] * 2\n", "d = dict.fromkeys('ab', 0)\n", "a = b = 0\n"],
    "pitfall.default": [
        "def f(x, rows=()):\n    return x in rows\n",
        "def f(x, rows=[]):\n    return x in rows\n",
    ],
    "pitfall.factory": [
        "from collections import defaultdict\nd = defaultdict(list)\n",
        "def f():\n    return Field(default=now)\n",
    ],
    "pitfall.shallow": [
        "def f(rows):\n    for row in list(rows):\n        row.append(1)\n","def f(xs):\n    new = list(xs)\n    new.append(1)\n    return new\n"],
    "pitfall.lost_default": [
        "def f(d, k):\n    return d.get(k, [])\n",
        "def f(d, k, x):\n    rows = d.get(k, [])\n    rows.append(x)\n    d[k] = rows\n",
    ],
    "pitfall.late": [
        "def f(rows, order):\n    for n in order:\n        rows.sort(key=lambda r: r[n])\n",
        "def f(xs):\n    return [lambda x=x: x for x in xs]\n",
    ],
    "pitfall.class_state": [
        "class A:\n    rows = []\n    def __init__(self):\n        self.rows = []\n    def add(self, x):\n        self.rows.append(x)\n",
        "class A:\n    names = ['a']\n    def has(self, x):\n        return x in self.names\n",
    ],
    "pitfall.equality": [
        "class A:\n    def __eq__(self, other):\n        if not isinstance(other, A):\n            return NotImplemented\n        return self.x == other.x\n    def __hash__(self):\n        return hash(self.x)\n"
    ],
    "pitfall.unhashable": ["def f(xs, i: int):\n    return xs[i]\n", "def f(x, rows: list):\n    return x in rows\n"],
    "pitfall.rebound": [
        "def f(xs):\n    xs = [x for x in xs if x]\n    return xs\n",
        "def f(xs):\n    for x in xs:\n        x = x.strip()\n        go(x)\n",
        "N = 0\ndef f():\n    global N\n    N = 1\n",
    ],
    "pitfall.once": [
        "def f(xs):\n    ys = map(int, xs)\n    return sum(ys)\n",
        "def f(xs):\n    it = iter(xs)\n    first = next(it)\n    return first, list(it)\n",
        "def f(rows):\n    rows = rows.filter(on=True)\n    return rows.count(), rows\n",
    ],
    "pitfall.elements": ["def f(d):\n    return len(d.keys())\n", "def f(xs):\n    return sum(map(int, xs))\n"],
    "pitfall.once_given": ["def f(rows: list):\n    return sum(rows) / max(rows)\n", "def f(rows):\n    return sum(rows)\n"],
    "pitfall.changing": [
        "def f(d):\n    for k in d:\n        d[k] = 1\n",
        "def f(xs, x):\n    for y in xs:\n        if x == y:\n            xs.remove(y)\n            break\n",
        "def f(xs):\n    for x in list(xs):\n        xs.remove(x)\n",
    ],
    "pitfall.loop_over": [
        "def f(xs):\n    for i in range(len(xs)):\n        go(i)\n",
        "def f(xs):\n    for i, x in enumerate(xs):\n        go(i, x)\n",
    ],
    "pitfall.from_end": ["def f(xs):\n    return xs[-3:]\n", "def f(xs, n):\n    return xs[:n]\n", "def f(s):\n    return s[:-len('.py')]\n"],
    "pitfall.windows": [
        "def f(xs):\n    for i in range(len(xs) - 1):\n        go(xs[i], xs[i + 1])\n",
        "def f(xs):\n    for i in range(len(xs)):\n        if i + 1 < len(xs):\n            go(xs[i + 1])\n",
    ],
    "pitfall.cut_short": ["def f(xs):\n    return all(a < b for a, b in zip(xs, xs[1:]))\n", "def f(a, b):\n    return zip(a, b, strict=True)\n"],
    "pitfall.nothing": ["def f(xs):\n    return max(xs)\n", "def f(xs):\n    return max((x for x in xs), default=0)\n"],
    "pitfall.first_only": ["def f(xs):\n    for x in xs:\n        if x:\n            return True\n    return False\n"],
    "pitfall.overwritten": ["def f(xs):\n    ok = False\n    for x in xs:\n        ok = go(x)\n        if ok:\n            break\n    return ok\n"],
    "pitfall.neighbour": ["def f(d, xs):\n    d.extendleft(reversed(xs))\n"],
    "pitfall.directions": [
        "def f(rows):\n    return sorted(rows, key=lambda r: (-r.n, r.name))\n",
        "def f(rows):\n    return sorted(rows, key=lambda r: r.n, reverse=True)\n",
    ],
    "pitfall.turned": ["def f(xs):\n    return sorted(xs)[::-1]\n"],
    "pitfall.text_order": ["def f(xs):\n    return max(xs)\n", "def f(versions):\n    return max(versions, key=parse)\n"],
    "pitfall.missing_order": ["def f(rows):\n    return sorted(rows, key=lambda r: r.day)\n"],
    "pitfall.none_reversed": ["def f(rows):\n    return sorted(rows, key=lambda r: (r.n is None, r.n))\n"],
    "pitfall.extreme_key": ["def f(xs: list):\n    return max(xs)\n"],
    "pitfall.heap_ties": ["import heapq\ndef f(heap, n: int):\n    heapq.heappush(heap, (n, 'a'))\n", "import heapq\ndef f(heap, n):\n    heapq.heappush(heap, n)\n"],
    "pitfall.heap_order": ["import heapq\ndef f(xs, n):\n    heapq.heapify(xs)\n    xs2 = []\n    xs2.append(n)\n    return xs2[-1]\n"],
    "pitfall.unordered": ["def f(xs):\n    return len(set(xs))\n", "def f(xs):\n    return sorted(set(xs))\n"],
    "pitfall.counts_lost": ["def f(a, b):\n    return set(a) <= set(b)\n"],
    "pitfall.grouped": ["from itertools import groupby\ndef f(rows):\n    rows.sort()\n    return [k for k, _ in groupby(rows)]\n"],
    "pitfall.flat": ["from itertools import chain\ndef f(a, b):\n    return list(chain(a, b))\n", "def f(x):\n    return x in ('a', 'b')\n"],
    "pitfall.who_wins": ["def f(defaults, given):\n    return {**defaults, **given}\n", "def f(row):\n    return {**row, 'a': 1}\n"],
    "pitfall.made_by_asking": ["from collections import defaultdict\ndef f(rows):\n    d = defaultdict(list)\n    for r in rows:\n        d[r.k].append(r)\n    return d.items()\n"],
    "pitfall.last_used": ["class A:\n    def get(self, k):\n        return self.d[k]\n"],
    "pitfall.left_at_nought": ["from collections import Counter\ndef f(xs, k):\n    c = Counter(xs)\n    return k in c\n"],
    "pitfall.recursion": ["def f(n):\n    return f(n - 1)\n", "def f(rows):\n    go(rows)\n    return rows\n"],
    "pitfall.visited": ["def f(g, todo):\n    while todo:\n        go(todo.pop())\n"],
    "pitfall.one_step": ["def f(rows, n):\n    for r in rows[n]:\n        go(r)\n"],
    "pitfall.other_end": ["def f(rows):\n    return rows.pop()\n"],
    "pitfall.text_elements": ["def f(x):\n    return isinstance(x, (list, tuple))\n"],
    "pitfall.generator_end": ["class A:\n    def __next__(self):\n        raise StopIteration\n"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source"), [pytest.param(n, s, id=f"{n}-{i}") for n, many in SAFE.items() for i, s in enumerate(many)]
)
def test_the_safe_look_alike_is_left_alone(name, source):
    assert results(source, name) == []


def test_every_trap_has_a_look_alike_that_it_leaves_alone():
    assert SAFE.keys() == {t.name for t in OURS}


@pytest.mark.parametrize("one", OURS, ids=lambda t: t.name)
def test_nothing_proposed_is_broken_and_bytes_elsewhere_stay(one):
    for example in one.examples:
        source = f"# naïve ☃\r\n{example.before}".replace("\r\n", "\n") + "\n# the end\n"
        for text in results(source, one.name):
            ast.parse(text)
            assert text.startswith("# naïve ☃\n")
            assert text.endswith("# the end\n")


@pytest.mark.parametrize(
    ("source", "mended"),
    [
        (
            (
                "DEFAULTS = {}\ndef f(name, size):\n    total = size + 1\n    return total * size\n"
                "def g(name):\n    row = DEFAULTS\n    row['name'] = name\n    return row\n"
            ),
            "    row = dict(DEFAULTS)\n",
        ),
        (
            (
                "def f(name, size):\n    total = size + 1\n    return total * size\n"
                "def g(xs):\n    for x in xs:\n        if x < 0:\n            xs.remove(x)\n"
            ),
            "    for x in list(xs):\n",
        ),
        (
            (
                "def f(name, size):\n    total = size + 1\n    return total * size\n"
                "def g(rows):\n    return sorted(rows, key=lambda r: (r.n, r.name), reverse=True)\n"
            ),
            "key=lambda r: (-r.n, r.name))\n",
        ),
    ],
    ids=["alias", "changing", "directions"],
)
def test_a_trap_that_hardly_anything_suspects_comes_before_most_edits_of_the_place_suspected_most(source, mended):
    data = source.encode()
    code = Code("a.py", data)
    first = source.split("\n").index("    total = size + 1") + 1
    lines = dict.fromkeys(range(1, source.count("\n") + 1), 0.05) | {first: 1.0, first + 1: 1.0}
    texts = [c.patch.apply({"a.py": data})["a.py"].decode() for c in Generator(code).candidates(proposals(code, lines))]

    assert next(i for i, text in enumerate(texts) if mended in text) < 12
    assert len(texts) > 100


def test_an_import_that_a_mend_needs_is_added_behind_the_docstring_and_once():
    source = '"""Doc."""\nfrom __future__ import annotations\n\nBASE = {"tags": []}\ndef f(tag):\n    row = BASE\n    row["tags"].append(tag)\n    return row\n'
    mended = results(source, "pitfall.alias")[0]

    assert mended.startswith('"""Doc."""\nfrom __future__ import annotations\n\nfrom copy import deepcopy\nBASE')
    known = results(f"import copy\n{source[source.index('BASE') :]}", "pitfall.alias")[0]
    assert "copy.deepcopy(BASE)" in known
    assert known.count("import") == 1
