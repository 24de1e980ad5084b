"""The tests of a small project, run in a fresh process: which passed, which failed."""

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

SECONDS = 60.0  # a suite may take, the interpreter's start included
# Says last what processor time it took: what the clock says depends on what else the machine is doing.
_RUN = "import pytest, sys, time; code = pytest.main(sys.argv[1:]); print('cpu', time.process_time()); sys.exit(code)"
_CPU = re.compile(r"^cpu (\d+\.\d+)$", re.MULTILINE)
_UNWANTED = ("PYTEST_ADDOPTS", "PYTHONPATH", "PYTHONWARNINGS")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a suite did: ids of tests (``tests/test_a.py::test_b[1]``), processor seconds with the start, why there are none."""

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    seconds: float = 0.0
    broken: str = ""

    @property
    def green(self) -> bool:
        """Whether there were tests and all of them passed."""
        return bool(self.passed) and not self.failed and not self.broken


def run_suite(tree: Path, folder: str) -> Outcome:
    """Effect: run the tests of ``tree/folder`` with the interpreter that runs us; the tests are trusted."""
    with tempfile.TemporaryDirectory(prefix="fixbot-suite-") as scratch:
        report = Path(scratch) / "report.xml"
        argv = [
            sys.executable, "-c", _RUN, "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir", str(tree),
            "-o", "junit_family=xunit1", f"--junitxml={report}", folder,
        ]  # fmt: skip
        environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
        environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ended = subprocess.run(
                argv, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Outcome(broken=f"the tests did not end within {SECONDS:g} s")
        if ended.returncode not in {0, 1} or not report.is_file():
            return Outcome(broken=_last_line(ended.stdout + ended.stderr))
        return _read(report, max(map(float, _CPU.findall(ended.stdout)), default=0.0))


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return f"pytest stopped: {lines[-1][:200]}" if lines else "pytest stopped and said nothing"


def _read(report: Path, seconds: float) -> Outcome:
    root = ET.parse(report).getroot()  # noqa: S314 - pytest wrote it just now
    passed, failed = set[str](), set[str]()
    for case in root.iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        if bad or case.find("skipped") is None:
            (failed if bad else passed).add(_identity(case))
    return Outcome(frozenset(passed - failed), frozenset(failed), seconds)


def _identity(case: ET.Element) -> str:
    file, scope = case.get("file", ""), case.get("classname", "")
    inside = scope.removeprefix(file.removesuffix(".py").replace("/", ".")).strip(".")
    return "::".join(part for part in (file, *inside.split("."), case.get("name", "")) if part)
