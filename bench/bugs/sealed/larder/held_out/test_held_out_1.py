import io
import json
import random
import pytest
from larder import Damaged, Locked, Store
from larder.cache import Cache
from larder.cli import main
from larder.record import Record, pack, read, scan
from larder.segments import Segments


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


RECORDS = [Record(b"", b""), Record(b"k", b""), Record(b"k", None), Record(b"key", b"v" * 300, 12.5), Record("ü".encode(), b"\x00")]


@pytest.mark.parametrize("record", RECORDS)
def test_packing(record):
    data = pack(record)
    assert len(data) == record.size
    assert read(io.BytesIO(data)) == record
    for end in range(1, len(data)):
        with pytest.raises(Damaged):
            read(io.BytesIO(data[:end]))


def test_any_changed_byte_is_seen():
    data = pack(Record(b"key", b"value", 5.0))
    for at in list(range(4)) + list(range(18, len(data))):
        with pytest.raises(Damaged):
            read(io.BytesIO(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]))


def test_scanning():
    stream = io.BytesIO(b"".join(pack(r) for r in RECORDS))
    found = list(scan(stream))
    assert [r for _, r in found] == RECORDS
    at = 0
    for (place, _), record in zip(found, RECORDS):
        assert place == at
        at += record.size
    assert list(scan(io.BytesIO(b""))) == []
    with pytest.raises(ValueError):
        pack(Record(b"k" * 70000, b""))


@pytest.mark.parametrize(("record", "now", "live"), [(Record(b"", b""), 5, True), (Record(b"", None), 5, False), (Record(b"", b"", 5.0), 4.9, True), (Record(b"", b"", 5.0), 5, False)])
def test_live(record, now, live):
    assert record.live(now) is live


def test_empty_values_and_keys(tmp_path):
    with Store(tmp_path) as store:
        store.put("", "x")
        store.put("e", "")
        assert store.get("e") == b""
        assert store.get("e", b"d") == b""
        assert store.get("f", b"d") == b"d"
        assert store.delete("e")
    with Store(tmp_path) as store:
        assert store.items() == [(b"", b"x")]


def test_empty_values_are_read_from_the_disk(tmp_path):
    with Store(tmp_path) as store:
        store.put("e", "")
    with Store(tmp_path) as store:
        assert store.get("e") == b"" and store.get("e") == b""


@pytest.mark.parametrize("seed", range(6))
def test_against_a_dictionary(tmp_path, seed):
    rnd, clock, known = random.Random(seed), Clock(), {}
    limits = {"segment_limit": rnd.choice([1, 70, 300, 10000]), "cache_limit": rnd.choice([0, 5, 30, 1000])}
    store = Store(tmp_path, clock=clock, **limits)
    for step in range(160):
        key = "k%d" % rnd.randrange(8)
        action = rnd.random()
        known = {k: (v, e) for k, (v, e) in known.items() if e is None or e > clock.now}
        if action < 0.35:
            value, seconds = "v%d" % step * rnd.randrange(3), rnd.choice([None, None, 5, 20])
            store.put(key, value, seconds)
            known[key] = (value.encode(), None if seconds is None else clock.now + seconds)
        elif action < 0.5:
            assert store.delete(key) == (key in known)
            known.pop(key, None)
        elif action < 0.7:
            assert store.get(key) == (known[key][0] if key in known else None)
        elif action < 0.8:
            clock.now += rnd.randrange(4)
        elif action < 0.87:
            store.compact()
        elif action < 0.93:
            store.close()
            store = Store(tmp_path, clock=clock, **limits)
        known = {k: (v, e) for k, (v, e) in known.items() if e is None or e > clock.now}
        if step % 10 == 0:
            assert store.items() == sorted((k.encode(), v) for k, (v, _) in known.items())
            assert len(store) == len(known)
            assert 0 <= store.waste() <= 1
    store.close()


def test_expired_keys_count_as_gone(tmp_path):
    clock = Clock()
    with Store(tmp_path, clock=clock) as store:
        store.put("a", "1", 5)
        clock.now += 5
        assert "a" not in store
        assert not store.delete("a")
        assert store.items() == []
        store.put("a", "2", 0)
        store.put("b", "2", -1)
        assert len(store) == 0
        store.put("c", "3", 5)
        store.put("c", "4")
        clock.now += 100
        assert store.get("c") == b"4"


def test_expiry_outlives_closing(tmp_path):
    clock = Clock()
    with Store(tmp_path, clock=clock) as store:
        store.put("a", "1", 5)
    clock.now += 4.5
    with Store(tmp_path, clock=clock) as store:
        assert store.get("a") == b"1"
        clock.now += 0.5
        assert store.get("a") is None


def test_change_keeps_the_expiry(tmp_path):
    clock = Clock()
    with Store(tmp_path, clock=clock) as store:
        store.put("a", "1", 10)
        clock.now += 4
        store.change("a", lambda v: v + b"x")
        clock.now += 5
        assert store.get("a") == b"1x"
        clock.now += 1
        assert store.get("a") is None
        assert store.change("a", lambda v: b"new" if v is None else b"old") == b"new"
        clock.now += 1000
        assert store.get("a") == b"new"
        assert store.change("zz", lambda v: None) is None


def test_changes_while_walking(tmp_path):
    with Store(tmp_path) as store:
        for n in range(5):
            store.put(str(n), "x")
        for key in store.keys():
            store.delete("3")
            store.put(b"new" + key, "y")
        assert [k for k in store.keys()] == [b"0", b"1", b"2", b"4", b"new0", b"new1", b"new2", b"new4"]


def test_ranges(tmp_path):
    with Store(tmp_path) as store:
        for key in ("a", "ab", "b", "c"):
            store.put(key, key)
        def names(*ends):
            return [k.decode() for k, _ in store.items(*ends)]
        assert names() == ["a", "ab", "b", "c"]
        assert names("ab") == ["ab", "b", "c"]
        assert names("a", "b") == ["a", "ab"]
        assert names("b", "b") == []
        assert names("", "") == []
        assert list(store.keys("a")) == [b"a", b"ab"]
        assert list(store.keys("x")) == []


def files(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix == ".log")


def test_files_are_closed_at_their_limit(tmp_path):
    size = Record(b"k0", b"value").size
    with Store(tmp_path, segment_limit=2 * size) as store:
        for n in range(5):
            store.put("k%d" % n, "value")
    assert files(tmp_path) == ["000001.log", "000002.log", "000003.log"]
    assert (tmp_path / "000001.log").stat().st_size == 2 * size
    with Store(tmp_path, segment_limit=2 * size) as store:
        store.put("k5", "value")
        assert files(tmp_path)[-1] == "000003.log"
        store.put("k6", "a value that is longer than a file may be" * 3)
        store.put("k7", "")
        assert files(tmp_path)[-1] == "000005.log"
        assert len(store) == 8
