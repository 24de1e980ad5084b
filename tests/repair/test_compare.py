"""Old findings are told from new ones across shifted lines, renamed symbols and renamed files."""

from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Document
from fixbot_analysis.symbols import extract
from fixbot_repair.checks import Finding, Severity, new_findings
from fixbot_repair.checks.fingerprint import stamp


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


# -- on real text -------------------------------------------------------------------------------------------------------

FUNCTIONS = ["first", "second", "third"]
INNOCENT = st.sampled_from(["", "# a remark", "x = 1", "import os", "note = 'é 😀'"])


def written(bodies, above, between):
    """A module of three functions; `bodies` are their lines, `above` and `between` lines that have no defect."""
    lines = list(above)
    for name, body in zip(FUNCTIONS, bodies, strict=True):
        lines += [f"def {name}():", *(f"    {line}" for line in body), "    return 1", *between]
    return "\n".join(lines) + "\n"


def complaints(text):
    """What a tool says that finds each call of bad, as it is stamped for real."""
    data = text.encode()
    document = Document("a.py", data)
    found = [
        Finding("a.py", number, line.index("bad(") + 1, number, line.index(")") + 2, "t", "R1", Severity.ERROR, "m")
        for number, line in enumerate(text.splitlines(), 1)
        if "bad(" in line
    ]
    return tuple(stamp(found, document, extract(data)))


LINE = st.sampled_from(["bad(1)", "bad(2)", "fine(1)", "y = bad(1)"])
BODIES = st.tuples(*[st.lists(LINE, max_size=4)] * 3)


@given(BODIES, st.lists(INNOCENT, max_size=6), st.lists(INNOCENT, max_size=3), st.lists(INNOCENT, max_size=3))
def test_lines_that_come_and_go_make_nothing_new(bodies, above, between, later):
    before, after = written(bodies, above, between), written(bodies, later, [])
    assert new_findings(complaints(before), complaints(after)) == ()


@given(
    BODIES, st.lists(INNOCENT, max_size=6), st.integers(0, 2), st.integers(0, 4), st.sampled_from(["bad(1)", "bad(3)"])
)
def test_a_new_defect_is_one_finding_on_its_line(bodies, above, function, place, defect):
    before = written(bodies, [], [])
    changed = [list(body) for body in bodies]
    changed[function].insert(place, f"{defect}  # here")
    after = written(changed, above, [])
    line = next(n for n, text in enumerate(after.splitlines(), 1) if text.endswith("# here"))
    (new,) = new_findings(complaints(before), complaints(after), changed={"a.py": {line}})
    assert new.line == line


@given(BODIES, st.integers(0, 2))
def test_what_is_mended_makes_nothing_new(bodies, function):
    mended = [[line.replace("bad", "good") for line in b] if n == function else b for n, b in enumerate(bodies)]
    assert new_findings(complaints(written(bodies, [], [])), complaints(written(mended, ["# moved"], []))) == ()
