"""Candidates: typed by what is known of the project, moved up by what errors suggest, made in all places alike, weighed only when due."""

import importlib.metadata
from pathlib import Path

import pytest

from fixbot_analysis.source import Span
from fixbot_analysis.symbols import extract
from fixbot_repair.candidates import past
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.candidates.generate import Generator, proposals
from fixbot_repair.candidates.insight import Insight, Takes
from fixbot_repair.candidates.kinds import Kind
from fixbot_repair.candidates.symptoms import read
from fixbot_repair.candidates.templates import Template, load

PROJECT = {
    "shop/cart.py": b"""
class Line:
    def __init__(self, price: int, *tags, count=1, **more):
        self.price = price
        self.names = []

    def total(self, discount, tax=0):
        return self.price

def made(price, count=3):
    return Line(price)
""",
    "shop/show.py": b"""
from shop.cart import made
def show():
    line = made(1)
    return line.pric
""",
}


def insight() -> Insight:
    return Insight(PROJECT, {path: extract(data) for path, data in PROJECT.items()}.get)


def candidates(source: str, lines: range | None = None, messages: tuple[str, ...] = ()) -> list[Candidate]:
    code = Code("a.py", source.encode())
    suspicion = dict.fromkeys(lines or range(1, 100), 1.0)
    return list(Generator(code).candidates(proposals(code, suspicion, symptoms=read(messages))))


def rank(source: str, wanted: str, messages: tuple[str, ...] = ()) -> int:
    texts = [c.patch.apply({"a.py": source.encode()})["a.py"].decode() for c in candidates(source, messages=messages)]
    return texts.index(wanted)


def test_the_project_says_what_a_value_has_and_what_a_call_takes() -> None:
    known = insight()

    assert known.members("shop/show.py", 5, "line") == {"__init__", "price", "names", "total"}
    assert known.members("shop/show.py", 5, "made(1).names") >= {"append", "sort"}
    assert known.members("shop/show.py", 5, "nobody") is None
    assert known.kind("shop/show.py", 5, "line.price") == Kind.NUMBER
    assert known.kind("shop/show.py", 5, "line") == Kind.OBJECT
    assert known.takes("shop/show.py", 4, "made") == Takes(("price", "count"), 1, open=False)
    assert known.takes("shop/cart.py", 11, "Line") == Takes(("price", "count"), 1, open=True)
    assert known.takes("shop/cart.py", 11, "len") is None


def test_only_attributes_that_the_value_has_are_offered() -> None:
    path, source = "shop/show.py", PROJECT["shop/show.py"]
    code = Code(path, source + b"other.precise = other.pricing = 1\n", insight())
    found = Generator(code).candidates(proposals(code, {5: 1.0}))
    texts = [c.patch.apply({path: code.data})[path].decode() for c in found if c.source == "template:name"]

    assert any("return line.price\n" in text for text in texts)
    assert not any("line.precise" in text or "line.pricing" in text for text in texts)


NONE = "TypeError: '<' not supported between instances of 'int' and 'NoneType'"


@pytest.mark.parametrize(
    ("source", "wanted", "message"),
    [
        (
            "def f(best, x, y):\n    if x < best:\n        return x + 1\n    return y\n",
            "def f(best, x, y):\n    if best is None or x < best:\n        return x + 1\n    return y\n",
            NONE,
        ),
        (
            "def f(d, k, n):\n    if n > 1:\n        n -= 1\n    return d[k]\n",
            "def f(d, k, n):\n    if n > 1:\n        n -= 1\n    return d.get(k)\n",
            "KeyError: 'a'",
        ),
        (
            "def f(a, n):\n    if n > 1:\n        a -= 1\n    return g(a / n)\n",
            "def f(a, n):\n    if n > 1:\n        a -= 1\n    return g(a / n if n else 0)\n",
            "ZeroDivisionError: division by zero",
        ),
        (
            "def f(xs):\n    if len(xs) > 1:\n        xs.sort()\n    for x in xs:\n        xs.remove(x)\n",
            "def f(xs):\n    if len(xs) > 1:\n        xs.sort()\n    for x in list(xs):\n        xs.remove(x)\n",
            "RuntimeError: Set changed size during iteration",
        ),
    ],
)
def test_an_error_brings_forward_what_mends_its_like(source: str, wanted: str, message: str) -> None:
    assert rank(source, wanted, (message,)) < rank(source, wanted) / 1.5


def test_a_missing_guard_against_none_comes_early_for_such_an_error() -> None:
    source = "def f(best, x, y):\n    if x < best:\n        return x + 1\n    return y\n"

    assert rank(source, source.replace("x < best", "best is None or x < best"), (NONE,)) < 10


def test_the_same_slip_in_two_functions_is_mended_in_one_step() -> None:
    source = "def f(a, n):\n    return a[n + 1]\n\n\ndef g(a, n):\n    return a[n + 1]\n"
    wanted = source.replace("n + 1", "n - 1")
    found = [c for c in candidates(source) if c.patch.apply({"a.py": source.encode()})["a.py"].decode() == wanted]

    assert [c.source for c in found] == ["template:pair"]
    assert len(found[0].patch.edits) == 2


def test_a_long_table_does_not_drown_the_code_that_reads_it() -> None:
    """One of its rows is at fault if the table is, and the one that the issue speaks of before others."""
    rows = "".join(
        f'    "{name}": {number}.0,\n' for number, name in enumerate(("m", "km", "cm", "mi", "s", "h", "°F"))
    )
    source = f"UNITS = {{\n{rows}}}\n\n\ndef f(x, unit):\n    return x / UNITS[unit]\n"
    code = Code("a.py", source.encode(), told=("'°F'", "0"))
    scores: dict[int, float] = {}
    for proposal in proposals(code, dict.fromkeys(range(1, 20), 1.0), [t for t in load() if t.name == "value.slip"]):
        scores[proposal.line] = max(proposal.score, scores.get(proposal.line, 0.0))

    assert scores[8] > 1.5 * scores[3]  # "°F" against "km"


def test_naturalness_is_asked_only_of_what_is_due() -> None:
    source = b"def f(rows, size, last):\n    for row in rows:\n        if row.width < size:\n            last = row\n    return last\n"
    asked: list[str] = []

    def natural(path: str, data: bytes, lines: Span, text: str) -> float:
        asked.append(text)
        return 0.5

    code = Code("a.py", source)
    found = proposals(code, dict.fromkeys(range(1, 6), 1.0))
    next(Generator(code, natural).candidates(found))

    assert 0 < len(asked) < len(found) / 4


def test_a_template_that_fails_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    def broken(site: object) -> None:
        raise KeyError("no such thing")

    bad = Template("test.bad", "test", 1.0, frozenset(["integer"]), broken, ())  # type: ignore[arg-type]
    code = Code("a.py", b"x = 1\n")

    assert proposals(code, {1: 1.0}, [bad]) == []
    assert "test.bad" in caplog.text


PLUGIN = '''
from fixbot_repair.candidates.templates import template
from fixbot_repair.candidates.templates.base import replace

@template("house.flag", 0.9, "true false", ("x = True\\n", "x = None\\n"), ("y = False\\n", "y = None\\n"))
def flag(site):
    """A flag that has three values here."""
    yield replace(site.node, "None")
'''


def test_a_package_adds_a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "house_templates.py").write_text(PLUGIN)
    info = tmp_path / "house_templates-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: house-templates\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[fixbot.templates]\nhouse = house_templates:flag\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    offered = [e for d in importlib.metadata.distributions(path=[str(tmp_path)]) for e in d.entry_points]
    templates = load(offered)

    assert templates[-1].name == "house.flag"
    code = Code("a.py", b"ready = True\n")
    notes = [c.note for c in Generator(code).candidates(proposals(code, {1: 1.0}, templates))]
    assert "house.flag at line 1" in notes


def test_what_a_fix_of_the_past_replaced_is_replaced_elsewhere_too() -> None:
    source = "def f(head):\n    for key, value in head.items():\n        go(key)\n    return old.items\n"
    code = Code("a.py", source.encode())
    fixes = [
        ("for k, v in self.headers.items():\n", "for k, v in self.headers.multi_items():\n"),
        ("x = 1\n", "y = 2\n"),
    ]
    found = list(past.proposals(code, {2: 1.0, 4: 0.5}, fixes))
    texts = [c.patch.apply({"a.py": code.data})["a.py"].decode() for c in Generator(code).candidates(found)]

    assert texts[0] == source.replace("head.items", "head.multi_items")
    assert not any("y = 2" in text for text in texts)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("if a < b:\n", "if a <= b:\n", past.Repeated(("<",), "<=", "a", "b")),
        ("return f(x)\n", "return f(x, y)\n", past.Repeated(("x",), "x, y", "(", ")")),
        ("same\n", "same\n", None),
        ("x\n", "a = 1\nb = 2\n", None),
    ],
)
def test_a_fix_is_remembered_as_the_tokens_that_it_replaced(
    before: str, after: str, expected: past.Repeated | None
) -> None:
    assert past.repeated(before, after) == expected
