from datetime import timedelta

import pytest

from settle import Layers, Schema
from settle.convert import boolean, integer, list_of, one_of, size, span
from settle.errors import Invalid


def schema():
    return (
        Schema()
        .option("name", required=True)
        .option("port", integer, default=80, least=1, most=65535)
        .option("debug", boolean, default=False)
        .option("level", one_of(["low", "high"]), default="low")
        .option("hosts", list_of(str), default=[])
        .option("password", secret=True)
    )


def test_read():
    values = schema().read(Layers().add("file", {"name": "x", "port": "0x50", "debug": "Yes", "hosts": "a, b"}))
    assert values == {"name": "x", "port": 80, "debug": True, "level": "low", "hosts": ["a", "b"], "password": None}


def test_all_faults_at_once():
    with pytest.raises(Invalid) as caught:
        schema().read(Layers().add("file", {"port": "0", "debug": "perhaps", "levle": "low", "password": ["a", "b"]}))
    assert caught.value.faults == [
        "name must be set",
        "port: 0 is less than 1 (from file)",
        "debug: yes or no is wanted, not 'perhaps' (from file)",
        "password: one value is wanted, not 2 (from file)",
        "levle is not known (from file); did you mean level?",
    ]


def test_show():
    found = Layers().add("file", {"name": "x", "password": "p"}).add_arguments(["port=81"])
    assert schema().show(found)[:2] == ["name     = x  (file)", "port     = 81  (arguments)"]
    assert schema().show(found)[-1] == "password = ***  (file)"


@pytest.mark.parametrize(("text", "bytes_"), [("10", 10), ("4k", 4000), ("4KiB", 4096), ("1.5 GB", 1500000000)])
def test_size(text, bytes_):
    assert size(text) == bytes_


def test_span():
    assert span("1h 30m") == timedelta(minutes=90)
    assert span("2.5") == timedelta(seconds=2.5)


def test_conversions_that_fail():
    for convert, text in [(size, "4x"), (span, "soon"), (integer, "1.5"), (boolean, "maybe")]:
        with pytest.raises(ValueError):
            convert(text)
