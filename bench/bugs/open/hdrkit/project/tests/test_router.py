import pytest

from hdrkit import MethodNotAllowed, NotFound, Router


@pytest.fixture
def router():
    router = Router()
    router.add("/", "home")
    router.add("/users", "list", name="users")
    router.add("/users/{id:int}", "show", name="user")
    router.add("/files/{rest:path}", "file", name="file")
    router.add("/tags/{tag}.json", "tag", name="tag")
    return router


def test_match(router):
    assert router.match("GET", "/") == ("home", {})
    assert router.match("get", "/users/17") == ("show", {"id": 17})
    assert router.match("HEAD", "/files/a/b.txt") == ("file", {"rest": "a/b.txt"})
    assert router.match("GET", "/tags/a%2Fb.json") == ("tag", {"tag": "a/b"})


@pytest.mark.parametrize("path", ["/users/x", "/users/", "/none", "/tags/xyjson", "/files/"])
def test_not_found(router, path):
    with pytest.raises(NotFound):
        router.match("GET", path)


def test_method_not_allowed(router):
    with pytest.raises(MethodNotAllowed) as caught:
        router.match("POST", "/users")
    assert caught.value.allowed == ["GET", "HEAD"]


def test_same_path_other_method(router):
    router.add("/users", "create", methods=["POST"])
    router.add("/users/{id:int}", "drop", methods=["DELETE"])
    assert router.match("POST", "/users") == ("create", {})
    assert router.match("DELETE", "/users/3") == ("drop", {"id": 3})
    with pytest.raises(MethodNotAllowed) as caught:
        router.match("PUT", "/users")
    assert caught.value.allowed == ["GET", "HEAD", "POST"]


def test_first_route_wins(router):
    router.add("/users/{name}", "named")
    assert router.match("GET", "/users/5") == ("show", {"id": 5})
    assert router.match("GET", "/users/ann") == ("named", {"name": "ann"})


def test_url_for(router):
    assert router.url_for("user", id=4) == "/users/4"
    assert router.url_for("file", rest="a b/c") == "/files/a%20b/c"
    assert router.url_for("tag", tag="a/b") == "/tags/a%2Fb.json"
    with pytest.raises(NotFound):
        router.url_for("nobody")


def test_own_converter():
    router = Router()
    router.converter("hex", r"[0-9a-f]+", lambda text: int(text, 16))
    router.add("/c/{colour:hex}", "colour")
    assert router.match("GET", "/c/ff") == ("colour", {"colour": 255})
    with pytest.raises(ValueError):
        Router().add("/c/{colour:hex}", "colour")


def test_bad_patterns():
    for pattern in ["users", "/{a}/{a}", "/{a:nope}"]:
        with pytest.raises(ValueError):
            Router().add(pattern, "x")
