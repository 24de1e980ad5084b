"""Prices: steps of use, and which prices hold on a day."""

from bisect import bisect_right
from collections import namedtuple
from decimal import Decimal

# upto: units in a year to which the price holds, None for the last step
Step = namedtuple("Step", "upto price")


class Rate:
    def __init__(self, name, since, daily, steps):
        if not steps or steps[-1].upto is not None:
            raise ValueError("the last step of {} must be open".format(name))
        limits = [step.upto for step in steps[:-1]]
        if limits != sorted(limits):
            raise ValueError("the steps of {} do not go up".format(name))
        self.name = name
        self.since = since
        self.daily = Decimal(daily)
        self.steps = [Step(step.upto, Decimal(step.price)) for step in steps]

    def portions(self, units, years):
        """(units, price) of each step that is reached; limits shrink or grow with the length of the span."""
        found, floor = [], Decimal(0)
        for step in self.steps:
            ceiling = units if step.upto is None else min(units, Decimal(step.upto) * years)
            if ceiling > floor:
                found.append((ceiling - floor, step.price))
                floor = ceiling
        return found


class RateBook:
    """Rates by the day from which they hold."""

    def __init__(self, rates=()):
        self._rates = []
        for rate in rates:
            self.add(rate)

    def add(self, rate):
        if any(known.since == rate.since for known in self._rates):
            raise ValueError("two rates from {}".format(rate.since))
        self._rates.append(rate)
        self._rates.sort(key=lambda each: each.since)

    def on(self, day):
        at = bisect_right([rate.since for rate in self._rates], day)
        if at == 0:
            raise LookupError("no rate on {}".format(day))
        return self._rates[at - 1]

    def changes(self, first, last):
        return [rate.since for rate in self._rates if first < rate.since < last]


def parse_steps(text):
    """Steps written as ``100: 0.25, 500: 0.30, *: 0.41``."""
    steps = []
    for part in text.split(","):
        limit, _, price = part.partition(":")
        limit = limit.strip()
        steps.append(Step(None if limit == "*" else int(limit), price.strip()))
    return steps
