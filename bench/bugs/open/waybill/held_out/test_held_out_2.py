import itertools
import json
from datetime import date, datetime, timedelta
import pytest
from waybill import Address, Depot, Machine, NotAllowed, Parcel
from waybill.deadlines import LIMITS, add_days, deadline, overdue
from waybill.machine import Machine as SameMachine
from waybill.parcel import Event, check_number, upgrade
from waybill.rules import machine as rules
from waybill.storage import Missing, Storage


ADDRESS = Address("ü", "s", "Köln", "50667")


T = datetime(2024, 3, 4, 9)


class Subject:
    def __init__(self, state="a"):
        self.state = state


def toy():
    return Machine("a").move("go", "a, b", "c").move("go", "c", "d").move("jump", "*", "d").move("jump", "d", "a").move("stay", "b", "b")


def number(body):
    return next(body + digit for digit in "0123456789" if check_number(body + digit))


END = datetime(2024, 3, 1, 23, 59, 59)


def test_what_cannot_be_written_leaves_the_old(tmp_path):
    storage, parcel = Storage(tmp_path), Parcel("123", ADDRESS, 1)
    storage.save(parcel)
    parcel.record(T, "x", bad=object())
    with pytest.raises(TypeError):
        storage.save(parcel)
    assert storage.load("123").events == []
    assert len(list((tmp_path / "23").iterdir())) == 1


def test_missing(tmp_path):
    storage = Storage(tmp_path)
    for action in (storage.load, storage.delete):
        with pytest.raises(Missing) as caught:
            action("77")
        assert str(caught.value) == "there is no parcel 77"
        assert isinstance(caught.value, KeyError)


def test_deleting_takes_empty_folders_away(tmp_path):
    storage = Storage(tmp_path)
    for n in ("123", "223", "124"):
        storage.save(Parcel(n, ADDRESS, 1))
    storage.delete("123")
    storage.delete("124")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["23"]
    assert storage.numbers() == ["223"]


def test_find(tmp_path):
    storage = Storage(tmp_path)
    for n, (state, tags, town) in enumerate([("stored", ["a"], "Köln"), ("stored", [], "KÖLN"), ("lost", ["a", "b"], "Bonn"), ("lost", ["ab"], "köln am rhein")]):
        storage.save(Parcel("1%d" % n, Address("x", "y", town, "1"), 1, state=state, tags=tags))
    def found(**wanted):
        return "".join(p.number[-1] for p in storage.find(**wanted))
    assert found() == "0123"
    assert found(state="stored") == "01" and found(state="Stored") == ""
    assert found(tag="a") == "02" and found(tag="") == ""
    assert found(town="köln") == "01"
    assert found(town="bonn", tag="b", state="lost") == "2"
    assert storage.counts() == {"stored": 2, "lost": 2}


@pytest.mark.parametrize(("grams", "why"), [(1, None), (31500, None), (31501, "too heavy"), (0, "nothing"), (-5, "nothing")])
def test_weights(depot, make, grams, why):
    make(grams=grams)
    if why is None:
        assert depot.move("12345670", "accept").state == "accepted"
    else:
        with pytest.raises(NotAllowed, match=why):
            depot.move("12345670", "accept")


def to(depot, *names):
    for name in names:
        parcel = depot.move("12345670", name)
    return parcel


def test_three_attempts(depot, make):
    make()
    parcel = to(depot, "accept", "load", "miss", "miss", "miss")
    assert (parcel.attempts, parcel.state) == (3, "in transit")
    with pytest.raises(NotAllowed, match="3 attempts were made"):
        to(depot, "miss")
    assert depot.storage.load("12345670").attempts == 3
    assert len(depot.storage.load("12345670").events) == 6
    assert to(depot, "leave at shop", "return", "give back").state == "returned"


@pytest.mark.parametrize("name", ["accept", "load", "miss", "lose"])
def test_details_are_kept_with_any_move(depot, make, name):
    make()
    for each in ("accept", "load", "miss", "lose"):
        parcel = depot.move("12345670", each, note="n " + each, staff_desk=4)
        if each == name:
            break
    assert parcel.last.details == {"note": "n " + name, "staff_desk": 4}
    assert depot.track("12345670")[0].endswith("(note: n %s)" % name)


def test_a_state_that_is_entered_again_begins_anew(depot, make, clock):
    make()
    for hours, name in [(1, "accept"), (1, "load"), (1, "store"), (30, "load"), (1, "store")]:
        clock.pass_(hours=hours)
        depot.move("12345670", name)
    clock.pass_(hours=35)
    assert depot.clean_up() == []
    clock.pass_(hours=2)
    assert depot.clean_up() == ["12345670: stored -> in transit"]


def test_endings(depot, make):
    make()
    assert to(depot, "lose").state == "lost"
    with pytest.raises(NotAllowed, match="come to its end"):
        to(depot, "lose")
    for state in ("delivered", "returned", "cancelled"):
        assert rules.check(Parcel("1", ADDRESS, 1, state=state), "lose")
    for state in ("announced", "accepted", "stored", "at shop", "returning", "in transit"):
        assert rules.check(Parcel("1", ADDRESS, 1, state=state), "lose") is None
    assert rules.way("accepted", "returned") == ["load", "return", "give back"]
    assert rules.dead_ends() == ["lost"]


@pytest.mark.parametrize(("tags", "details", "fine"), [([], {}, True), (["signature"], {}, False), (["signature"], {"signed": ""}, False), (["signature"], {"signed": "X"}, True), (["gift"], {"signed": None}, True), (["signature"], {"signed": "X", "place": "door"}, True)])
def test_signatures(depot, make, tags, details, fine):
    make(tags=tags)
    to(depot, "accept", "load")
    done, faults = depot.move_all(["12345670"], "hand over", **details)
    assert bool(done) is fine and bool(faults) is not fine
    if fine:
        assert depot.storage.load("12345670").last.details == details


def test_times_are_kept_to_the_second(depot, make, clock):
    clock.now = clock.now.replace(microsecond=999999)
    make()
    assert depot.storage.load("12345670").last.time == T
    assert depot.storage.load("12345670").since() == T


def test_track(depot, make, clock):
    make()
    clock.pass_(minutes=61)
    depot.move("12345670", "accept", weight=3, desk="A", staff="x", staff_b="y")
    assert depot.track("12345670") == ["04.03.2024 10:01  accepted (desk: A, weight: 3)", "04.03.2024 09:00  announced"]


def test_several(depot, make):
    make()
    make("12345687")
    done, faults = depot.move_all(iter(["12345687", "1", "12345670", "12345687"]), "accept", desk=1)
    assert done == ["12345687", "12345670"]
    assert faults == {"1": "there is no parcel 1", "12345687": "cannot accept when accepted"}
    assert depot.move_all([], "accept") == ([], {})


def test_clean_up_in_order(depot, make, clock):
    for n in ("12345670", "12345687", "12345694"):
        make(n)
    clock.pass_(hours=1)
    for n in ("12345687", "12345694"):
        for name in ("accept", "load", "store"):
            depot.move(n, name)
        clock.pass_(hours=1)
    assert depot.clean_up() == []
    clock.pass_(hours=35)
    assert depot.clean_up() == ["12345687: stored -> in transit"]
    clock.pass_(days=14)
    assert depot.clean_up() == ["12345694: stored -> in transit", "12345670: announced -> cancelled"]
    clock.pass_(days=40)
    assert depot.clean_up() == ["12345687: in transit -> lost", "12345694: in transit -> lost"]
    assert depot.clean_up() == []
    assert depot.storage.counts() == {"cancelled": 1, "lost": 2}


def test_holidays_of_a_depot(tmp_path, clock):
    free = (date(2024, 3, 4) + timedelta(days=n) for n in range(30))
    depot = Depot(Storage(tmp_path), clock, free)
    depot.announce(Parcel("12345670", ADDRESS, 1))
    clock.pass_(days=25)
    assert depot.clean_up() == []
    assert depot.clean_up() == []
    clock.pass_(days=25)
    assert depot.clean_up() == ["12345670: announced -> cancelled"]


def test_tours(depot, make):
    made = [("12345670", 5, "20095"), ("12345687", 500, "01067"), ("12345694", 5, "20095"), ("73513537", 70, "20095")]
    for n, grams, code in made:
        make(n, grams, code)
    for order in itertools.permutations(n for n, _, _ in made):
        assert depot.tour(iter(order)) == [["12345687"], ["73513537", "12345670", "12345694"]]
    assert depot.tour([]) == []
    with pytest.raises(Missing):
        depot.tour(["1"])
