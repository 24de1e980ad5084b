from datetime import datetime, timedelta

import pytest

from waybill import Address, Depot, Parcel
from waybill.storage import Storage


class Clock:
    def __init__(self):
        self.now = datetime(2024, 3, 4, 9, 0, 0)

    def __call__(self):
        return self.now

    def pass_(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def depot(tmp_path, clock):
    return Depot(Storage(tmp_path / "parcels"), clock)


@pytest.fixture
def make(depot):
    def made(number="12345670", grams=1200, code="10115", **more):
        return depot.announce(Parcel(number, Address("A. Sender", "Am Weg 1", "Berlin", code), grams, **more))

    return made
