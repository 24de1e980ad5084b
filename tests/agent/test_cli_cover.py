"""``fixbot cover`` as a user meets it: in the real sandbox, on a small project."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest

from fixbot_agent.cli.app import run
from fixbot_agent.cli.covering_ended import is_over
from fixbot_agent.covering.report import Report, Status
from fixbot_agent.covering.source import Disagreement, Proposed
from fixbot_agent.schemas import load

SHOP = '''"""A shop."""

import os


def discount(total, code=""):
    if total < 0:
        raise ValueError("negative total")
    if code == "HALF":
        return total / 2
    return total


def clear(path):
    if os.path.exists(path):
        os.remove(path)
'''
OPTIONS = ("--timeout", "30", "--python", sys.executable)


@pytest.fixture
def project(tmp_path, monkeypatch):
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    (root / "shop.py").write_text(SHOP)
    (root / "conftest.py").write_text("")
    commit(root)
    return root


def commit(root):
    who = ("-c", "user.name=n", "-c", "user.email=n@example.org")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
        subprocess.run(["git", *who, *arguments], cwd=root, check=True)


def document(capsys, *arguments):
    code = run(["cover", *arguments, *OPTIONS, "--json"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, load("cover"), jsonschema.Draft202012Validator)
    assert found["exit_code"] == code
    return found


def test_tests_are_written_that_pass_and_notice_slips(project, capsys):
    found = document(capsys, "shop.py", "--target", "0.75", "--apply")
    assert found["status"] == "reached"
    assert found["coverage"]["before"] == 0
    assert all(test["notices"] for test in found["tests"])
    assert found["wrote"] == "tree"
    text = (project / "tests" / "test_shop.py").read_text()
    assert 'match="negative total"' in text
    assert '"HALF"' in text
    assert "remove" not in text
    assert (project / "shop.py").read_text() == SHOP
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "tests"], cwd=project, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode()
    clean = subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "tests"], cwd=project, check=False)
    assert clean.returncode == 0
    again = document(capsys, "shop.py", "--target", "0.75")
    assert (again["status"], again["patch"], again["tests"]) == ("reached", "", [])
    assert again["coverage"]["before"] >= 0.75


def test_what_the_old_tests_reach_is_left_to_them(project, capsys):
    (project / "tests").mkdir()
    old = "from shop import discount\n\n\ndef test_old():\n    assert discount(10, 'HALF') == 5\n    assert discount(1) == 1\n"
    (project / "tests" / "test_shop.py").write_text(old)
    found = document(capsys, "shop.py", "--target", "0.7")
    assert found["coverage"]["before"] == pytest.approx(4 / 8)
    gone = [line for line in found["patch"].splitlines() if line.startswith("-") and not line.startswith("---")]
    assert gone in ([], ["-from shop import discount"])  # where other names join it
    assert any("negative" in test["name"] for test in found["tests"])
    assert not any("half" in test["name"] for test in found["tests"])
    assert (project / "tests" / "test_shop.py").read_text() == old


def test_tests_count_that_reach_the_module_by_way_of_others(project, capsys):
    inside = project / "store" / "tests"
    inside.mkdir(parents=True)
    (project / "tests").mkdir()
    for folder in (project / "store", inside):
        (folder / "__init__.py").write_text("")
    (project / "store" / "_rules.py").write_text("def rate(n):\n    if n > 7:\n        return 2\n    return 1\n")
    (project / "store" / "till.py").write_text(
        "from store._rules import rate\n\n\ndef total(n):\n    return n * rate(n)\n"
    )
    (project / "tests" / "test_ends.py").write_text("import os\nimport store\n\ndef test_it():\n    os._exit(3)\n")
    (project / "tests" / "test_odd.py").write_text("import nobody_has_this\n")
    case = "import unittest\nfrom store.till import total\n\n\nclass TestTill(unittest.TestCase):\n    def test_{0}(self):\n        assert total({0})\n"
    (inside / "test_low.py").write_text(case.format(1))
    commit(project)
    low = document(capsys, "store/_rules.py")
    assert low["coverage"]["before"] == 0.5
    assert low["coverage"]["test_files"] == {"looked_at": 1, "of": 3}
    assert [test["adds"] for test in low["tests"]] == [1]
    (inside / "test_till.py").write_text(case.format(9))
    assert run(["cover", "store/_rules.py", *OPTIONS]) == 0
    told = capsys.readouterr()
    assert "100% of 2 branches, as coverage.py counts them, reached by the 2 of 4 test files" in told.err
    assert "No model was asked" not in told.err
    assert told.out == ""


def test_a_function_that_nothing_calls_is_called_though_all_branches_are_reached(project, capsys):
    (project / "half.py").write_text(
        "def sign(n):\n    return 'minus' if n < 0 else 'plus'\n\n\ndef is_low(n):\n    if n < 9:\n        return True\n    return False\n\n\ndef twice(n):\n    return 2 * n\n"
    )
    (project / "test_half.py").write_text(
        "from half import is_low\n\n\ndef test_low():\n    assert is_low(1)\n    assert not is_low(10)\n"
    )
    assert run(["cover", "half.py", *OPTIONS, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["coverage"]["functions"] == {"before": 1, "after": 3, "of": 3}
    assert run(["runs", "show", "last"]) == 0
    assert "The target is for functions, too: 1 of 3 were called before, 3 are now." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "why_not", "is_it"),
    [
        ("short", "", True),
        ("short", "no model is to be asked", True),
        ("short", "the model is overloaded", False),
        ("time", "", False),
        ("interrupted", "", False),
    ],
)
def test_a_run_is_over_that_nothing_cut_short(status, why_not, is_it):
    report = {"status": status, "exit_code": 4, "asked": {"why_not": why_not}}
    assert is_over(SimpleNamespace(command="cover", report=report)) is is_it


def test_nothing_to_do_and_wrong_use(project, capsys):
    (project / "empty.py").write_text("LIMIT = 3\n")
    found = document(capsys, "empty.py")
    assert (found["status"], found["exit_code"], found["patch"]) == ("reached", 0, "")
    assert run(["cover", "nowhere.py", *OPTIONS]) == 2
    assert "there is no file nowhere.py" in capsys.readouterr().err
    assert run(["cover", ".", *OPTIONS]) == 2
    told = capsys.readouterr().err
    assert ". names a folder; name a module" in told
    assert "fixbot cover conftest.py" in told
    (project / "conftest.py").write_text("import nobody_has_this\n")
    assert run(["cover", "shop.py", *OPTIONS]) == 6
    assert "nobody_has_this" in capsys.readouterr().err


STATE = '''"""A shop with a switch that other modules have."""

import config


def open_shop(hour):
    if hour > 7:
        config.OPEN = True
        return "open"
    return "closed"


def price(n):
    if n > 2:
        return n * 9
    return n * 10
'''


def test_what_disturbs_the_projects_tests_is_left_out(project, capsys):
    (project / "tests").mkdir()
    (project / "config.py").write_text("OPEN = False\n")
    (project / "shop.py").write_text(STATE)
    (project / "tests" / "test_config.py").write_text(
        "import config\n\n\ndef test_closed():\n    assert not config.OPEN\n"
    )
    found = document(capsys, "shop.py")
    names = [test["name"] for test in found["tests"]]
    assert any("price" in name for name in names)
    assert 'open_shop(8) == "open"' not in found["patch"]
    (told,) = [note for note in found["notes"] if "tests/test_config.py" in note]
    assert "left out that disturbed them" in told


SMALL = "def price(n):\n    if n > 2:\n        return n * 9\n    return n * 10\n"


def test_a_new_file_is_run_by_plain_pytest_where_nothing_is_set_up(project, capsys):
    (project / "conftest.py").unlink()
    (project / "shop.py").write_text(SMALL)
    assert document(capsys, "shop.py", "--apply")["file"] == "test_shop.py"
    plain = Path(sys.executable).with_name("pytest")
    ran = subprocess.run([plain, "-q", "-p", "no:cacheprovider"], cwd=project, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode()


def test_a_package_of_a_part_with_a_project_file_of_its_own(project, capsys):
    part = project / "packages" / "shop"
    (part / "src" / "shopping").mkdir(parents=True)
    (part / "pyproject.toml").write_text(
        "[project]\nname = 'shopping'\n[tool.pytest.ini_options]\npythonpath = 'src'\n"
    )
    (part / "src" / "shopping" / "__init__.py").write_text("")
    (part / "src" / "shopping" / "prices.py").write_text(SMALL)
    found = document(capsys, "packages/shop/src/shopping/prices.py", "--apply")
    assert (found["status"], found["file"]) == ("reached", "packages/shop/tests/test_prices.py")
    plain = Path(sys.executable).with_name("pytest")
    ran = subprocess.run([plain, "-q", "-p", "no:cacheprovider"], cwd=part, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode()


def test_an_import_that_hangs_is_said_to_hang_before_any_test_waits_for_it(project, capsys):
    (project / "hangs.py").write_text("import time\n\nwhile True:\n    time.sleep(1)\n\n\ndef f():\n    return 1\n")
    (project / "test_hangs.py").write_text("import hangs\n\n\ndef test_f():\n    assert hangs.f() == 1\n")
    options = ("--timeout", "5", "--python", sys.executable)
    assert run(["cover", "hangs.py", *options]) == 6
    assert "its import does not come to an end within 5 s" in capsys.readouterr().err


def test_what_a_model_says_is_cut_to_what_a_person_reads():
    said = Disagreement("rate", "test_a", "x" * 999, "given\nin lines", "", "m", opinion="because " * 9999)
    report = Report("shop.py", "", Status.SHORT, 0.9, 0.1, 0.1, 8, 0, 0, proposed=Proposed(disagreements=(said,)))
    told = [*report.lines()]
    assert max(map(len, told)) < 1000
    assert any("the code gives: given in lines" in line for line in told)
    assert "because " * 9999 in json.dumps(report.to_json())
