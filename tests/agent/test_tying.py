"""Which failing tests speak of an issue: those that fail as it tells, not those that only call what it names."""

import pytest

from fixbot_agent.solving.proving.tying import Place, is_named, tied
from fixbot_repair.checks import TestOutcome, TestStatus
from fixbot_repair.issue_reader import read

TOTAL = Place("shop.py", 10, 20, "Cart.total")


def failed(name: str, message: str, *frames: tuple[str, int, str]) -> TestOutcome:
    return TestOutcome(
        f"tests/test_shop.py::{name}", TestStatus.FAILED, message=message, frames=frames, lines=(("shop.py", (12, 13)),)
    )


@pytest.mark.parametrize(
    ("text", "outcome", "is_tied"),
    [
        ("`total` raises `KeyError: 'vat'`", failed("test_receipt", "KeyError: 'vat'"), True),
        ("`total` raises `KeyError: 'vat'`", failed("test_total", "AssertionError: 3 != 4"), False),
        ("`Cart().total()` gives 17 instead of 20", failed("test_receipt", "AssertionError: 17 != 20"), True),
        ("`Cart().total()` gives 17 instead of 20", failed("test_receipt", "AssertionError: 170 != 200"), False),
        ("`total` is wrong", failed("test_total", "AssertionError: 170 != 200"), True),
        ("`total` is wrong with a discount", failed("test_discounts", "AssertionError: 170 != 200"), True),
        ("`total` is wrong with a discount", failed("test_receipt", "AssertionError: 'a' != 'b'"), False),
        ("`total` is wrong", failed("test_receipt", "KeyError: 'x'", ("shop.py", 12, "total")), True),
    ],
)
def test_it_must_fail_as_the_issue_tells(text: str, outcome: TestOutcome, is_tied: bool) -> None:
    issue = read(f"Something is odd\n\n{text}\n")
    assert bool(tied([outcome], [TOTAL], issue)) is is_tied


@pytest.mark.parametrize(
    ("message", "is_tied"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", False),
        ("httpx.ConnectError: All connection attempts failed", False),
        ("ModuleNotFoundError: No module named 'trustme'", False),
        ("fixture 'server' not found", False),
        ("ValueError: 3 is odd", True),
    ],
)
def test_a_failure_of_the_surroundings_is_not_tied_by_a_name(message: str, is_tied: bool) -> None:
    inside = failed("test_total", message, ("shop.py", 12, "total"))
    assert bool(tied([inside], [TOTAL], read("Odd\n\n`total` is wrong\n"))) is is_tied
    error = message.partition(":")[0].rpartition(".")[2]
    if error.endswith("Error"):
        assert tied([inside], [TOTAL], read(f"Odd\n\n`total` raises `{error}: so`\n")), "where the issue reports it"


def test_a_failure_that_others_share_far_from_the_place_is_not_tied_by_a_name() -> None:
    issue = read("Odd\n\n`total` is wrong\n")
    here = failed("test_total", "TypeError: f() got an unexpected keyword argument 'app'", ("shop.py", 12, "total"))
    far = TestOutcome("t.py::x", TestStatus.FAILED, message="TypeError: f() got an unexpected keyword argument 'ap'")
    assert tied([here], [TOTAL], issue)
    assert not tied([here, far], [TOTAL], issue)
    assert tied([failed("test_total", "AssertionError"), failed("test_total_2", "AssertionError")], [TOTAL], issue)


def test_one_that_does_not_run_the_place_is_never_tied() -> None:
    place = Place("other.py", 1, 50, "total")
    assert tied([failed("test_total", "KeyError: 'vat'")], [place], read("`total` raises `KeyError`\n")) == ()


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("tests.test_shop.TestCart.test_total", True),
        ("test_shop.TestCart.test_total", True),
        ("app.tests.test_shop.TestCart.test_total", True),
        ("TestCart.test_total_2", False),
        ("TestCart.test_total", True),
        ("test_shop.TestCart", True),
        ("test_shop.Cart", False),
        ("shop.total", False),
        ("tests/test_shop.py", True),
        ("other.TestCart.test_total", False),
    ],
)
def test_names_as_every_runner_writes_them(name: str, is_meant: bool) -> None:
    assert is_named("tests/test_shop.py::TestCart::test_total", [name]) is is_meant
