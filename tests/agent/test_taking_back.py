"""What was changed since the tests passed, as patches that take it back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.solving.proving.taking_back import SOURCE, Since, candidates, changed
from fixbot_agent.watching import offer

OLD = b"def login(url):\n    if url is None:\n        return 1\n    return 2\n\n\ndef out():\n    return 3\n"
NEW = b"def login(url):\n    if url is not None:\n        return 1\n    return 2\n\n\ndef out():\n    return 33\n"


def texts(now: dict[str, bytes], before: dict[str, bytes], *ran: tuple[str, int]) -> list[dict[str, bytes]]:
    """What the files would be after each candidate."""
    return [c.patch.apply(now) for c in candidates(Since("then", before), now.get, set(ran).__contains__)]


def test_each_change_alone_first_what_the_failing_tests_ran_then_all() -> None:
    first, second = NEW.replace(b"33", b"3"), NEW.replace(b" not", b"")
    found = texts({"a.py": NEW}, {"a.py": OLD}, ("a.py", 2))
    assert found == [{"a.py": second}, {"a.py": first}, {"a.py": OLD}]
    assert texts({"a.py": NEW}, {"a.py": OLD}, ("a.py", 8))[0] == {"a.py": first}
    assert changed(Since("then", {"a.py": OLD}), {"a.py": NEW}.get) == {("a.py", 2), ("a.py", 8)}


def test_a_change_of_a_token_is_taken_back_token_by_token() -> None:
    (candidate,) = candidates(Since("then", {"a.py": b"x = a + b * c\n"}), {"a.py": b"x = a - b * d\n"}.get, bool)
    assert [edit.text for edit in candidate.patch.edits] == ["+", "c"]
    assert candidate.source == SOURCE


@pytest.mark.parametrize("path", ["test_a.py", "tests/data.py", "notes.txt"])
def test_tests_and_what_is_no_code_stay(path: str) -> None:
    assert texts({path: b"a = 1\n"}, {path: b"a = 2\n"}) == []


def test_what_is_new_or_gone_stays() -> None:
    assert texts({"new.py": b"a = 1\n"}, {"gone.py": b"a = 2\n"}) == []


LINES = st.lists(st.sampled_from([b"a = 1\n", b"b = a + 2\n", b"\n", "é = 'ü'\n".encode()]), max_size=8).map(b"".join)


@given(LINES, LINES)
def test_all_of_it_leads_back(before: bytes, now: bytes) -> None:
    found = texts({"a.py": now}, {"a.py": before})
    assert (found[-1]["a.py"] if found else now) == before


def test_the_offer_knows_the_source() -> None:
    assert offer._TAKING_BACK == SOURCE
