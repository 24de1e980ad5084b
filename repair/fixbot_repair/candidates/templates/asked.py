"""What a failing assertion tells outright: the value that should have come, how far off a constant is, what text is not as it should be."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.nodes import is_read, walk
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, is_called, replace, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.empties import empties
from fixbot_repair.candidates.wanted import Wanted

_MOST_DIGITS = 7  # of a number that somebody may have meant
_BACKWARDS = 0.5  # weight of taking an assertion's sides the other way round


@template(
    "value.expected",
    0.5,
    "integer float string",
    (
        "DAYS = 30\ndef f(day):\n    return day + DAYS\n",
        "DAYS = 3\ndef f(day):\n    return day + DAYS\n",
        "AssertionError: assert datetime.date(2024, 3, 31) == datetime.date(2024, 3, 4)",
    ),
    (
        "def f(n):\n    return n * 60\n",
        "def f(n):\n    return n * 3600\n",
        "AssertionError: assert 120 == 7200",
    ),
    (
        "def f(xs):\n    return ', '.join(xs)\n",
        "def f(xs):\n    return '; '.join(xs)\n",
        "AssertionError: assert 'a, b' == 'a; b'",
    ),
)
def expected(site: Site) -> Proposals:
    """A constant off by what the result is off: by a difference, by a factor, by a piece of text."""
    found = dict[str, float]()
    for each in site.code.symptoms.wanted:
        made = _texts(site.text, each) if site.node.type == "string" else _figures(site, each)
        for text, weight in made:
            found[text] = max(weight, found.get(text, 0.0))
    for text, weight in found.items():
        if text != site.text:
            yield site.become(text, Level.UNARY if text.startswith("-") else Level.PRIMARY, weight)


def _figures(site: Site, wanted: Wanted) -> Iterator[tuple[str, float]]:
    own = float(site.text.replace("_", "")) if _is_decimal(site.text) else None
    if own is None:
        return
    for i, (got, right) in enumerate(wanted.numbers):
        share = 1.0 / (1 + 0.4 * i)
        if own == got:
            yield _written(site, right), share
        found = [(own + right - got, 0.8), (own + got - right, 0.8 * _BACKWARDS)]
        if got and right and own:
            found += [(own * right / got, 0.7), (own * got / right, 0.7 * _BACKWARDS)]
        for value, weight in found:
            text = _written(site, value)
            is_likely = value >= 0 and sum(c.isdigit() for c in text) <= _MOST_DIGITS and "e" not in text
            if is_likely and (site.node.type == "float" or value == int(value)):
                yield text, share * weight


def _is_decimal(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not text.startswith("0x")


def _written(site: Site, value: float) -> str:
    return str(int(value)) if site.node.type == "integer" and value == int(value) else f"{value:.12g}"


def _texts(text: str, wanted: Wanted) -> Iterator[tuple[str, float]]:
    """`text`, a string as written, with the piece in which the result differs from the expected one."""
    got, right = wanted.got, wanted.expected
    if not isinstance(got, str) or not isinstance(right, str) or got == right:
        return
    head = next((i for i, (a, b) in enumerate(zip(got, right, strict=False)) if a != b), min(len(got), len(right)))
    most = min(len(got), len(right)) - head
    tail = next((i for i in range(most) if got[-1 - i] != right[-1 - i]), most)
    gone, come = got[head : len(got) - tail], right[head : len(right) - tail]
    for beside in (3, 2, 1, 0):
        before, after = got[max(0, head - beside) : head], got[len(got) - tail :][:beside]
        old, new = before + gone + after, before + come + after
        if old and text.count(old) == 1 and new.isprintable() and not {"'", '"', "\\"} & set(old + new):
            yield text.replace(old, new), 1.0 - 0.15 * (3 - beside)
            return


@template(
    "guard.expected",
    1.5,
    "function_definition",
    (
        "def price(way):\n    return 100 + 50 * len(way.legs)\n",
        "def price(way):\n    if not way.legs:\n        return 0\n    return 100 + 50 * len(way.legs)\n",
        "AssertionError: got 100, expected 0",
    ),
    (
        "def share(part, whole):\n    return part / (whole or 1)\n",
        "def share(part, whole):\n    if not whole:\n        return None\n    return part / (whole or 1)\n",
        "AssertionError: assert 3.0 is None",
    ),
    most=24,
)
def guard(site: Site) -> Proposals:
    """A missing way out at the top of a function, with the value that a failing assertion expects."""
    body = site.field("body")
    wanted = [w for w in site.code.symptoms.wanted if w.source]
    if body is None or not body.named_children or not wanted or wanted[0].source in _given(body):
        return
    first = first_of(body)
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    answers = {w.source: _likely(w) for w in wanted[:2] if _suits(w, site.field("return_type"))}
    for test, likely in dict(_tests(site, body)).items():
        for answer, weight in answers.items():
            text = f"if {test}:{eol}{indent}{unit}return {answer}{eol}{indent}"
            at = Span(first.start_byte, first.start_byte)
            yield Rewrite(((at, text),), weight * likely)


def _likely(wanted: Wanted) -> float:
    return 1.0 if wanted.is_empty else 0.5 if isinstance(wanted.expected, bool) else 0.3


_NUMBERS = frozenset(("int", "float", "Decimal", "complex"))
_WORD = re.compile(r"\w+")


def _suits(wanted: Wanted, written: Node | None) -> bool:
    """Whether a function whose result is annotated as `written` may give the expected value back."""
    known = empties(written)
    if not known or wanted.source in known:
        return True
    text = text_of(written) if written is not None else ""
    heads = _WORD.findall(text) if "|" in text or text.startswith(("Optional", "Union")) else _WORD.findall(text)[:1]
    is_number = isinstance(wanted.expected, (int, float)) and not isinstance(wanted.expected, bool)
    return type(wanted.expected).__name__ in heads or (is_number and not _NUMBERS.isdisjoint(heads))


def _given(body: Node) -> set[str]:
    """What the function gives back at its top already."""
    first = first_of(body)
    return (
        {text_of(n)[7:] for n in walk(first) if n.type == "return_statement"} if first.type == "if_statement" else set()
    )


_MOST_PARTS = 6


def _tests(site: Site, body: Node) -> Iterator[tuple[str, float]]:
    """Whether a parameter, or an attribute of one, is empty or not there; containers first."""
    inner = site.code.scope(body)
    names = [n for n in inner.names.values() if n.parameter and n.text != inner.method_self]
    for name in names:
        yield from _lacking(name.text, name.kind, 1.0)
    used = {text_of(n): n for n in walk(body) if n.type == "identifier" and is_read(n)}
    owners = [n.text for n in names if n.text in used and n.kind & Kind.OBJECT] + [inner.method_self]
    read = (n for n in walk(body) if n.type == "attribute" and is_read(n) and not is_called(n))
    parts = dict.fromkeys(text_of(n) for n in read if text_of(n).count(".") == 1)
    about = [p for p in parts if p.partition(".")[0] in owners][:_MOST_PARTS]
    known = {f"{o}.{p}": kind for o in owners if o in used for p, kind in site.code.parts(used[o]).items()}
    for part in dict.fromkeys([*about, *known]):
        share = 0.9 if part in parts else 0.8
        yield from _lacking(part, known.get(part, Kind.ANY), share)


def _lacking(text: str, kind: Kind, share: float) -> Iterator[tuple[str, float]]:
    """Tests that a value of `kind` is empty or not there."""
    if kind & Kind.CONTAINER:
        yield f"not {text}", share
    elif kind & ~(Kind.BOOL | Kind.OBJECT):
        yield f"not {text}", 0.6 * share
    if kind & (Kind.OBJECT | Kind.NONE):
        yield f"{text} is None", (0.7 if kind & Kind.CONTAINER else 0.5) * share
    if kind & Kind.NUMBER:
        yield f"{text} <= 0", (0.7 if kind == Kind.NUMBER else 0.3) * share
        yield f"{text} < 0", (0.6 if kind == Kind.NUMBER else 0.25) * share


# Numbers that are taken for one another: units, sizes, calendars.
_SLIPS = {
    "7": ("5", "6"), "10": ("100", "16", "12"), "12": ("24", "10"), "16": ("10",), "23": ("24",), "24": ("12", "23", "60"), "28": ("30", "29"),
    "30": ("31", "3", "60"), "31": ("30",), "52": ("53",), "59": ("60",), "60": ("3600", "24", "59", "1440"), "99": ("100",), "100": ("1000", "10", "99"),
    "127": ("128", "255"), "128": ("127",), "180": ("360", "90"), "255": ("256", "127"), "256": ("255",), "360": ("365", "180"), "365": ("366", "360"),
    "1000": ("1024", "100"), "1024": ("1000",), "1440": ("60", "86400"), "3600": ("60", "86400"), "86400": ("3600",), "1000000": ("1000",),
}  # fmt: skip


@template(
    "value.slip",
    0.3,
    "integer float",
    ("def f(size):\n    return size / 1000\n", "def f(size):\n    return size / 1024\n"),
    ("LIMIT = 50\n", "LIMIT = 500\n"),
    ("def f(x):\n    return x * 0.01\n", "def f(x):\n    return x * 0.1\n"),
)
def slip(site: Site) -> Proposals:
    """A digit too many or too few, or a number of another unit, size or calendar."""
    text = site.text
    if site.node.type == "integer" and text.isdecimal() and len(text) > 1 - (text not in "01"):
        for i, other in enumerate(_SLIPS.get(text, ())):
            yield replace(site.node, other, 1.0 / (1 + 0.2 * i))
        yield replace(site.node, f"{text}0", 0.5)
        if text.endswith("0") and len(text) > 1:
            yield replace(site.node, text[:-1], 0.7)
    elif site.node.type == "float" and "e" not in text.lower() and _is_decimal(text):
        for i, factor in enumerate((10, 0.1, 100, 0.01)):
            value = f"{float(text) * factor:.12g}"
            yield replace(site.node, value if "." in value or "e" in value else f"{value}.0", 1.0 / (1 + 0.4 * i))


TEMPLATES = (expected, guard, slip)
