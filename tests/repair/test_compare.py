"""Old findings are told from new ones across shifted lines, renamed symbols and renamed files."""

from hypothesis import given
from hypothesis import strategies as st

from fixbot_repair.checks import Finding, Severity, new_findings


def finding(line, print_, path="a.py"):
    return Finding(path, line, 1, line, 2, "ruff", "F401", Severity.WARNING, "m", print_.ljust(16, "0"))


def test_shifted_ones_are_old():
    assert new_findings([finding(1, "a"), finding(2, "b")], [finding(11, "a"), finding(12, "b")]) == ()


def test_one_more_of_the_same_is_new_and_it_is_the_one_on_a_changed_line():
    after = [finding(1, "a"), finding(5, "a")]
    assert new_findings([finding(4, "a")], after, changed={"a.py": {1}}) == (after[0],)
    assert new_findings([finding(4, "a")], after, changed={"a.py": {5}}) == (after[1],)


def test_code_that_moved_to_another_symbol_is_old():
    before, after = finding(1, "aaaaaaaaaaaa1111"), finding(1, "aaaaaaaaaaaa2222")
    assert new_findings([before], [after]) == ()
    assert new_findings([before], [after, after]) == (after,)


def test_another_file_is_new_unless_it_was_renamed():
    before, after = finding(1, "a", "old.py"), finding(1, "a", "new.py")
    assert new_findings([before], [after]) == (after,)
    assert new_findings([before], [after], renamed={"old.py": "new.py"}) == ()


PRINTS = st.lists(st.sampled_from(["aaaaaaaaaaaa1111", "aaaaaaaaaaaa2222", "bbbbbbbbbbbb1111"]), max_size=8)


@given(PRINTS, PRINTS)
def test_counts_add_up(before, after):
    old = [finding(i + 1, p) for i, p in enumerate(before)]
    now = [finding(i + 1, p) for i, p in enumerate(after)]
    new = new_findings(old, now)
    for code in ("a", "b"):
        count = [sum(f.fingerprint.startswith(code) for f in group) for group in (old, now, new)]
        assert count[2] == max(count[1] - count[0], 0)
    assert new_findings(now, now) == ()
    assert new_findings([], now) == tuple(now)
