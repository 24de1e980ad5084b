"""Candidates that would rather be believed than right: each is refused, in the pool and by the last word, and leaves nothing behind.

What a test process says of itself cannot be had against code that lies with its words (docs/security.md): these are the exits, loops,
processes, floods and hooks that a patch brings by accident or by design.
"""

import dataclasses
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.checks.tests import runner
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox.choosing import choose
from fixbot_repair.verification import Trial, Verdict, Verifier, oracle
from fixbot_repair.workspace import Workspace

SOURCE = "def limit(n):\n    if n > 10:\n        return 11\n    return n\n"
TESTS = """\
    import unittest
    from core import limit

    class TestLimit(unittest.TestCase):
        def test_high(self):
            self.assertEqual(limit(12), 10)

        def test_low(self):
            self.assertEqual(limit(3), 3)
    """
HIGH, LOW = "test_core.py::TestLimit::test_high", "test_core.py::TestLimit::test_low"
HOSTILE = {
    "exits at once": "import os\nos._exit(0)",
    "exits by an exception": "raise SystemExit(0)",
    "exits when all is over": "import atexit, os\natexit.register(os._exit, 0)\nreturn 11",
    "is killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "loops": "while True: pass",
    "loops and swallows": "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    "loops in C": "import itertools\nsum(itertools.repeat(0))",
    "masks all signals": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    "takes the handlers": "import signal\nfor n in (14, 26, 27):\n    signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    "sleeps": "import time\ntime.sleep(600)",
    "goes on in a fork": "import os\nif os.fork(): os._exit(0)\nreturn 11",
    "leaves a daemon": "import os, time\nif not os.fork():\n    os.setsid()\n    if os.fork(): os._exit(0)\n    time.sleep(600)\n    os._exit(0)\nreturn 11",
    "leaves many forks": "import os, time\nfor _ in range(30):\n    if not os.fork():\n        time.sleep(600)\n        os._exit(0)\nreturn 11",
    "leaves a thread": "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\nreturn 11",
    "floods": "import os\nfor _ in range(300):\n    os.write(1, bytes(1 << 16)), os.write(2, bytes(1 << 16))\nreturn 11",
    "fills the disk": "for n in range(20):\n    with open(f'filled{n}', 'wb') as file: file.write(bytes(1 << 20))\nreturn 11",
    "asks for all memory": "return len(bytearray(1 << 46))",
    "writes over the code": "import os\nfor name in ('core.py', 'test_core.py'):\n    with open(name, 'w') as file: file.write('')\nreturn 11",
    "prints a report": "print('test_high passed\\n1 passed')\nreturn 11",
    "takes unittest's reports": "import unittest\nunittest.TestResult.addFailure = unittest.TestResult.addError = lambda *a: None\nreturn 11",
}  # fmt: skip
OF_PYTEST = {
    "reports each failure as passed": """\
        import _pytest.reports as reports
        plain = reports.TestReport.from_item_and_call.__func__
        def forged(cls, item, call):
            report = plain(cls, item, call)
            report.outcome, report.longrepr = "passed", None
            return report
        reports.TestReport.from_item_and_call = classmethod(forged)
        return 11""",
    "drops what was raised": """\
        import _pytest.runner as runner
        plain = runner.CallInfo.from_call.__func__
        def forged(cls, func, *args, **named):
            call = plain(cls, func, *args, **named)
            call.excinfo = None
            return call
        runner.CallInfo.from_call = classmethod(forged)
        return 11""",
    "skips": "import pytest\npytest.skip('not today')",
    "expects to fail": "import pytest\npytest.xfail('known')",
    "ends the session": "import pytest\npytest.exit('done', returncode=0)",
}  # fmt: skip


def candidate(body: str) -> Candidate:
    after = SOURCE.replace("        return 11\n", textwrap.indent(textwrap.dedent(body), " " * 8) + "\n")
    return Candidate(Patch.between({"core.py": SOURCE.encode()}, {"core.py": after.encode()}), "test")


def descendants() -> int:
    """How many processes there are below this one."""
    found, todo = 0, ["self"]
    while todo:
        for task in Path(f"/proc/{todo.pop()}/task").glob("*/children"):
            below = task.read_text().split()
            found, todo = found + len(below), todo + below
    return found


class Ground:
    """A verifier that has been warmed up, and what may be there after each trial."""

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier
        assert verifier.search(candidate("return 10")).verdict is Verdict.PLAUSIBLE
        self.processes = descendants()
        self.mounts = Path("/proc/self/mountinfo").read_text()

    def left_alone(self) -> bool:
        """Whether no process, mount or file is there that was not before."""
        mounts = Path("/proc/self/mountinfo").read_text()
        self.verifier.workspace.reset()
        files = sorted(p.name for p in self.verifier.workspace.path.iterdir())
        return descendants() <= self.processes and mounts == self.mounts and not [f for f in files if "filled" in f]

    def tried(self, body: str, final: bool) -> Trial:
        return (self.verifier.confirm if final else self.verifier.search)(candidate(body))


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, own_environment: Environment, plain_repository: Callable[..., Path]
) -> Iterator[Callable[[str], Ground]]:
    """The project with the runner of that name; limits of the last word are short here."""
    made: dict[str, Ground] = {}
    opened: list[Verifier | Workspace] = []
    top = plain_repository(tmp_path_factory.mktemp("hostile") / "project", {"core.py": SOURCE, "test_core.py": TESTS})

    def make(name: str) -> Ground:
        if name not in made:
            environment = own_environment if name == "pytest" else dataclasses.replace(own_environment, pytest="")
            workspace = Workspace.create(top, environment, choose("auto", trusted=True))
            opened.append(workspace)
            tests = runner(workspace)
            opened.append(Verifier(workspace, tests, tests.run(trace=True)))
            made[name] = Ground(opened[-1])
        return made[name]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(oracle, "_FINAL", 0.5)
        yield make
        for one in reversed(opened):
            one.close()


@pytest.mark.parametrize("final", [False, True], ids=["pool", "last word"])
@pytest.mark.parametrize("name", HOSTILE)
def test_is_refused_and_leaves_nothing(ground, name, final):
    here = ground("unittest")
    trial = here.tried(HOSTILE[name], final)
    assert (trial.verdict, trial.final) == (Verdict.UNFIXED, final)
    assert here.left_alone()
    assert here.tried("return 10", False).verdict is Verdict.PLAUSIBLE


@pytest.mark.parametrize("final", [False, True], ids=["pool", "last word"])
@pytest.mark.parametrize("name", OF_PYTEST)
def test_what_bends_pytest_is_refused(ground, name, final):
    here = ground("pytest")
    assert here.tried(OF_PYTEST[name], final).verdict is Verdict.UNFIXED
    assert here.left_alone()


def test_none_of_them_broke_a_warm_process(ground):
    assert [ground(name).verifier.notes for name in ("unittest", "pytest")] == [(), ()]
