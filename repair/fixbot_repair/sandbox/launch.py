"""One launch of the launcher: its pipes, its folder, its group, and what it said at the end."""

import contextlib
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fixbot_repair import temporary
from fixbot_repair.errors import EnvironmentFailure, SandboxError
from fixbot_repair.sandbox import cgroup, tampering, view
from fixbot_repair.sandbox.launcher.spec import Spec
from fixbot_repair.sandbox.policy import Completed, Limits, Policy, Stop

_START = "import sys; sys.path.insert(0, sys.argv[1]); from launcher.main import main; main(int(sys.argv[2]))"
_GRACE = 20.0  # seconds that the launcher may take beyond the wall limit to end everything
_CHUNK = 1 << 16
_GLANCE = 0.2  # seconds between looks whether another thread wants the command to end
_HASTE = 0.05  # seconds between looks where only looking bounds the number of processes: root without control groups


@dataclass(slots=True)
class Capture:
    """The first `limit` bytes of a stream; the rest is thrown away."""

    limit: int
    kept: bytearray
    cut: bool = False

    def add(self, data: bytes) -> None:
        """Keep what still fits of `data`."""
        room = self.limit - len(self.kept)
        self.kept += data[: max(0, room)]
        self.cut = self.cut or len(data) > room


MakeFolder = Callable[[], Path]


class Launch:
    """One launcher process with its pipes; a context manager that leaves no process, folder or group behind."""

    def __init__(self, make: Callable[[MakeFolder], Spec], policy: Policy) -> None:
        """Effect: starts it. `make` returns the spec; it is given what makes an empty folder of its own on the host."""
        if not policy.workdir.is_dir():
            raise SandboxError(f"the work folder {policy.workdir} does not exist", "create it before running in it")
        self.limits: Limits = policy.limits
        self.workdir = policy.workdir
        self._over = policy.over
        self._signs = tampering.signs(policy.workdir, view.protected(policy))
        self._private: temporary.Folder | None = None
        self._groups: list[Path] = []
        self._closed = False
        try:
            self._start(make(self._make_folder), policy)
        except BaseException:
            self._clear()
            raise
        self.stdout = Capture(self.limits.output_bytes, bytearray())
        self.stderr = Capture(self.limits.output_bytes, bytearray())

    def _make_folder(self) -> Path:
        """Effect: make an empty folder that only this user may enter; the launcher removes it, and so does _clear."""
        try:
            self._private = temporary.Folder()
        except EnvironmentFailure as error:
            raise SandboxError(error.message, error.hint) from error
        return self._private.path

    def _start(self, spec: Spec, policy: Policy) -> None:
        self._groups = cgroup.create(spec.processes)
        spec.cgroups = [str(group) for group in self._groups]
        if not self._groups and hasattr(os, "geteuid") and os.geteuid() == 0:
            spec.tick = _HASTE
        self._status, spec.status_fd = os.pipe()
        spec.leash_fd, self._leash = os.pipe()
        spec.fds = list(policy.fds)
        spec.private = str(self._private.path) if self._private else ""
        with _memory_file() as file:
            file.write(spec.dump())
            file.flush()
            handed = (file.fileno(), spec.status_fd, spec.leash_fd)
            self.began = time.monotonic()
            try:
                self.process = _popen(handed, policy.fds)
            except OSError as error:
                os.close(self._status)
                os.close(self._leash)
                raise SandboxError(f"the launcher cannot be started: {error}", "is Python still installed?") from error
            finally:
                os.close(spec.status_fd)
                os.close(spec.leash_fd)

    def pump(self, stdin: bytes) -> None:
        """Effect: write `stdin`, read both outputs to their ends."""
        process = self.process
        assert process.stdin
        assert process.stdout
        assert process.stderr
        waiting = memoryview(stdin)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, self.stdout)
            selector.register(process.stderr, selectors.EVENT_READ, self.stderr)
            os.set_blocking(process.stdin.fileno(), False)
            selector.register(process.stdin, selectors.EVENT_WRITE)
            until = self.began + self.limits.wall_seconds + _GRACE
            while selector.get_map() and time.monotonic() < until:
                if self._over is not None and self._over.is_set():
                    self.stop()
                for key, _ in selector.select(_GLANCE):
                    if isinstance(key.data, Capture):
                        data = os.read(key.fd, _CHUNK)
                        key.data.add(data)
                        if not data:
                            selector.unregister(key.fileobj)
                    else:
                        waiting = _write_some(key.fd, waiting)
                        if not waiting:
                            selector.unregister(key.fileobj)
                            process.stdin.close()

    def linger(self, seconds: float) -> None:
        """Effect: give the launcher `seconds` to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def stop(self) -> None:
        """Effect: ask the launcher to end everything."""
        if self._leash >= 0:
            os.close(self._leash)
            self._leash = -1

    def finish(self) -> Completed:
        """Effect: wait for the launcher and say how the command ended. Raises SandboxError when it never started."""
        try:
            self.process.wait(max(_GRACE, self.limits.wall_seconds + _GRACE - (time.monotonic() - self.began)))
        except subprocess.TimeoutExpired:
            self.process.kill()
        seconds = time.monotonic() - self.began
        ending = read_ending(self._status)
        return Completed(
            returncode=ending.returncode,
            stdout=bytes(self.stdout.kept),
            stderr=bytes(self.stderr.kept) + ending.missing,
            seconds=seconds,
            timed_out=ending.stopped_for == Stop.WALL,
            output_cut=self.stdout.cut or self.stderr.cut,
            stopped_for=ending.stopped_for,
            tampered=tampering.changed(self.workdir, self._signs),
        )

    def _clear(self) -> None:
        cgroup.remove(self._groups)
        if self._private:
            self._private.close()

    def __enter__(self) -> "Launch":
        return self

    def __exit__(self, *exc: object) -> None:
        """Effect: end everything that is left, and clear up."""
        if self._closed:
            return
        self._closed = True
        self.stop()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        os.close(self._status)
        self._clear()


def _memory_file() -> IO[bytes]:
    """Effect: open a nameless file."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("fixbot"), "w+b")
    return temporary.file()


def _popen(handed: tuple[int, ...], fds: tuple[int, ...]) -> "subprocess.Popen[bytes]":
    """Effect: start the launcher with nothing of this process's: no environment, no descriptors, no session."""
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _START, str(Path(__file__).parent), str(handed[0])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        env={},
        cwd="/",
        pass_fds=(*handed, *fds),
        start_new_session=True,
    )


def _write_some(fd: int, data: memoryview) -> memoryview:
    """Effect: write what fits; returns the rest, empty too when nobody reads any more."""
    if not data:
        return data
    try:
        return data[os.write(fd, data[:_CHUNK]) :]
    except BlockingIOError:
        return data
    except BrokenPipeError:
        return data[:0]


@dataclass(frozen=True, slots=True)
class Ending:
    """What the launcher said at the end. `missing` is the line a shell would print for a program that is not there."""

    returncode: int
    stopped_for: str = ""
    missing: bytes = b""


def read_ending(status: int) -> Ending:
    """Effect: read the launcher's status pipe to its end. Raises SandboxError when the command did not run."""
    said: dict[str, str] = {}
    with open(status, "rb", closefd=False) as file:
        for line in file.read().decode("utf-8", "replace").splitlines():
            word, _, rest = line.partition(" ")
            said.setdefault(word, rest)
    if "failed" in said:
        raise SandboxError(f"the sandbox could not be set up: {said['failed']}", "see 'fixbot doctor'")
    if "missing" in said:
        return Ending(127, missing=said["missing"].encode() + b"\n")
    if "exit" in said:
        return Ending(int(said["exit"]))
    if "stopped" in said:
        return Ending(-9, said["stopped"])
    raise SandboxError("the sandbox ended without a word", "see 'fixbot doctor'; something may have killed it")
