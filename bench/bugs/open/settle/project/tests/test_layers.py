import pytest

from settle import Layers, SettingsError


def layers():
    return Layers().add("defaults", {"host": "localhost", "server.port": "80", "url": "http://${host}:${server.port}/"})


def test_later_layers_count():
    found = layers().add_environment("APP", {"APP_SERVER__PORT": "8080", "APP_MAX_SIZE": "3", "HOME": "/"})
    assert found.value("server.port") == "8080"
    assert found.value("url") == "http://localhost:8080/"
    assert found.get("max-size") == "3"
    assert found.origin("server.port") == "environment"
    assert found.history("server.port") == [("defaults", "80"), ("environment", "8080")]


def test_arguments():
    found = layers().add("more", {"tags": ["a"]}).add_arguments(["host=example", "tags+=b", "tags+=c", "empty="])
    assert found.value("tags") == ["a", "b", "c"]
    assert found.value("empty") == ""
    assert found.value("host") == "example"
    with pytest.raises(SettingsError):
        layers().add_arguments(["host"])


def test_section():
    assert layers().section("server") == {"port": "80"}


def test_references():
    found = layers().add("more", {"price": "5 $$", "who": "${user:-nobody}", "lost": "${gone}", "a": "${b}", "b": "${a}"})
    assert found.value("price") == "5 $"
    assert found.value("who") == "nobody"
    with pytest.raises(SettingsError, match="nothing is set for gone, which lost refers to"):
        found.value("lost")
    with pytest.raises(SettingsError, match="a -> b -> a"):
        found.value("a")


def test_files(tmp_path):
    path = tmp_path / "app.conf"
    path.write_text("host = h\n")
    assert layers().add_file(path).value("host") == "h"
    assert layers().add_file(tmp_path / "none", required=False).value("host") == "localhost"
    with pytest.raises(SettingsError):
        layers().add_file(tmp_path / "none")


def test_copy():
    one = layers()
    other = one.copy().add("more", {"host": "x"})
    assert (one.value("host"), other.value("host")) == ("localhost", "x")
