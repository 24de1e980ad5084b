from datetime import date

import pytest

from tariff.metering import Meter, parse_readings
from tariff.rates import Rate, RateBook, parse_steps


@pytest.fixture
def meter():
    return Meter(parse_readings("2023-01-01; 1000\n2023-07-01; 1362\n2024-01-01; 1730\n2025-01-01; 2462; estimate\n"))


@pytest.fixture
def book():
    old = Rate("base 23", date(2023, 1, 1), "0.10", parse_steps("365: 0.50, *: 0.80"))
    new = Rate("base 24", date(2024, 1, 1), "0.12", parse_steps("366: 0.55, *: 0.90"))
    return RateBook([new, old])
