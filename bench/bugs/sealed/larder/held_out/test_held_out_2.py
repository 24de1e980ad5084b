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


def files(folder):
    return sorted(p.name for p in folder.iterdir() if p.suffix == ".log")


def test_more_files_than_digits(tmp_path):
    for number in (999999, 1000000, 5):
        (tmp_path / ("%06d.log" % number)).write_bytes(pack(Record(b"k", str(number).encode())))
    (tmp_path / "notes.log").write_text("x")
    (tmp_path / "000001.log.bak").write_text("x")
    with Store(tmp_path, segment_limit=1) as store:
        assert store.get("k") == b"1000000"
        store.put("k", "next")
    assert "1000001.log" in files(tmp_path)


def test_compaction_leaves_one_closed_file(tmp_path):
    clock = Clock()
    with Store(tmp_path, segment_limit=1, clock=clock) as store:
        store.put("a", "1")
        store.put("b", "2", 5)
        store.put("a", "3")
        store.put("c", "4")
        store.delete("c")
        store.put("z", "5")
        clock.now += 5
        assert store.compact() == 4
        assert files(tmp_path) == ["000005.log", "000006.log"]
        assert store.items() == [(b"a", b"3"), (b"z", b"5")]
        assert store.compact() == 0
        assert store.waste() == 0
    with Store(tmp_path, clock=clock) as store:
        assert store.items() == [(b"a", b"3"), (b"z", b"5")]


def test_a_deletion_in_the_current_file_still_counts_after_compaction(tmp_path):
    with Store(tmp_path, segment_limit=1) as store:
        store.put("a", "1")
        store.delete("a")
        assert store.compact() == 1
    with Store(tmp_path) as store:
        assert "a" not in store
        assert store.compact() == 0


def test_an_older_draft_of_a_compaction_does_no_harm(tmp_path):
    (tmp_path / "compact.tmp").write_bytes(b"half")
    with Store(tmp_path, segment_limit=1) as store:
        store.put("a", "1")
        store.put("a", "2")
        store.compact()
        assert store.get("a") == b"2"


def test_waste(tmp_path):
    with Store(tmp_path) as store:
        assert store.waste() == 0
        store.put("a", "1")
        assert store.waste() == 0
        store.put("a", "2")
        assert store.waste() == 0.5
        store.put("b", "2")
        assert store.waste() == pytest.approx(1 / 3)


def test_damage_in_an_older_file_is_an_error_and_leaves_no_lock(tmp_path):
    with Store(tmp_path, segment_limit=1) as store:
        store.put("a", "1")
        store.put("b", "2")
    path = tmp_path / "000001.log"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    for _ in range(2):
        with pytest.raises(Damaged) as caught:
            Store(tmp_path)
        assert caught.value.at == 0
    path.write_bytes(whole)
    with Store(tmp_path) as store:
        assert len(store) == 2


@pytest.mark.parametrize("cut", [1, 5, 17])
def test_mending_goes_on_where_the_damage_began(tmp_path, cut):
    with Store(tmp_path) as store:
        store.put("a", "1")
        store.put("b", "22222")
    path = tmp_path / "000001.log"
    path.write_bytes(path.read_bytes()[:-cut])
    with Store(tmp_path) as store:
        assert path.stat().st_size == Record(b"a", b"1").size
        store.put("c", "3")
        store.cache.clear()
        assert store.get("c") == b"3"
        assert store.items() == [(b"a", b"1"), (b"c", b"3")]
    Store(tmp_path, mend=False).close()


def test_lock(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(Locked):
        Store(tmp_path)
    assert (tmp_path / "lock").exists()
    store.close()
    assert not (tmp_path / "lock").exists()


def test_fetch_beyond_the_end(tmp_path):
    segments = Segments(tmp_path, 100)
    with pytest.raises(Damaged):
        segments.fetch(1, 0)


def test_cache_against_a_list():
    rnd = random.Random(2)
    for _ in range(20):
        cache, held = Cache(20), []
        for _ in range(100):
            key = rnd.choice([b"a", b"b", b"c", b"d", b"e"])
            if rnd.random() < 0.5:
                value = b"x" * rnd.choice([0, 1, 7, 10, 20, 21])
                held = [(k, v) for k, v in held if k != key]
                if len(value) <= 20:
                    held.append((key, value))
                    while sum(len(v) for _, v in held) > 20:
                        held.pop(0)
                cache.put(key, value)
            elif rnd.random() < 0.8:
                found = [pair for pair in held if pair[0] == key]
                assert cache.get(key) == (found[0][1] if found else None)
                if found:
                    held.remove(found[0])
                    held.append(found[0])
            else:
                held = [(k, v) for k, v in held if k != key]
                cache.drop(key)
            assert cache.size == sum(len(v) for _, v in held)
            assert len(cache) == len(held)
    cache.clear()
    assert (len(cache), cache.size, cache.get(b"a")) == (0, 0, None)


def test_cli_bytes_that_are_no_text(tmp_path, capsys):
    one, other = tmp_path / "one", tmp_path / "other"
    with Store(one) as store:
        store.put(b"\xff", "ü\n\"")
        store.put("k", b"\x80\x00")
        rows = store.items()
    assert main([str(one), "export"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) == 2
    assert json.loads(text.splitlines()[0]) == {"key": "k", "value": {"base64": "gAA="}}
    assert "ü" in text
    (tmp_path / "dump").write_text("\n" + text, encoding="utf-8")
    assert main([str(other), "import", str(tmp_path / "dump")]) == 0
    with Store(other) as store:
        assert store.items() == rows


def test_cli_rest(tmp_path, capsys):
    folder = str(tmp_path / "s")
    main([folder, "put", "ab", "1"])
    main([folder, "put", "b", "2", "--for", "0"])
    main([folder, "put", "ac", "3", "--for", "1000"])
    capsys.readouterr()
    main([folder, "list", "a"])
    main([folder, "list"])
    assert capsys.readouterr().out == "ab\nac\nab\nac\n"
    assert main([folder, "get", "b"]) == 1
    assert main([folder, "compact"]) == 0
    assert capsys.readouterr().out == "0 records dropped\n"
    assert not (tmp_path / "s" / "lock").exists()
    with pytest.raises(SystemExit):
        main([folder])
