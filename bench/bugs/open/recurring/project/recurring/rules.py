"""Recurrence rules in the style of iCalendar."""
from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timezone
from typing import Dict, List, Optional, Tuple

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)$")


class RuleError(ValueError):
    """A rule that makes no sense."""


@dataclass(frozen=True)
class Rule:
    """How an event repeats.

    ``by_weekday`` holds pairs (ordinal, weekday); the ordinal is 0 for every such
    day, and otherwise counts within the month, from its end where negative.
    """

    freq: str
    interval: int = 1
    count: Optional[int] = None
    until: Optional[datetime] = None
    by_weekday: Tuple[Tuple[int, int], ...] = ()
    by_month_day: Tuple[int, ...] = ()
    week_start: int = 0

    def __post_init__(self) -> None:
        if self.freq not in FREQUENCIES:
            raise RuleError("unknown frequency: %r" % (self.freq,))
        if self.interval < 1:
            raise RuleError("interval must be positive")
        if self.count is not None and self.until is not None:
            raise RuleError("count and until exclude each other")
        if self.count is not None and self.count < 1:
            raise RuleError("count must be positive")
        if any(ordinal for ordinal, _ in self.by_weekday) and self.freq != "MONTHLY":
            raise RuleError("ordinals need a monthly rule")
        if any(day == 0 or abs(day) > 31 for day in self.by_month_day):
            raise RuleError("day of month out of range")

    def weekdays(self) -> List[int]:
        """The weekdays named by the rule, whatever their ordinals."""
        return sorted({weekday for _, weekday in self.by_weekday})


def _until(text: str, zone: timezone) -> datetime:
    """``20240310T170000Z``, ``20240310T170000`` or a day, which is meant to its end."""
    try:
        if "T" not in text:
            day = datetime.strptime(text, "%Y%m%d").date()
            return datetime.combine(day, time(23, 59, 59), zone)
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    except ValueError as error:
        raise RuleError("bad until: %r" % text) from error


def _by_day(text: str) -> Tuple[Tuple[int, int], ...]:
    found = []
    for part in text.split(","):
        match = _BYDAY.match(part.strip())
        if match is None:
            raise RuleError("bad weekday: %r" % part)
        found.append((int(match.group(1) or 0), WEEKDAYS.index(match.group(2))))
    return tuple(found)


def parse_rule(text: str, zone: timezone = timezone.utc) -> Rule:
    """Read ``FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH``; ``zone`` is that of the event."""
    parts: Dict[str, str] = {}
    for part in text.upper().split(";"):
        if not part.strip():
            continue
        name, equals, value = part.strip().partition("=")
        if not equals or name in parts:
            raise RuleError("bad part: %r" % part)
        parts[name] = value
    try:
        rule = Rule(
            freq=parts.pop("FREQ", ""),
            interval=int(parts.pop("INTERVAL", "1")),
            count=int(parts.pop("COUNT")) if "COUNT" in parts else None,
            until=_until(parts.pop("UNTIL"), zone) if "UNTIL" in parts else None,
            by_weekday=_by_day(parts.pop("BYDAY")) if "BYDAY" in parts else (),
            by_month_day=tuple(int(day) for day in parts.pop("BYMONTHDAY").split(","))
            if "BYMONTHDAY" in parts
            else (),
            week_start=WEEKDAYS.index(parts.pop("WKST", "MO")),
        )
    except RuleError:
        raise
    except ValueError as error:
        raise RuleError("bad rule: %r" % text) from error
    if parts:
        raise RuleError("unknown parts: %s" % ", ".join(sorted(parts)))
    return rule


def format_rule(rule: Rule) -> str:
    """The text that parse_rule reads back."""
    parts = ["FREQ=" + rule.freq]
    if rule.interval != 1:
        parts.append("INTERVAL=%d" % rule.interval)
    if rule.count is not None:
        parts.append("COUNT=%d" % rule.count)
    if rule.until is not None:
        parts.append("UNTIL=" + rule.until.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ"))
    if rule.by_weekday:
        names = [("%d" % n if n else "") + WEEKDAYS[day] for n, day in rule.by_weekday]
        parts.append("BYDAY=" + ",".join(names))
    if rule.by_month_day:
        parts.append("BYMONTHDAY=" + ",".join(str(day) for day in rule.by_month_day))
    if rule.week_start:
        parts.append("WKST=" + WEEKDAYS[rule.week_start])
    return ";".join(parts)
