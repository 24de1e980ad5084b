import pytest

from waybill import NotAllowed
from waybill.storage import Missing


def test_a_whole_way(depot, make, clock):
    make()
    for name in ("accept", "load", "miss", "store", "load"):
        clock.pass_(hours=1)
        depot.move("12345670", name)
    clock.pass_(hours=1)
    parcel = depot.move("12345670", "hand over", signed="K", staff_note="dog")
    assert (parcel.state, parcel.attempts) == ("delivered", 1)
    assert depot.track("12345670")[:2] == ["04.03.2024 15:00  delivered (signed: K)", "04.03.2024 14:00  in transit"]


def test_what_is_not_allowed(depot, make):
    make()
    with pytest.raises(NotAllowed, match="cannot load when announced"):
        depot.move("12345670", "load")
    assert depot.storage.load("12345670").state == "announced"
    with pytest.raises(Missing):
        depot.move("99", "load")


def test_announcing(depot, make):
    make()
    with pytest.raises(ValueError, match="already"):
        make()
    with pytest.raises(ValueError, match="no parcel number"):
        make("12345671")


def test_signature(depot, make):
    make(tags=["signature"])
    depot.move("12345670", "accept")
    depot.move("12345670", "load")
    with pytest.raises(NotAllowed, match="a signature is wanted"):
        depot.move("12345670", "hand over")


def test_several(depot, make):
    make()
    make("12345687", grams=40000)
    done, faults = depot.move_all(["12345670", "12345687", "42"], "accept")
    assert done == ["12345670"]
    assert faults == {"12345687": "cannot accept when announced: it is too heavy", "42": "there is no parcel 42"}


def test_clean_up(depot, make, clock):
    make()
    make("12345687")
    for name in ("accept", "load", "leave at shop"):
        depot.move("12345687", name)
    clock.pass_(days=10)
    assert depot.clean_up() == ["12345687: at shop -> returning"]
    clock.pass_(days=6)
    assert depot.clean_up() == ["12345670: announced -> cancelled"]


def test_tour(depot, make):
    make(code="20095", grams=5)
    make("12345687", grams=5)
    make("12345694", grams=50)
    assert depot.tour(["12345670", "12345687", "12345694"]) == [["12345694", "12345687"], ["12345670"]]
