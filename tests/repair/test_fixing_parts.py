"""The arithmetic of fixing: groups, places after edits, edits in each other's way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source import Document, Span
from fixbot_repair.candidates import Edit
from fixbot_repair.checks import Finding, Severity
from fixbot_repair.errors import PatchError
from fixbot_repair.fixing.fix import Fix, changed, combined, followed, gather, out_of_the_way
from fixbot_repair.fixing.grouping import Growth, Sieve, spread
from fixbot_repair.fixing.shift import Control, Shift

TEXT = b"def f():\n    return 'gr\xc3\xbc\xc3\x9fe'\n"


def finding(line=1, column=1, rule="R1", severity=Severity.WARNING, fix=(), unsafe=()):
    return Finding("a.py", line, column, line, column + 1, "tool", rule, severity, "said", fix=fix, unsafe=unsafe)


def edit(start, end, text, path="a.py"):
    return Edit(path, Span(start, end), text)


def fixes(*edits, **said):
    return [Fix((finding(line=at + 1, **said),), (one,)) for at, one in enumerate(edits)]


@given(st.sets(st.integers(0, 40)), st.integers(1, 41), st.integers(1, 60))
def test_what_is_bad_alone_is_all_that_is_dropped(bad, size, count):
    members = list(range(size))
    sieve = Sieve(spread(members, count, lambda m: m % 3))
    while sieve.questions:
        group = sieve.questions[0]
        sieve.answer(group, "bad" if bad & set(group) else "")
    assert set(sieve.dropped) == bad & set(members)
    assert set(sieve.held) == set(members) - bad


@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6), st.integers(0, 13))
def test_what_grows_holds_as_a_whole_and_nothing_more_would(clashes, size):
    def holds(group):
        return not any(a in group and b in group for a, b in clashes)

    growth = Growth(range(size))
    asked = []
    while growth.question:
        asked.append(frozenset(growth.question))
        growth.answer("" if holds(set(growth.question)) else "clash")
    assert holds(set(growth.kept))
    assert all(not holds({*growth.kept, one}) for one in growth.dropped)
    assert {*growth.kept, *growth.dropped} == set(range(size))
    assert len(asked) == len(set(asked))


def test_members_of_a_unit_are_spread_and_stand_alone_where_there_is_room():
    assert spread("abcd", 4, ord) == [("a",), ("b",), ("c",), ("d",)]
    groups = spread([(unit, n) for unit in "xyz" for n in range(4)], 4, lambda m: m[0])
    assert [len({unit for unit, _ in g}) for g in groups] == [3, 3, 3, 3]


@given(st.data())
def test_places_after_edits_lead_back(data):
    old = bytes(range(65, 91))
    cuts = sorted(data.draw(st.lists(st.integers(0, 26), min_size=2, max_size=8)))
    edits = [
        edit(a, b, data.draw(st.text("xyz", max_size=4))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]  # fmt: skip
    edits = list({(e.span.start): e for e in edits}.values())
    try:
        new = changed(Document("a.py", old), combined([Fix((finding(),), (e,)) for e in edits]))
    except PatchError:
        return
    shift = Shift(edits)
    for at, byte in enumerate(new.data):
        was = shift.before(at)
        if byte < ord("a"):  # from the old text
            assert old[was] == byte
        elif was is not None:
            assert was in [e.span.start for e in edits]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 4), st.text("xy", max_size=2)), max_size=12))
def test_chosen_fixes_can_be_made_together(drawn):
    chosen = out_of_the_way(fixes(*(edit(at, at + length, text) for at, length, text in drawn)))
    assert bool(chosen) == bool(drawn)
    combined(chosen)


def test_the_worse_finding_goes_first_then_the_smaller_fix():
    small, large = fixes(edit(2, 4, ""), edit(0, 9, "long text"))
    (error,) = fixes(edit(0, 9, "other"), severity=Severity.ERROR)
    assert out_of_the_way([large, small]) == [small]
    assert out_of_the_way([large, small, error]) == [error]


def test_an_edit_that_several_want_is_made_once():
    both = [
        Fix((finding(1),), (edit(0, 0, "import x\n"), edit(5, 6, "g"))),
        Fix((finding(2),), (edit(0, 0, "import x\n"),)),
    ]
    assert combined(both) == (edit(0, 0, "import x\n"), edit(5, 6, "g"))
    with pytest.raises(PatchError, match="in another's way"):
        combined([*both, *fixes(edit(0, 0, "import y\n"))])


LIES = {
    "behind the end": (edit(0, 4000, ""),),
    "before the start": (edit(-3, 2, ""),),
    "end before start": (edit(5, 2, ""),),
    "half a character": (edit(24, 25, ""),),
    "over itself": (edit(0, 9, "x"), edit(4, 6, "y")),
    "another file": (edit(0, 1, "", "b.py"),),
    "outside": (edit(0, 1, "", "../b.py"),),
    "nothing": (edit(0, 3, "def"),),
    "no text": (edit(0, 3, "\udcff"),),
    "NUL": (edit(0, 3, "\0"),),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_tool_that_lies_about_places_is_refused_with_a_reason(lie):
    assert TEXT[24:25] == b"\xbc"
    found, refused = gather([finding(fix=LIES[lie])], {"a.py": Document("a.py", TEXT), "b.py": Document("b.py", TEXT)})
    assert found == []
    assert refused[0].why


def test_an_encoding_that_cannot_say_it_is_a_reason_too():
    latin = Document("a.py", b"# coding: latin-1\nx = 1\n", "iso8859-1")
    (refused,) = gather([finding(fix=(edit(22, 23, "'\u20ac'"),))], {"a.py": latin})[1]
    assert "does not apply" in refused.why
    (recoded,) = gather([finding(fix=(edit(0, 18, ""),))], {"a.py": latin})[1]
    assert recoded.why == "the fix changes how the file is encoded"


def test_equal_edits_are_one_fix_and_unsafe_ones_wait_to_be_wanted():
    cut = (edit(0, 9, "pass"),)
    said = [finding(1, fix=cut), finding(2, fix=cut), finding(3, unsafe=(edit(3, 4, "x"),))]
    documents = {"a.py": Document("a.py", TEXT)}
    (one,) = gather(said, documents)[0]
    assert [f.line for f in one.findings] == [1, 2]
    safe, unsafe = gather(said, documents, unsafe=True)[0]
    assert (safe.unsafe, unsafe.unsafe) == (False, True)


@pytest.mark.parametrize("path", ["tests/test_a.py", "conftest.py", ".github/x.py", "setup.py"])
def test_tests_and_what_decides_what_runs_are_not_changed(path):
    said = Finding(path, 1, 1, 1, 2, "tool", "R", Severity.WARNING, "m", fix=(edit(0, 3, "x", path),))
    assert "test" in gather([said], {path: Document(path, TEXT)})[1][0].why or "protected" in (
        gather([said], {path: Document(path, TEXT)})[1][0].why
    )


def judged(before, edits, targets, old, new):
    start = Document("a.py", before)
    after = changed(start, edits)
    return Control(start, old).verdict(after, edits, targets, new)[0]


def test_findings_are_known_again_by_their_bytes():
    two = b"a = 1\nb = 2\nc = 3\n"
    cut = (edit(0, 6, ""),)
    target, other = finding(1), finding(3)
    assert judged(two, cut, [target], [target, other], [finding(2)]) == ""
    assert (
        judged(two, cut, [target], [target, other], [finding(1), finding(2)])
        == "with it tool R1 is still found (line 1)"
    )
    assert judged(two, cut, [target], [target, other], [finding(2), finding(2, rule="R2")]).startswith(
        "it brings tool R2"
    )
    assert "does not find it" in judged(two, cut, [target], [other], [])


def test_code_that_moved_is_no_news():
    lines = b"import b\nimport a\nx = 1\n"
    swap = (edit(0, 18, "import a\nimport b\n"),)
    target, unused = finding(1, rule="I1"), finding(1, 8, rule="F1")
    assert judged(lines, swap, [target], [target, unused], [finding(2, 8, rule="F1")]) == ""


def test_what_a_fix_brings_is_fixed_with_it_or_not_at_all():
    document = Document("a.py", b"a = 1\nb = 2\n")
    (first,) = fixes(edit(0, 1, "c"))
    both = followed(first, document, [finding(2, fix=(edit(6, 7, "d"),))])
    assert changed(document, both.edits).data == b"c = 1\nd = 2\n"
    assert (both.steps, both.findings) == (2, first.findings)
    assert followed(first, document, [finding(2)]) is None
    assert followed(first, document, [finding(2, fix=(edit(0, 1, "a"),))]) is None
