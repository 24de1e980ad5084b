import pytest

from hdrkit import MethodNotAllowed, NotFound, Router, best_match, parse_accept

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


def triples(header):
    return [(r.type, r.subtype, r.quality) for r in parse_accept(header)]


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("*", [("*", "*", 1.0)]),
        ("*;q=0.5", [("*", "*", 0.5)]),
        ("text/html, *;q=.2", [("text", "html", 1.0), ("*", "*", 0.2)]),
        ("text", []),
        ("text, a/b", [("a", "b", 1.0)]),
        ("a/b, gzip;q=0.1, c/*", [("a", "b", 1.0), ("c", "*", 1.0)]),
        ("*;q=x, a/b", [("a", "b", 1.0)]),
        ("a/b;q=2, a/c;q=-1, a/d;q=nan, a/e;q=0", [("a", "e", 0.0)]),
        ("A/B", [("a", "b", 1.0)]),
        (";q=1", []),
    ],
)
def test_parse_accept(header, wanted):
    assert triples(header) == wanted


@pytest.mark.parametrize(
    "header, offers, wanted",
    [
        (JAVA, ["application/json"], "application/json"),
        (JAVA, ["application/json", "text/html"], "text/html"),
        ("*", ["a/b", "c/d"], "a/b"),
        ("*;q=0", ["a/b"], None),
        ("a/b;q=0, *", ["a/b", "c/d"], "c/d"),
        ("text", ["text/html"], None),
        ("html, text/html", ["text/html"], "text/html"),
        ("text/*;q=0.1, *;q=0.9", ["text/html", "a/b"], "a/b"),
    ],
)
def test_best_match(header, offers, wanted):
    assert best_match(header, offers) == wanted


def make():
    router = Router()
    router.add("/items", "all")
    router.add("/items", "new", methods=["post"])
    router.add("/items/{id:int}", "one")
    router.add("/items/{key}", "put", methods=["PUT"])
    router.add("/{rest:path}", "options", methods=["OPTIONS"])
    router.add("/items/{key}", "any", methods=["DELETE", "GET"])
    return router


@pytest.mark.parametrize(
    "method, path, wanted",
    [
        ("GET", "/items", ("all", {})),
        ("POST", "/items", ("new", {})),
        ("OPTIONS", "/items", ("options", {"rest": "items"})),
        ("GET", "/items/3", ("one", {"id": 3})),
        ("PUT", "/items/3", ("put", {"key": "3"})),
        ("DELETE", "/items/3", ("any", {"key": "3"})),
        ("get", "/items/x", ("any", {"key": "x"})),
        ("HEAD", "/items/x", ("any", {"key": "x"})),
    ],
)
def test_other_routes_are_tried(method, path, wanted):
    assert make().match(method, path) == wanted


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("PATCH", "/items", ["GET", "HEAD", "OPTIONS", "POST"]),
        ("DELETE", "/items", ["GET", "HEAD", "OPTIONS", "POST"]),
        ("POST", "/items/9", ["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]),
        ("POST", "/items/x", ["DELETE", "GET", "HEAD", "OPTIONS", "PUT"]),
        ("GET", "/else", ["OPTIONS"]),
    ],
)
def test_allowed_is_of_all_routes(method, path, allowed):
    with pytest.raises(MethodNotAllowed) as caught:
        make().match(method, path)
    assert caught.value.allowed == allowed


def test_nothing_fits():
    with pytest.raises(NotFound):
        make().match("GET", "/")
    with pytest.raises(NotFound):
        Router().match("GET", "/")
