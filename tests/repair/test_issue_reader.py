"""Issues: what people write becomes what a machine can use, and what nobody can see is taken out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_repair.candidates import diff
from fixbot_repair.issue import TraceFrame
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


def test_without_such_words_a_session_shows_what_should_be():
    issue = read(SESSION.format(said="This documented example does not hold."))

    assert issue.expectations[-1].expected == "Price('1.00')"
    assert issue.expectations[-1].actual == ""


@pytest.mark.parametrize(
    ("said", "expected", "actual"),
    [
        ("Expected: 15\nActual: 30", "15", "30"),
        ("It should return `None` but returns `0`.", "None", "0"),
        ("I would expect it to print `south`.", "south", ""),
        ("I expected to get 'abc' and got 'abd'", "'abc'", "'abd'"),
        ("Expected result: [1, 2]", "", ""),
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
    ],
    ids=["expected", "ticks", "file", "headers", "E", "too long"],
)
def test_time_is_bounded_whatever_the_text(text):
    began = time.process_time()
    read(text)
    assert time.process_time() - began < 20  # a quadratic pattern would take minutes
