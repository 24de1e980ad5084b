from hdrkit import build_query, parse_query, query_dict, update_query


def test_parse():
    assert parse_query("?a=1&b=x+y&a=%2B") == [("a", "1"), ("b", "x y"), ("a", "+")]
    assert parse_query("") == []


def test_dict():
    assert query_dict("a=1&b=2&a=3") == {"a": ["1", "3"], "b": ["2"]}


def test_build():
    assert build_query({"q": "a b&c", "n": 3, "on": True}) == "q=a+b%26c&n=3&on=true"
    assert build_query([("tag", ["x", "y"]), ("none", None), ("z", "")]) == "tag=x&tag=y&z="


def test_update_keeps_places():
    url = "http://example.org/find?q=cat&page=2&sort=age#top"
    assert update_query(url, {"page": 3}) == "http://example.org/find?q=cat&page=3&sort=age#top"


def test_update_removes_and_adds():
    assert update_query("/find?a=1&b=2&a=3", {"a": None, "c": ["x", "y"]}) == "/find?b=2&c=x&c=y"


def test_update_keeps_flags():
    assert update_query("/list?debug=&page=1", {"page": 2}) == "/list?debug=&page=2"
