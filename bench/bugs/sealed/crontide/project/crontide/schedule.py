"""When a job is due: a set of minutes, hours, days, months and weekdays."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import FrozenSet, Iterator, Optional

from .fields import FIELDS, FieldError

NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
_HORIZON = timedelta(days=366 * 8 + 2)  # 29 February may be eight years away


@dataclass(frozen=True)
class Schedule:
    minutes: FrozenSet[int]
    hours: FrozenSet[int]
    days: FrozenSet[int]
    months: FrozenSet[int]
    weekdays: FrozenSet[int]
    any_day: bool = True
    any_weekday: bool = True

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        text = text.strip()
        parts = NAMED.get(text.lower(), text).split()
        if len(parts) != 5:
            raise FieldError(f"five fields wanted, not {len(parts)}: {text!r}")
        sets = [field.parse(part) for field, part in zip(FIELDS.values(), parts)]
        return cls(*sets, any_day=parts[2].startswith("*"), any_weekday=parts[4].startswith("*"))

    def on_day(self, moment: datetime) -> bool:
        """Whether the day fits. Where day and weekday are both limited, one of them is enough."""
        if moment.month not in self.months:
            return False
        by_day = moment.day in self.days
        by_weekday = moment.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday

    def matches(self, moment: datetime) -> bool:
        return moment.minute in self.minutes and moment.hour in self.hours and self.on_day(moment)

    def after(self, moment: datetime) -> Optional[datetime]:
        """The first time later than `moment`; None where there is none within eight years."""
        now = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        end = now + _HORIZON
        while now <= end:
            if not self.on_day(now):
                now = (now + timedelta(days=1)).replace(hour=0, minute=0)
            elif now.hour not in self.hours:
                now = (now + timedelta(hours=1)).replace(minute=0)
            elif now.minute not in self.minutes:
                now += timedelta(minutes=1)
            else:
                return now
        return None

    def between(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Times from first on, up to and including last."""
        moment = self.after(first - timedelta(minutes=1))
        while moment is not None and moment <= last:
            if moment >= first:
                yield moment
            moment = self.after(moment)
