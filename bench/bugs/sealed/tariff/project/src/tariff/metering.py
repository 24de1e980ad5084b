"""What meters show, and what was used between two days."""

from collections import namedtuple
from decimal import Decimal

from tariff.periods import days_between, parse_day

ACTUAL, ESTIMATE = "actual", "estimate"

Reading = namedtuple("Reading", "day value kind")


class MeterError(Exception):
    """Readings from which use cannot be worked out."""


def parse_readings(text):
    """Lines of ``day; value[; kind]``; empty lines and what follows a # do not count. Oldest first."""
    readings = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        fields = [field.strip() for field in line.split(";")]
        if len(fields) not in (2, 3):
            raise MeterError("line {}: two or three fields wanted".format(number))
        kind = fields[2].lower() if len(fields) == 3 else ACTUAL
        if kind not in (ACTUAL, ESTIMATE):
            raise MeterError("line {}: no such kind: {}".format(number, kind))
        try:
            readings.append(Reading(parse_day(fields[0]), Decimal(fields[1].replace(",", ".")), kind))
        except (ValueError, ArithmeticError):
            raise MeterError("line {}: cannot be read".format(number))
    return sorted(readings)


class Meter:
    def __init__(self, readings, digits=5):
        self.size = 10 ** digits
        self.readings = self._chosen(readings)

    @staticmethod
    def _chosen(readings):
        """One reading a day: an actual one drives out an estimate, and of equals the later one counts."""
        best = {}
        for reading in readings:
            held = best.get(reading.day)
            if held is None or held.kind == ESTIMATE or reading.kind == ACTUAL:
                best[reading.day] = reading
        return [best[day] for day in sorted(best)]

    def advance(self, before, after):
        """Units that a meter moved; one that shows less than before went through zero."""
        moved = after - before
        return moved + self.size if moved < 0 else moved

    def at(self, day):
        """(units since the first reading, whether that is more than a measured value) at the beginning of a day."""
        if not self.readings or not self.readings[0].day <= day <= self.readings[-1].day:
            raise MeterError("no readings around {}".format(day))
        units, guessed = Decimal(0), False
        for one, other in zip(self.readings, self.readings[1:]):
            if day <= one.day:
                break
            moved = self.advance(one.value, other.value)
            if day < other.day:
                part = Decimal(days_between(one.day, day)) / days_between(one.day, other.day)
                return units + moved * part, True
            units += moved
        reading = next(reading for reading in self.readings if reading.day == day)
        return units, reading.kind == ESTIMATE

    def used(self, first, last):
        """(units, whether one of the ends was estimated) of a span."""
        (start, one), (end, other) = self.at(first), self.at(last)
        return end - start, one or other
