"""What a sandbox must hold, one function a case: each arranges, runs hostile code, and asserts. No pytest here, so
that another user with another interpreter can run the file too: ``python cases.py bwrap|landlock|plain`` prints JSON.

A case is given the back end, an empty work folder and an empty folder of the host beside it.
"""

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from fixbot_repair.sandbox import Completed, Limits, Policy, Promise, Sandbox

Case = Callable[[Sandbox, Path, Path], None]
CASES: dict[str, tuple[Promise, Case]] = {}

PYTHON = os.path.realpath(sys.executable)
INTERPRETER = (Path(sys.base_prefix),)
QUICK = Limits(wall_seconds=30, cpu_seconds=30)


def case(promise: Promise) -> Callable[[Case], Case]:
    def register(function: Case) -> Case:
        CASES[function.__name__] = (promise, function)
        return function

    return register


def guest(sandbox: Sandbox, work: Path, code: str, *arguments: object, **policy: object) -> Completed:
    """Run Python `code` inside, with `arguments` as sys.argv[1:]."""
    given = {"workdir": work, "readable": INTERPRETER, "limits": QUICK, **policy}
    return sandbox.run([PYTHON, "-I", "-S", "-c", code, *map(str, arguments)], Policy(**given))  # type: ignore[arg-type]


def said(completed: Completed) -> str:
    assert completed.returncode == 0, (completed.returncode, completed.stderr.decode()[-2000:])
    return completed.stdout.decode().strip()


# Runs a statement and prints "refused" or what it gave.
ATTEMPT = """
import sys, os, socket, errno
def attempt(what):
    try:
        print(what())
    except OSError as error:
        print("refused")
"""


# --- the network -----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def listening(family: int, address: object, kind: int = socket.SOCK_STREAM) -> Iterator[socket.socket]:
    with socket.socket(family, kind) as server:
        server.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.settimeout(0.3)
        yield server


@case(Promise.NO_NETWORK)
def connects_to_the_hosts_localhost(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = ATTEMPT + "attempt(lambda: socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5))"
    with listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
        assert said(guest(sandbox, work, code, server.getsockname()[1])) == "refused"


@case(Promise.NO_NETWORK)
def sends_a_datagram(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = (
        ATTEMPT
        + """
def send():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', int(sys.argv[1])))
attempt(send)"""
    )
    with listening(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM) as server:
        said(guest(sandbox, work, code, server.getsockname()[1]))
        with contextlib.suppress(TimeoutError):
            raise AssertionError(f"arrived: {server.recv(10)!r}")


@case(Promise.NO_NETWORK)
def reaches_beyond_this_machine(sandbox: Sandbox, work: Path, host: Path) -> None:
    """TEST-NET-1 (RFC 5737): with a route there is silence, without one an error; packets must have no way out."""
    code = (
        ATTEMPT
        + """
def send():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))
attempt(send)"""
    )
    assert said(guest(sandbox, work, code)) == "refused"


@case(Promise.NO_NETWORK)
def resolves_a_name(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = ATTEMPT + "attempt(lambda: socket.getaddrinfo('example.com', 80))"
    assert said(guest(sandbox, work, code)) == "refused"


@case(Promise.NO_NETWORK)
def connects_to_an_abstract_socket(sandbox: Sandbox, work: Path, host: Path) -> None:
    name = f"\0fixbot-case-{os.getpid()}-{time.monotonic_ns()}"
    code = ATTEMPT + "attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0' + sys.argv[1]))"
    with listening(socket.AF_UNIX, name):
        assert said(guest(sandbox, work, code, name[1:])) == "refused"


@case(Promise.NO_NETWORK)
def connects_to_a_socket_file(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = ATTEMPT + "attempt(lambda: socket.socket(socket.AF_UNIX).connect(sys.argv[1]))"
    with listening(socket.AF_UNIX, str(host / "docker.sock")):
        assert said(guest(sandbox, work, code, host / "docker.sock")) == "refused"


@case(Promise.NO_NETWORK)
def opens_other_kinds_of_sockets(sandbox: Sandbox, work: Path, host: Path) -> None:
    """vsock, packet, crypto: families that a network namespace does not hold."""
    code = (
        ATTEMPT
        + """
for family, kind in ((40, 1), (17, 3), (38, 5), (31, 3)):
    attempt(lambda: socket.socket(family, kind))"""
    )
    assert set(said(guest(sandbox, work, code)).split("\n")) == {"refused"}


@case(Promise.LOCALHOST)
def talks_to_a_server_of_its_own(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].sendall(b"hello"), daemon=True).start()
print(socket.create_connection(server.getsockname(), 5).recv(5).decode())"""
    assert said(guest(sandbox, work, code)) == "hello"


# --- reading ---------------------------------------------------------------------------------------------------------


@case(Promise.READS_CONFINED)
def reads_a_secret_of_the_home_folder(sandbox: Sandbox, work: Path, host: Path) -> None:
    secrets = [host / name for name in (".ssh/id_ed25519", ".aws/credentials", ".netrc", ".config/gh/hosts.yml")]
    for secret in secrets:
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text("canary")
    code = ATTEMPT + "for path in sys.argv[1:]: attempt(lambda: open(path).read())"
    assert set(said(guest(sandbox, work, code, *secrets)).split("\n")) == {"refused"}


@case(Promise.READS_CONFINED)
def reads_the_systems_secrets(sandbox: Sandbox, work: Path, host: Path) -> None:
    paths = ("/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/root/.bashrc", "/run/systemd", "/var/log", "/home")
    code = (
        ATTEMPT
        + """
for path in sys.argv[1:]:
    attempt(lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())"""
    )
    assert set(said(guest(sandbox, work, code, *paths)).split("\n")) == {"refused"}


@case(Promise.READS_CONFINED)
def reads_through_a_link_in_the_work_folder(sandbox: Sandbox, work: Path, host: Path) -> None:
    (host / "secret").write_text("canary")
    (work / "innocent.py").symlink_to(host / "secret")
    (work / "folder").symlink_to(host)
    code = ATTEMPT + "attempt(lambda: open('innocent.py').read()); attempt(lambda: os.listdir('folder'))"
    assert said(guest(sandbox, work, code)) == "refused\nrefused"


@case(Promise.READS_CONFINED)
def inherits_a_descriptor_or_variable(sandbox: Sandbox, work: Path, host: Path) -> None:
    """What this process has open or in its environment stays here; neither is it in any /proc/*/environ."""
    (host / "secret").write_text("canary")
    os.environ["FIXBOT_CASE_KEY"] = "canary"
    code = """
import glob, os, sys
seen = [repr(dict(os.environ))]
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        seen.append(open(path, errors="replace").read())
    except OSError:
        pass
for fd in range(3, 200):
    try:
        seen.append(os.pread(fd, 100, 0).decode(errors="replace"))
    except OSError:
        pass
print("can" + "ary" in "".join(seen))"""
    try:
        with open(host / "secret") as secret:  # noqa: PTH123
            os.set_inheritable(secret.fileno(), True)
            assert said(guest(sandbox, work, code)) == "False"
    finally:
        del os.environ["FIXBOT_CASE_KEY"]


# --- writing ---------------------------------------------------------------------------------------------------------


@case(Promise.WRITES_CONFINED)
def writes_outside(sandbox: Sandbox, work: Path, host: Path) -> None:
    (host / "kept").write_text("kept")
    (work / "way-out").symlink_to(host)
    code = """
import os, sys
host, prefix = sys.argv[1:]
for path in (host + "/new", host + "/kept", "way-out/new", "/etc/new", "/usr/new", "/new", prefix + "/new", "/dev/new",
             "/dev/shm/../new", "/proc/sys/kernel/hostname", "/proc/self/oom_score_adj"):
    for act in (lambda: open(path, "w").write("x"), lambda: os.truncate(path, 0), lambda: os.mkdir(path),
                lambda: os.unlink(path), lambda: os.symlink("/", path), lambda: os.link(sys.executable, path)):
        try:
            act()
        except OSError:
            pass"""
    guest(sandbox, work, code, host, sys.base_prefix)
    assert [p.name for p in host.iterdir()] == ["kept"]
    assert (host / "kept").read_text() == "kept"
    assert not any(os.path.lexists(p) for p in ("/etc/new", "/usr/new", "/new", f"{sys.base_prefix}/new", "/dev/new"))


@case(Promise.WRITES_CONFINED)
def writes_where_it_may_only_read(sandbox: Sandbox, work: Path, host: Path) -> None:
    (host / "module.py").write_text("kept")
    code = (
        ATTEMPT
        + """
path = sys.argv[1] + "/module.py"
print(open(path).read())
for act in (lambda: open(path, "w"), lambda: os.truncate(path, 0), lambda: os.unlink(path), lambda: os.mkdir(path + "x"),
            lambda: os.rename(path, path + "2")):
    attempt(act)"""
    )
    seen = said(guest(sandbox, work, code, host, readable=(*INTERPRETER, host)))
    assert seen == "kept" + "\nrefused" * 5
    assert (host / "module.py").read_text() == "kept"


@case(Promise.WRITES_CONFINED)
def changes_modes_and_times(sandbox: Sandbox, work: Path, host: Path) -> None:
    """Of files that it may only look at, and of others."""
    paths = [host / "seen/file", host / "unseen/file"]
    for path in paths:
        path.parent.mkdir()
        path.write_text("")
    assert_untouched(sandbox, work, paths, readable=(*INTERPRETER, host / "seen"))


@case(Promise.WRITES_CONFINED)
def changes_devices(sandbox: Sandbox, work: Path, host: Path) -> None:
    """They belong to root: as who root's commands run, without its capabilities."""
    assert_untouched(sandbox, work, [Path("/dev/full")])


def assert_untouched(sandbox: Sandbox, work: Path, paths: list[Path], **policy: object) -> None:
    code = """
import os, sys
for path in sys.argv[1:]:
    for act in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (1, 1)), lambda: os.setxattr(path, "user.x", b"x"),
                lambda: os.fchmod(os.open(path, os.O_RDONLY), 0o777), lambda: os.fchmod(os.open(path, os.O_PATH), 0o777)):
        try:
            act()
        except OSError:
            pass"""
    before = [p.stat() for p in paths]
    guest(sandbox, work, code, *paths, **policy)
    for old, path in zip(before, paths, strict=True):
        new = path.stat()
        assert (old.st_mode, old.st_mtime_ns) == (new.st_mode, new.st_mtime_ns)
        assert os.listxattr(path) == []


@case(Promise.WRITES_CONFINED)
def may_use_devices(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
assert open("/dev/zero", "rb").read(2) == bytes(2) and len(open("/dev/urandom", "rb").read(2)) == 2
print("x", file=open("/dev/null", "w"))"""
    said(guest(sandbox, work, code))


@case(Promise.WRITES_CONFINED)
def may_write_in_its_folders(sandbox: Sandbox, work: Path, host: Path) -> None:
    """The other side of the promise: work folder and TMPDIR are writable, and what is written stays (or goes)."""
    (work / "package").mkdir()
    (work / "module.py").write_text("before")
    code = """
import os, pathlib, tempfile
pathlib.Path("module.py").write_text("after")
pathlib.Path("package/new.py").write_text("new")
os.rename("package/new.py", "package/renamed.py")
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
pathlib.Path(os.environ["HOME"], "x").write_text("x")"""
    said(guest(sandbox, work, code))
    assert (work / "module.py").read_text() == "after"
    assert (work / "package/renamed.py").read_text() == "new"


# --- processes -------------------------------------------------------------------------------------------------------


def is_alive_still(process: "subprocess.Popen[bytes]") -> bool:
    """Effect: wait a moment. A process that was killed may take that long to be gone on a busy machine."""
    try:
        process.wait(0.3)
    except subprocess.TimeoutExpired:
        return True
    return False


@case(Promise.PROCESSES_HIDDEN)
def signals_a_process_of_the_host(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
import os, sys
try:
    os.kill(int(sys.argv[1]), 9)
except OSError:
    pass
"""
    with subprocess.Popen(["sleep", "60"]) as victim:
        try:
            guest(sandbox, work, code, victim.pid)
            alive = is_alive_still(victim)
        finally:
            victim.kill()
    assert alive


@case(Promise.PROCESSES_HIDDEN)
def may_signal_its_own(sandbox: Sandbox, work: Path, host: Path) -> None:
    """Children, groups of them, threads and itself; and who is not there is not there."""
    code = """
import os, signal, subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
os.kill(child.pid, 0)
os.killpg(child.pid, signal.SIGTERM)
print(child.wait())
caught = []
signal.signal(signal.SIGUSR1, lambda *_: caught.append(1))
os.kill(os.getpid(), signal.SIGUSR1)
signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
print(len(caught))
try:
    os.kill(child.pid, 0)
except ProcessLookupError:
    print("gone")
sys.stdout.flush()
os.abort()"""
    completed = guest(sandbox, work, code)
    assert (completed.stdout, completed.returncode) == (b"-15\n2\ngone\n", -6), completed


@case(Promise.PROCESSES_HIDDEN)
def looks_at_processes_of_the_host(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
import glob
for path in glob.glob("/proc/[0-9]*/cmdline") + ["/proc/%d/cmdline" % n for n in range(1, 40000)]:
    try:
        print(open(path, errors="replace").read())
    except OSError:
        pass"""
    with subprocess.Popen(["sleep", "61.234567"]) as victim:
        try:
            seen = guest(sandbox, work, code).stdout
        finally:
            victim.kill()
    assert b"61.234567" not in seen


@case(Promise.ALL_ENDED)
def leaves_a_daemon_behind(sandbox: Sandbox, work: Path, host: Path) -> None:
    """Doubly forked, in a session of its own, its pipes closed, deaf to all signals that can be ignored."""
    (work / "beats").write_text("")
    code = """
import os, signal, time
for number in range(1, 64):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in range(3):
            os.close(fd)
        while True:
            with open("beats", "a") as file:
                file.write(".")
            time.sleep(0.01)
    os._exit(0)
while not open("beats").read():
    time.sleep(0.01)"""
    said(guest(sandbox, work, code))
    assert not still_beating(work / "beats")


@case(Promise.ALL_ENDED)
def never_ends(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / "beats").write_text("")
    code = """
import os, time
os.fork()
os.setsid() if os.getpid() != os.getpgid(0) else None
while True:
    with open("beats", "a") as file:
        file.write(".")
    time.sleep(0.01)"""
    completed = guest(sandbox, work, code, limits=replace(QUICK, wall_seconds=1.0))
    assert completed.timed_out
    assert completed.stopped_for == "wall"
    assert completed.returncode < 0
    assert not still_beating(work / "beats")


def still_beating(beats: Path) -> bool:
    before = beats.stat().st_size
    time.sleep(0.3)
    return beats.stat().st_size != before


# --- resources -------------------------------------------------------------------------------------------------------


@case(Promise.RESOURCES_BOUNDED)
def forks_without_end(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / "count").write_text("")
    code = """
import os, time
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(20)
            os._exit(0)
        with open("count", "a") as file:
            file.write(".")
    except OSError:
        pass
time.sleep(0.5)
os._exit(0)"""
    guest(sandbox, work, code, limits=replace(QUICK, processes=20, wall_seconds=10))
    assert (work / "count").stat().st_size < 60


@case(Promise.RESOURCES_BOUNDED)
def takes_too_much_memory(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = "x = bytearray(600 << 20); print(len(x))"
    completed = guest(sandbox, work, code, limits=replace(QUICK, memory_bytes=300 << 20))
    assert b"MemoryError" in completed.stderr


@case(Promise.RESOURCES_BOUNDED)
def shares_out_too_much_memory(sandbox: Sandbox, work: Path, host: Path) -> None:
    """Each process within its own limit, all together beyond theirs."""
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20)) * 60
        time.sleep(20)
        os._exit(0)
time.sleep(20)"""
    limits = replace(QUICK, memory_bytes=400 << 20, total_memory_bytes=120 << 20, wall_seconds=2.5)
    assert guest(sandbox, work, code, limits=limits).stopped_for == "memory"


@case(Promise.RESOURCES_BOUNDED)
def writes_a_huge_file(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / "big").write_text("")
    code = """
with open("big", "wb") as file:
    for _ in range(64):
        file.write(bytes(1 << 20))"""
    completed = guest(sandbox, work, code, limits=replace(QUICK, file_bytes=8 << 20))
    assert completed.returncode != 0
    assert (work / "big").stat().st_size <= 8 << 20


@case(Promise.RESOURCES_BOUNDED)
def fills_the_disk(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / "data").mkdir()
    code = """
import time
time.sleep(0.5)
for n in range(60):
    with open("data/%d" % n, "wb") as file:
        file.write(bytes(1 << 20))
    time.sleep(0.02)"""
    completed = guest(sandbox, work, code, limits=replace(QUICK, disk_bytes=8 << 20))
    assert completed.stopped_for == "disk"


@case(Promise.RESOURCES_BOUNDED)
def fills_the_private_tmp(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
import os, time
time.sleep(0.5)
for n in range(60):
    with open(os.environ["TMPDIR"] + "/%d" % n, "wb") as file:
        file.write(bytes(1 << 20))
    time.sleep(0.02)
print("all written")"""
    completed = guest(sandbox, work, code, limits=replace(QUICK, disk_bytes=8 << 20))
    assert b"all written" not in completed.stdout


@case(Promise.RESOURCES_BOUNDED)
def burns_the_processor(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = "import time\nwhile time.process_time() < 1.8: pass\nprint('survived')"
    completed = guest(sandbox, work, code, limits=replace(QUICK, cpu_seconds=1))
    assert completed.returncode < 0
    assert not completed.timed_out


@case(Promise.RESOURCES_BOUNDED)
def prints_without_end(sandbox: Sandbox, work: Path, host: Path) -> None:
    """A gigabyte of output does not become a gigabyte here."""
    code = """
import os
block = bytes(1 << 20)
for _ in range(1024):
    at = memoryview(block)
    while at:
        at = at[os.write(1, at):]"""
    before = _resident()
    completed = guest(sandbox, work, code, limits=replace(QUICK, output_bytes=1 << 20))
    assert completed.output_cut
    assert len(completed.stdout) == 1 << 20
    assert _resident() - before < 100 << 20


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# --- what is protected, and where things are -------------------------------------------------------------------------


@case(Promise.PROTECTS)
def changes_the_repository(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / ".git/hooks").mkdir(parents=True)
    (work / ".git/config").write_text("kept")
    code = """
import os, shutil
for act in (lambda: open(".git/hooks/pre-commit", "w"), lambda: open(".git/config", "a").write("x"),
            lambda: os.rename(".git", ".git2"), lambda: shutil.rmtree(".git"), lambda: os.unlink(".git/config"),
            lambda: os.chmod(".git/hooks", 0), lambda: os.truncate(".git/config", 0)):
    try:
        act()
    except OSError:
        pass"""
    guest(sandbox, work, code)
    assert sorted(p.relative_to(work).as_posix() for p in work.rglob("*")) == [".git", ".git/config", ".git/hooks"]
    assert (work / ".git/config").read_text() == "kept"


@case(Promise.PROTECTS)
def changes_a_protected_file(sandbox: Sandbox, work: Path, host: Path) -> None:
    (work / "tests/unit").mkdir(parents=True)
    (work / "tests/unit/conftest.py").write_text("kept")
    (work / "tests/other.py").write_text("other")
    code = """
import os, shutil
name = "tests/unit/conftest.py"
def replace():
    os.rename("tests", "old")
    os.makedirs("tests/unit")
    open(name, "w").write("changed")
def swap():
    open("tests/unit/x", "w").write("changed")
    os.rename("tests/unit/x", name)
for act in (lambda: open(name, "w"), lambda: os.unlink(name), lambda: os.rename(name, "x"), replace, swap,
            lambda: os.rename("tests/unit", "tests/gone"), lambda: shutil.rmtree("tests/unit")):
    try:
        act()
    except OSError:
        pass
open("tests/other.py", "w").write("mine")"""
    completed = guest(sandbox, work, code, protected=("tests/unit/conftest.py",))
    assert text(work / "tests/unit/conftest.py") == "kept"
    assert completed.tampered == ()
    assert text(work / "tests/other.py") == "mine", completed.stderr


def text(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


@case(Promise.PROTECTS)
def makes_a_protected_file(sandbox: Sandbox, work: Path, host: Path) -> None:
    """Nothing is there yet: either it is refused, or it is taken away afterwards and told."""
    (work / "package").mkdir()
    code = """
import os
for act in (lambda: os.mkdir(".git"), lambda: os.mkdir(".git/hooks"), lambda: open(".git/hooks/pre-commit", "w"),
            lambda: open("conftest.py", "w"), lambda: os.symlink("/etc", ".github"),
            lambda: open("package/conftest.py", "w")):
    try:
        act()
        print("made")
    except OSError:
        pass"""
    names = ("conftest.py", ".github", "package/conftest.py")
    completed = guest(sandbox, work, code, protected=names)
    assert not any(os.path.lexists(work / name) for name in (".git", *names))
    assert bool(completed.tampered) == (b"made" in completed.stdout)


@case(Promise.REBINDS)
def sees_the_work_folder_elsewhere(sandbox: Sandbox, work: Path, host: Path) -> None:
    place = host / "project"
    (place / "venv").mkdir(parents=True)
    (place / "venv/marker").write_text("of the environment")
    (place / "module.py").write_text("the user's")
    (work / "module.py").write_text("the clone's")
    code = (
        "import os; print(os.getcwd()); print(open('module.py').read(), open('venv/marker').read()); open('new', 'w')"
    )
    policy = {"mount_at": place, "readable": (*INTERPRETER, place, place / "venv"), "cwd": "."}
    assert said(guest(sandbox, work, code, **policy)) == f"{place}\nthe clone's of the environment"
    assert (work / "new").exists()
    assert not (place / "new").exists()


# --- privileges ------------------------------------------------------------------------------------------------------


CALLS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    ctypes.set_errno(0)
    print(ctypes.get_errno() if libc.syscall(*map(ctypes.c_long, arguments)) < 0 else "went through")
x86 = platform.machine() == "x86_64"
"""


@case(Promise.WRITES_CONFINED)
def calls_the_kernel(sandbox: Sandbox, work: Path, host: Path) -> None:
    """keyctl, user namespaces by unshare and by clone3, ptrace, bpf, io_uring, userfaultfd, perf, setns."""
    code = (
        CALLS
        + """
numbers = [250, 101, 321, 323, 298, 308] if x86 else [219, 117, 280, 282, 241, 268]
call(numbers[0], 0, -3, 0)
call(272 if x86 else 97, 0x10000000)
call(435, ctypes.addressof(ctypes.create_string_buffer(b"\\0" * 3 + b"\\x10" + bytes(84))), 88)
call(numbers[1], 0)
call(numbers[2], 0, 0, 0)
call(numbers[3], 0)
call(numbers[4], 0, 0, -1, -1, 0)
call(numbers[5], 0, 0)
call(425, 8, ctypes.addressof(ctypes.create_string_buffer(200)))"""
    )
    lines = said(guest(sandbox, work, code)).split("\n")
    assert lines == ["1", "1", "38", "1", "1", "1", "1", "1", "1"], lines


@case(Promise.WRITES_CONFINED)
def keeps_no_privileges(sandbox: Sandbox, work: Path, host: Path) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None)
header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
libc.capget(header, data)
print(list(data), libc.prctl(39, 0, 0, 0, 0), [n for n in range(41) if libc.prctl(23, n, 0, 0, 0) == 1])
print(os.getsid(0) == os.getpid() or os.getsid(0) == 1 or os.getsid(0))
try:
    os.chroot(".")
    print("privileged")
except OSError:
    print("refused")"""
    lines = said(guest(sandbox, work, code)).split("\n")
    assert lines[0].startswith("[0, 0, 0, 0, 0, 0] 1"), lines
    assert lines[2] == "refused", lines


# The kernel's part in these is the same for every user.
SLOW = {"prints_without_end", "burns_the_processor", "fills_the_disk", "fills_the_private_tmp", "never_ends"}


def verdicts(sandbox: Sandbox) -> dict[str, str]:
    """Every case (but the slow ones) whose promise `sandbox` makes: "" when held, else what went wrong."""
    found = {}
    for name, (promise, function) in CASES.items():
        if promise in sandbox.promises() and name not in SLOW:
            with tempfile.TemporaryDirectory() as work, tempfile.TemporaryDirectory() as host:
                try:
                    function(sandbox, Path(work).resolve(), Path(host).resolve())
                    found[name] = ""
                except AssertionError as error:
                    found[name] = f"gave way: {error}"
    return found


def backend(name: str) -> Sandbox:
    from fixbot_repair.sandbox import choose, landlock
    from fixbot_repair.sandbox.launcher import kernel

    if name == "plain":
        return landlock.Landlock(namespaces=False, abi=kernel.landlock_abi())
    if name == "plain3":  # as on Linux 6.2
        return landlock.Landlock(namespaces=False, abi=3)
    return choose(name)


@functools.cache
def why_not(name: str) -> str:
    """Why the back end cannot be tried on this machine; empty where it can."""
    from fixbot_repair.errors import SandboxError
    from fixbot_repair.sandbox import choosing
    from fixbot_repair.sandbox.policy import CONTAINED

    try:
        sandbox = backend(name)
    except SandboxError as error:
        return error.message
    missing = ", ".join(CONTAINED - sandbox.promises())
    return f"it cannot promise: {missing}" if missing else choosing.trouble(sandbox)


if __name__ == "__main__":
    assert threading.active_count() == 1
    print(json.dumps({name: verdicts(backend(name)) for name in sys.argv[1:]}, indent=1))
