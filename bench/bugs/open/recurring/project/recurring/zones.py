"""Time zones by fixed offsets, and instants written with them."""
from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Optional

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?$")
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)\s*(Z|UTC|[+-][\d:]+)?$")


class ZoneError(ValueError):
    """A zone or an instant that cannot be understood."""


def parse_zone(text: str) -> timezone:
    """The zone of ``Z``, ``UTC``, ``+02:00``, ``-0330`` or ``+05``."""
    text = text.strip()
    if text.upper() in ("Z", "UTC"):
        return timezone.utc
    match = _OFFSET.match(text)
    if match is None:
        raise ZoneError("not a zone: %r" % text)
    sign = -1 if match.group(1) == "-" else 1
    hours, minutes = int(match.group(2)), int(match.group(3) or 0)
    if hours > 23 or minutes > 59:
        raise ZoneError("offset out of range: %r" % text)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def zone_name(zone: timezone) -> str:
    """``UTC`` or an offset such as ``-03:30``; the inverse of parse_zone."""
    minutes = int(zone.utcoffset(None).total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    sign = "-" if minutes < 0 else "+"
    return "%s%02d:%02d" % ((sign,) + divmod(abs(minutes), 60))


def parse_instant(text: str, default: Optional[timezone] = None) -> datetime:
    """An aware datetime; text without an offset is read in the zone ``default``."""
    match = _INSTANT.match(text.strip())
    if match is None:
        raise ZoneError("not an instant: %r" % text)
    day, clock, zone = match.groups()
    pattern = "%Y-%m-%d %H:%M:%S" if clock.count(":") == 2 else "%Y-%m-%d %H:%M"
    try:
        naive = datetime.strptime(day + " " + clock, pattern)
    except ValueError as error:
        raise ZoneError("not an instant: %r" % text) from error
    if zone is not None:
        return naive.replace(tzinfo=parse_zone(zone))
    if default is None:
        raise ZoneError("no offset in %r" % text)
    return naive.replace(tzinfo=default)


def format_instant(moment: datetime) -> str:
    """The text that parse_instant reads back, offset included."""
    if moment.tzinfo is None:
        raise ZoneError("naive time: %s" % moment)
    name = zone_name(timezone(moment.utcoffset() or timedelta(0)))
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + ("Z" if name == "UTC" else name)
