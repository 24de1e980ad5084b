import pytest

from settle import text
from settle.errors import ParseError

SOURCE = """
name = demo   # what it is called
[server]
port = 8080
hosts =
    a.example  ; the first

    b.example
motd = "quoted; keeps # everything "
[server.tls]
key=/etc/key#1
"""


def test_parse():
    assert text.parse(SOURCE) == {
        "name": "demo",
        "server.port": "8080",
        "server.hosts": ["a.example", "b.example"],
        "server.motd": "quoted; keeps # everything ",
        "server.tls.key": "/etc/key#1",
    }


@pytest.mark.parametrize(("source", "line"), [("a = 1\nb", 2), ("  a = 1", 1), ("[a\n", 1), ("\n[a b]", 2)])
def test_faults(source, line):
    with pytest.raises(ParseError) as caught:
        text.parse(source)
    assert caught.value.line == line


def test_include(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.conf").write_text("a = 1\ninclude sub/more.conf\nb = 1\n")
    (tmp_path / "sub" / "more.conf").write_text("a = 2\nb = 2\nc = 2\n")
    assert text.load(tmp_path / "main.conf") == {"a": "1", "b": "1", "c": "2"}
    (tmp_path / "sub" / "more.conf").write_text("include ../main.conf\n")
    with pytest.raises(ParseError, match="includes itself"):
        text.load(tmp_path / "main.conf")


def test_dump():
    values = text.parse(SOURCE)
    assert text.parse(text.dump(values)) == values
    assert text.dump({"b.x": "1", "a": ["y z", " w"]}) == 'a =\n    y z\n    " w"\n\n[b]\nx = 1\n'
