import pytest

from larder import Damaged, Locked, Store
from larder.cache import Cache


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_what_was_put_is_there_again(tmp_path):
    with Store(tmp_path) as store:
        store.put("a", "1")
        store.put("b", b"\x00\xff")
        store.put("a", "2")
    with Store(tmp_path) as store:
        assert store.get("a") == b"2"
        assert store.get("b") == b"\x00\xff"
        assert store.get("c") is None
        assert len(store) == 2


def test_deleting(tmp_path):
    with Store(tmp_path) as store:
        store.put("a", "1")
        assert store.delete("a")
        assert not store.delete("a")
        assert "a" not in store
    with Store(tmp_path) as store:
        assert "a" not in store


def test_expiry(tmp_path):
    clock = Clock()
    with Store(tmp_path, clock=clock) as store:
        store.put("a", "1", seconds=10)
        store.put("b", "2")
        clock.now += 9
        assert store.get("a") == b"1"
        clock.now += 1
        assert store.get("a") is None
        assert list(store.keys()) == [b"b"]


def test_ranges(tmp_path):
    with Store(tmp_path) as store:
        for name in ("pear", "apple", "plum"):
            store.put(name, name[0])
        assert list(store.keys("p")) == [b"pear", b"plum"]
        assert store.items("apple", "plum") == [(b"apple", b"a"), (b"pear", b"p")]


def test_change(tmp_path):
    with Store(tmp_path) as store:
        add = lambda value: str(int(value or 0) + 1).encode()
        assert [store.change("n", add) for _ in range(3)] == [b"1", b"2", b"3"]
        assert store.change("n", lambda value: None) is None
        assert "n" not in store


def test_one_at_a_time(tmp_path):
    with Store(tmp_path):
        with pytest.raises(Locked):
            Store(tmp_path)
    Store(tmp_path).close()


def test_compaction(tmp_path):
    with Store(tmp_path, segment_limit=60) as store:
        for n in range(10):
            store.put("k%d" % (n % 3), "value %d" % n)
        store.delete("k1")
        before = dict(store.items())
        assert store.compact() > 0
        assert dict(store.items()) == before
    with Store(tmp_path, segment_limit=60) as store:
        assert dict(store.items()) == before == {b"k0": b"value 9", b"k2": b"value 8"}


def test_a_cut_end_is_mended(tmp_path):
    with Store(tmp_path) as store:
        store.put("a", "1")
        store.put("b", "2")
    path = tmp_path / "000001.log"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged):
        Store(tmp_path, mend=False)
    with Store(tmp_path) as store:
        assert list(store.keys()) == [b"a"]
        store.put("c", "3")
    with Store(tmp_path, mend=False) as store:
        assert list(store.keys()) == [b"a", b"c"]


def test_cache():
    cache = Cache(limit=10)
    cache.put(b"a", b"1234")
    cache.put(b"b", b"1234")
    assert cache.get(b"a") == b"1234"
    cache.put(b"c", b"1234")
    assert cache.get(b"b") is None
    assert (cache.size, cache.hits, cache.misses) == (8, 1, 1)
