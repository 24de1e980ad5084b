"""What hangs on the day, the machine or the folder is found out by trying tests elsewhere."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_repair.environment import Environment
from fixbot_repair.errors import EnvironmentFailure
from fixbot_repair.exercising import Attempt, Crew, Exercise, Subject
from fixbot_repair.sandbox import choose
from fixbot_repair.slips import Slip
from fixbot_repair.workspace import Workspace

HERE = """
import datetime, getpass, locale, mimetypes, os, platform, socket, sys, tempfile, threading, time, uuid
from datetime import date
from time import localtime

BORN = os.getpid()
STARTED = date.today().year


def written(folder):
    place = folder / "a.txt"
    place.write_text("a")
    return datetime.datetime.fromtimestamp(place.stat().st_mtime).year


def age(day):
    return (datetime.datetime.now() - day).days // 30


def seconds(words):
    return len(words) * 60


def is_day(value):
    return type(value) is datetime.date and isinstance(datetime.datetime.now(), datetime.datetime)


def lasts(work):
    began = time.time()
    work()
    return 0 <= time.time() - began < 60
"""
WRONG = (
    "STARTED", "date.today().isoformat()", "date.today().month", "datetime.datetime.now().day", "datetime.datetime.utcnow().year",
    "datetime.datetime.now(datetime.timezone.utc).year", "localtime().tm_year", "time.strftime('%Y')", "time.time() // 86400",
    "time.ctime()[-4:]", "time.time_ns() // 10 ** 16", "age(datetime.datetime(2020, 1, 31))", "written(tmp_path)",
    "os.cpu_count()", "len(os.sched_getaffinity(0))", "socket.gethostname()", "platform.node()", "os.uname().release",
    "platform.python_version()", "BORN", "uuid.getnode()", "sys.executable", "sys.argv", "os.listdir('.')", "os.getcwd()",
    "os.path.expanduser('~')", "getpass.getuser()", "os.getuid()", "os.sysconf('SC_PHYS_PAGES')", "tempfile.gettempdir()",
    "os.environ.get('LANG')", "os.environ.get('HTTP_PROXY', '')",
)  # fmt: skip
RIGHT = (
    "seconds('ab') == 120",
    "is_day(date(2024, 2, 29))",
    "lasts(len) if False else True",
    "lasts(lambda: None)",
    "mimetypes.guess_type('a.txt')[0] == 'text/plain'",
    "datetime.datetime(2020, 1, 31).isoformat() == '2020-01-31T00:00:00'",
    "(tmp_path / 'a').exists() is False",
    "time.gmtime(0).tm_year == 1970",
)
NOTHING = Slip("nothing", 1, 0, 0, "", "nothing")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = tmp_path_factory.mktemp("project")
    (root / "here.py").write_text(HERE)
    (root / "hangs.py").write_text("import time\n\ntime.sleep(600)\n")
    (root / "threads.py").write_text(
        "import threading, time\n\nthreading.Thread(target=time.sleep, args=(600,)).start()\n\n\ndef f():\n    return 1\n"
    )
    (root / "ends.py").write_text("import os\n\nos._exit(3)\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    environment = Environment.find(root, Path(sys.executable))
    with Workspace.create(root, environment, choose("auto", trusted=True)) as made:
        yield made


def test_what_the_day_or_the_machine_gives_does_not_hold_elsewhere(workspace):
    subject = Subject("here.py", "here", ())
    with Exercise(workspace, subject, 60) as exercise:
        outcomes = exercise.attempt([Attempt((), call) for call in WRONG])
    told = dict(zip(WRONG, outcomes, strict=True))
    placed = {call for call in WRONG if told[call].value is None or told[call].kind != "returns"}
    cases = [(n, f"assert {call} == {told[call].value}") for n, call in enumerate(WRONG) if call not in placed]
    cases += [(100 + n, f"assert {call}") for n, call in enumerate(RIGHT)]
    held = set(dict(cases))
    for elsewhere in (1, 2):
        with Crew(workspace, subject, 60, 1, elsewhere) as crew:
            held -= crew.killers([NOTHING], [cases])[0]
    assert {WRONG[n] for n in held if n < 100} == set()
    assert held == {100 + n for n in range(len(RIGHT))}
    assert len(cases) > len(WRONG)  # few are told from the machine's own folders already


def test_what_is_read_lies_in_the_project(workspace):
    with Exercise(workspace, Subject("here.py", "here", ()), 60) as exercise:
        calls = (
            "open('/etc/hostname').read()",
            "open('/proc/cpuinfo').read()",
            "os.listdir('/etc')",
            "open('here.py').readline()",
        )
        found = exercise.attempt([Attempt((), call) for call in calls])
    assert [each.kind for each in found] == ["reaches", "reaches", "reaches", "returns"]


def test_an_import_that_hangs_is_bounded_and_said_to_hang(workspace):
    with pytest.raises(EnvironmentFailure, match=r"hangs cannot be imported .*does not come to an end within 1 s"):
        Exercise(workspace, Subject("hangs.py", "hangs", (), patience=1.0), 60)
    with pytest.raises(EnvironmentFailure, match="its process has ended"):
        Exercise(workspace, Subject("ends.py", "ends", ()), 60)


def test_threads_that_an_import_starts_are_told(workspace):
    with Exercise(workspace, Subject("threads.py", "threads", ()), 60) as exercise:
        assert exercise.imported.threads == 1
        assert [each.value for each in exercise.attempt([Attempt((), "f()")])] == ["1"]
