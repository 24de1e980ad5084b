"""The agenda of some days as text."""
from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import List, Optional

from .calendar import Calendar
from .events import Occurrence
from .zones import zone_name


def _last_day(one: Occurrence, zone: timezone) -> date:
    """The last day on which something takes place; its end itself is not part of it."""
    return max(one.start, one.end - timedelta(microseconds=1)).astimezone(zone).date()


def _line(one: Occurrence, day: date, zone: timezone) -> str:
    start, end = one.start.astimezone(zone), one.end.astimezone(zone)
    first, last = start.date(), _last_day(one, zone)
    if one.all_day or first < day < last:
        when = "all day"
    elif first == last:
        when = start.strftime("%H:%M")
        if one.duration:
            when += "-" + end.strftime("%H:%M")
    elif day == first:
        when = start.strftime("%H:%M") + "-..."
    else:
        when = "...-" + end.strftime("%H:%M")
    return "  %-11s  %s" % (when, one.title)


def render_agenda(
    calendar: Calendar,
    first: date,
    days: int = 7,
    zone: timezone = timezone.utc,
    tag: Optional[str] = None,
    empty_days: bool = False,
) -> str:
    """The agenda of ``days`` days from ``first`` on, as they are in ``zone``.

    What takes place on several days stands under each of them.
    """
    low = datetime.combine(first, time(0), zone)
    found = calendar.between(low, low + timedelta(days=days), tag)
    lines: List[str] = ["Agenda (%s)" % zone_name(zone)]
    for offset in range(days):
        day = first + timedelta(days=offset)
        here = [
            one
            for one in found
            if one.start.astimezone(zone).date() <= day <= _last_day(one, zone)
        ]
        here.sort(key=lambda one: not one.all_day)
        if here or empty_days:
            lines.append(day.strftime("%a ") + day.isoformat())
            lines.extend(_line(one, day, zone) for one in here)
            if not here:
                lines.append("  (nothing)")
    return "\n".join(lines) + "\n"
