"""The test file made of an issue: no goal that nobody stated, no proof by an example that cannot run, names for people."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fixbot_agent.solving.proving.case import Reproducing
from fixbot_agent.solving.reproducing.reproduction import Reproduction
from fixbot_agent.solving.reproducing.writing import written
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Expectation, Issue
from fixbot_repair.issue_reader import read

GEO = "def area(r):\n    return 3 * r * r\n\n\ndef last(items):\n    return items[-1]\n"


def made_of(text: str, home: str = "geo.py") -> tuple[Issue, Reproduction]:
    issue = read(text)
    made = written(issue, [home, "tests/test_geo.py"], lambda path: GEO.encode() if path == home else b"")
    assert made is not None
    return issue, made


def ran(tmp_path: Path, made: Reproduction, home: str = "geo.py", geo: str = GEO) -> dict[str, str]:
    """Outcome of each test, in unittest's own words."""
    for path, text in ((home, geo), (made.path, made.text)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [sys.executable, "-m", "unittest", "-v", made.path]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path)}
    )
    rows = [line for line in done.stderr.splitlines() if line.startswith("test_") and " ... " in line]
    return {row.split(" ")[0]: row.rsplit(" ", 1)[1] for row in rows}


def told(made: Reproduction, test: str, status: TestStatus, message: str = "", path: str = "") -> Feedback:
    frames = ((path, 1, "<module>"),) if path else ()
    return Feedback(outcomes=(TestOutcome(f"{made.path}::TestIssue::{test}", status, message=message, frames=frames),))


def test_what_an_issue_only_reports_is_never_a_goal(tmp_path: Path) -> None:
    issue, made = made_of("area is odd\n\n```\n>>> from geo import area\n>>> area(2)\n12\n```\n\nPlainly wrong.\n")

    assert ran(tmp_path, made) == {"test_reported_1": "FAIL"}
    came = told(made, "test_reported_1", TestStatus.FAILED, "AssertionError: gives what the issue reports: 12")
    assert made.proven(came, issue) == ()
    assert made.unconfirmed(came) == ()
    assert made.question(came) == "What should `area(2)` give instead of 12?"


def test_a_report_that_does_not_hold_here_is_said_to_be_so(tmp_path: Path) -> None:
    issue, made = made_of("area is odd\n\n```\n>>> from geo import area\n>>> area(2)\n13\n```\n\nPlainly wrong.\n")

    assert ran(tmp_path, made) == {"test_reported_1": "ok"}
    held = told(made, "test_reported_1", TestStatus.PASSED)
    assert made.proven(held, issue) == ()
    assert "`area(2)` does not give 13 here" in made.question(held)


@pytest.mark.parametrize("home", ["geo.py", "src/shapes/geo.py"])
def test_what_an_example_does_not_import_is_looked_for_in_the_project(tmp_path: Path, home: str) -> None:
    _, made = made_of("area is odd\n\nExpected 12.57 from area(2) but got 12.\n", home)

    assert ran(tmp_path, made, home) == {"test_expected_1": "FAIL"}


def test_a_crash_in_a_session_is_an_example_that_should_end_well(tmp_path: Path) -> None:
    crash = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nIndexError: list index'
    _, made = made_of(f"crash\n\n```\n>>> from geo import last\n>>> last([])\n{crash}\n```\n")

    assert ran(tmp_path, made) == {"test_example_1": "ERROR"}


def test_a_name_that_the_example_lacks_proves_nothing() -> None:
    issue = Issue("", error="ValueError: x", expectations=(Expectation("cart.total()", "3"),))
    made = written(issue, [])
    assert made is not None
    message = "NameError: name 'cart' is not defined"

    for place, shows in (("<issue>", False), (made.path, False), ("shop.py", True)):
        lacking = told(made, "test_expected_1", TestStatus.ERROR, message, place)
        assert bool(made.proven(lacking, issue)) == shows


def test_what_could_not_be_confirmed_is_named_as_the_issue_has_it() -> None:
    _, made = made_of("odd\n\n`area(2)` should be 12.57\n")

    (said,) = made.unconfirmed(told(made, "test_expected_1", TestStatus.PASSED))
    assert said == "what the issue shows could not be confirmed: issue: area(2) gives 12.57: it does already"


def made_in(text: str, files: dict[str, str]) -> tuple[Issue, Reproduction]:
    issue = read(text)
    made = written(issue, list(files), lambda path: files[path].encode())
    assert made is not None
    return issue, made


def tried(tmp_path: Path, made: Reproduction, files: dict[str, str]) -> dict[str, str]:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return ran(tmp_path, made)


def test_names_come_from_where_most_files_import_them(tmp_path: Path) -> None:
    files = {
        "geo.py": GEO,
        "old.py": "def area(r):\n    return None\n",
        "tests/test_geo.py": "from geo import area\n",
        "tests/test_more.py": "from geo import (\n    last,\n    area,\n)\nimport math as m\n",
        "tests/test_m.py": "import math as m\n",
    }
    _, made = made_in("odd\n\n```\n>>> area(m.sqrt(4))\n12\n```\n\nExpected `12.57`.\n", files)
    assert "from geo import area\nimport math as m" in made.text
    assert tried(tmp_path, made, files) == {"test_expected_1": "FAIL"}


def test_the_projects_own_package_is_imported_by_its_name(tmp_path: Path) -> None:
    files = {"geo.py": GEO, "tests/test_geo.py": ""}
    _, made = made_in("odd\n\n```\n>>> geo.area(2)\n12\n```\n\nExpected `12.57`.\n", files)
    assert tried(tmp_path, made, files) == {"test_expected_1": "FAIL"}


def test_an_example_builds_on_the_blocks_above_it(tmp_path: Path) -> None:
    crash = 'Traceback (most recent call last):\n  File "<stdin>", line 1, in <module>\nIndexError: list index'
    text = f"crash\n\n```\n>>> from geo import last\n>>> x = []\n>>> last(x)\n{crash}\n```\n\nalso\n\n```\nlast(x + [])\n```\n"
    files = {"geo.py": GEO, "tests/test_geo.py": ""}
    _, made = made_in(text, files)
    assert tried(tmp_path, made, files) == {"test_example_1": "ERROR", "test_example_2": "ERROR"}


def test_tests_that_an_issue_brings_along_are_run_as_they_are(tmp_path: Path) -> None:
    text = (
        "odd\n\n```python\nimport unittest\n\n\ndef test_area():\n    assert area(1) == 3\n\n\nclass TestMore(unittest.TestCase):\n"
        "    def setUp(self):\n        self.r = 2\n\n    def test_two(self):\n        self.assertEqual(area(self.r), 12.57)\n\n\n"
        "def test_that_fails_by_its_own_word():\n    assert False\n```\n"
    )
    files = {"geo.py": GEO, "tests/test_geo.py": ""}
    issue, made = made_in(text, files)
    assert tried(tmp_path, made, files) == {"test_given_1": "ok", "test_given_2": "FAIL"}
    failed = told(made, "test_given_2", TestStatus.FAILED, "AssertionError: 12 != 12.57")
    assert made.proven(failed, issue) == (f"{made.path}::TestIssue::test_given_2",)
    assert made.label("test_given_2") == "issue: its test TestMore.test_two passes"


def test_tests_with_fixtures_are_a_file_of_their_own_where_there_is_pytest() -> None:
    text = "odd\n\n```python\ndef test_area(tmp_path):\n    assert area(2) == 12.57\n```\n"
    files = {"geo.py": GEO, "tests/test_geo.py": "import pytest\n", "tests/test_b.py": "import pytest\n"}
    issue, made = made_in(text, files)
    ((path, beside),) = made.beside.items()
    assert beside.startswith("from geo import area\ndef test_area(tmp_path):")
    failed = Feedback(outcomes=(TestOutcome(f"{path}::test_area", TestStatus.FAILED, message="assert 12 == 12.57"),))
    assert made.proven(failed, issue) == (f"{path}::test_area",)
    assert written(issue, ["geo.py"], lambda _: GEO.encode()) is None


def test_a_file_that_cannot_be_collected_proves_nothing() -> None:
    issue, made = made_of("odd\n\n`area(2)` should be 12.57\n")
    message = "nothing could be collected"
    whole = TestOutcome(made.path, TestStatus.ERROR, message=message, collected=False)
    assert made.proven(Feedback(outcomes=(whole,)), issue) == ()


def test_several_prints_are_one_output(tmp_path: Path) -> None:
    text = "odd\n\n```python\nfrom geo import area\nprint(area(1))\nprint(area(2))\n```\n\nExpected:\n\n```\n3\n12.57\n```\n"
    files = {"geo.py": GEO, "tests/test_geo.py": ""}
    _, made = made_in(text, files)
    assert tried(tmp_path, made, files) == {"test_expected_1": "FAIL"}
    assert ran(tmp_path, made, geo="def area(r):\n    return 3 if r == 1 else 12.57\n") == {"test_expected_1": "ok"}


def test_a_program_that_asserts_says_what_should_hold(tmp_path: Path) -> None:
    issue, made = made_of("odd\n\n```python\nfrom geo import area\nassert area(2) == 12.57\n```\n")
    assert ran(tmp_path, made) == {"test_asserted_1": "FAIL"}
    assert made.label("test_asserted_1") == "issue: area(2) == 12.57 holds"
    for message, shows in (("AssertionError", True), ("TypeError: no", False)):
        failed = told(made, "test_asserted_1", TestStatus.FAILED, message, "geo.py")
        assert bool(made.proven(failed, issue)) is shows


def test_a_command_is_run_and_one_that_cannot_be_proves_nothing(tmp_path: Path) -> None:
    text = "odd\n\n```\n$ python -m geo\n1\n```\n\nExpected:\n\n```\n2\n```\n"
    issue, made = made_of(text)
    assert ran(tmp_path, made, geo="print(1)\n") == {"test_expected_1": "FAIL"}
    assert ran(tmp_path, made, geo="print(1 + 1)\n") == {"test_expected_1": "ok"}
    assert ran(tmp_path, made, geo="raise SystemExit(3)\n") == {"test_expected_1": "ERROR"}
    broken = told(made, "test_expected_1", TestStatus.FAILED, "CalledProcessError: Command …")
    assert made.proven(broken, issue) == ()


def test_links_that_leave_the_project_are_not_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "geo.py").write_text(GEO)
    (tmp_path / "endless.py").symlink_to("/dev/zero")
    reproducing = Reproducing(read("odd\n\n`area(2)` should be 12.57\n"), tmp_path)
    (text,) = reproducing.files(["endless.py", "geo.py"]).values()
    assert b"from geo import area" in text


CONF = """\
class BadLine(ValueError):
    pass


def load(path):
    found = {}
    for line in open(path, encoding="utf-8").read().split("\\n"):
        if line and not line[0].isalpha():
            raise BadLine(f"{path}: no name: {line!r}")
        found.update([line.split("=", 1)] if line else [])
    return found


def count(text):
    return len([line for line in text.splitlines() if line]) - 1


def old(n):
    import warnings

    warnings.warn("old is old", FutureWarning)
    return n
"""


def outcomes(tmp_path: Path, made: Reproduction, conf: str = CONF) -> Feedback:
    """What each of its tests says, as the runner would hear it; frames of files and functions."""
    for path, text in (("conf.py", conf), (made.path, made.text)):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    loop = (
        "import json, os, sys, traceback, unittest\nclass R(unittest.TestResult):\n"
        "    def addFailure(s, t, e):\n"
        "        frames = [(os.path.basename(f.filename), f.lineno, f.name) for f in traceback.extract_tb(e[2])]\n"
        "        frames = [f for f in frames if f[0] == 'conf.py']\n"
        "        print(json.dumps([t.id().rsplit('.', 1)[1], 'failed', f'{e[0].__name__}: {e[1]}', frames]))\n"
        "    addError = addFailure\n"
        "    def addSkip(s, t, why): print(json.dumps([t.id().rsplit('.', 1)[1], 'skipped', why, []]))\n"
        "    def addSuccess(s, t): print(json.dumps([t.id().rsplit('.', 1)[1], 'passed', '', []]))\n"
        "unittest.defaultTestLoader.discover(sys.argv[1], sys.argv[2], '.').run(R())\n"
    )
    home = Path(made.path)
    command = [sys.executable, "-c", loop, str(home.parent), home.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, env={"PYTHONPATH": "."})
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return Feedback(
        outcomes=tuple(
            TestOutcome(
                f"{made.path}::TestIssue::{name}", TestStatus(status), message=said, frames=tuple(map(tuple, frames))
            )
            for name, status, said, frames in rows
        )
    )


def proven_in(tmp_path: Path, text: str, files: dict[str, str] | None = None, conf: str = CONF) -> list[str]:
    issue, made = made_in(text, {"conf.py": conf, "test_conf.py": "", **(files or {})})
    return [test.rpartition("::")[2] for test in made.proven(outcomes(tmp_path, made, conf), issue)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`load('a.conf')` fails with\n\n    conf.BadLine: a.conf: no name: '\\ufeffname=1'\n", True),
        ("It has a byte order mark: `load('a.conf')` raises `BadLine: a.conf: no name: x`\n\n```\nname=1\nage=2\n```\n", True),
        ("`load('a.conf')` raises `BadLine: a.conf: no name: x`\n\n```\nname=1\nage=2\n```\n", False),
    ],
)  # fmt: skip
def test_a_file_is_there_as_the_issue_says_it_was(tmp_path: Path, text: str, shown: bool) -> None:
    text = text.replace("BadLine", "BadLineError")
    conf = CONF.replace("BadLine", "BadLineError")
    assert bool(proven_in(tmp_path, f"A file cannot be read\n\n{text}", conf=conf)) is shown
    assert not (tmp_path / "a.conf").exists()


def test_data_of_the_issue_is_read_as_a_test_reads_its_own(tmp_path: Path) -> None:
    tests = (
        'from conf import count\n\nTEXT = """\nitem a\nitem b\n"""\n\ndef test_count():\n    assert count(TEXT) == 2\n'
    )
    issue = "Too few\n\nFor\n\n    item x\n    item y\n    item z\n\n`count` returns too few: I expected {}.\n"
    assert proven_in(tmp_path, issue.format("`3`"), {"test_conf.py": tests}) == ["test_expected_13_1"]
    assert proven_in(tmp_path, issue.format("`[3]`"), {"test_conf.py": tests}) == [], "nothing like what comes"
    assert proven_in(tmp_path, issue.format("`2`"), {"test_conf.py": tests}) == [], "it does already"


def test_a_warning_that_an_issue_is_about_must_not_come(tmp_path: Path) -> None:
    issue = "old warns\n\n```\nfrom conf import old\nold(3)\n```\n\ngives `FutureWarning: old is old`.\n"
    assert proven_in(tmp_path, issue) == ["test_example_1"]
    assert proven_in(tmp_path, issue, conf=CONF.replace("FutureWarning", "UserWarning")) == []


def test_what_documents_import_is_imported(tmp_path: Path) -> None:
    _, made = made_in(
        "odd\n\n`cf.count('a')` should return 1, not 0.\n",
        {"conf.py": CONF, "docs/start.ipynb": '{"source": [\n  "import conf as cf\\n",\n  "import numpy as np"\n]}'},
    )
    assert made.examples["test_expected_1"].imports == ("import conf as cf",)


LENT_TESTS = "from conf import Till\n\ndef test_due():\n    till = Till(3)\n    assert till.due(2) == 6\n"
TILL = """\
class Till:
    def __init__(self, rate):
        self.rate = rate

    def due(self, price):
        return self.cents(price) * self.rate

    def cents(self, price):
        return int(price["cents"])
"""


def test_what_is_lent_must_lead_to_the_very_error(tmp_path: Path) -> None:
    issue = "due fails\n\n```\n>>> till.due(2)\n  File \"conf.py\", line 9, in cents\nTypeError: 'int' object is not subscriptable\n```\n"
    assert proven_in(tmp_path, issue, {"test_conf.py": LENT_TESTS}, TILL) == ["test_example_1_2"], (
        "not Till() without its rate"
    )


@pytest.mark.parametrize(("way", "shown"), [(("due", "cents"), True), (("open", "paid"), False)])
def test_another_error_on_the_same_way_shows_the_fault_too(tmp_path: Path, way: tuple[str, str], shown: bool) -> None:
    frames = "".join(f'  File "conf.py", line 6, in {function}\n' for function in (*way, "<listcomp>"))
    trace = f"Traceback (most recent call last):\n{frames}KeyError: 2"
    issue = f"due fails\n\n```\n>>> from conf import Till\n>>> Till(3).due(2)\n{trace}\n```\n"
    assert bool(proven_in(tmp_path, issue, conf=TILL)) is shown


def test_what_a_notebook_shows_of_a_value_is_asked_for(tmp_path: Path) -> None:
    conf = "class Plot:\n    def _repr_png_(self):\n        return [][0]\n"
    shown = "IndexError     Traceback (most recent call last)\nFile ~/conf.py:3, in Plot._repr_png_(self)\nIndexError: list index out of range"
    issue = f"Empty plots\n\n```\nfrom conf import Plot\nPlot()\n```\n\n```\n{'-' * 30}\n{shown}\n```\n"
    assert proven_in(tmp_path, issue, conf=conf) == ["test_example_1"]


@pytest.mark.parametrize(("shown", "fails"), [("[1, 2]", True), ("[7]", False)])
def test_what_is_concluded_is_a_goal_only_where_it_comes_as_shown(tmp_path: Path, shown: str, fails: bool) -> None:
    text = f"Sorted\n\n```\n>>> from geo import put\n>>> x = [2, 1]\n>>> put(x)\n>>> x\n{shown}\n```\n\nx should not change.\n"
    files = {"geo.py": "def put(items):\n    items.sort()\n", "tests/test_geo.py": ""}
    _, made = made_in(text, files)
    came = ran(tmp_path, made, geo=files["geo.py"])
    assert (came["test_expected_1_0"] == "FAIL") is fails
    assert "what it gave before" in made.label("test_expected_1_0")


def test_arguments_of_a_command_are_put_back(tmp_path: Path) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "geo.py", line 1, in <module>\nIndexError: list index out of range'
    )
    text = f"Crash\n\n```\n$ python -m geo -x\n{trace}\n```\n"
    files = {"geo.py": "import sys\n\nprint(sys.argv[7])\n", "tests/test_geo.py": ""}
    _, made = made_in(text, files)
    top = "class TestIssue(unittest.TestCase):\n"
    check = "    def test_z(self):\n        self.assertNotIn('-x', sys.argv)\n"
    (tmp_path / "tests").mkdir()
    for path, body in (("geo.py", files["geo.py"]), (made.path, made.text.replace(top, top + check))):
        (tmp_path / path).write_text(body)
    done = subprocess.run(
        [sys.executable, "-m", "unittest", "-v", made.path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert "IndexError: list index" in done.stderr
    assert "test_z" in done.stderr
    assert "failures=" not in done.stderr
