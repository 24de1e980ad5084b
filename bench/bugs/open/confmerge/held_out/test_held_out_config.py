import codecs

import pytest

from confmerge import Config, ConfigError, MissingKey, read_env


def make():
    config = Config()
    config.add(
        {
            "db": {"host": "a", "pool": {"size": 1, "names": ["x"]}, "hosts": ["h1"]},
            "dbx": {"k": 1},
            "top": 1,
        },
        "base",
    )
    return config


# copies


@pytest.mark.parametrize("key", ["db.host", "db.pool.size", "db.pool.names", "db.new", "db.pool.x.y", "top", "new"])
def test_copy_does_not_write_back(key):
    config = make()
    before, lines = config.as_dict(), config.explain()
    other = config.copy()
    other.set(key, "changed", "test")
    assert other.get(key) == "changed"
    assert config.as_dict() == before
    assert config.explain() == lines


@pytest.mark.parametrize("key", ["db.host", "db.pool.size", "db.pool", "top"])
def test_copy_and_removal(key):
    config = make()
    before = config.as_dict()
    other = config.copy()
    other.remove(key)
    assert key in config and key not in other
    assert config.as_dict() == before
    config.remove("dbx")
    assert "dbx.k" in other and other.where("dbx.k") == ["base"]


def test_original_does_not_write_into_copy():
    config = make()
    other = config.copy()
    config.set("db.pool.size", 9)
    config.add({"db": {"hosts+": ["h2"]}}, "late")
    assert other.get("db.pool.size") == 1
    assert other.where("db.hosts") == ["base"]
    assert config.where("db.hosts") == ["base", "late"]
    assert config.copy().as_dict() == config.as_dict()


def test_copy_keeps_references():
    config = Config().add({"a": {"x": 1, "y": "${.x}"}})
    other = config.copy()
    other.set("a.x", 2)
    assert (config.get("a.y"), other.get("a.y")) == (1, 2)


# sources after something was deleted


@pytest.mark.parametrize("how", ["layer", "call"])
@pytest.mark.parametrize(
    "key, gone, left",
    [
        ("db", ["db.host", "db.pool.size", "db.pool.names", "db.hosts"], ["dbx.k", "top"]),
        ("db.pool", ["db.pool.size", "db.pool.names"], ["db.host", "db.hosts", "dbx.k", "top"]),
        ("db.host", ["db.host"], ["db.pool.size", "db.pool.names", "db.hosts", "dbx.k"]),
        ("top", ["top"], ["db.host", "dbx.k"]),
        ("none", [], ["db.host", "db.pool.size", "dbx.k", "top"]),
    ],
)
def test_deleted(how, key, gone, left):
    config = make()
    count = len(config.explain())
    if how == "call":
        config.remove(key)
    else:
        *above, last = key.split(".")
        layer = {"-" + last: None}
        for part in reversed(above):
            layer = {part: layer}
        config.add(layer, "late")
    for name in gone:
        assert config.where(name) == []
        assert name not in config
    for name in left:
        assert config.where(name) == ["base"]
    assert len(config.explain()) == count - len(gone)


def test_delete_and_set_again():
    for delete in (lambda c: c.remove("db"), lambda c: c.add({"-db": None}, "cut")):
        config = make()
        delete(config)
        config.add({"db": {"hosts+": ["h9"], "pool": {"size": 2}}}, "again")
        assert config.where("db.hosts") == ["again"]
        assert config.where("db.pool.size") == ["again"]
        assert config.where("db.pool.names") == []
        assert config.explain() == [
            'db.hosts = ["h9"]  (again)',
            "db.pool.size = 2  (again)",
            "dbx.k = 1  (base)",
            "top = 1  (base)",
        ]


def test_replaced():
    config = make().add({"db!": {"host": "z"}}, "late")
    assert config.where("db.host") == ["late"] and config.where("db.pool.size") == []
    config = make().add({"db": 5}, "late")
    assert config.where("db") == ["late"] and config.where("db.host") == []
    config.add({"db": {"q": 1}}, "last")
    assert config.where("db") == [] and config.where("db.q") == ["last"]


# the environment


@pytest.mark.parametrize(
    "environ, wanted",
    [
        ({"P_A": "1", "P_A__B": "2"}, {"a": {"b": "2"}}),
        ({"P_A__B": "2", "P_A": "1"}, {"a": {"b": "2"}}),
        ({"P_A__B": "2", "P_a": "1"}, {"a": {"b": "2"}}),
        ({"P_A": "1", "P_A__B__C": "2"}, {"a": {"b": {"c": "2"}}}),
        ({"P_A": "1", "P_A__B": "2", "P_A__B__C": "3"}, {"a": {"b": {"c": "3"}}}),
        ({"P_A__B": "1", "P_A__C": "2", "P_A__B__X": "3"}, {"a": {"b": {"x": "3"}, "c": "2"}}),
        ({"P_A": "[1]", "P_A__B": "2"}, {"a": {"b": "2"}}),
        ({"P_A": '{"b": 1, "c": 2}', "P_A__B": "3"}, {"a": {"b": "3", "c": 2}}),
        ({"P_A": '{"b": {"x": 1}}', "P_A__B__Y": "3"}, {"a": {"b": {"x": 1, "y": "3"}}}),
        ({"P_A": "", "P_A__B": "2"}, {"a": {"b": "2"}}),
        ({"P_A": "1", "P_AB": "2", "P_A_B": "3"}, {"a": "1", "ab": "2", "a_b": "3"}),
        ({"P_A__B": "1", "P_A__C": "2", "P_D": "3"}, {"a": {"b": "1", "c": "2"}, "d": "3"}),
        ({"PA": "1", "P": "2", "P_A__": "3", "P___A": "4"}, {}),
    ],
)
def test_env(environ, wanted):
    assert read_env(environ, "P") == wanted
    assert Config().load_env("P", environ).as_dict() == wanted


# files with and without a byte order mark


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize(
    "name, text, wanted",
    [
        ("a.json", '{"k": "v\u00e9"}', {"k": "v\u00e9"}),
        ("a.ini", "k = v\u00e9\n", {"k": "v\u00e9"}),
        ("a.ini", "[s]\nk = \u20ac", {"s": {"k": "\u20ac"}}),
        ("a.cfg", "# first\nk = 1\n", {"k": "1"}),
        ("a.ini", "-k\n", {}),
        ("a.ini", "k = x\ufeffy\n", {"k": "x\ufeffy"}),
        ("a.ini", "", {}),
    ],
)
def test_files(tmp_path, mark, name, text, wanted):
    path = tmp_path / name
    path.write_bytes(mark + text.encode("utf-8"))
    config = Config().load(str(path))
    assert config.as_dict() == wanted
    assert all(config.where(key) == [name] for key in wanted if key != "s")


def test_bad_files_stay_bad(tmp_path):
    for mark in (b"", codecs.BOM_UTF8):
        (tmp_path / "a.json").write_bytes(mark + b"[1]")
        (tmp_path / "b.ini").write_bytes(mark + b"a = 1\nnonsense\n")
        with pytest.raises(ConfigError, match="a.json"):
            Config().load(str(tmp_path / "a.json"))
        with pytest.raises(ConfigError, match="b.ini:2"):
            Config().load(str(tmp_path / "b.ini"))
    with pytest.raises(FileNotFoundError):
        Config().load(str(tmp_path / "none.ini"))
    with pytest.raises(MissingKey):
        Config().get("a")
