"""Moments: how they are written and read, defaults that are taken once, days for moments, and what is left of smaller units."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.scope import scope_node
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, Template, replace, span, template
from fixbot_repair.candidates.templates.conditions import first_of
from fixbot_repair.candidates.templates.imports import spelled
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import purpose

_UTC = "datetime.timezone.utc"
# Directives that stand beside one that tells what they should be: what is written -> what was meant.
_BESIDE = (
    (r"(%[HI]:)%m", r"\1%M"), (r"(%[YymB][-/. ]?)%M(?=[-/. ]?%d)", r"\1%m"), (r"(%d[-/. ])%M", r"\1%m"), (r"(%M:)%s", r"\1%S"), (r"%D", "%d"),
    (r"(%M:)%s", r"\1%S"), (r"(%m[-/. ])%D", r"\1%d"), (r"%Y(-?W?%V)", r"%G\1"), (r"%I(:%M(?!.*%p))", r"%H\1"),
    (r"%H(:%M.*%p)", r"%I\1"), (r"%Y(-?W?)%W", r"%G\1%V"), (r"%Y(-?W?)%U", r"%G\1%V"), (r"%h(:)", r"%H\1"), (r"(%Y-)%d-%m", r"\1%m-%d"),
    (r"%d/%m/", "%m/%d/"), (r"%m/%d/", "%d/%m/"), (r"%y(?=-%m|%m)", "%Y"), (r"(/)%y", r"\1%Y"), (r"(/)%Y", r"\1%y"), (r"(%S)$", r"\1.%f"),
    (r"(%S)$", r"\1%z"), (r"(%S)Z$", r"\1%z"), (r"(%S)\.%f", r"\1"), (r"(%d) (%H)", r"\1T\2"), (r"(%d)T(%H)", r"\1 \2"), (r"%j", "%d"), (r"%w", "%u"),
)  # fmt: skip
_TAKING = ("strptime", "strftime")


@template(
    "pitfall.time_format",
    1.5,
    "string",
    ('def f(t):\n    return t.strftime("%H:%m")\n', 'def f(t):\n    return t.strftime("%H:%M")\n'),
    ('def f(t):\n    return f"{t:%Y-W%W}"\n', 'def f(t):\n    return f"{t:%G-W%V}"\n'),
    (
        'def f(s):\n    return datetime.strptime(s, "%Y-%m-%d")\n',
        'def f(s):\n    return datetime.strptime(s, "%Y-%m-%dT%H:%M:%S")\n',
        "ValueError: time data '2024-03-01T10:11:12' does not match format '%Y-%m-%d'",
    ),
    relies=RELIES,
)
def time_format(site: Site) -> Proposals:
    """A directive of a format of times that the ones beside it show to be another, or that does not fit the text that was read."""
    text = site.text
    if text.count("%") < 2 or not text.isascii() or len(text) > 60:
        return
    quote = text[-1]
    read = [v[1:-1] for v in site.code.symptoms.values] if _reads(site.node) else []
    for i, better in enumerate(_fitting(read)):
        yield replace(site.node, f"{quote}{better}{quote}", 1.0 / (1 + 0.1 * i))
    for i, (wrong, right) in enumerate(_BESIDE[: None if text[0] == quote else _CERTAIN]):
        better = re.sub(wrong, right, text[:-1], count=1)
        if better != text[:-1] and (not _FINER.search(right) or _reads(site.node)):
            yield replace(site.node, better + quote, 1.0 if i < _CERTAIN else 0.75)


_FINER = re.compile("%f|%z")  # what is there only where a text has it
_CERTAIN = 14  # rows of _BESIDE that are no matter of taste
_PLAIN = (
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d", "%d/%m/%Y",
    "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y", "%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M%p", "%b %d, %Y", "%B %d, %Y", "%d %b %Y",
    "%d %B %Y", "%Y%m%d", "%Y-%m", "%Y-%m-%d %H:%M:%S.%f", "%H:%M:%S.%f",
)  # fmt: skip


def _reads(node: Node) -> bool:
    call = node.parent.parent if node.parent is not None and node.parent.type == "argument_list" else None
    return call is not None and text_of(call.named_children[0]).endswith("strptime")


def _fitting(read: list[str]) -> Iterator[str]:
    """Formats that take the texts which the one written did not."""
    for value in read:
        if len(value) > 4 and any(c.isdigit() for c in value) and "%" not in value:
            for form in _PLAIN:
                with suppress(ValueError):
                    datetime.strptime(value, form)  # noqa: DTZ007 only whether it fits is asked
                    yield form


@template(
    "pitfall.time_once",
    1.8,
    "function_definition keyword_argument",
    (
        "from datetime import datetime\ndef f(when=datetime.now()):\n    return when\n",
        "from datetime import datetime\ndef f(when=None):\n    if when is None:\n        when = datetime.now()\n    return when\n",
    ),
    ("class A(Model):\n    made = DateTimeField(default=timezone.now())\n", "class A(Model):\n    made = DateTimeField(default=timezone.now)\n"),
    relies=RELIES,
)  # fmt: skip
def time_once(site: Site) -> Proposals:
    """The time at which the module was loaded, for ever: a default that is computed once."""
    if site.node.type == "keyword_argument":
        name, value = site.field("name"), site.field("value")
        if name is not None and value is not None and text_of(name) == "default" and _CLOCK.search(text_of(value)):
            function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
            is_bare = arguments is not None and not arguments.named_children
            yield replace(value, text_of(function) if function is not None and is_bare else f"lambda: {text_of(value)}")
        return
    parameters, body = site.field("parameters"), site.field("body")
    if parameters is None or body is None or not body.named_children or not _CLOCK.search(text_of(parameters)):
        return
    first = first_of(body)
    indent, unit, eol = site.code.indent_of(first), site.code.indent_unit, site.code.newline
    for parameter in parameters.named_children:
        name, value = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
        if name is not None and value is not None and value.type != "lambda" and _CLOCK.search(text_of(value)):
            text = f"if {text_of(name)} is None:{eol}{indent}{unit}{text_of(name)} = {text_of(value)}{eol}{indent}"
            yield Rewrite(((span(value), "None"), (Span(first.start_byte, first.start_byte), text)))


_CLOCK = re.compile(r"\b(?:now|utcnow|today|time|monotonic|uuid4|uuid1|random|perf_counter|time_ns)\(")


@template(
    "pitfall.time_field",
    1.7,
    "assignment",
    (
        "from dataclasses import dataclass\nfrom datetime import datetime\n@dataclass\nclass A:\n    made: datetime = datetime.now()\n",
        "from dataclasses import field\nfrom dataclasses import dataclass\nfrom datetime import datetime\n@dataclass\nclass A:\n    made: datetime = field(default_factory=datetime.now)\n",
    ),
    (
        "import time\nfrom dataclasses import dataclass, field\n@dataclass\nclass A:\n    made: float = time.time()\n",
        "import time\nfrom dataclasses import dataclass, field\n@dataclass\nclass A:\n    made: float = field(default_factory=time.time)\n",
    ),
    relies=RELIES,
)
def time_field(site: Site) -> Proposals:
    """A field of a data class whose default is the time at which the class was made."""
    kind, right = site.field("type"), site.field("right")
    owner = scope_node(site.node)
    if kind is None or right is None or owner.type != "class_definition" or right.type != "call":
        return
    function, arguments = right.child_by_field_name("function"), right.child_by_field_name("arguments")
    if (
        function is None
        or arguments is None
        or not _CLOCK.search(f"{text_of(function)}(")
        or "field" in text_of(function)
    ):
        return
    if owner.parent is not None and owner.parent.type == "decorated_definition":
        made, edits = spelled(site, "dataclasses.field")
        factory = text_of(function) if not arguments.named_children else f"lambda: {text_of(right)}"
        yield Rewrite((*edits, (span(right), f"{made}(default_factory={factory})")))


_END = r"_(end|ends|until|to|last|stop|finish|high|upper|hi|closing|deadline)_"
_CLOCKS = Traps(
    trap("isinstance($A, datetime.date)", "isinstance($A, datetime.date) and not isinstance($A, datetime.datetime)"),
    trap("$A == datetime.date.today()", "$A.date() == datetime.date.today()"),
    trap("$A.replace(hour=0, minute=0)", "$A.replace(hour=0, minute=0, second=0, microsecond=0)"),
    trap("$A.replace(hour=0, minute=0, second=0)", "$A.replace(hour=0, minute=0, second=0, microsecond=0)"),
    trap("$A.replace(hour=0)", "$A.replace(hour=0, minute=0, second=0, microsecond=0)"),
    trap("$A.replace(minute=0)", "$A.replace(minute=0, second=0, microsecond=0)"),
    trap("$A.replace(minute=0, second=0)", "$A.replace(minute=0, second=0, microsecond=0)"),
    trap("$A.replace(second=0)", "$A.replace(second=0, microsecond=0)"),
    trap("$A.replace(minute=$B)", "$A.replace(minute=$B, second=0, microsecond=0)"),
    trap("$A.replace(hour=$B, minute=$C)", "$A.replace(hour=$B, minute=$C, second=0, microsecond=0)"),
    trap("$A.replace(hour=$B, minute=$C, second=0)", "$A.replace(hour=$B, minute=$C, second=0, microsecond=0)"),
    trap("$A.replace(hour=23, minute=59)", "$A.replace(hour=23, minute=59, second=59, microsecond=999999)"),
    trap("$A.replace(hour=23, minute=59, second=59)", "$A.replace(hour=23, minute=59, second=59, microsecond=999999)"),
    trap("datetime.time(23, 59)", "datetime.time.max"),
    trap("datetime.time(23, 59, 59)", "datetime.time.max"),
    *(
        row
        for begin, end in (("datetime.time.min", "datetime.time.max"), ("datetime.datetime.min.time()", "datetime.datetime.max.time()"), ("datetime.time()", "datetime.time.max"), ("datetime.time(0, 0)", "datetime.time.max"))
        for row in (
            trap(f"datetime.datetime.combine($A, {begin})", f"datetime.datetime.combine($A, {end})", to=_END),
            trap(f"datetime.datetime.combine($A, {begin})", f"datetime.datetime.combine($A, {end})", A=_END, weight=0.9),
        )
    ),
    trap("datetime.datetime($A.year, $A.month, $A.day)", "datetime.datetime($A.year, $A.month, $A.day) + datetime.timedelta(days=1)", to=_END),
    trap("$A <= $B", "$A < $B + datetime.timedelta(days=1)", "$A.date() <= $B", B=r"_(end_date|date_to|to_date|until|last_day|end_day|due|due_date)_"),
    trap("$A > $B", "$A >= $B + datetime.timedelta(days=1)", "$A.date() > $B", B=r"_(end_date|date_to|to_date|until|last_day|end_day|due|due_date)_"),
    trap("sum($A)", "sum($A, datetime.timedelta())", needs="timedelta", guard=lambda s, _: "float" not in s.text),
    trap("sum($A for $X in $Y)", "sum(($A for $X in $Y), datetime.timedelta())", needs="timedelta"),
    trap("datetime.datetime.combine($A, $B)", "datetime.datetime.combine($A, $B, tzinfo=$B.tzinfo)", weight=0.3, needs="tzinfo"),
    trap("relativedelta(month=$A)", "relativedelta(months=$A)"),
    trap("relativedelta(year=$A)", "relativedelta(years=$A)"),
    trap("relativedelta(day=$A)", "relativedelta(days=$A)", weight=0.8),
    trap("time.time() - $A", "time.monotonic() - $A", weight=0.5),
    trap("$A < $B.date()", "$A.date() < $B.date()", weight=0.8),
    trap("$A == $B.date()", "$A.date() == $B.date()", weight=0.8),
    trap("$A > $B.date()", "$A.date() > $B.date()", weight=0.8),
    trap("$A.date() == $B", "$A.date() == $B.date()", weight=0.8),
    trap("$A.date() <= $B", "$A.date() <= $B.date()", weight=0.8),
    trap("$A + datetime.timedelta(hours=$B)", f"($A.astimezone({_UTC}) + datetime.timedelta(hours=$B)).astimezone($A.tzinfo)", needs="zoneinfo"),
    trap("$A + datetime.timedelta(minutes=$B)", f"($A.astimezone({_UTC}) + datetime.timedelta(minutes=$B)).astimezone($A.tzinfo)", needs="zoneinfo", weight=0.9),
    trap("$A + datetime.timedelta(seconds=$B)", f"($A.astimezone({_UTC}) + datetime.timedelta(seconds=$B)).astimezone($A.tzinfo)", needs="zoneinfo", weight=0.9),
    trap("$A - $B", f"$A.astimezone({_UTC}) - $B.astimezone({_UTC})", needs="zoneinfo", weight=0.8, guard=lambda _, h: h["B"].type == h["A"].type == "identifier"),
    trap("datetime.datetime.strptime($A, $B)", "datetime.datetime.strptime($A, $B).date()", guard=lambda s, _: _gives_date(s)),
    trap("datetime.datetime.now()", "datetime.datetime.now().date()", guard=lambda s, _: _gives_date(s)),
    trap("datetime.datetime.fromisoformat($A)", "datetime.datetime.fromisoformat($A).date()", guard=lambda s, _: _gives_date(s)),
    trap("datetime.datetime.combine($A, $B)", "datetime.datetime.combine($A, $B) + datetime.timedelta(days=1)", weight=0.4),
)  # fmt: skip


def _gives_date(site: Site) -> bool:
    owner = scope_node(site.node)
    result = owner.child_by_field_name("return_type")
    return (result is not None and text_of(result).rpartition(".")[2] == "date") or "_date_" in purpose(site.node)


@template(
    "pitfall.moment",
    1.4,
    "call comparison_operator binary_operator",
    (
        "from datetime import date, datetime\ndef f(x):\n    return isinstance(x, date)\n",
        "from datetime import date, datetime\ndef f(x):\n    return isinstance(x, date) and not isinstance(x, datetime)\n",
    ),
    ("def f(t):\n    return t.replace(hour=0, minute=0)\n", "def f(t):\n    return t.replace(hour=0, minute=0, second=0, microsecond=0)\n"),
    ("def f(t):\n    return t + relativedelta(month=1)\n", "def f(t):\n    return t + relativedelta(months=1)\n"),
    (
        "from datetime import datetime, date\ndef f(s) -> date:\n    return datetime.strptime(s, '%Y')\n",
        "from datetime import datetime, date\ndef f(s) -> date:\n    return datetime.strptime(s, '%Y').date()\n",
    ),
    relies=RELIES,
)  # fmt: skip
def moment(site: Site) -> Proposals:
    """A moment taken for its day or a day for a moment, and one cut down to a unit with smaller ones left in it."""
    yield from _CLOCKS.rewrites(site)


TEMPLATES: tuple[Template, ...] = (time_format, time_once, time_field, moment)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.time_format": ("honeynet/beeswarm#232", "nylas/sync-engine#166", "raptor2101/Mediathek#113"),
    "pitfall.time_once": ("zulip/zulip#32316", "SatAgro/suntime#29", "jeffthibault/python-nostr#23"),
    "pitfall.time_field": ("xnuinside/omymodels#19", "getsentry/sentry#45874", "robinhood/faust#217"),
    "pitfall.moment": ("piplcom/piplapis-python#7", "astronomer/dag-factory#54", "eamigo86/graphene-django-extras#137"),
}  # fmt: skip
