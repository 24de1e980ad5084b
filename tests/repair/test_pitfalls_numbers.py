"""Traps of numbers, dates and times: what looks alike and is right is left alone, and what is a trap comes before ordinary edits."""

import ast

import pytest

from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.symptoms import read
from fixbot_repair.candidates.templates.pitfalls import (
    calendars,
    counting,
    figures,
    holes,
    limits,
    moments,
    numbers,
    times,
)

MODULES = (numbers, counting, limits, figures, times, moments, calendars)
OURS = tuple(t for module in MODULES for t in module.TEMPLATES)
EVERYWHERE = dict.fromkeys(range(1, 100), 1.0)


def made(source: str, error: str = "") -> list[str]:
    """The function's body, on one line each, after each of our edits; imports are left out."""
    code = Code("a.py", source.encode(), symptoms=read([error]) if error else None)
    texts = [c.patch.apply({"a.py": code.data})["a.py"].decode() for c in Generator(code).candidates(proposals(code, EVERYWHERE, OURS))]  # fmt: skip
    return [text[text.index("def ") :] for text in texts]


SAFE = [
    ("from decimal import Decimal\ndef f():\n    return Decimal('0.1')\n", "a text"),
    ("from decimal import Decimal\ndef f():\n    return Decimal(3)\n", "a whole number"),
    ("def f(n: int, k: int):\n    return n // k * k\n", "the multiple below"),
    ("def f(x):\n    return x == 3\n", "a whole number"),
    ("def f(x):\n    return x == 'a'\n", "a text"),
    ("def f(name, suffix):\n    return 'a' + name if suffix else ''\n", "nothing at all for no suffix"),
    ("def f(xs, i):\n    return xs[i // 2]\n", "a whole number already"),
    ("def f(names=None):\n    if names:\n        return 1\n", "no number"),
    ("def f(size: int):\n    if size:\n        return 1\n", "never None"),
    ("def f(event):\n    return event.seconds\n", "no span of time"),
    ("def f(width, height):\n    return width / height\n", "no share"),
    ("def f(x, low, high):\n    return max(low, min(high, x))\n", "right"),
    ("from datetime import timedelta\ndef f(minutes):\n    return timedelta(minutes=minutes)\n", "right"),
    ("def f(t):\n    return t.strftime('%H:%M:%S')\n", "right"),
    ("def f(when=None):\n    return when\n", "nothing is computed"),
    ("def f(n):\n    return (n + 1) % 12\n", "no month"),
    ("def f(a, b):\n    return a.left < b.right\n", "one comparison"),
    ("def f(flags, mask):\n    return flags | mask\n", "bits"),
    ("def f(n):\n    hours, minutes = divmod(n, 60)\n    return hours\n", "in order"),
    ("def f(a, b):\n    x = 1 if a is b else 2\n    return x\n", "objects"),
]


@pytest.mark.parametrize("source", [s for s, _ in SAFE], ids=[f"{i}-{why}" for i, (_, why) in enumerate(SAFE)])
def test_what_only_looks_like_a_trap_is_left_alone(source):
    assert made(source) == []


NUMBERS = """
def page_count(items, size):
    return len(items) // size


def total(xs, n):
    rest = n - len(xs)
    if rest < 0:
        return rest
    return n + rest
"""


def test_a_trap_at_a_place_of_little_suspicion_comes_before_ordinary_edits_of_a_suspect():
    code = Code("a.py", NUMBERS.encode())
    suspicion = dict.fromkeys(range(6, 11), 1.0) | {3: 0.05}

    texts = [
        c.patch.apply({"a.py": code.data})["a.py"].decode()
        for c in Generator(code).candidates(proposals(code, suspicion))
    ]

    first = next(i for i, text in enumerate(texts) if "-(-len(items) // size)" in text)
    ordinary = [i for i, text in enumerate(texts) if "return rest + n" in text or "return n\n" in text]
    assert first < 12
    assert first < min(ordinary)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import datetime as dt\ndef f():\n    return dt.datetime.utcnow()\n", None),
        (
            "import datetime\ndef f():\n    return datetime.datetime.utcnow()\n",
            "return datetime.datetime.now(datetime.timezone.utc)",
        ),
        (
            "from datetime import datetime, timezone as zone\ndef f():\n    return datetime.utcnow()\n",
            "return datetime.now(zone.utc)",
        ),
        ("def f(x, math):\n    return round(x)\n", "return int(x + 0.5)"),
    ],
    ids=["renamed", "module", "alias", "taken"],
)
def test_what_an_edit_needs_is_written_as_the_file_imports_it(source, wanted):
    texts = made(source)

    assert not [text for text in texts if "math.floor" in text and "math):" in text]
    assert wanted is None or [text for text in texts if wanted in text]


def test_an_import_is_added_once_and_behind_the_docstring():
    source = '"""Doc."""\n\nfrom __future__ import annotations\n\nX = 1\n\n\ndef f(x):\n    return round(x, 2)\n'
    code = Code("a.py", source.encode())
    texts = [c.patch.apply({"a.py": code.data})["a.py"].decode() for c in Generator(code).candidates(proposals(code, EVERYWHERE, OURS))]  # fmt: skip

    exact = next(text for text in texts if "ROUND_HALF_UP" in text)
    assert exact.startswith('"""Doc."""\n\nfrom __future__ import annotations\n\nfrom decimal import')
    assert exact.count("import Decimal\n") == 1
    ast.parse(exact)


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        ("ValueError: invalid literal for int() with base 10: '1,250'", "int(s.replace(',', ''))"),
        ("ValueError: invalid literal for int() with base 10: ''", "(int(s) if s else 0)"),
        ("ValueError: invalid literal for int() with base 10: '0x1f'", "int(s, 0)"),
        ("ValueError: invalid literal for int() with base 10: '12 kg'", "int(s.removesuffix('kg'))"),
        ("ValueError: invalid literal for int() with base 10: '$9'", "int(s.lstrip('$€£¥'))"),
    ],
)
def test_an_error_that_quotes_the_text_says_how_to_read_it(error, wanted):
    assert any(wanted in text for text in made("def f(s):\n    return int(s)\n", error))
    assert not made("def f(s):\n    return int(s)\n")


def test_every_row_of_a_table_is_of_a_node_that_its_template_looks_at():
    tables = {name: v for m in MODULES for name, v in vars(m).items() if isinstance(v, holes.Traps)}
    by_table = {name: t for m in MODULES for t in m.TEMPLATES for name in tables if name in t.rewrite.__code__.co_names}

    assert by_table.keys() == tables.keys()
    for name, table in tables.items():
        assert table.nodes <= by_table[name].nodes, name
        assert all(row.after for row in table.rows)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import math as m\ndef f(n, k):\n    return m.ceil(n // k)\n", "return m.ceil(n / k)"),
        ("from math import *\ndef f(n, k):\n    return ceil(n // k)\n", "return ceil(n / k)"),
        ("import datetime as dt\ndef f():\n    return dt.datetime.utcnow()\n", "dt.datetime.now(dt.timezone.utc)"),
        ("import math\ndef f(n, k):\n    return (math.ceil((n // k)))\n", "return (math.ceil(n / k))"),
        ("import math\ndef f(math, x):\n    return x == 0.3\n", "return isclose(x, 0.3, abs_tol=1e-9)"),
        ("from math import isclose as near\ndef f(x):\n    return x == 0.3\n", "return near(x, 0.3, abs_tol=1e-9)"),
    ],
)
def test_a_name_of_the_library_is_known_however_it_is_imported_and_written_as_the_file_has_it(source, wanted):
    assert any(wanted in text for text in made(source))


@pytest.mark.parametrize(
    ("source", "unwanted"),
    [
        ("from numpy import ceil\ndef f(n, k):\n    return ceil(n // k)\n", "/ k"),
        ("from decimal import ROUND_HALF_UP\ndef f(x):\n    return x\n", "def f"),
        ("def f(xs):\n    return max(*xs)\n", "default"),
    ],
)
def test_what_is_not_the_librarys_or_no_value_is_left_alone(source, unwanted):
    assert not any(unwanted in text for text in made(source))
