"""The sandbox: what every back end holds on this machine, for this user and for another, and how it behaves."""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
from dataclasses import replace
from pathlib import Path

import pytest

from fixbot_repair.clearing import remove_tree
from fixbot_repair.errors import SandboxError, Untrusted
from fixbot_repair.sandbox import Limits, Policy, Promise, Sandbox, choose, choosing, survey
from fixbot_repair.sandbox import filter as seccomp
from fixbot_repair.sandbox.bare import Bare
from fixbot_repair.sandbox.bubblewrap import Bubblewrap
from fixbot_repair.sandbox.landlock import Landlock
from fixbot_repair.sandbox.policy import CONTAINED

HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent


def load(path: Path) -> types.ModuleType:
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


cases = load(HERE / "sandbox_cases" / "cases.py")
BACKENDS = [pytest.param("bwrap", marks=pytest.mark.needs("bwrap")), "landlock", "plain", "plain3"]


def usable(name: str) -> Sandbox:
    """The back end `name`; where the machine offers none, a test of it is skipped, in CI it fails."""
    if why := cases.why_not(name):
        excused = os.environ.get("CI") != "true" or name in os.environ.get("FIXBOT_TEST_WITHOUT", "").split(",")
        (pytest.skip if excused else pytest.fail)(f"no sandbox {name} here: {why}")
    found: Sandbox = cases.backend(name)
    return found


@pytest.fixture(params=BACKENDS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return usable(request.param)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    (tmp_path / "host").mkdir()
    return tmp_path / "host"


CONVENIENCES = {name for name, (promise, _) in cases.CASES.items() if promise not in CONTAINED}


@pytest.mark.parametrize("name", sorted(cases.CASES.keys() - CONVENIENCES - cases.SLOW))
def test_holds(name: str, sandbox: Sandbox, work: Path, host: Path) -> None:
    cases.CASES[name][1](sandbox, work, host)


@pytest.mark.parametrize("backend", BACKENDS[:3])
@pytest.mark.parametrize("name", sorted(cases.SLOW))
def test_holds_what_takes_long_to_see(name: str, backend: str, work: Path, host: Path) -> None:
    cases.CASES[name][1](usable(backend), work, host)


@pytest.mark.parametrize("backend", BACKENDS[:2])
@pytest.mark.parametrize("name", sorted(CONVENIENCES))
def test_is_convenient(name: str, backend: str, work: Path, host: Path) -> None:
    """What namespaces bring, besides; skipped where they are closed."""
    sandbox = usable(backend)
    if cases.CASES[name][0] not in sandbox.promises():
        pytest.skip(f"{sandbox.name} does not promise it here: {cases.CASES[name][0]}")
    cases.CASES[name][1](sandbox, work, host)


def test_every_promise_has_a_case() -> None:
    assert {promise for promise, _ in cases.CASES.values()} == set(Promise)


def test_without_namespaces_what_counts_is_still_promised() -> None:
    assert Landlock(namespaces=False, abi=3).promises() >= CONTAINED
    assert not Landlock(namespaces=False, abi=2).promises() >= CONTAINED
    assert Landlock(namespaces=False, abi=0).promises() == frozenset()


def _python_for_everybody() -> str:
    if not shutil.which("setpriv"):
        return ""
    for candidate in ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable):
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", candidate, "-c"]
        check = "import sys; sys.exit(sys.version_info < (3, 11))"
        if (
            shutil.which(candidate)
            and not subprocess.run([*as_nobody, check], capture_output=True, check=False).returncode
        ):
            return candidate
    return ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user; who is not root is one already")
@pytest.mark.parametrize("backend", [*BACKENDS[:2], "plain3"])
def test_holds_for_an_unprivileged_user(backend: str, tmp_path: Path) -> None:
    usable(backend)
    python = _python_for_everybody()
    if not python:
        pytest.skip("no setpriv, or no Python 3.11 that another user may run")
    place = Path(subprocess.check_output(["mktemp", "-d", "/tmp/fixbot-other-user-XXXXXX"], text=True).strip())
    try:
        for part in ("analysis/fixbot_analysis", "repair/fixbot_repair", "tests/repair/sandbox_cases"):
            source = _installed(part)
            shutil.copytree(source, place / Path(part).name, ignore=shutil.ignore_patterns("__pycache__"))
        (place / "tmp").mkdir()
        subprocess.run(["chmod", "-R", "a+rX", place], check=True)
        (place / "tmp").chmod(0o1777)
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python]
        environment = {"PYTHONPATH": str(place), "TMPDIR": str(place / "tmp"), "PATH": os.environ["PATH"]}
        script = str(place / "sandbox_cases" / "cases.py")
        seen = subprocess.run(
            [*as_nobody, "-B", script, backend], env=environment, capture_output=True, text=True, check=False
        )
        assert seen.returncode == 0, seen.stderr
        found = json.loads(seen.stdout)[backend]
        assert found
        assert {name: why for name, why in found.items() if why} == {}
        assert list((place / "tmp").iterdir()) == []
    finally:
        shutil.rmtree(place)


def _installed(part: str) -> Path:
    """Where a package of ours is imported from; the tests' own parts lie in the repository."""
    found = importlib.util.find_spec(Path(part).name)
    if found and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0])
    return REPOSITORY / part


# --- how it behaves --------------------------------------------------------------------------------------------------


def test_says_how_a_command_ended(sandbox: Sandbox, work: Path) -> None:
    policy = Policy(work)
    completed = sandbox.run(["sh", "-c", "cat; echo trouble >&2; exit 3"], policy, b"through")
    assert (completed.returncode, completed.stdout, completed.stderr) == (3, b"through", b"trouble\n")
    assert not completed.timed_out
    assert completed.stopped_for == ""
    assert cases.guest(sandbox, work, "import ctypes; ctypes.string_at(0)").returncode == -signal.SIGSEGV


def test_megabytes_go_in_and_out(sandbox: Sandbox, work: Path) -> None:
    data = os.urandom(3 << 20)
    assert sandbox.run(["cat"], Policy(work), data).stdout == data


def test_unread_input_is_no_trouble(sandbox: Sandbox, work: Path) -> None:
    assert sandbox.run(["true"], Policy(work), bytes(1 << 20)).returncode == 0


def test_a_missing_program_reads_like_in_a_shell(sandbox: Sandbox, work: Path) -> None:
    completed = sandbox.run(["no-such-program"], Policy(work))
    assert completed.returncode == 127
    assert b"no-such-program" in completed.stderr


def test_a_missing_folder_is_an_error(sandbox: Sandbox, work: Path) -> None:
    with pytest.raises(SandboxError, match="does not exist"):
        sandbox.run(["true"], Policy(work / "none"))
    with pytest.raises(SandboxError, match="could not be set up"):
        sandbox.run(["true"], Policy(work, cwd="none"))
    with pytest.raises(SandboxError, match="no path within"):
        sandbox.run(["true"], Policy(work, protected=("../x",)))
    with pytest.raises(SandboxError, match="no command"):
        sandbox.run([], Policy(work))


def test_has_only_the_environment_it_is_given(sandbox: Sandbox, work: Path) -> None:
    completed = sandbox.run(["env"], Policy(work, environment={"GIVEN": "yes", "LANG": "C"}))
    found = dict(line.split("=", 1) for line in completed.stdout.decode().splitlines())
    assert found.keys() - {"PWD", "SHLVL", "_"} == {"PATH", "LANG", "HOME", "TMPDIR", "GIVEN"}
    assert found["LANG"] == "C"
    assert os.environ["HOME"] != found["HOME"]


def test_reports_on_a_descriptor(sandbox: Sandbox, work: Path) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    cases.said(
        cases.guest(sandbox, work, "import os, sys; os.write(int(sys.argv[1]), b'report')", writing, fds=(writing,))
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as report:
        assert report.read() == b"report"


def test_works_from_many_threads(work: Path) -> None:
    sandbox, found = usable("landlock"), []
    threads = [
        threading.Thread(target=lambda n=n: found.append(sandbox.run(["echo", str(n)], Policy(work)).stdout))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"{n}\n".encode() for n in range(6)]


def test_leaves_nothing_behind(sandbox: Sandbox, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "tmp"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    before = len(list(Path("/proc/self/fd").iterdir()))
    sandbox.run(["sh", "-c", "mkdir -p $TMPDIR/a/b; chmod 0 $TMPDIR/a $HOME"], Policy(work))
    with pytest.raises(SandboxError):
        sandbox.run(["true"], Policy(work, cwd="none"))
    with sandbox.spawn(["cat"], Policy(work)):
        pass
    assert list(place.iterdir()) == []
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not list(Path("/sys/fs/cgroup").glob(f"*/fixbot-{os.getpid()}-*"))


def test_ends_with_the_process_that_started_it(sandbox: Sandbox, work: Path) -> None:
    """fixbot killed without a chance to clear up: what it contained ends, too."""
    (work / "beats").write_text("")
    (work / "start.py").write_text(
        "import sys\nfrom pathlib import Path\nfrom fixbot_repair.sandbox import Policy\n"
        f"sys.path.insert(0, {str(HERE / 'sandbox_cases')!r})\nimport cases\n"
        f"cases.backend({_key(sandbox)!r}).run(['sh', '-c', 'while echo . >> beats; do sleep 0.02; done'], "
        f"Policy(Path({str(work)!r})))\n"
    )
    (work / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(work / "tmp")}
    with subprocess.Popen([sys.executable, str(work / "start.py")], env=environment) as starter:
        deadline = time.monotonic() + 30
        while not (work / "beats").stat().st_size and time.monotonic() < deadline:
            time.sleep(0.02)
        starter.kill()
    time.sleep(0.3)
    assert (work / "beats").stat().st_size
    assert not cases.still_beating(work / "beats")
    assert list((work / "tmp").iterdir()) == []


def _key(sandbox: Sandbox) -> str:
    if isinstance(sandbox, Landlock) and not sandbox.namespaces:
        return "plain3" if sandbox.abi == 3 else "plain"
    return sandbox.name


def test_an_interruption_ends_the_command(work: Path) -> None:
    (work / "beats").write_text("")
    timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        usable("landlock").run(["sh", "-c", "while echo . >> beats; do sleep 0.02; done"], Policy(work))
    assert not cases.still_beating(work / "beats")


def test_the_whole_file_system_is_not_readable_by_mistake(sandbox: Sandbox, work: Path) -> None:
    with pytest.raises(SandboxError, match="whole file system"):
        sandbox.run(["true"], Policy(work, readable=(Path("/"),)))


def test_a_link_where_the_environment_goes_is_refused(work: Path, host: Path) -> None:
    """The project's own venv is seen inside the work folder; a link there must not lead the mount point outside."""
    project = host / "project"
    (project / "venv").mkdir(parents=True)
    (work / "venv").symlink_to(host / "elsewhere")
    with pytest.raises(SandboxError, match="venv"):
        usable("landlock").run(["true"], Policy(work, mount_at=project, readable=(project / "venv",)))
    assert not (host / "elsewhere").exists()


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_answers_line_by_line(sandbox: Sandbox, work: Path) -> None:
    with sandbox.spawn(["cat"], Policy(work)) as session:
        for number in range(3):
            session.send(b"question %d\n" % number)
            assert session.readline(10) == b"question %d\n" % number
        assert session.readline(0.05) is None
        completed = session.close()
        assert session.close() is completed
    assert completed.stopped_for == "closed"
    with pytest.raises(SandboxError):
        session.send(b"more")


def test_a_session_that_ends_by_itself_says_how(sandbox: Sandbox, work: Path) -> None:
    with sandbox.spawn(["sh", "-c", "read x; echo last >&2; printf rest; exit 4"], Policy(work)) as session:
        session.send(b"go\n")
        assert session.readline(10) == b"rest"
        assert session.readline(10) == b""
        completed = session.close()
    assert (completed.returncode, completed.stderr) == (4, b"last\n")


def test_a_session_has_an_end(sandbox: Sandbox, work: Path) -> None:
    with sandbox.spawn(["sleep", "60"], Policy(work, limits=Limits(wall_seconds=0.5))) as session:
        assert session.readline(20) == b""
        assert session.close().timed_out


def test_a_session_does_not_swallow_a_line_without_end(work: Path) -> None:
    policy = Policy(work, limits=Limits(output_bytes=1 << 16))
    with usable("landlock").spawn(["cat", "/dev/zero"], policy) as session, pytest.raises(SandboxError):
        session.readline(20)


def test_a_session_may_talk_on_stderr_without_being_heard(sandbox: Sandbox, work: Path) -> None:
    code = "import sys; sys.stderr.write('x' * (1 << 20)); sys.stderr.flush(); print('done', flush=True); input()"
    policy = Policy(work, readable=cases.INTERPRETER, limits=replace(cases.QUICK, output_bytes=1000))
    with sandbox.spawn([cases.PYTHON, "-I", "-S", "-c", code], policy) as session:
        assert session.readline(20) == b"done\n"
        completed = session.close()
    assert completed.output_cut
    assert len(completed.stderr) == 1000


# --- choosing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    probes = (
        choosing.Probe("bwrap", None, "it is not installed", "install it"),
        choosing.Probe("landlock", None, "no"),
    )
    monkeypatch.setattr(choosing, "survey", lambda _root: probes)


def test_the_untrusted_is_refused_where_nothing_contains(nothing_works: None) -> None:
    with pytest.raises(Untrusted, match="not installed") as refusal:
        choose()
    assert "bubblewrap" in refusal.value.hint
    with pytest.raises(Untrusted):
        choose("none")


def test_the_trusted_runs_under_limits_and_is_told(nothing_works: None, work: Path) -> None:
    sandbox = choose(trusted=True)
    assert sandbox.name == "none"
    assert sandbox.promises() == frozenset()
    assert "no sandbox" in sandbox.warnings[0]
    assert sandbox.run(["pwd"], Policy(work)).stdout.decode().strip() == str(work)


def test_asked_for_by_name_there_is_no_substitute(nothing_works: None) -> None:
    with pytest.raises(SandboxError, match="not installed"):
        choose("bwrap", trusted=True)
    for kind in ("docker", "seatbelt"):
        with pytest.raises(SandboxError, match="not built yet"):
            choose(kind, trusted=True)
    with pytest.raises(SandboxError, match="no sandbox called"):
        choose("jail")


def test_a_back_end_that_breaks_is_not_chosen(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    assert "No permissions" in choosing.trouble(Bubblewrap(str(broken)))


def test_the_survey_has_found_one_here() -> None:
    assert {p.name for p in survey()} == {"bwrap", "landlock"}
    usable("landlock")
    assert any(p.works for p in survey())
    assert choose().promises() >= CONTAINED


@pytest.mark.parametrize("name", ["leaves_a_daemon_behind", "never_ends", "fills_the_disk", "prints_without_end"])
def test_limits_alone_end_what_is_merely_careless(name: str, work: Path, host: Path) -> None:
    cases.CASES[name][1](Bare(), work, host)


def test_watching_works_without_the_newer_calls(tmp_path: Path) -> None:
    """macOS has no pidfd and no /proc: the launcher looks every 10 ms, and ends the command's group."""
    script = """
import os, sys, time
from fixbot_repair.sandbox.launcher import supervise
from fixbot_repair.sandbox.launcher.spec import Spec
del os.pidfd_open
supervise.processes = lambda: []
for seconds in (0.05, 60):
    pid = os.fork()
    if pid == 0:
        os.setsid()
        time.sleep(seconds)
        os._exit(7)
    why = supervise.wait(pid, supervise.Watch(Spec(), True, True), time.monotonic() + 1, -1)
    supervise.end_all(pid)
    print(why, supervise.exit_code(pid))
"""
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert seen.stdout == " 7\nwall -9\n", seen.stderr


@pytest.mark.parametrize("module", ["fixbot_repair.sandbox", "fixbot_agent.cli.commands.doctor"])
def test_imports_where_there_is_no_fork(module: str) -> None:
    """Windows: the modules that are not there must not be asked for before they are needed."""
    script = f"""
import sys, os, click, subprocess, tempfile
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
del os.fork, os.geteuid, os.uname
sys.platform = "win32"
import {module}
from fixbot_repair.sandbox import survey
print([p.why_not for p in survey()])
"""
    seen = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert seen.stdout == "['it needs Linux', 'it needs Linux']\n", seen.stderr


# --- the filter ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed(machine: str) -> None:
    """Every jump lands inside, and the last word is a verdict."""
    for namespaces, scopes in ((True, True), (False, True), (False, False)):
        program = seccomp.program(machine, namespaces, scopes)
        code = [program[at : at + 8] for at in range(0, len(program), 8)]
        assert len(code) < 4096
        assert code[-1][0] == 0x06
        for at, one in enumerate(code):
            assert one[0] == 0x06 or at + 1 + max(one[2], one[3]) < len(code)


# --- clearing up -----------------------------------------------------------------------------------------------------


def test_clearing_up_opens_folders_and_follows_no_link(tmp_path: Path, host: Path) -> None:
    (host / "kept").write_text("kept")
    host.chmod(0o555)
    folder = tmp_path / "folder"
    (folder / "a/b/c").mkdir(parents=True)
    (folder / "a/link").symlink_to(host)
    (folder / "a/b").chmod(0)
    (folder / "a").chmod(0o500)
    remove_tree(folder)
    assert not folder.exists()
    assert host.stat().st_mode & 0o777 == 0o555
    assert (host / "kept").read_text() == "kept"


def test_clearing_up_climbs_down_any_depth(sandbox: Sandbox, work: Path) -> None:
    code = "import os\nfor _ in range(3000):\n    os.mkdir('d')\n    os.chdir('d')"
    (work / "package").mkdir()
    completed = cases.guest(sandbox, work, f"import os; os.chdir('package')\n{code}", protected=("package/d",))
    assert completed.tampered in {(), ("package/d",)}
    assert list((work / "package").iterdir()) == []
    cases.guest(sandbox, work, f"import os; os.chdir(os.environ['TMPDIR'])\n{code}")


def test_what_is_newly_made_in_a_protected_place_goes_whole(sandbox: Sandbox, work: Path) -> None:
    """However it is shut."""
    (work / "package").mkdir()
    script = "mkdir -p package/.github/a/b; touch package/.github/a/b/c; chmod 0 package/.github/a"
    completed = sandbox.run(["sh", "-c", script], Policy(work, protected=("package/.github",)))
    assert not (work / "package/.github").exists()
    assert completed.tampered in {(), ("package/.github",)}


def test_a_protected_file_changed_behind_the_back_is_told(work: Path) -> None:
    """Where nothing contains, changes are at least seen."""
    (work / "conftest.py").write_text("before")
    policy = Policy(work, protected=("conftest.py", "pytest.ini"))
    completed = Bare().run(["sh", "-c", "echo after > conftest.py; echo new > pytest.ini"], policy)
    assert completed.tampered == ("conftest.py", "pytest.ini")
    assert not (work / "pytest.ini").exists()
    assert Bare().run(["true"], policy).tampered == ()


# --- what it is for --------------------------------------------------------------------------------------------------


def test_an_ordinary_test_suite_runs(sandbox: Sandbox, work: Path) -> None:
    """Temporary folders, child processes, event loops, threads, databases; with namespaces also what needs them."""
    (work / "tests").mkdir()
    (work / "tests/test_it.py").write_text(
        """
import asyncio, concurrent.futures, getpass, multiprocessing, os, pathlib, shutil, signal, socket, sqlite3, subprocess
import sys, tempfile
import pytest

def test_folders(tmp_path):
    (tmp_path / "a").write_text("x")
    shutil.copy(tmp_path / "a", tmp_path / "b")
    shutil.copytree(tmp_path, tmp_path.parent / "copy")
    with tempfile.TemporaryDirectory() as folder:
        os.rename(tmp_path / "b", folder + "/b")
    assert pathlib.Path.home().is_dir()

def test_children():
    assert subprocess.check_output([sys.executable, "-c", "print(1)"]).strip() == b"1"

def test_signals():
    child = subprocess.Popen(["sleep", "60"])
    child.terminate()
    assert child.wait() == -signal.SIGTERM

def test_loops():
    async def answer():
        await asyncio.sleep(0)
        process = await asyncio.create_subprocess_exec("true")
        return await process.wait()
    assert asyncio.run(answer()) == 0

def test_databases(tmp_path):
    sqlite3.connect(tmp_path / "db").execute("create table t (a)")

def test_threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert list(pool.map(abs, [-1, -2])) == [1, 2]

def test_modes(tmp_path):
    (tmp_path / "a").write_text("#!/bin/sh")
    (tmp_path / "a").chmod(0o755)
    assert os.access(tmp_path / "a", os.X_OK)

def test_pools():
    with multiprocessing.Pool(2) as pool:
        assert pool.map(abs, [-1]) == [1]

def test_names():
    assert socket.getaddrinfo("localhost", 80)
"""
    )
    prefixes = (*cases.INTERPRETER, Path(sys.prefix))
    policy = Policy(work, readable=prefixes, environment={"PYTHONDONTWRITEBYTECODE": "1"})
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "tests"]
    completed = sandbox.run([*argv, *_deselected(sandbox)], policy)
    assert completed.returncode == 0, completed.stdout.decode()


def _deselected(sandbox: Sandbox) -> list[str]:
    """What :attr:`Sandbox.warnings` says does not work without namespaces, and no more."""
    if Promise.REBINDS in sandbox.promises():
        return []
    return [f"--deselect=tests/test_it.py::test_{name}" for name in ("modes", "pools", "names")]
