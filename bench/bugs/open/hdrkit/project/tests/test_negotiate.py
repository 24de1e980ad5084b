import pytest

from hdrkit import best_encoding, best_match, parse_accept

OFFERS = ["text/html", "application/json", "text/plain"]


def test_parse():
    ranges = parse_accept('text/html;level="1", text/*;q=0.3, */*;q=0.1, x/y;q=much')
    assert [(r.type, r.subtype, r.quality) for r in ranges] == [
        ("text", "html", 1.0),
        ("text", "*", 0.3),
        ("*", "*", 0.1),
    ]
    assert ranges[0].params == {"level": "1"}


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("application/json", "application/json"),
        ("*/*", "text/html"),
        ("text/plain, text/html;q=0.9", "text/plain"),
        ("text/*;q=0.8, application/json;q=0.9", "application/json"),
        ("text/*, text/html;q=0.2", "text/plain"),
        ("*/*, text/html;q=0, application/*;q=0", "text/plain"),
        ("image/png", None),
        ("", "text/html"),
        (None, "text/html"),
    ],
)
def test_best_match(header, wanted):
    assert best_match(header, OFFERS) == wanted


def test_default():
    assert best_match("image/png", OFFERS, default="text/plain") == "text/plain"


def test_parameters():
    offers = ["text/html", "text/html;level=1"]
    assert best_match("text/html;q=0.4, text/html;level=1", offers) == "text/html;level=1"


def test_encoding():
    assert best_encoding("gzip;q=0.5, br", ["gzip", "br"]) == "br"
    assert best_encoding("gzip;q=0, *", ["gzip", "deflate"]) == "deflate"
    assert best_encoding("br", ["gzip"]) == "identity"
    assert best_encoding(None, ["gzip"]) == "identity"
