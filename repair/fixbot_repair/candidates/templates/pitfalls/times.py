"""Dates and times: parts for wholes, zones, units."""

import re
from collections.abc import Mapping

from fixbot_repair.candidates.kinds import Kind, text_of
from fixbot_repair.candidates.templates.base import Proposals, Site, Template, is_called, replace, template
from fixbot_repair.candidates.templates.library import call_of
from fixbot_repair.candidates.templates.pitfalls.holes import RELIES, Found, Traps, trap
from fixbot_repair.candidates.templates.pitfalls.naming import spoken

_SPAN = r"_(delta|td|diff|difference|elapsed|duration|span|age|gap|interval|remaining|uptime|timedelta|dt|left|since|ago|delay|period|wait|runtime|total|worked|overtime|ttl|latency)_"


def _is_span(site: Site, found: Found) -> bool:
    """Whether `A` is a span of time for all that is known: a difference, or a name that says so."""
    node = found["A"]
    if node.type == "binary_operator":
        return node.children[1].type in "-+"
    if node.type == "call":
        return text_of(node).startswith(("abs(", "sum(", "timedelta(", "datetime.timedelta("))
    return re.search(_SPAN, spoken(node)) is not None or b"timedelta" in site.code.data


_PARTS = Traps(
    trap("$A.seconds // $B", "int($A.total_seconds()) // $B", "$A.total_seconds() // $B", "math.ceil($A.total_seconds() / $B)", guard=_is_span),
    trap("$A.total_seconds() // $B", "math.ceil($A.total_seconds() / $B)", "$A.total_seconds() / $B", guard=lambda _, h: h["B"].type == "integer"),
    trap("divmod($A.seconds, $B)", "divmod(int($A.total_seconds()), $B)", guard=_is_span),
    trap("$A.seconds % $B", "int($A.total_seconds()) % $B", guard=_is_span),
    trap("$A.seconds", "$A.total_seconds()", "int($A.total_seconds())", guard=_is_span),
    trap("$A.microseconds", "$A.total_seconds() * 1000000", "$A / datetime.timedelta(microseconds=1)", guard=_is_span),
    trap("$A.microseconds / 1000", "$A.total_seconds() * 1000", guard=_is_span),
    trap("$A.microseconds // 1000", "int($A.total_seconds() * 1000)", guard=_is_span),
    trap("($A - $B).days", "($A - $B).total_seconds() / 86400", "($A.date() - $B.date()).days", "($A - $B).days + 1", weight=0.75),
    trap("($A - $B).days * 24", "($A - $B).total_seconds() / 3600"),
    trap("$A.days * 24", "$A.total_seconds() / 3600", guard=_is_span),
    trap("$A.days * 86400", "$A.total_seconds()", guard=_is_span),
    trap("$A.days > $B", "$A > datetime.timedelta(days=$B)", guard=_is_span, weight=0.9),
    trap("$A.days >= $B", "$A >= datetime.timedelta(days=$B)", guard=_is_span, weight=0.8),
    trap("($A - $B).days > $C", "$A - $B > datetime.timedelta(days=$C)"),
    trap("($A - $B).days < $C", "$A - $B < datetime.timedelta(days=$C)", weight=0.8),
    trap("abs(($A - $B).days)", "abs($A - $B).days"),
    trap("range(($A - $B).days)", "range(($A - $B).days + 1)"),
    trap("($A - $B).days // 7", "($A - $B).days // 7 + 1", weight=0.5),
)  # fmt: skip


@template(
    "pitfall.time_part",
    1.8,
    "attribute binary_operator call comparison_operator",
    ("def f(a, b):\n    return (b - a).seconds\n", "def f(a, b):\n    return (b - a).total_seconds()\n"),
    ("def f(delta):\n    return delta.seconds // 3600\n", "def f(delta):\n    return int(delta.total_seconds()) // 3600\n"),
    ("def f(a, b):\n    return (a - b).days\n", "def f(a, b):\n    return (a.date() - b.date()).days\n"),
    ("def f(a, b):\n    for i in range((b - a).days):\n        go(i)\n", "def f(a, b):\n    for i in range((b - a).days + 1):\n        go(i)\n"),
    relies=RELIES,
)  # fmt: skip
def time_part(site: Site) -> Proposals:
    """What is left of a span beside its days, or its whole days, taken for all of it."""
    if not is_called(site.node):
        yield from _PARTS.rewrites(site)


_UTC = "datetime.timezone.utc"
_ZONES = Traps(
    trap("datetime.datetime.utcnow()", f"datetime.datetime.now({_UTC})"),
    trap("datetime.datetime.utcfromtimestamp($A)", f"datetime.datetime.fromtimestamp($A, {_UTC})"),
    trap("datetime.datetime.fromtimestamp($A)", f"datetime.datetime.fromtimestamp($A, {_UTC})", f"datetime.datetime.fromtimestamp($A, {_UTC}).replace(tzinfo=None)"),
    trap("datetime.datetime.fromtimestamp($A / 1000)", f"datetime.datetime.fromtimestamp($A / 1000, {_UTC})"),
    trap("datetime.date.fromtimestamp($A)", f"datetime.datetime.fromtimestamp($A, {_UTC}).date()"),
    trap("$F.fromtimestamp($A).replace(tzinfo=$B)", "$F.fromtimestamp($A, $B)"),
    trap("$F.now().replace(tzinfo=$B)", "$F.now($B)"),
    trap("$F.utcnow().replace(tzinfo=$B)", "$F.now($B)"),
    trap("datetime.datetime.now()", f"datetime.datetime.now({_UTC})", needs="utc"),
    trap("datetime.datetime.now()", f"datetime.datetime.now({_UTC})", needs="tzinfo", weight=0.9),
    trap("datetime.datetime.now()", "datetime.datetime.utcnow()", needs="utcnow"),
    trap("datetime.datetime.now()", "datetime.datetime.utcnow()", needs="utcnow"),
    trap("datetime.datetime.now()", f"datetime.datetime.now({_UTC})", weight=0.6),
    trap("datetime.datetime.now($A)", f"datetime.datetime.now({_UTC})", "datetime.datetime.now()", weight=0.5),
    trap("datetime.datetime.now(tz=$A)", f"datetime.datetime.now({_UTC})", "datetime.datetime.now()", weight=0.5),
    trap("$A.replace(tzinfo=$B)", "$A.astimezone($B)", "$B.localize($A)"),
    trap("$A.replace(tzinfo=None)", f"$A.astimezone({_UTC}).replace(tzinfo=None)"),
    trap("$A.astimezone($B)", "$A.replace(tzinfo=$B)", f"$A.replace(tzinfo={_UTC}).astimezone($B)"),
    trap("$A.astimezone()", f"$A.astimezone({_UTC})", f"$A.replace(tzinfo={_UTC})"),
    trap("$A.timestamp()", f"$A.replace(tzinfo={_UTC}).timestamp()", weight=0.8),
    trap("time.mktime($A)", "calendar.timegm($A)"),
    trap("calendar.timegm($A)", "time.mktime($A)", weight=0.7),
    trap("time.localtime($A)", "time.gmtime($A)"),
    trap("time.localtime()", "time.gmtime()"),
    trap("time.gmtime($A)", "time.localtime($A)", weight=0.7),
    trap("time.strftime($A)", "time.strftime($A, time.gmtime())", weight=0.8),
    trap("datetime.datetime.strptime($A, $B)", f"datetime.datetime.strptime($A, $B).replace(tzinfo={_UTC})", weight=0.7, needs="utc"),
    trap("datetime.datetime.fromisoformat($A)", f"datetime.datetime.fromisoformat($A).replace(tzinfo={_UTC})", weight=0.7, needs="utc"),
    trap("datetime.datetime.fromisoformat($A)", "datetime.datetime.fromisoformat($A.replace('Z', '+00:00'))", weight=0.8, guard=lambda _, h: h["A"].type != "call"),
    trap("$A.isoformat() + 'Z'", f"$A.astimezone({_UTC}).replace(tzinfo=None).isoformat() + 'Z'"),
    trap("$A.replace('Z', '')", "$A.replace('Z', '+00:00')"),
    trap("$A.rstrip('Z')", "$A.replace('Z', '+00:00')"),
    trap("$A.date()", f"$A.astimezone({_UTC}).date()", needs="tzinfo", weight=0.6, guard=lambda _, h: h["A"].type != "call"),
)  # fmt: skip


@template(
    "pitfall.zone",
    1.5,
    "call binary_operator",
    (
        "from datetime import datetime\ndef f():\n    return datetime.utcnow()\n",
        "from datetime import timezone\nfrom datetime import datetime\ndef f():\n    return datetime.now(timezone.utc)\n",
    ),
    (
        "def f(when, zone):\n    return when.replace(tzinfo=zone)\n",
        "def f(when, zone):\n    return when.astimezone(zone)\n",
    ),
    (
        "import datetime\ndef f(n):\n    return datetime.datetime.fromtimestamp(n)\n",
        "import datetime\ndef f(n):\n    return datetime.datetime.fromtimestamp(n, datetime.timezone.utc)\n",
    ),
    (
        "import time\nimport calendar\ndef f(t):\n    return time.mktime(t)\n",
        "import time\nimport calendar\ndef f(t):\n    return calendar.timegm(t)\n",
    ),
    relies=RELIES,
)
def zone(site: Site) -> Proposals:
    """A moment without its zone, in the machine's own, or with another written over it where it should be converted."""
    yield from _ZONES.rewrites(site)
    if site.node.type == "call":
        yield from _own_zone(site)


_ZONE_NAMES = re.compile(r"_(tz|zone|timezone|tzinfo)_")


def _own_zone(site: Site) -> Proposals:
    """The zone that is at hand here: ``now()``, ``today()``, ``date()`` and ``fromtimestamp(x)`` take place in it."""
    parts = call_of(site)
    name = text_of(parts[0]).rpartition(".")[2] if parts else ""
    if parts is None or name not in ("now", "today", "date", "fromtimestamp") or b"zone" not in site.code.data:
        return
    zones = [n for n in site.names(Kind.ANY) if _ZONE_NAMES.search(f"_{n.lower()}_") and not _is_imported(site, n)]
    given = text_of(parts[1])[1:-1]
    for i, own in enumerate(zones[:2]):
        owner = text_of(parts[0]).rpartition(".")[0]
        if name == "date" and owner and not given:
            yield replace(parts[0], f"{owner}.astimezone({own}).date", 0.9 / (1 + i))
        elif name == "now" and owner.endswith("datetime") and not given.startswith("tz"):
            yield replace(parts[1], f"({own})", 0.9 / (1 + i))
        elif name == "fromtimestamp" and given and "," not in given:
            yield replace(parts[1], f"({given}, {own})", 0.9 / (1 + i))


def _is_imported(site: Site, name: str) -> bool:
    return re.search(rf"^(?:from|import) .*\b{re.escape(name)}\b".encode(), site.code.data, re.MULTILINE) is not None


_SECONDS = {
    "milliseconds": 0.001, "millis": 0.001, "msec": 0.001, "msecs": 0.001, "ms": 0.001, "microseconds": 1e-6, "us": 1e-6, "usec": 1e-6,
    "seconds": 1, "second": 1, "secs": 1, "sec": 1, "minutes": 60, "minute": 60, "mins": 60, "hours": 3600, "hour": 3600, "hrs": 3600,
    "days": 86400, "day": 86400, "weeks": 604800, "week": 604800,
}  # fmt: skip
_KEYWORDS = {
    1e-6: "microseconds",
    0.001: "milliseconds",
    1: "seconds",
    60: "minutes",
    3600: "hours",
    86400: "days",
    604800: "weeks",
}


def _unit(words: str) -> float:
    """Seconds of the unit that a name ends in; 0 where it names none, or two."""
    found = [_SECONDS[w] for w in words.strip("_").split("_")[-1:] if w in _SECONDS]
    return found[0] if found and "_per_" not in words else 0.0


_FACTORS = Traps(
    *(
        trap(f"$A.total_seconds() {sign} {n}", f"$A.total_seconds() {sign} {other}", to=rf"_{unit}s?_")
        for sign in ("/", "//")
        for n, unit, other in ((60, "hour", 3600), (3600, "minute", 60), (3600, "day", 86400), (60, "day", 86400), (86400, "hour", 3600), (1000, "second", 1))
    ),
    trap("$A.total_seconds()", "$A.total_seconds() * 1000", "int($A.total_seconds() * 1000)", to=r"_(ms|millis|milliseconds|msec)_"),
    trap("$A.total_seconds()", "$A.total_seconds() / 60", to=r"_(minutes|mins|minute)_"),
    trap("$A.total_seconds()", "$A.total_seconds() / 3600", to=r"_(hours|hrs|hour)_"),
    trap("$A.total_seconds()", "$A.total_seconds() / 86400", to=r"_days?_"),
    trap("$A.timestamp()", "$A.timestamp() * 1000", "int($A.timestamp() * 1000)", to=r"_(ms|millis|milliseconds|msec)_"),
    trap("time.time()", "int(time.time() * 1000)", to=r"_(ms|millis|milliseconds|msec)_"),
    trap("$A * 1000", "$A / 1000", to=r"_(seconds|secs|sec)_"),
    trap("$F.fromtimestamp($A)", "$F.fromtimestamp($A / 1000)", A=r"_(ms|millis|milliseconds|msec)_"),
    trap("$F.fromtimestamp($A, $Z)", "$F.fromtimestamp($A / 1000, $Z)", A=r"_(ms|millis|milliseconds|msec)_"),
    trap("$F.fromtimestamp($A, tz=$Z)", "$F.fromtimestamp($A / 1000, tz=$Z)", A=r"_(ms|millis|milliseconds|msec)_"),
    trap("time.sleep($A)", "time.sleep($A / 1000)", A=r"_(ms|millis|milliseconds|msec)_"),
    trap("time.sleep($A)", "time.sleep($A * 60)", A=r"_(minutes|mins)_"),
    trap("asyncio.sleep($A)", "asyncio.sleep($A / 1000)", A=r"_(ms|millis|milliseconds|msec)_"),
    trap("$A * 60", "$A * 3600", A=r"_(hours|hour|hrs|h)_", to=r"_(seconds|secs|sec)_"),
    trap("$A * 3600", "$A * 60", A=r"_(minutes|mins|minute)_", to=r"_(seconds|secs|sec)_"),
    trap("$A * 24", "$A * 24 * 3600", A=r"_days?_", to=r"_(seconds|secs|sec)_"),
    trap("$A // 60", "$A // 3600", A=r"_(seconds|secs|sec|total_seconds)_", to=r"_(hours|hour|hrs)_"),
    trap("$A % 60", "$A // 60", to=r"_(hours|hour|hrs)_"),
    trap("$A % 60", "$A // 60 % 60", to=r"_(minutes|mins)_", A=r"_(seconds|secs|total|total_seconds|duration|elapsed)_"),
    trap("$A // 60", "$A // 60 % 60", "$A % 3600 // 60", to=r"_(minutes|mins|minute)_", needs="hour"),
    trap("$A // 60", "$A % 60", to=r"_(seconds|secs)_"),
    trap("$A // 3600", "$A // 3600 % 24", to=r"_(hours|hour|hrs)_", needs="day"),
)  # fmt: skip


@template(
    "pitfall.time_unit",
    1.7,
    "call binary_operator",
    (
        "from datetime import timedelta\ndef f(minutes):\n    return timedelta(seconds=minutes)\n",
        "from datetime import timedelta\ndef f(minutes):\n    return timedelta(minutes=minutes)\n",
    ),
    (
        "from datetime import timedelta\ndef f(timeout_seconds):\n    return timedelta(timeout_seconds)\n",
        "from datetime import timedelta\ndef f(timeout_seconds):\n    return timedelta(seconds=timeout_seconds)\n",
    ),
    (
        "def f(span):\n    hours = span.total_seconds() / 60\n",
        "def f(span):\n    hours = span.total_seconds() / 3600\n",
    ),
    ("def f(when):\n    stamp_ms = when.timestamp()\n", "def f(when):\n    stamp_ms = when.timestamp() * 1000\n"),
    relies=RELIES,
)
def time_unit(site: Site) -> Proposals:
    """A number of one unit handed over, or named, as one of another."""
    yield from _FACTORS.rewrites(site)
    parts = call_of(site) if site.node.type == "call" else None
    if parts is None or text_of(parts[0]).rpartition(".")[2] != "timedelta":
        return
    for i, argument in enumerate(parts[1].named_children):
        name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
        unit = _unit(spoken(value or argument))
        if name is not None and unit and _SECONDS.get(text_of(name), unit) != unit:
            yield replace(name, _KEYWORDS[unit])
        elif name is None and i == 0 and unit not in (0.0, 86400):
            yield replace(argument, f"{_KEYWORDS[unit]}={text_of(argument)}")


TEMPLATES: tuple[Template, ...] = (time_part, zone, time_unit)
SEEN: Mapping[str, tuple[str, ...]] = {
    "pitfall.time_part": ("jupyterhub/nativeauthenticator#82", "llazzaro/django-scheduler#190", "pst-group/pysystemtrade#1265"),
    "pitfall.zone": ("crypkit/blockapi#276", "brutasse/django-push#11", "graphite-project/graphite-web#735"),
    "pitfall.time_unit": ("pycontribs/jenkinsapi#89", "aleph-im/pyaleph#385"),
}  # fmt: skip
