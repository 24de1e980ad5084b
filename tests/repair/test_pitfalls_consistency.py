"""Traps of a project against itself: what is not proposed where the code is right, and that the telling ones are tried early."""

import ast
import inspect
import shlex
import textwrap
from itertools import islice

import pytest

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.templates import Template
from fixbot_repair.candidates.templates.pitfalls import (
    consistency,
    copies,
    endings,
    fields,
    forgetting,
    gathered,
    handing,
    keys,
    mirrors,
    roundtrips,
    states,
    undoing,
)

MODULES = (
    consistency, copies, endings, fields, forgetting, gathered, handing, keys, mirrors, roundtrips, states, undoing,
)  # fmt: skip
OURS: tuple[Template, ...] = tuple(t for module in MODULES for t in module.TEMPLATES)


def results(source: str, templates: tuple[Template, ...] | None = OURS) -> list[str]:
    data = source.encode()
    code = Code("a.py", data)
    everywhere = dict.fromkeys(range(1, source.count("\n") + 2), 1.0)
    found = Generator(code).candidates(proposals(code, everywhere, templates))
    return [c.patch.apply({"a.py": data})["a.py"].decode() for c in found if c.source != "template:pair"]


RIGHT = {
    "a parameter that is normalised by the method it is handed to": """
        class A:
            def put(self, key, v):
                key = self._key(key)
                self.d[key] = v
            def put_all(self, key, values):
                for v in values:
                    self.put(key, v)
    """,
    "a method that normalises": """
        class A:
            def put(self, key, v):
                key = self._key(key)
                self.d[key] = v
            def _key(self, key):
                return key.lower()
    """,
    "a cache that is forgotten through another method": """
        class A:
            def __init__(self):
                self.rows, self._sum = [], None
            def add(self, row):
                self.rows.append(row)
                self._changed()
            def _changed(self):
                self._sum = None
            def sum(self):
                if self._sum is None:
                    self._sum = sum(self.rows)
                return self._sum
    """,
    "a cache of what never changes": """
        class A:
            def __init__(self, rows):
                self.rows, self._sum = rows, None
            def sum(self):
                if self._sum is None:
                    self._sum = sum(self.rows)
                return self._sum
    """,
    "a key that has all there is": """
        class A:
            def cost(self, way, day):
                if (way, day) not in self._costs:
                    self._costs[way, day] = price(way, day)
                return self._costs[way, day]
    """,
    "a check ahead of the change": """
        class A:
            def count(self, n):
                if self.n + n > 9:
                    raise ValueError(n)
                self.n += n
    """,
    "a check of each row against those before": """
        class A:
            def add_all(self, rows):
                for row in rows:
                    if row in self.rows:
                        raise ValueError(row)
                    self.rows.append(row)
    """,
    "what is undone in a finally": """
        class A:
            def visit(self, node):
                self.depth += 1
                try:
                    return self.go(node)
                finally:
                    self.depth -= 1
    """,
    "a last group that is given out": """
        def f(xs, n):
            part = []
            for x in xs:
                part.append(x)
                if len(part) == n:
                    yield part
                    part = []
            if part:
                yield part
    """,
    "an option that is handed on by its place": """
        def total(tree, deep=False):
            if not deep:
                return tree.n
            return sum(total(t, deep) for t in tree.parts)
    """,
    "a parameter of an abstract method": """
        class A:
            def save(self, path, force=False):
                raise NotImplementedError
    """,
    "a check of one side that is right": """
        def f(left, right):
            if left is None:
                return right
            if right is None:
                return left
            return left + right
    """,
    "a list that is begun for each round": """
        def f(rows):
            for row in rows:
                out = []
                out.append(row)
                show(out)
    """,
    "a latest value": """
        def f(rows):
            last = ""
            for row in rows:
                last = row.name
            return last
    """,
    "fields compared for being equal": """
        class A:
            def __eq__(self, other):
                return self.x == other.x and self.y == other.y
    """,
    "a copy with all fields": """
        class A:
            def __init__(self, n, unit=1):
                self.n, self.unit = n, unit
            def twice(self):
                return A(self.n * 2, self.unit)
    """,
}


@pytest.mark.parametrize("source", RIGHT.values(), ids=RIGHT.keys())
def test_code_that_is_right_is_left_alone(source):
    assert results(textwrap.dedent(source)) == []


def test_ordinary_code_of_the_library_gets_few_proposals():
    source = inspect.getsource(textwrap) + inspect.getsource(shlex)

    assert len(results(source)) < 20 * source.count("\n") / 1000


STALE = """class A:
    def __init__(self):
        self.rows = []
        self._sum = None

    def add(self, row):
        self.rows.append(row)

    def sum(self):
        if self._sum is None:
            self._sum = sum(self.rows)
        return self._sum
"""
GROUPS = """def f(rows, limit):
    out, group = [], []
    for row in rows:
        if row.n > limit:
            out.append(group)
            group = []
        group.append(row)
    return out
"""


@pytest.mark.parametrize(
    ("source", "place", "other", "wanted"),
    [
        (STALE, 7, 12, "self.rows.append(row)\n        self._sum = None\n"),
        (GROUPS, 3, 8, "    if group:\n        out.append(group)\n    return out\n"),
    ],
)
def test_a_telling_trap_where_little_is_suspected_comes_early(source, place, other, wanted):
    code = Code("a.py", source.encode())
    found = Generator(code).candidates(proposals(code, {place: 0.05, other: 1.0}))
    texts = [c.patch.apply({"a.py": code.data})["a.py"].decode() for c in islice(found, 10)]

    assert wanted in "".join(texts)


def test_two_methods_that_do_not_forget_are_mended_by_one_candidate():
    source = STALE + "\n    def drop(self):\n        self.rows.pop()\n"
    wanted = source.replace("append(row)\n", "append(row)\n        self._sum = None\n") + "        self._sum = None\n"

    assert wanted in results(source)


def test_a_comment_behind_a_statement_stays_there():
    source = STALE.replace("append(row)\n", "append(row)  # at the end\n")

    assert "append(row)  # at the end\n        self._sum = None\n" in "".join(results(source))


def test_line_ends_and_tabs_of_the_file_are_kept():
    source = STALE.replace("    ", "\t").replace("\n", "\r\n")
    texts = results(source)

    assert texts
    for text in texts:
        ast.parse(text)
        assert text.count("\r\n") == text.count("\n")
        assert "    " not in text


@pytest.mark.parametrize(
    "source",
    [
        "def f(a): return a\ndef g(a): a = norm(a); return a\n",
        "class A:\n    def f(self): self.n += 1\n    def g(self): return self.n\n",
        "if a: b()\nelif c: d()\nelse: e()\n",
        "while x: continue\n",
        "@contextmanager\ndef f(): yield; done()\n",
        "class A:\n    def __init__(self, a, b): self.a = a; self.b = a\n",
        "for x in xs: out = []; out.append(x)\nprint(out)\n",
    ],
)
def test_statements_that_share_a_line_are_never_broken(source):
    for text in results(source):
        ast.parse(text)
