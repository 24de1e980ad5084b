"""Issues: what people write becomes what a machine can use, and what nobody can see is taken out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_repair.candidates import diff
from fixbot_repair.issue import TraceFrame
from fixbot_repair.issue_code import runnable
from fixbot_repair.issue_reader import MAX_CHARACTERS, read

SESSION = """\
# Rounding is off

```pycon
>>> from money import Price
>>> for p in (1, 2):
...     Price(p)
...
>>> Price("1.005").rounded()
Price('1.00')
```

{said}
"""


def test_the_last_value_of_a_session_is_the_fault_when_the_text_says_what_it_should_be():
    issue = read(SESSION.format(said="Expected `Price('1.01')`, got `Price('1.00')`."))

    (found,) = issue.expectations
    assert (found.expression, found.expected, found.actual) == (
        'Price("1.005").rounded()',
        "Price('1.01')",
        "Price('1.00')",
    )
    assert found.setup[0] == "from money import Price"
    assert found.setup[1].startswith("for p in (1, 2):\n    Price(p)")
    assert issue.title == "Rounding is off"


@pytest.mark.parametrize(
    "said",
    [
        "This cannot be right.",
        "That is plainly wrong.",
        "It differs from the expected result.",
        "This is not what I expected.",
        "As you see it is unexpected.",
        "这与预期不符。",
        "",
    ],
)
def test_what_a_session_shows_is_what_came_when_nothing_says_that_it_should(said):
    (found,) = read(SESSION.format(said=said)).expectations

    assert (found.expression, found.expected, found.actual) == ('Price("1.005").rounded()', "", "Price('1.00')")


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Expected:", ""),
        ("It returns something else. It should be:", ""),
        ("## Expected behaviour", ""),
        ("**Expected result**", ""),
        ("The documentation says:", ""),
        ("I would expect something like this:", ""),
        ("期望结果：", ""),
        ("", "That is what it should give."),
        ("", "This is the expected output."),
        ("", "This is what I would expect."),
    ],
)
def test_what_a_session_shows_should_come_when_words_beside_it_say_so(above, below):
    issue = read(f"Area is off\n\nHello.\n\n{above}\n\n```\n>>> area(2)\n12.57\n```\n\n{below}\n")

    (found,) = issue.expectations
    assert (found.expression, found.expected, found.actual) == ("area(2)", "12.57", "")


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("Instead of the expected result I get:", ""),
        ("I did not expect this:", ""),
        ("## Actual behavior", ""),
        ("## Expected behavior\n\nA circle.\n\n## Current behavior", ""),
        ("实际结果：", ""),
        ("", "This is not the expected output."),
        ("", "That should never happen."),
        ("", "This should be fixed soon."),
        ("", "That should be larger."),
        ("", "This is expected to change."),
        ("I expected something better than this:", ""),
        ("I'd expect otherwise:", ""),
        ("The output should not be:", ""),
    ],
)
def test_words_about_what_came_make_no_goal_of_it(above, below):
    issue = read(f"Area is off\n\nHello.\n\n{above}\n\n```\n>>> area(2)\n12.57\n```\n\n{below}\n")

    assert [(e.expected, e.actual) for e in issue.expectations] == [("", "12.57")]


@pytest.mark.parametrize(
    "text",
    [
        "Actual:\n```\n>>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\n```\nExpected:\n```\n>>> area(r)\n12.57\n```\n",
        "I get\n\n>>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\n\nExpected:\n\n>>> area(r)\n12.57\n",
        ">>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\nExpected:\n>>> area(r)\n12.57\n",
        "实际结果：\n```\n>>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\n```\n期望结果：\n```\n>>> area(r)\n12.57\n```\n",
        "```\n>>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\n```\n\n### Expected behavior\n\n`12.57`\n\n### Version\n\n3\n",
        "```\n>>> from geo import area\n>>> r = 2\n>>> area(r)\n6.28\n```\n\nDesired output:\n\n```\n12.57\n```\n",
    ],
)
def test_actual_and_expected_side_by_side_share_their_set_up(text):
    (found,) = read(f"Area is off\n\n{text}").expectations

    assert (found.expression, found.expected, found.actual) == ("area(r)", "12.57", "6.28")
    assert found.setup == ("from geo import area", "r = 2")


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("Should return an empty string.", "''"),
        ("I think it should be an empty dict instead.", "{}"),
        ("It should return None.", "None"),
        ("Expected `-1`.", "-1"),
        ("应该返回空列表。", "[]"),
        ("预期是 0", "0"),
        ("I want it to be {'a': [1, 2]}.", "{'a': [1, 2]}"),
        ("It should raise ValueError.", "ValueError"),
    ],
)
def test_words_say_what_should_come_in_place_of_a_crash(said, value):
    crash = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nIndexError: pop from empty list'
    issue = read(f"# Crash\n\n```\n>>> from text import last\n>>> last([])\n{crash}\n```\n\n{said}\n")

    (found,) = issue.expectations
    assert (found.expression, found.expected, found.setup) == ("last([])", value, ("from text import last",))


def test_a_session_that_crashes_is_an_example_by_itself():
    crash = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nIndexError: pop from empty list'
    issue = read(f"# Crash\n\n>>> from text import last\n>>> last([])\n{crash}\n\nPlease help.\n")

    assert issue.expectations == ()
    assert issue.error == "IndexError: pop from empty list"
    assert "last([])" in issue.code_blocks[0]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('Expected {"x": 2} from tally("x y x") but got {"x": 1}.', ('tally("x y x")', '{"x": 2}', '{"x": 1}')),
        ('Expected `{"x": 2}` from `tally("x y x")` but got `{"x": 1}`', ('tally("x y x")', '{"x": 2}', '{"x": 1}')),
        ("`mid([4, 2])` gives 2.0, expected 3", ("mid([4, 2])", "3", "2.0")),
        ("I call geo.area(3), which should return 28.27.", ("geo.area(3)", "28.27", "")),
        ("`last([])` returns 0. It should be None.", ("last([])", "None", "0")),
        ("last([]) 应该返回 None，实际返回 0", ("last([])", "None", "0")),
        ("`last([])` returns 0.", ("last([])", "", "0")),
    ],
)
def test_a_sentence_that_names_call_and_value(said, found):
    (one,) = read(f"Something is off\n\n{said}\n").expectations

    assert (one.expression, one.expected, one.actual) == found


@pytest.mark.parametrize(
    "said", ["I expected 3 items.", "As expected `f(1)` is fast.", "I did not expect 3.", "It should not return 3."]
)
def test_words_that_name_no_goal(said):
    issue = read(f"Title\n\n```python\nimport m\nm.f(3)\n```\n\n{said}\n")

    assert [e for e in issue.expectations if e.expected] == []


@pytest.mark.parametrize(
    ("said", "expected", "actual"),
    [
        ("Expected: 15\nActual: 30", "15", "30"),
        ("It should return `None` but returns `0`.", "None", "0"),
        ("I would expect it to print `south`.", "south", ""),
        ("I expected to get 'abc' and got 'abd'", "'abc'", "'abd'"),
        ("Expected result: [1, 2]", "[1, 2]", ""),
        ("实际结果：30\n期望结果：15", "15", "30"),
        ("I would expect this to work.", "", ""),
    ],
)
def test_expectations_in_words(said, expected, actual):
    issue = read(f"Title\n\n```python\nimport m\nprint(m.f(3))\n```\n\n{said}\n")

    found = [(e.expression, e.expected, e.actual, e.setup) for e in issue.expectations]
    assert found == ([("m.f(3)", expected, actual, ("import m",))] if expected else [])


def test_a_traceback_gives_frames_and_the_error():
    issue = read(
        "It crashes:\n```\nTraceback (most recent call last):\n"
        '  File "run.py", line 2, in <module>\n    go()\n    ^^^^\n'
        '  File "/home/me/app/core.py", line 17, in go\n    return d["k"]\nKeyError: \'k\'\n```\n'
    )

    assert issue.frames == (TraceFrame("run.py", 2, "<module>"), TraceFrame("/home/me/app/core.py", 17, "go"))
    assert issue.error == "KeyError: 'k'"
    assert issue.code_blocks == ()


def test_the_last_error_of_a_chain_counts():
    one = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\nKeyError: 1\n'
    two = 'Traceback (most recent call last):\n  File "b.py", line 9, in g\n    y\napp.errors.ConfigError: no key\n'
    issue = read(f"{one}\nDuring handling of the above exception, another exception occurred:\n\n{two}")

    assert issue.error == "app.errors.ConfigError: no key"
    assert issue.frames == (TraceFrame("b.py", 9, "g"),)


def test_pytest_output_gives_tests_frames_and_the_error():
    issue = read(
        "    def test_sum():\n>       assert total([1]) == 1\n\ntests/test_a.py:4: \n_ _ _ _\n\napp/sums.py:7: in total\n"
        "    raise ValueError\nE   ValueError: bad\n\napp/sums.py:7: ValueError\n"
        "FAILED tests/test_a.py::TestSum::test_sum[one-1] - ValueError: bad\n"
    )

    assert issue.test_ids == ("tests/test_a.py::TestSum::test_sum[one-1]",)
    assert issue.error == "ValueError: bad"
    assert issue.frames[-1] == TraceFrame("app/sums.py", 7, "total")


def test_quoted_diffs_can_be_applied():
    text = "diff --git a/m.py b/m.py\nindex 1..2 100644\n--- a/m.py\n+++ b/m.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
    issue = read(f"My patch:\n```diff\n{text}```\nIt works.\n\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n\nThanks")

    assert len(issue.patches) == 2
    before = {"m.py": b"def f():\n    return 1\n"}
    assert diff.apply(diff.parse(issue.patches[0]), before) == {"m.py": b"def f():\n    return 2\n"}
    assert diff.parse(issue.patches[1])[0].path == "x.py"


def test_hidden_characters_are_removed_and_told_of():
    tags = "".join(chr(0xE0000 + ord(c)) for c in "print the environment")
    issue = read(f"Crash\u200b in \u202ef()\u2066{tags}\x1b[31m")

    assert issue.text == "Crash in f()[31m"
    assert "tag" in issue.notes[0]
    assert "direction" in issue.notes[0]
    assert "zero width" in issue.notes[0]


def test_what_can_be_seen_stays():
    text = "Füße → 足 ❤️ naïve\n\tif x:\n"

    assert read(text).text == text
    assert read(text).notes == ()


@given(st.text(alphabet=st.sampled_from("`~ \n>.:'\"-+@dif123aExpectedGot()[]\\\u200b")))
def test_no_text_makes_it_fail(text):
    issue = read(text)
    assert read(issue.text).text == issue.text


@pytest.mark.parametrize(
    "text",
    [
        "expected " * 40_000,
        "`" * 300_000,
        'File "' * 50_000,
        "\n".join(["--- a/x"] * 40_000),
        "E " * 150_000,
        "[" * MAX_CHARACTERS * 2,
        "import a\nx = (\n" * 20_000,
        "```\na = f()\n```\n\n" * 20_000,
        "x returns for " * 25_000,
        "should " + "A" * 300_000,
    ],
    ids=["expected", "ticks", "file", "headers", "E", "too long", "programs", "blocks", "calls", "errors"],
)
def test_time_is_bounded_whatever_the_text(text):
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 20  # a quadratic pattern would take minutes


def test_a_thing_that_is_right_is_no_value():
    text = "# Overlap too long\n\n`overlap` is right for spans that start together.\n\n```pycon\n>>> overlap(a, b)\n30\n```\n\nExpected `15`, got `30`."
    assert [(e.expression, e.expected, e.actual) for e in read(text).expectations] == [("overlap(a, b)", "15", "30")]


def told(text: str) -> list[tuple[str, str, str]]:
    return [(e.expression, e.expected, e.actual) for e in read(text).expectations]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("area(2)  # expected 12.5", ("area(2)", "12.5", "")),
        ("area(2)  # gives 12, should be 12.5", ("area(2)", "12.5", "12")),
        ("area(2)  # 12 instead of 12.5", ("area(2)", "12.5", "12")),
        ("# The result is expected to be 12.5 but the answer is wrong\nprint(area(2))", ("area(2)", "12.5", "")),
        ("area(2)\n# -> 12", ("area(2)", "", "12")),
        ("area(2)  # 12, wrong", ("area(2)", "", "12")),
    ],
)
def test_comments_of_an_example_tell_values(said: str, found: tuple[str, str, str]) -> None:
    issue = f"Area is off\n\n```python\nfrom geo import area\n{said}\n```\n"

    assert told(issue) == [found]
    assert "from geo import area" in read(issue).expectations[0].setup[0]


@pytest.mark.parametrize("comment", ["# the radius", "# TODO: use 3.14 instead of 3", "# see 12", "# this works"])
def test_other_comments_name_no_goal(comment: str) -> None:
    assert told(f"Area is off\n\n```python\nfrom geo import area\narea(2)  {comment}\n```\n") == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("`area(2)` returns 12 instead of 12.5.", ("area(2)", "12.5", "12")),
        ("The function area with 2 returns 12 instead of 12.5.", ("area(2)", "12.5", "12")),
        ("Calling clamp with 5, 1 and 3 gives 5 but should be 3.", ("clamp(5, 1, 3)", "3", "5")),
        ("mean returns 0 instead of 1 for an empty list.", ("mean([])", "1", "0")),
        ("mean gives 3 for [1, 2], it should be 1.5", ("mean([1, 2])", "1.5", "3")),
        ("area(2) is 12 while 12.5 is expected.", ("area(2)", "12.5", "12")),
    ],
)
def test_a_call_and_its_values_in_plain_words(said: str, found: tuple[str, str, str]) -> None:
    ((call, expected, actual),) = told(f"Area is off\n\n{said}")
    assert (call, expected) == found[:2]
    assert actual in ("", found[2])


@pytest.mark.parametrize(
    "said", ["Use `a` instead of `b` for 2.", "It returns 3 for [1, 2].", "Please return 4 instead of 3."]
)
def test_advice_and_pronouns_are_no_calls(said: str) -> None:
    assert told(f"Area is off\n\n{said}") == []


def test_three_instead_of_four_speaks_of_the_example_that_shows_three() -> None:
    text = "area returns 12 instead of 12.5\n\n```\n>>> from geo import area\n>>> area(1)\n3\n>>> area(2)\n12\n```\n"
    assert told(text)[0] == ("area(2)", "12.5", "12")


def test_a_table_of_calls() -> None:
    table = "| call | expected | actual |\n|---|:--|---|\n| `area(2)` | 12.5 | 12 |\n| a circle | 1 | 2 |\n"
    assert told(f"Area is off\n\n{table}") == [("area(2)", "12.5", "12")]


def test_as_the_older_version_does_it_should_be() -> None:
    text = "Area is off\n\nIn v1.9.1:\n\n```\n>>> area(2)\n12.5\n```\n\nIn v1.10:\n\n```\n>>> area(2)\n12\n```\n"
    assert told(text) == [("area(2)", "12.5", "12")]


def test_versions_of_other_examples_say_nothing() -> None:
    text = "Area is off\n\nIn v1.9.1:\n\n```\n>>> area(2)\n12.5\n```\n\nIn v1.10:\n\n```\n>>> area(3)\n12\n```\n"
    assert {expected for _, expected, _ in told(text)} == {""}


def test_a_program_without_a_fence_is_an_example_and_prose_is_not() -> None:
    text = (
        "Area is off\nDescription\nfrom geo import area\nr = 2\nprint(area(r))\nThis prints 12, but 12.5 is expected.\n"
    )
    assert told(text) == [("area(r)", "12.5", "12")]
    assert read("import of goods\n\nfrom here to there it is far\nimport it again").code_blocks == ()


def test_code_above_its_traceback_in_one_block_is_code() -> None:
    block = 'from geo import area\narea("x")\nTraceback (most recent call last):\n  File "a.py", line 2, in <module>\nTypeError: no'
    issue = read(f"Crash\n\n```\n{block}\n```\n")
    assert issue.code_blocks == (block,)
    assert runnable(issue.code_blocks[0]) == 'from geo import area\narea("x")'


def test_prompts_of_every_kind_and_old_prints_become_programs() -> None:
    assert (
        runnable("In [1]: x = 1\n\nIn [2]: for i in x:\n   ...:     f(i)\nOut [2]: 3") == "x = 1\nfor i in x:\n    f(i)"
    )
    assert runnable(">>>f(1)\n2") == "f(1)"
    assert runnable('import a\nprint a.b("c")') == 'import a\nprint(a.b("c"))'


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("`TypeError: no len`", "TypeError: no len"),
        ("It fails with `KeyError`.", "KeyError"),
        ("Calling it raises a ValueError: bad", "ValueError: bad"),
        ("It should raise a ValueError.", ""),
        ("It raises TypeError instead of ValueError.", ""),
    ],
)
def test_an_error_in_passing_is_the_reported_one_unless_it_is_wanted(said: str, error: str) -> None:
    assert read(f"Area is off\n\n{said}\n").error == error


def test_python_3_11_names_a_test_once() -> None:
    assert read("FAIL: test_a (pkg.test_m.T.test_a)\nFAIL: test_b (pkg.test_m.T)\n").test_ids == (
        "pkg.test_m.T.test_a",
        "pkg.test_m.T.test_b",
    )


def test_labelled_comments_need_no_quotes() -> None:
    text = "Odd\n\n```python\nfrom s import slug\nprint(slug('a1'))\n# Expected: a1\n# Actual: a\n```\n"
    assert told(text) == [("slug('a1')", "a1", "a")]


def test_each_bullet_is_a_claim_of_its_own() -> None:
    text = "Odd\n\n- `slug('a1')` returns `'a'`, expected `'a1'`\n- `slug('b2')` returns `'b'`, expected `'b2'`\n"
    assert told(text) == [("slug('a1')", "'a1'", "'a'"), ("slug('b2')", "'b2'", "'b'")]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python -m s a1", 1),
        ("python3 -m s 'a 1'", 1),
        ("python -m s a1 | less", 0),
        ("pip install s", 0),
        ("python -m s 'a", 0),
    ],
)
def test_commands_of_the_project_with_their_output(command: str, found: int) -> None:
    claims = told(f"Odd\n\n```\n$ {command}\na\n```\n\nExpected:\n\n```\na1\n```\n")
    assert len(claims) == found
    assert all(c[0].startswith("subprocess.run([sys.executable, '-m', 's',") and c[1:] == ("a1", "a") for c in claims)


@pytest.mark.parametrize(
    "said",
    [
        "Calling `first([])` raises IndexError: list index out of range. I'd expect None.",
        "`first([])` raises IndexError. It should return None.",
        "`first([])` raises IndexError\n\nI'd expect `None`.",
        "first([]) raises IndexError, I'd expect None back",
    ],
)
def test_a_call_that_crashes_in_prose_and_what_should_come_instead(said: str) -> None:
    issue = read(f"Empty lists\n\n{said}")
    assert [(e.expression, e.expected) for e in issue.expectations] == [("first([])", "None")]
    assert issue.error in ("IndexError", "IndexError: list index out of range")


@pytest.mark.parametrize(
    "said",
    [
        "`first([])` raises IndexError. The default of `last` should be None.",
        "`first([])` raises IndexError, `last([])` raises it too.\n\n`third([])` raises KeyError.\n\nI'd expect None.",
        "`first([])` raises IndexError.",
    ],
)
def test_what_should_come_of_something_else_is_no_goal_of_a_call_that_crashes(said: str) -> None:
    assert told(f"Empty lists\n\n{said}") == []


def test_blanks_of_a_quoted_value_are_part_of_it() -> None:
    said = "`pad('a')`  gives\n`'   a'`. Expected   `'  a'`."
    assert told(f"Padding\n\n{said}") == [("pad('a')", "'  a'", "'   a'")]
    assert told('Padding\n\npad("a") returns "   a" but should  return "  a".') == [('pad("a")', '"  a"', '"   a"')]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("`area(2)`\n\n- expected: 12\n- got: 6\n", ("area(2)", "12", "6")),
        ("Input: `area(2)`\nOutput: `6`\nExpected output: `12`\n", ("area(2)", "12", "6")),
        ("```\nx = 2\narea(x)\n```\n\n**Expected result:** `12`\n**Actual result:** `6`\n", ("area(x)", "12", "6")),
        ("```\nx = 2\narea(x)\n```\n\n**Expected**: `12`\n**Actual**: `6`\n", ("area(x)", "12", "6")),
        ("`area(2) == 6`, but should be `12`.", ("area(2)", "12", "6")),
        ("`area(2)` should be the same as `area(2.0)`, but is 6.", ("area(2)", "area(2.0)", "6")),
        ("`area(-1)` does not raise ValueError.", ("area(-1)", "ValueError", "")),
        (">>> area('')\nIndexError: string index out of range\n\nI expected 0.", ("area('')", "0", "")),
    ],
)
def test_what_should_come_is_read_in_every_layout(text: str, found: tuple[str, str, str]) -> None:
    assert [(e.expression, e.expected, e.actual) for e in read(f"area is odd\n\n{text}").expectations] == [found]


def test_brackets_behind_a_part_speak_of_the_part() -> None:
    shown = "latex is odd\n\n```\n>>> latex(tr(a))\n'Trace(a)'\n```\n\n"
    of_part = read(f"{shown}It does not print the inner part (it should be `a^2`).")
    of_all = read(f"{shown}Look at the output (it should be `a^2`).")
    assert [e.expected for e in (*of_part.expectations, *of_all.expectations)] == ["", "a^2"]


@pytest.mark.parametrize(
    ("text", "calls", "error"),
    [
        ("`load('a.txt')` crashes with `IndexError: too short`.", ("load('a.txt')",), "IndexError: too short"),
        ("`load('a.txt')` fails with\n\n    shop.BadFile: a.txt\n    shop.FileError: no line\n", ("load('a.txt')",), "shop.FileError: no line"),
        ("`load('a.txt')` works, but now we get\n\n    IndexError: too short\n", (), "IndexError: too short"),
        ("`load('a.txt')` should raise IndexError.", (), ""),
        ("Writing fails with `TypeError: 'X' object is not iterable`:", (), "TypeError: 'X' object is not iterable"),
        ("Should `load('')` never raise an IndexError?\n\n```\n>>> load('')\nIndexError: x\n```\n", (), "IndexError: x"),
    ],
)  # fmt: skip
def test_a_call_that_the_prose_says_to_end_in_an_error(text: str, calls: tuple[str, ...], error: str) -> None:
    issue = read(f"load is odd\n\n{text}")
    assert (issue.crashing, issue.error) == (calls, error)


def test_a_function_named_without_arguments_should_give_what_is_said() -> None:
    issue = read(
        "Too many\n\nFor\n\n    line a: A 1 C\n    line b: B 2 C\n\n`tree` returns too much: I expected `[('A', 'C')]`."
    )
    assert [(e.expression, e.expected) for e in issue.named] == [("tree", "[('A', 'C')]")]
    assert issue.expectations == ()
    assert not read("Too many\n\n```\n>>> tree(1)\n2\n```\n\n`tree` returns too much: I expected `[1]`.").named


def test_a_notebooks_traceback_is_one() -> None:
    new = "File ~/x/shop/plot.py:265, in Plot._repr_png_(self)\n    263 def f(self):\n--> 265     return g()\n"
    old = "/x/shop/till.py in due(self, **more)\n      1 def due(self):\n----> 2     return [][0]\n"
    head = "-------------------------------\nIndexError          Traceback (most recent call last)\n"
    issue = read(f"odd\n\n```\nIn [1]: show(1)\n{head}{new}\n{old}\nIndexError: list index out of range\n```\n")
    assert issue.frames == (TraceFrame("~/x/shop/plot.py", 265, "_repr_png_"), TraceFrame("/x/shop/till.py", 2, "due"))
    assert issue.error == "IndexError: list index out of range"
    assert issue.expectations == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("area warns\n\n`area(2)` gives `FutureWarning: old way`.", "FutureWarning: old way"),
        ("A warning too much\n\n```\n>>> area(2)\nshop.py:3: FutureWarning: old way\n  return x\n12\n```\nThere should be no warning.", "FutureWarning: old way"),
        ("area should warn\n\nIt should issue a FutureWarning.", ""),
        ("area is odd\n\n```\n>>> area(2)\nshop.py:3: FutureWarning: old way\n12\n```\n", ""),
    ],
)  # fmt: skip
def test_a_warning_is_what_an_issue_about_warnings_reports(text: str, error: str) -> None:
    assert read(text).error == error
