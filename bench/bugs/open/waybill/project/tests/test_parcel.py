from datetime import datetime

from waybill import Address, Parcel
from waybill.deadlines import add_days, deadline, overdue
from waybill.parcel import check_number

ADDRESS = Address("K. Empfänger", "Gasse 2", "Wien", "1010", "AT")


def test_there_and_back():
    parcel = Parcel("12345670", ADDRESS, 500, tags=["x"])
    parcel.record(datetime(2024, 1, 2, 3, 4, 5), "announce", desk=3)
    assert Parcel.from_dict(parcel.to_dict()) == parcel


def test_old_data():
    old = {
        "number": "1", "kilograms": 1.25, "state": "stored", "attempts": 2, "events": [],
        "address": {"name": "a", "street": "b", "town": "c", "code": "d", "country": "Austria"},
    }
    parcel = Parcel.from_dict(old)
    assert (parcel.grams, parcel.tags, parcel.address.country) == (1250, [], "AT")
    assert "kilograms" in old


def test_numbers():
    assert check_number("12345670")
    assert not check_number("12345671")
    assert not check_number("1234567x")


def test_label():
    assert ADDRESS.label == "K. Empfänger\nGasse 2\n1010 Wien\nAT"


def test_since():
    parcel = Parcel("1", ADDRESS, 1)
    assert parcel.since() is None
    for hour, state in enumerate(["accepted", "stored", "in transit", "in transit"]):
        parcel.state = state
        parcel.record(datetime(2024, 1, 1, hour), "x")
    assert parcel.since() == datetime(2024, 1, 1, 2)


def test_working_days():
    friday = datetime(2024, 3, 1, 12)
    assert add_days(friday, 1) == datetime(2024, 3, 4, 23, 59, 59)
    assert add_days(friday, 1, [datetime(2024, 3, 4).date()]) == datetime(2024, 3, 5, 23, 59, 59)


def test_deadlines():
    parcel = Parcel("1", ADDRESS, 1, state="stored")
    parcel.record(datetime(2024, 3, 1, 12), "store")
    assert deadline(parcel) == datetime(2024, 3, 3, 0)
    assert overdue([parcel], datetime(2024, 3, 3, 0)) == []
    assert overdue([parcel], datetime(2024, 3, 3, 1)) == [(parcel, "load")]


def test_storage(depot, make):
    make()
    make("12345687", tags=["gift"])
    storage = depot.storage
    assert storage.numbers() == ["12345670", "12345687"]
    assert [parcel.number for parcel in storage.find(tag="gift", town="BERLIN")] == ["12345687"]
    assert storage.counts() == {"announced": 2}
    storage.delete("12345670")
    assert storage.numbers() == ["12345687"]
