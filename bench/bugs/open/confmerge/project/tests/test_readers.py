import pytest

from confmerge import ConfigError, parse_ini, read_env

TEXT = """\
name = shop   ; the name
# a comment
[db]
host = "a ; b"   # quoted
port=5432
colour = #fff
path = /a;b#c
[db.pool]
size = 5
hosts[] = one
hosts[] = two
text = first
   second
-old
extra+ = three
"""


def test_ini():
    assert parse_ini(TEXT) == {
        "name": "shop",
        "db": {
            "host": "a ; b",
            "port": "5432",
            "colour": "#fff",
            "path": "/a;b#c",
            "pool": {
                "size": "5",
                "hosts": ["one", "two"],
                "text": "first\nsecond",
                "-old": None,
                "extra+": "three",
            },
        },
    }


def test_ini_line_ends():
    assert parse_ini("a = 1\r\n[s]\r\nb = 2\r\n") == {"a": "1", "s": {"b": "2"}}
    assert parse_ini("") == {}


@pytest.mark.parametrize(
    "text, number",
    [("a = 1\nnonsense", 2), ("  a = 1", 1), ("[a", 1), ("a = 1\n[a]\n", 2), ("= 1", 1)],
)
def test_ini_errors(text, number):
    with pytest.raises(ConfigError, match=r"x\.ini:%d: " % number):
        parse_ini(text, "x.ini")


def test_env():
    environ = {"APP_DB__HOST": "h", "APP_DEBUG": "1", "APPLE_X": "no", "APP_": "no", "HOME": "/"}
    assert read_env(environ, "APP") == {"db": {"host": "h"}, "debug": "1"}


def test_env_json():
    environ = {"APP_LIST": '["a", 1]', "APP_TEXT": '"5"', "APP_BROKEN": "[oops", "APP_N": "5"}
    assert read_env(environ, "APP") == {"list": ["a", 1], "text": "5", "broken": "[oops", "n": "5"}
