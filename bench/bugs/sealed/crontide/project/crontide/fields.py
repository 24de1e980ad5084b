"""The fields of a schedule: ``*``, ``5``, ``1-5``, ``*/15``, ``10-40/10``, names, and lists of these."""

from typing import Dict, FrozenSet, NamedTuple, Sequence

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class FieldError(ValueError):
    pass


class Field(NamedTuple):
    name: str
    low: int
    high: int
    names: Sequence[str] = ()

    def parse(self, text: str) -> FrozenSet[int]:
        found = set()
        for part in text.split(","):
            found.update(self._part(part.strip()))
        return frozenset(found)

    def _part(self, text: str) -> range:
        span, slash, step_text = text.partition("/")
        step = 1
        if slash:
            if not step_text.isdigit() or int(step_text) == 0:
                raise FieldError(f"{self.name}: bad step in {text!r}")
            step = int(step_text)
        if span == "*":
            first, last = self.low, self.high
        elif "-" in span:
            one, _, other = span.partition("-")
            first, last = self._value(one), self._value(other)
            if first > last:
                raise FieldError(f"{self.name}: {span!r} goes backwards")
        else:
            first = self._value(span)
            # "10/15" means: from 10 on, every 15
            last = self.high if slash else first
        return range(first, last + 1, step)

    def _value(self, text: str) -> int:
        text = text.strip().lower()
        if text[:3] in self.names:
            return self.names.index(text[:3]) + self.low
        if not text.isdigit():
            raise FieldError(f"{self.name}: {text!r} is no number")
        value = int(text)
        if not self.low <= value <= self.high:
            raise FieldError(f"{self.name}: {value} is not within {self.low}-{self.high}")
        return value


class WeekdayField(Field):
    """Days of the week, Sunday being 0 and 7 alike."""

    def parse(self, text: str) -> FrozenSet[int]:
        return frozenset(day % 7 for day in super().parse(text))


FIELDS: Dict[str, Field] = {
    "minute": Field("minute", 0, 59),
    "hour": Field("hour", 0, 23),
    "day": Field("day", 1, 31),
    "month": Field("month", 1, 12, MONTHS),
    "weekday": WeekdayField("weekday", 0, 7, DAYS),
}
