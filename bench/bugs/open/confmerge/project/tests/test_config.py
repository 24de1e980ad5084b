import pytest

from confmerge import Config, ConfigError, MissingKey


@pytest.fixture
def config():
    config = Config()
    config.add({"db": {"host": "a", "port": "5432"}, "tags": ["x"], "debug": "no"}, "base")
    config.add({"db": {"host": "b"}, "tags+": ["y"]}, "local")
    return config


def test_get(config):
    assert config.get("db.host") == "b"
    assert config.get("db") == {"host": "b", "port": "5432"}
    assert config.get("db.user", None) is None
    assert "db.port" in config and "db.user" not in config
    with pytest.raises(MissingKey, match="db.user"):
        config.get("db.user")


def test_typed(config):
    assert config.get_int("db.port") == 5432
    assert config.get_bool("debug") is False
    assert config.get_list("tags") == ["x", "y"]
    assert config.get_duration("timeout", 10) == 10
    with pytest.raises(ConfigError, match="db.host: not a number"):
        config.get_int("db.host")


def test_where(config):
    assert config.where("db.host") == ["local"]
    assert config.where("db.port") == ["base"]
    assert config.where("tags") == ["base", "local"]
    assert config.where("none") == []


def test_explain(config):
    assert config.explain() == [
        "db.host = b  (local)",
        "db.port = 5432  (base)",
        "debug = no  (base)",
        'tags = ["x", "y"]  (base, local)',
    ]


def test_where_after_change(config):
    config.add({"db": "none", "-tags": None}, "late")
    config.add({"tags+": ["z"]}, "last")
    assert config.where("db") == ["late"]
    assert config.where("db.host") == []
    assert config.where("tags") == ["last"]
    assert config.get("tags") == ["z"]


def test_section_deleted(config):
    config.add({"-db": None}, "late")
    assert config.where("db.host") == []
    assert config.explain()[0] == "debug = no  (base)"


def test_section_removed(config):
    config.remove("db")
    config.remove("none.at.all")
    assert "db" not in config
    assert config.where("db.port") == []


def test_set(config):
    config.set("db.pool.size", 3, "shell")
    config.set("debug", {"level": 2}, "shell")
    assert config.get("db.pool") == {"size": 3}
    assert config.where("db.pool.size") == ["shell"]
    assert config.where("debug") == []
    assert config.where("debug.level") == ["shell"]


def test_copy(config):
    other = config.copy()
    other.set("debug", "yes", "test")
    other.set("db.host", "mock", "test")
    assert (other.get("db.host"), other.where("db.host")) == ("mock", ["test"])
    assert (config.get("db.host"), config.where("db.host")) == ("b", ["local"])
    assert config.get("debug") == "no"


def test_files(tmp_path):
    (tmp_path / "a.json").write_text('{"name": "caf\\u00e9", "n": 1}', encoding="utf-8")
    (tmp_path / "b.ini").write_text("n = 2\n[s]\nword = \u00fcber\n", encoding="utf-8")
    config = Config().load(str(tmp_path / "a.json")).load(str(tmp_path / "b.ini"))
    config.load(str(tmp_path / "none.ini"), optional=True)
    assert config.as_dict() == {"name": "caf\u00e9", "n": "2", "s": {"word": "\u00fcber"}}
    assert config.where("n") == ["b.ini"]


def test_file_saved_by_notepad(tmp_path):
    path = tmp_path / "site.ini"
    path.write_bytes(b"\xef\xbb\xbf[site]\r\nname = shop\r\n")
    assert Config().load(str(path)).get("site.name") == "shop"


def test_bad_files(tmp_path):
    for name, text in [("a.json", "{"), ("b.json", "[]"), ("c.ini", "nonsense")]:
        (tmp_path / name).write_text(text)
        with pytest.raises(ConfigError, match=name):
            Config().load(str(tmp_path / name))


def test_environment(config):
    config.load_env("APP", {"APP_DB__PORT": "1", "APP_TAGS": '["z"]', "OTHER": "2"})
    assert config.get_int("db.port") == 1
    assert config.get("tags") == ["z"]
    assert config.where("db.port") == ["environment"]


def test_environment_section_and_part(config):
    config.load_env("APP", {"APP_DB": "postgres", "APP_DB__HOST": "c", "APP_DB__PORT": "7"})
    assert config.get("db") == {"host": "c", "port": "7"}


def test_references(config):
    config.set("url", "http://${db.host}:${db.port}")
    assert config.get("url") == "http://b:5432"
    config.set("db.host", "c")
    assert config.get("url") == "http://c:5432"
