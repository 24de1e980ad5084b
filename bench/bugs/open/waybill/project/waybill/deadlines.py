"""How long a parcel may stay in a state, in working days or hours; and what is done then."""

from datetime import datetime, time, timedelta
from typing import Iterable, List, NamedTuple, Optional

from .parcel import Parcel


class Limit(NamedTuple):
    state: str
    move: str
    days: int = 0
    hours: int = 0


LIMITS = [
    Limit("announced", "cancel", days=10),
    Limit("in transit", "lose", days=15),
    Limit("at shop", "return", days=7),
    Limit("stored", "load", hours=36),
]


def add_days(start: datetime, days: int, holidays: Iterable = ()) -> datetime:
    """The end of the last of so many working days after a moment; the day of the moment does not count."""
    free, day = set(holidays), start.date()
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in free:
            days -= 1
    return datetime.combine(day, time(23, 59, 59))


def deadline(parcel: Parcel, holidays: Iterable = ()) -> Optional[datetime]:
    """When the parcel must have left its state; None where it may stay."""
    since = parcel.since()
    if since is None:
        return None
    for limit in LIMITS:
        if limit.state == parcel.state:
            if limit.days:
                return add_days(since, limit.days, holidays)
            return since + timedelta(hours=limit.hours)
    return None


def overdue(parcels: Iterable[Parcel], now: datetime, holidays: Iterable = ()) -> List[tuple]:
    """(parcel, move) of all that are late, the latest first."""
    holidays = list(holidays)
    found = []
    for parcel in parcels:
        end = deadline(parcel, holidays)
        if end is not None and now > end:
            move = next(limit.move for limit in LIMITS if limit.state == parcel.state)
            found.append((now - end, parcel, move))
    found.sort(key=lambda each: (-each[0].total_seconds(), each[1].number))
    return [(parcel, move) for _, parcel, move in found]
