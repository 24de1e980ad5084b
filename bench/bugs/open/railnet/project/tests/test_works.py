import pytest

from railnet.works import Circle, Task, Works


def works():
    return Works(
        [
            Task("track", 5, ("ground",)),
            Task("power", 2, ("ground",)),
            Task("ground", 3),
            Task("test", 1, ("track", "power")),
        ]
    )


def test_order():
    assert works().order() == ["ground", "power", "track", "test"]


def test_plan():
    assert works().plan()["test"] == (8, 9)
    assert works().length() == 9
    assert works().slack() == {"ground": 0, "power": 3, "track": 0, "test": 0}
    assert works().critical() == ["ground", "track", "test"]


def test_waves():
    assert works().waves() == [["ground"], ["power", "track"], ["test"]]


def test_circle():
    with pytest.raises(Circle) as caught:
        Works([Task("a", 1, ("b",)), Task("b", 1, ("c",)), Task("c", 1, ("b",))]).order()
    assert caught.value.names == ["b", "c", "b"]
