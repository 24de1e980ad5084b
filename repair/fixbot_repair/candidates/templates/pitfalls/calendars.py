"""The calendar and the clock's face: months and years that are not alike, weeks, leap days, intervals and where they end."""

import re
from collections.abc import Iterator, Mapping

from tree_sitter import Node

from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import COMPOUND, bare, statement_of, walk
from fixbot_repair.candidates.precedence import Level
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, span, template
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import spoken

_MONTHS = r"_(months?|mon|m|mm)_"
_LAST = "calendar.monthrange"
# The same day so many months on, or the last day of that month.
_MONTH_ON = (
    f"$A.replace(year=$A.year + ($A.month - 1 + $N) // 12, month=($A.month - 1 + $N) % 12 + 1, "
    f"day=min($A.day, {_LAST}($A.year + ($A.month - 1 + $N) // 12, ($A.month - 1 + $N) % 12 + 1)[1]))"
)
_YEAR_ON = f"$A.replace(year=$A.year + $N, day=min($A.day, {_LAST}($A.year + $N, $A.month)[1]))"
_YEAR = f"$A.replace(year=$Y, day=min($A.day, {_LAST}($Y, $A.month)[1]))"


_STEPS = Traps(
    trap("$A.replace(month=$A.month + $N)", _MONTH_ON),
    trap("$A.replace(month=$A.month - $N)", _MONTH_ON.replace("+ $N)", "- $N)")),
    trap("$A.replace(month=$A.month % 12 + 1)", _MONTH_ON.replace(" + $N", " + 1"), "$A.replace(year=$A.year + $A.month // 12, month=$A.month % 12 + 1)"),
    trap("$A.replace(month=$A.month + 1, day=1)", "$A.replace(year=$A.year + $A.month // 12, month=$A.month % 12 + 1, day=1)"),
    trap("$A.replace(day=1, month=$A.month + 1)", "$A.replace(year=$A.year + $A.month // 12, month=$A.month % 12 + 1, day=1)"),
    trap("$A.replace(year=$Y, month=$M)", f"$A.replace(year=$Y, month=$M, day=min($A.day, {_LAST}($Y, $M)[1]))"),
    trap("$A.replace(month=$M)", f"$A.replace(month=$M, day=min($A.day, {_LAST}($A.year, $M)[1]))", weight=0.9),
    trap("$A.replace(year=$A.year + $N)", _YEAR_ON, "$A.replace(year=$A.year + $N, month=3, day=1)"),
    trap("$A.replace(year=$A.year - $N)", _YEAR_ON.replace("+ $N", "- $N")),
    trap("$A.replace(year=$Y)", _YEAR, weight=0.9, guard=lambda _, h: h["Y"].type != "binary_operator"),
    trap("datetime.date($Y, $M + 1, $D)", "datetime.date($Y + $M // 12, $M % 12 + 1, $D)"),
    trap("datetime.datetime($Y, $M + 1, $D)", "datetime.datetime($Y + $M // 12, $M % 12 + 1, $D)"),
    trap("datetime.date($A.year, $A.month + 1, $D)", "datetime.date($A.year + $A.month // 12, $A.month % 12 + 1, $D)"),
    trap("datetime.date($A.year, $A.month - 1, $D)", "datetime.date($A.year - ($A.month == 1), ($A.month - 2) % 12 + 1, $D)"),
    *(
        row
        for made in ("datetime.date", "datetime.datetime")
        for row in (
            trap(f"{made}($Y, $M, $D)", f"{made}($Y, $M, min($D, {_LAST}($Y, $M)[1]))", weight=0.8, guard=lambda _, h: h["D"].type != "integer"),
            *(trap(f"{made}($Y, $M, {last})", f"{made}($Y, $M, {_LAST}($Y, $M)[1])", guard=lambda _, h: h["M"].type != "integer") for last in (28, 29, 30, 31)),
        )
    ),
    *(trap(f"$A.replace(day={last})", f"$A.replace(day={_LAST}($A.year, $A.month)[1])") for last in (28, 29, 30, 31)),
    trap("calendar.monthrange($Y, $M)[0]", f"{_LAST}($Y, $M)[1]"),
    *(
        row
        for days in ("30", "31", "28")
        for row in (
            trap(f"$A + datetime.timedelta(days={days})", f"$A + datetime.timedelta(days={_LAST}($A.year, $A.month)[1])", _MONTH_ON.replace(" + $N", " + 1")),
            trap(f"$A + datetime.timedelta(days={days} * $N)", _MONTH_ON), trap(f"$A + datetime.timedelta(days=$N * {days})", _MONTH_ON),
            trap(f"$A - datetime.timedelta(days={days} * $N)", _MONTH_ON.replace("+ $N)", "- $N)")), trap(f"$A + datetime.timedelta({days} * $N)", _MONTH_ON),
        )
    ),
    *(
        row
        for days in ("365", "366", "365.25")
        for row in (
            trap(f"$A + datetime.timedelta(days={days})", _YEAR_ON.replace("+ $N", "+ 1")), trap(f"$A + datetime.timedelta(days={days} * $N)", _YEAR_ON),
            trap(f"$A + datetime.timedelta(days=$N * {days})", _YEAR_ON), trap(f"$A - datetime.timedelta(days={days} * $N)", _YEAR_ON.replace("+ $N", "- $N")),
            trap(f"($A - $B).days // {days}", "$A.year - $B.year - (($A.month, $A.day) < ($B.month, $B.day))"),
            trap(f"int(($A - $B).days / {days})", "$A.year - $B.year - (($A.month, $A.day) < ($B.month, $B.day))"),
        )
    ),
    trap("$A.year - $B.year", "$A.year - $B.year - (($A.month, $A.day) < ($B.month, $B.day))", guard=lambda s, _: "month" not in text_of(s.node.parent or s.node)),
    trap("$A.year - $B.year - ($A.month < $B.month)", "$A.year - $B.year - (($A.month, $A.day) < ($B.month, $B.day))"),
    trap("$A.month < $B.month and $A.day < $B.day", "($A.month, $A.day) < ($B.month, $B.day)"),
    trap("$A.month < $B.month or $A.day < $B.day", "($A.month, $A.day) < ($B.month, $B.day)"),
    trap("$A.month <= $B.month and $A.day < $B.day", "($A.month, $A.day) < ($B.month, $B.day)"),
    trap("$A.month >= $B.month and $A.day >= $B.day", "($A.month, $A.day) >= ($B.month, $B.day)"),
    trap("$A.hour >= $B.hour and $A.minute >= $B.minute", "($A.hour, $A.minute) >= ($B.hour, $B.minute)"),
    trap("($A.year - $B.year) * 12 + $A.month - $B.month", "($A.year - $B.year) * 12 + $A.month - $B.month - ($A.day < $B.day)"),
    trap("$A.month - $B.month", "($A.year - $B.year) * 12 + $A.month - $B.month", guard=lambda s, _: "year" not in text_of(s.node.parent or s.node)),
    trap("$A.month == $B.month", "($A.year, $A.month) == ($B.year, $B.month)", guard=lambda s, _: "year" not in text_of(s.node.parent or s.node)),
    trap("$A.day == $B.day", "$A.date() == $B.date()", "($A.year, $A.month, $A.day) == ($B.year, $B.month, $B.day)", guard=lambda s, _: "month" not in text_of(s.node.parent or s.node)),
)  # fmt: skip


@template(
    "pitfall.month",
    1.7,
    "call binary_operator boolean_operator comparison_operator subscript",
    (
        "import calendar\ndef f(d, n):\n    return d.replace(year=d.year + n)\n",
        "import calendar\ndef f(d, n):\n    return d.replace(year=d.year + n, day=min(d.day, calendar.monthrange(d.year + n, d.month)[1]))\n",
    ),
    ("def f(day, born):\n    return day.year - born.year\n", "def f(day, born):\n    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))\n"),
    ("def f(d):\n    return d.replace(month=d.month + 1, day=1)\n", "def f(d):\n    return d.replace(year=d.year + d.month // 12, month=d.month % 12 + 1, day=1)\n"),
    ("import calendar\nfrom datetime import date\ndef f(y, m):\n    return date(y, m, 31)\n", "import calendar\nfrom datetime import date\ndef f(y, m):\n    return date(y, m, calendar.monthrange(y, m)[1])\n"),
    relies=RELIES,
)  # fmt: skip
def month(site: Site) -> Proposals:
    """Months and years as if all were of one length, and as if each had the same days."""
    yield from _STEPS.rewrites(site)


def _line(site: Site) -> str:
    at = statement_of(site.node)
    return text_of(at) if at is not None and at.type not in COMPOUND else ""


def _counts_from_one(_: Site, found: Found) -> bool:
    return re.search(_MONTHS, spoken(found["M"])) is not None


_LEAP = "$Y % 4 == 0 and ($Y % 100 != 0 or $Y % 400 == 0)"
_FACE = Traps(
    trap("$Y % 4 == 0", "calendar.isleap($Y)", _LEAP, Y=r"_(year|yr|y)_", guard=lambda s, _: "100" not in text_of(s.node.parent or s.node)),
    trap("$Y % 4 == 0 and $Y % 100 != 0", _LEAP, "calendar.isleap($Y)"),
    trap("$Y % 4 == 0 and $Y % 100 != 0 and $Y % 400 == 0", _LEAP),
    trap("$Y % 4 == 0 or $Y % 100 != 0 and $Y % 400 == 0", _LEAP),
    trap("$Y % 4 == 0 and $Y % 400 == 0", _LEAP),
    trap("not $Y % 4", "calendar.isleap($Y)", Y=r"_(year|yr|y)_"),
    trap("($M + $N) % 12", "($M + $N - 1) % 12 + 1", "($M - 1 + $N) % 12 + 1", guard=_counts_from_one),
    trap("($M - $N) % 12", "($M - $N - 1) % 12 + 1", guard=_counts_from_one),
    trap("$M % 12", "($M - 1) % 12 + 1", "$M % 12 or 12", guard=_counts_from_one),
    trap("$M // 12", "($M - 1) // 12", guard=_counts_from_one),
    trap("($M + $N) // 12", "($M + $N - 1) // 12", guard=_counts_from_one),
    trap("$M // 3 + 1", "($M - 1) // 3 + 1", guard=_counts_from_one),
    trap("$M // 3", "($M - 1) // 3 + 1", "($M - 1) // 3", guard=_counts_from_one),
    trap("$M // 4 + 1", "($M - 1) // 3 + 1", guard=_counts_from_one),
    trap("($M + 2) // 4", "($M + 2) // 3", guard=_counts_from_one),
    trap("$D // 7 + 1", "($D - 1) // 7 + 1", D=r"_day_"),
    trap("$H % 12", "$H % 12 or 12", H=r"_(hour|hours|h|hh)_"),
    trap("$H > 12", "$H >= 12", H=r"_(hour|hours|h|hh)_"),
    trap("$H + 12", "$H % 12 + 12", H=r"_(hour|hours|h|hh)_"),
    trap("$A.weekday()", "$A.isoweekday()", "$A.isoweekday() % 7"),
    trap("$A.isoweekday()", "$A.weekday()", "$A.isoweekday() % 7"),
    trap("datetime.timedelta(days=$A.isoweekday())", "datetime.timedelta(days=$A.weekday())", "datetime.timedelta(days=$A.isoweekday() % 7)"),
    trap("datetime.timedelta(days=$A.weekday())", "datetime.timedelta(days=($A.weekday() + 1) % 7)", weight=0.8),
    trap("datetime.timedelta(days=7 - $A.weekday())", "datetime.timedelta(days=-$A.weekday() % 7)", "datetime.timedelta(days=6 - $A.weekday())"),
    trap("$T - $A.weekday()", "($T - $A.weekday()) % 7", "($T - $A.weekday() - 1) % 7 + 1"),
    trap("($T - $A.weekday()) % 7", "($T - $A.weekday()) % 7 or 7", "($T - $A.weekday() - 1) % 7 + 1"),
    trap("($T - $A.isoweekday()) % 7", "($T - $A.isoweekday()) % 7 or 7"),
    trap("$A.weekday() > 5", "$A.weekday() >= 5"),
    trap("$A.weekday() < 6", "$A.weekday() < 5"),
    trap("$A.weekday() in (6, 7)", "$A.isoweekday() in (6, 7)", "$A.weekday() in (5, 6)"),
    trap("$A.weekday() == 7", "$A.weekday() == 6"),
    trap("$A.isoweekday() == 0", "$A.weekday() == 0", "$A.isoweekday() == 7"),
    trap("$A.isoweekday() >= 5", "$A.isoweekday() >= 6"),
    trap("$A.isoweekday() > 6", "$A.isoweekday() > 5"),
    trap("($A.year, $A.isocalendar()[1])", "$A.isocalendar()[:2]"),
    trap("($A.year, $A.isocalendar().week)", "$A.isocalendar()[:2]"),
    trap("$A.year", "$A.isocalendar()[0]", guard=lambda s, h: f"{text_of(h['A'])}.isocalendar()" in _line(s)),
    trap("$A.isocalendar()[0]", "$A.year", weight=0.6),
    trap("$A.isocalendar()[1]", "$A.isocalendar()[:2]", weight=0.5),
    trap("calendar.month_name[$A - 1]", "calendar.month_name[$A]"),
    trap("calendar.month_abbr[$A - 1]", "calendar.month_abbr[$A]"),
    trap("calendar.day_name[$A.isoweekday()]", "calendar.day_name[$A.weekday()]"),
    trap("calendar.day_abbr[$A.isoweekday()]", "calendar.day_abbr[$A.weekday()]"),
    trap("$N[$A.month]", "$N[$A.month - 1]"),
    trap("$N[$M]", "$N[$M - 1]", weight=0.8, M=r"_month_", N=r"_(months?|names?|month_names|days|month_days|days_in_month)_"),
    trap("$A.strftime('%W')", "$A.strftime('%V')"),
    trap("$A.strftime('%U')", "$A.strftime('%V')"),
)  # fmt: skip


@template(
    "pitfall.calendar",
    1.5,
    "call binary_operator boolean_operator comparison_operator not_operator subscript tuple attribute",
    ("def f(year):\n    return year % 4 == 0\n", "import calendar\ndef f(year):\n    return calendar.isleap(year)\n"),
    ("def f(month, n):\n    return (month + n) % 12\n", "def f(month, n):\n    return (month + n - 1) % 12 + 1\n"),
    ("def f(d):\n    return d.month // 3 + 1\n", "def f(d):\n    return (d.month - 1) // 3 + 1\n"),
    ("def f(d):\n    return d.weekday() > 5\n", "def f(d):\n    return d.weekday() >= 5\n"),
    ("def f(d):\n    return (d.year, d.isocalendar()[1])\n", "def f(d):\n    return d.isocalendar()[:2]\n"),
    relies=RELIES,
)  # fmt: skip
def calendar(site: Site) -> Proposals:
    """What counts from one counted from nought or the other way round, leap years, the weeks' own years, the clock's twelve."""
    yield from _FACE.rewrites(site)
    if site.node.type == "binary_operator":
        yield from _from_nought(site)


def _from_nought(site: Site) -> Proposals:
    """The month and what it adds to the year, both counted from nought before they are divided."""
    left, right, sign = site.field("left"), site.field("right"), site.field("operator")
    if left is None or right is None or sign is None or sign.type != "%" or text_of(right) != "12":
        return
    number = text_of(bare(left))
    for node in walk(scope_node(site.node)):
        quotient, by, over = (node.child_by_field_name(name) for name in ("left", "operator", "right"))
        if quotient is None or by is None or over is None or by.type != "//" or text_of(over) != "12":
            continue
        if text_of(bare(quotient)) == number and node.type == "binary_operator":
            edits = (span(node), f"({number} - 1) // 12"), *site.become(f"({number} - 1) % 12 + 1", Level.SUM).edits
            yield Rewrite(tuple(sorted(edits)))


_BEGIN = re.compile(
    r"_(start|begin|from|since|low|first|opens?|opening|starts_at|check_in|checkin|arrival|left|lo|lower|min)_"
)
_END = re.compile(
    r"_(end|stop|until|till|to|high|last|close[sd]?|closing|ends_at|check_out|checkout|departure|right|hi|upper|max|finish)_"
)
_CLOCKED = re.compile(r"hour|time|clock|quiet|night|shift|window|is_open|minute|schedule|midnight")


def _told(site: Site) -> str:
    """The names that say what is compared: in the comparison, and those of the function and its parameters."""
    owner = scope_node(site.node)
    parts = [owner.child_by_field_name("name"), owner.child_by_field_name("parameters"), site.node]
    return " ".join(text_of(p).lower() for p in parts if p is not None)


def _owner(node: Node) -> str:
    """What an end belongs to: the object of an attribute, the number or letter in a name."""
    node = bare(node)
    if node.type in ("attribute", "subscript"):
        return text_of(node.named_children[0])
    return re.sub(r"(?i)start|begin|end|stop|from|until|to|first|last|low|high", "", text_of(node)).strip("_")


def _is_begin(node: Node) -> bool:
    return _BEGIN.search(spoken(node)) is not None


def _is_end(node: Node) -> bool:
    return _END.search(spoken(node)) is not None


def _two(found: Found) -> bool:
    """Whether `A` and `C` are the beginnings of two intervals, `B` and `D` their ends."""
    begins, closes = _is_begin(found["A"]) and _is_begin(found["C"]), _is_end(found["B"]) and _is_end(found["D"])
    one, other = _owner(found["A"]), _owner(found["C"])
    return begins and closes and one == _owner(found["B"]) and other == _owner(found["D"]) and one != other


def _is_clocked(site: Site, found: Found) -> bool:
    return _is_begin(found["A"]) and _is_end(found["B"]) and _CLOCKED.search(_told(site)) is not None


_OVERLAP = ("$A < $D and $C < $B", "$A <= $D and $C <= $B")


def _overlapping(before: str) -> Iterator[str]:
    yield from (w for w in _OVERLAP if w != before)


_INTERVALS = Traps(
    *(
        trap(before, *_overlapping(before), guard=lambda _, h: _two(h))
        for before in (
            "$A <= $D and $C <= $B", "$A < $D and $C < $B", "$C <= $A and $B <= $D", "$A <= $C and $D <= $B", "$A >= $C and $B <= $D", "$A <= $C and $B >= $D", "$A < $C and $B > $D",
            "$A > $C and $B < $D", "$A < $D and $B > $C", "$A <= $D and $B >= $C", "$A < $C and $C < $B", "$A <= $C and $B <= $D",
        )
    ),
    trap("$A <= $C and $C <= $B or $A <= $D and $D <= $B", *_OVERLAP, guard=lambda _, h: _two(h)),
    trap("$A <= $C <= $B or $A <= $D <= $B", *_OVERLAP, guard=lambda _, h: _two(h)),
    trap("$A < $C < $B or $A < $D < $B", *_OVERLAP, guard=lambda _, h: _two(h)),
    trap("$A <= $C < $B or $A < $D <= $B", *_OVERLAP, guard=lambda _, h: _two(h)),
    trap("$B < $C or $D < $A", "$B <= $C or $D <= $A", guard=lambda _, h: _two(h)),
    trap("$B <= $C or $D <= $A", "$B < $C or $D < $A", guard=lambda _, h: _two(h)),
    *(
        trap(before, f"{before} if $A <= $B else {before.replace('and', 'or')}", guard=_is_clocked)
        for before in ("$A <= $T and $T < $B", "$A <= $T and $T <= $B", "$T >= $A and $T < $B", "$T >= $A and $T <= $B")
    ),
    trap("$A < $D or $C < $B", *_OVERLAP, guard=lambda _, h: _two(h)),
    trap("$A <= $D or $C <= $B", *_OVERLAP, guard=lambda _, h: _two(h)),
)  # fmt: skip


@template(
    "pitfall.interval",
    1.4,
    "boolean_operator comparison_operator",
    ("def f(a, b):\n    return a.start <= b.end and b.start <= a.end\n", "def f(a, b):\n    return a.start < b.end and b.start < a.end\n"),
    ("def f(a, b):\n    return a.start <= b.start <= a.end\n", "def f(a, b):\n    return a.start < b.end and b.start < a.end\n"),
    (
        "def is_open(start, end, time):\n    return start <= time < end\n",
        "def is_open(start, end, time):\n    return start <= time < end if start <= end else start <= time or time < end\n",
    ),
    ("def f(day, first, last):\n    return first <= day < last\n", "def f(day, first, last):\n    return first <= day <= last\n"),
    relies=RELIES,
)  # fmt: skip
def interval(site: Site) -> Proposals:
    """Intervals that overlap, that go over midnight, and whose last moment belongs to them or not."""
    yield from _INTERVALS.rewrites(site)
    parts = [bare(n) for n in site.node.named_children]
    signs = [c.type for c in site.node.children if not c.is_named]
    if site.node.type != "comparison_operator" or len(parts) != 3 or not set(signs) <= {"<", "<="}:
        return
    start, moment, end = map(text_of, parts)
    if not (_is_begin(parts[0]) and _is_end(parts[2])):
        return
    if _is_begin(parts[1]) and _owner(parts[0]) == _owner(parts[2]) != _owner(parts[1]):
        other = next((o for o in _ends_of(site, parts[1])), None)
        if other is not None:
            yield site.become(f"{start} < {other} and {moment} < {end}", Level.AND)
            yield site.become(f"{start} <= {other} and {moment} <= {end}", Level.AND, 0.8)
        return
    if _CLOCKED.search(_told(site)):
        inside, wrapped = (
            f"{start} {signs[0]} {moment} {signs[1]} {end}",
            f"{start} {signs[0]} {moment} or {moment} {signs[1]} {end}",
        )
        yield site.become(f"{inside} if {start} <= {end} else {wrapped}", Level.CONDITIONAL, 0.9)
    last = "<=" if signs[1] == "<" else "<"
    yield site.become(f"{start} {signs[0]} {moment} {last} {end}", Level.COMPARISON, 0.9)


def _ends_of(site: Site, begin: Node) -> Iterator[str]:
    """The end that belongs to the beginning `begin`, by its name, among what the file speaks of."""
    text = text_of(begin)
    for one, other in (
        ("start", "end"),
        ("begin", "end"),
        ("from", "to"),
        ("first", "last"),
        ("low", "high"),
        ("start", "stop"),
        ("lo", "hi"),
    ):
        if one in text and other.encode() in site.code.data:
            yield other.join(text.rsplit(one, 1))


TEMPLATES: tuple[Template, ...] = (month, calendar, interval)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.month": ("maziyarpanahi/openmed#198", "codecov/timestring#38", "BetterRules/openfisca-aotearoa#116"),
    "pitfall.calendar": ("ancklo/ChaosMagPy#1", "mikeorr/WebHelpers2#1"),
    "pitfall.interval": ("3dem/emhub#118", "CTPUG/wafer#550", "itpp-labs/misc-addons#572"),
}  # fmt: skip
