from datetime import date
from decimal import Decimal

import pytest

from tariff.metering import Meter, MeterError, parse_readings
from tariff.periods import add_months, parse_day, split


def test_parsing():
    first, second = parse_readings("# main meter\n01.02.2024; 12,5 # by post\n\n2024-01-01; 3; Estimate\n")
    assert first == (date(2024, 1, 1), 3, "estimate")
    assert second == (date(2024, 2, 1), Decimal("12.5"), "actual")


def test_what_cannot_be_read():
    with pytest.raises(MeterError, match="line 2"):
        parse_readings("2024-01-01; 3\n2024-01-02\n")


def test_between_readings(meter):
    assert meter.used(date(2023, 1, 1), date(2023, 7, 1)) == (362, False)
    units, guessed = meter.used(date(2023, 1, 1), date(2023, 1, 2))
    assert (units, guessed) == (2, True)


def test_through_zero():
    meter = Meter(parse_readings("2024-01-01; 99990\n2024-02-01; 15"))
    assert meter.used(date(2024, 1, 1), date(2024, 2, 1))[0] == 25


def test_outside(meter):
    with pytest.raises(MeterError):
        meter.at(date(2022, 12, 31))


def test_days():
    assert parse_day(" 31.12.2023 ") == date(2023, 12, 31)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert split(date(2024, 1, 1), date(2024, 3, 1), [date(2024, 2, 1), date(2025, 1, 1)]) == [
        (date(2024, 1, 1), date(2024, 2, 1)),
        (date(2024, 2, 1), date(2024, 3, 1)),
    ]
