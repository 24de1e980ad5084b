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


@pytest.mark.parametrize(
    ("name", "state", "target"),
    [("go", "a", "c"), ("go", "b", "c"), ("go", "c", "d"), ("go", "d", None), ("jump", "a", "d"), ("jump", "zzz", "d"), ("jump", "d", "a"), ("stay", "b", "b"), ("stay", "a", None), ("fly", "a", None)],
)
def test_targets(name, state, target):
    assert toy().target(name, state) == target
    subject = Subject(state)
    if target is None:
        assert toy().check(subject, name) is not None
        with pytest.raises(NotAllowed) as caught:
            toy().fire(subject, name)
        assert (caught.value.move, caught.value.state, caught.value.why) == (name, state, "")
        assert str(caught.value) == "cannot %s when %s" % (name, state)
        assert subject.state == state
    else:
        assert toy().check(subject, name) is None
        assert toy().fire(subject, name) == subject.state == target


def test_what_machines_know():
    assert SameMachine is Machine
    assert toy().states() == ["a", "b", "c", "d"]
    assert toy().moves_from("b") == ["go", "jump", "stay"]
    assert toy().moves_from("nowhere") == ["jump"]
    assert Machine("x").states() == ["x"] and Machine("x").dead_ends() == ["x"]
    assert toy().dead_ends() == []
    assert Machine("a").move("go", "a", "b").move("wait", "b", "b").dead_ends() == ["b"]
    with pytest.raises(ValueError):
        toy().move("go", "a", "d")
    with pytest.raises(ValueError):
        toy().guard("fly")


@pytest.mark.parametrize(("start", "end", "names"), [("a", "a", []), ("a", "c", ["go"]), ("a", "d", ["jump"]), ("c", "a", ["go", "jump"]), ("a", "b", None), ("b", "c", ["go"]), ("d", "c", ["jump", "go"])])
def test_ways(start, end, names):
    assert toy().way(start, end) == names


def test_guards_in_order_and_details():
    machine, asked = toy(), []

    @machine.guard("go")
    def first(subject, **details):
        asked.append(("first", details))
        return details.get("no")

    @machine.guard("go")
    def second(subject, **details):
        asked.append("second")
        return ""

    subject = Subject()
    with pytest.raises(NotAllowed, match="cannot go when a: tired"):
        machine.fire(subject, "go", no="tired")
    assert asked == [("first", {"no": "tired"})]
    assert machine.fire(subject, "go", no="") == "c"
    assert asked[1:] == [("first", {"no": ""}), "second"]
    assert first is not None and callable(first)
    assert machine.fire(subject, "jump") == "d"


def test_hooks():
    machine, seen = toy(), []

    @machine.on_enter("c")
    def only_c(subject, move, before):
        seen.append(("c", move, before, subject.state))

    @machine.on_enter()
    def every(subject, move, before):
        seen.append(("any", move, before, subject.state))
        if subject.state == "d" and move == "go":
            raise KeyError("x")

    subject = Subject()
    machine.fire(subject, "go")
    assert seen == [("c", "go", "a", "c"), ("any", "go", "a", "c")]
    with pytest.raises(KeyError):
        machine.fire(subject, "go")
    assert subject.state == "c"
    machine.fire(subject, "jump")
    assert seen[-1] == ("any", "jump", "c", "d")


def number(body):
    return next(body + digit for digit in "0123456789" if check_number(body + digit))


def test_numbers():
    for body in ("1234567", "0", "9", "7310", "99999999", "00"):
        fitting = [d for d in "0123456789" if check_number(body + d)]
        assert len(fitting) == 1
        for at in range(len(body)):
            for digit in "0123456789":
                other = body[:at] + digit + body[at + 1 :] + fitting[0]
                assert check_number(other) == (digit == body[at])
    assert number("400638133393") == "4006381333931"
    assert number("7351353") == "73513537"
    assert [check_number(t) for t in ("", "0", "5", "12 ", "-12", "1.5", "0000")] == [False] * 6 + [True]


@pytest.mark.parametrize(("version", "country", "result"), [(1, "Austria", "AT"), (1, None, "DE"), (2, "Germany", "DE"), (2, "FR", "FR"), (2, None, "DE"), (3, "Austria", "Austria"), (2, "Switzerland", "CH")])
def test_upgrades(version, country, result):
    address = {"name": "n", "street": "s", "town": "t", "code": "c"}
    if country:
        address["country"] = country
    data = {"number": "1", "address": address, "events": [], "state": "stored", "attempts": 1}
    data.update({"kilograms": 1.9996} if version == 1 else {"grams": 2000, "tags": ["t"]})
    if version > 1:
        data["version"] = version
    copy = json.loads(json.dumps(data))
    parcel = Parcel.from_dict(data)
    assert data == copy
    assert (parcel.address.country, parcel.grams, parcel.tags) == (result, 2000, [] if version == 1 else ["t"])
    assert parcel.to_dict()["version"] == 3
    assert upgrade(parcel.to_dict()) == parcel.to_dict()


def test_version_one_said_so_or_did_not():
    base = {"kilograms": 3, "address": {}}
    assert upgrade(dict(base))["grams"] == upgrade(dict(base, version=1))["grams"] == 3000


def test_parcels_share_nothing():
    one, other = Parcel("1", ADDRESS, 1), Parcel("2", ADDRESS, 1)
    one.tags.append("x")
    one.record(T, "m", a=1)
    assert (other.tags, other.events, other.last) == ([], [], None)
    assert one.last == Event(T, "m", "announced", {"a": 1})
    data = one.to_dict()
    data["tags"].append("y")
    data["events"].clear()
    assert one.tags == ["x"] and len(one.events) == 1


@pytest.mark.parametrize(("states", "at"), [("a", 0), ("aa", 0), ("ab", 1), ("aba", 2), ("abaa", 2), ("baab", 3), ("abbb", 1)])
def test_since(states, at):
    parcel = Parcel("1", ADDRESS, 1)
    for hour, state in enumerate(states):
        parcel.state = state
        parcel.record(T + timedelta(hours=hour), "x")
    assert parcel.since() == T + timedelta(hours=at)


def test_label():
    assert ADDRESS.label == "ü\ns\n50667 Köln"
    assert ADDRESS.country == "DE"


END = datetime(2024, 3, 1, 23, 59, 59)


@pytest.mark.parametrize(
    ("start", "days", "result"),
    [((2024, 3, 1, 12), 0, (2024, 3, 1)), ((2024, 3, 1, 12), 1, (2024, 3, 4)), ((2024, 3, 2, 12), 1, (2024, 3, 4)), ((2024, 3, 3, 23), 5, (2024, 3, 8)), ((2024, 3, 4, 0), 5, (2024, 3, 11)), ((2024, 12, 30), 3, (2025, 1, 2)), ((2024, 2, 28), 2, (2024, 3, 1))],
)
def test_add_days(start, days, result):
    assert add_days(datetime(*start), days) == datetime(*result, 23, 59, 59)


def test_holidays():
    free = (day for day in [date(2024, 3, 4), date(2024, 3, 9), date(2024, 3, 6)])
    assert add_days(datetime(2024, 3, 1, 8), 3, free) == datetime(2024, 3, 8, 23, 59, 59)


@pytest.mark.parametrize(("state", "end"), [("announced", datetime(2024, 3, 18, 23, 59, 59)), ("in transit", datetime(2024, 3, 25, 23, 59, 59)), ("at shop", datetime(2024, 3, 13, 23, 59, 59)), ("stored", T + timedelta(hours=36)), ("delivered", None), ("lost", None)])
def test_deadlines(state, end):
    parcel = Parcel("1", ADDRESS, 1, state=state)
    assert deadline(parcel) is None
    parcel.record(T, "x")
    assert deadline(parcel) == end
    if end is not None:
        assert overdue([parcel], end) == []
        move = next(limit.move for limit in LIMITS if limit.state == state)
        assert overdue(iter([parcel]), end + timedelta(seconds=1)) == [(parcel, move)]
        later = deadline(parcel, [date(2024, 3, 5)])
        assert later == end if state == "stored" else later > end


def test_the_latest_first():
    parcels = []
    for n, (state, hours) in enumerate([("stored", 100), ("stored", 200), ("at shop", 1000), ("stored", 100), ("delivered", 5000), ("stored", 1)]):
        parcels.append(Parcel("p%d" % (9 - n), ADDRESS, 1, state=state))
        parcels[-1].record(T - timedelta(hours=hours), "x")
    assert [p.number for p, _ in overdue(parcels, T)] == ["p7", "p8", "p6", "p9"]
    free = (date(2024, 1, 1) + timedelta(days=n) for n in range(80))
    assert [p.number for p, _ in overdue(parcels, T, free)] == ["p8", "p6", "p9"]


def test_saving(tmp_path):
    storage = Storage(tmp_path / "deep" / "er")
    assert storage.numbers() == [] and list(storage) == [] and storage.counts() == {}
    parcel = Parcel("123", ADDRESS, 1)
    parcel.record(T.replace(second=7), "x", note="ß", list=[1, None, {"a": True}])
    storage.save(parcel)
    storage.save(parcel)
    assert storage.load("123") == parcel
    path = storage.path("123")
    assert path == tmp_path / "deep" / "er" / "23" / "123.json"
    assert "ß" in path.read_text(encoding="utf-8")
    assert [p.name for p in path.parent.iterdir()] == ["123.json"]
    (path.parent / ".x.json").write_text("{")
    (path.parent / "y.txt").write_text("{")
    assert storage.numbers() == ["123"]


def to(depot, *names):
    for name in names:
        parcel = depot.move("12345670", name)
    return parcel
