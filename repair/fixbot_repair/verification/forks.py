"""The host's side of the fork server: one warm process in the sandbox for each set of files under trial."""

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from fixbot_repair.checks.guest_report import GuestReport
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox import Limits, Session
from fixbot_repair.verification.units import Swap
from fixbot_repair.workspace import GUEST, Workspace

_PREPARATION = 150.0  # seconds until a server must be ready
_MOST_SERVERS = 3
_MOST_TAKEN_IN = 12  # files of a server that another one takes over
_MOST_FILES = 60  # test files that are collected once beforehand
_MOST_BROKEN = 3  # servers of one workspace
_KEPT: frozenset[str] = frozenset()  # what the server leaves open to change that has everything loaded
_GLANCE = 0.2  # seconds between looks whether all work is to end
_GRACE = 20.0  # seconds beyond a trial's own limit until its server is given up


@dataclass(frozen=True, slots=True)
class Asked:
    """Tests to run: `seconds` of CPU for each that has no limit of its own in `limits`, `wall` seconds for all."""

    ids: tuple[str, ...]
    seconds: float
    wall: float
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forked:
    """What one fork did. `how`: "ended", "timeout", "exit", "uncompiled", "signal N"; or, without a fork,

    "refused: why" (cannot be changed in place), "equal" (to what there was), "same N" (as what request N tried).
    """

    report: GuestReport
    how: str
    seconds: float
    number: int


class ForkServer:
    """One warm process in which the files `suspects` (paths) are not loaded, but what the tests in `files` import is.

    More files may be left open to change, where that costs little: `suspects` then holds them too.
    With `keep` everything is loaded and collected, and `ids` are the tests that are there. Raises SandboxError when it cannot be
    had: `message` says why (threads, imports that cannot be undone).
    """

    def __init__(
        self,
        workspace: Workspace,
        runner: TestRunner,
        suspects: Sequence[str],
        files: Sequence[str],
        *,
        warm: bool = True,
        keep: bool = False,
    ) -> None:
        self.suspects = frozenset(suspects)
        self._over = workspace.over
        self._word = secrets.token_hex(8)
        self._count = 0
        policy = workspace.policy(Limits(wall_seconds=7200.0, cpu_seconds=7200.0, output_bytes=16 << 20))
        argv = [str(workspace.environment.python), "-B", str(GUEST / "forkserver.py")]
        self._session: Session = workspace.sandbox.spawn(argv, policy)
        config = {
            **runner.guest_options(), "word": self._word, "root": str(workspace.sandbox.where(policy)),
            "original": str(workspace.root), "files": list(files), "ids": None, "collect": False, "fail_fast": True,
            "suspects": sorted(suspects), "warm": warm, "keep": keep,
        }  # fmt: skip
        try:
            self._send(config)
            ready = self._read(_PREPARATION)
        except BaseException:
            self._session.close()
            raise
        if ready.get("kind") != "ready":
            self._session.close()
            raise SandboxError(
                str(ready.get("why", "the fork server did not start")), "fresh processes are used instead"
            )
        collected = ready.get("ids")
        self.ids = frozenset(str(i) for i in collected) if isinstance(collected, list) else frozenset()
        wider = ready.get("suspects")
        if isinstance(wider, list):
            self.suspects |= frozenset(str(path) for path in wider)

    def run(
        self, asked: Asked, changed: Sequence[str] = (), swaps: Sequence[Swap] = (), *, first: bool = False
    ) -> Forked:
        """Effect: run tests, up to the first failure, in a fork that imports the files `changed` as they are now.

        One that keeps everything puts `swaps` in their place instead; with `first`, code that is equal to what an earlier
        request tried is not run again. Raises SandboxError when the server is gone.
        """
        self._count += 1
        files = list(dict.fromkeys(i.partition("::")[0] for i in asked.ids))
        self._send({
            "number": self._count, "ids": list(asked.ids), "files": files, "changed": list(changed),
            "swaps": [s.message() for s in swaps], "first": first, "fail_fast": True,
            "seconds": asked.seconds, "limits": asked.limits, "wall": asked.wall,
        })  # fmt: skip
        answer = self._read(asked.wall + _GRACE)
        if answer.get("kind") != "trial" or answer.get("number") != self._count:
            raise SandboxError(str(answer.get("why", "the fork server answered out of turn")), "")
        report = GuestReport.read(str(answer.get("report", "")).encode(), self._word)
        seconds = float(cast("float", answer.get("seconds", 0.0)))
        return Forked(report, str(answer.get("how")), seconds, self._count)

    def stop(self) -> None:
        """Effect: ask it to end, from any thread."""
        self._session.stop()

    def close(self) -> None:
        """Effect: end it and everything it started. Safe to call twice."""
        self._session.close()

    def _send(self, message: Mapping[str, object]) -> None:
        self._session.send(json.dumps(message).encode() + b"\n")

    def _read(self, timeout: float) -> Mapping[str, object]:
        start = f"{self._word} ".encode()
        line = self._line(timeout)
        while line is not None and line and not line.startswith(start):
            line = self._line(timeout)
        if not line:
            ended = self._session.close()
            tail = ended.stderr.decode("utf-8", "replace").strip()[-300:] or "it said nothing"
            raise SandboxError(f"the fork server {'hung' if line is None else 'ended'}: {tail}", "")
        message = json.loads(line[len(start) :])
        return cast("Mapping[str, object]", message) if isinstance(message, dict) else {}

    def _line(self, timeout: float) -> bytes | None:
        """Effect: the next line within `timeout` seconds; None too when all work is to end meanwhile."""
        until = time.monotonic() + timeout
        while not self._over.is_set():
            left = until - time.monotonic()
            line = self._session.readline(max(0.0, min(left, _GLANCE)))
            if line is not None or left <= _GLANCE:
                return line
        return None


class Forks:
    """The servers of one workspace: one that keeps everything, and few by the files they leave open to change.

    `notes` say where and why there are none.
    """

    def __init__(self, workspace: Workspace, runner: TestRunner) -> None:
        self._workspace = workspace
        self._runner = runner
        self._servers: dict[frozenset[str], ForkServer] = {}
        self._refused: set[frozenset[str]] = set()
        self._given_up: set[frozenset[str]] = set()
        self._broken = 0
        self._closed = False
        self.notes: dict[str, None] = {}

    def kept(self, tests: Callable[[], Sequence[str]]) -> ForkServer | None:
        """Effect: the server that has everything loaded, with the files of `tests` collected; None where that is not safe."""
        if _KEPT not in self._servers and _KEPT not in self._refused and not self._closed:
            try:
                self._servers[_KEPT] = self._made((), tests, keep=True)
            except SandboxError:
                self._refused.add(_KEPT)  # the other kind says why, should it meet the same
        return self._servers.get(_KEPT)

    def server(self, paths: Sequence[str], tests: Callable[[], Sequence[str]]) -> ForkServer | None:
        """Effect: the server for changes of `paths`, started when there is none; None where forking is not safe.

        `tests` are those that it will most likely be asked for: what they import is loaded beforehand.
        """
        wanted = frozenset(paths)
        found = next((s for s in self._servers.values() if wanted <= s.suspects), None)
        if found is None and wanted not in self._refused and not self._closed:
            found = self._start(wanted, tests)
        if found is not None:
            # Most recently used last.
            self._servers[found.suspects] = self._servers.pop(found.suspects)
        return found

    def drop(self, server: ForkServer, why: str) -> None:
        """Effect: close a server that broke; after some of them, none is started in its place."""
        self._servers.pop(server.suspects, None)
        self._broken += 1
        if self._broken >= _MOST_BROKEN:
            self._refused.add(server.suspects)
        self.notes[f"a warm process broke ({why}); fresh ones took its place"] = None
        server.close()

    def stop(self) -> None:
        """Effect: ask all servers to end and start no more; a thread that waits for one of them is told at once."""
        self._closed = True
        for server in list(self._servers.values()):
            server.stop()

    def reopen(self) -> None:
        """Effect: forget what was stopped; servers are started anew when they are asked for."""
        self.close()
        self._closed = False

    def close(self) -> None:
        """Effect: end all servers; no more are started."""
        self._closed = True
        while self._servers:
            self._servers.popitem()[1].close()

    def _start(self, wanted: frozenset[str], tests: Callable[[], Sequence[str]]) -> ForkServer | None:
        why = ""
        taken = self._taken_in(wanted)
        for warm in (True, False):
            try:
                server = self._made(sorted(taken), tests, warm=warm)
            except SandboxError as error:
                why = error.message
                continue
            self._make_room(server)
            self._servers[server.suspects] = server
            return server
        self._refused.add(wanted)
        self.notes[f"each candidate ran in a fresh process: {why}"] = None
        return None

    def _taken_in(self, wanted: frozenset[str]) -> frozenset[str]:
        """What a new server leaves open: the files of others too where they have begun to oust each other."""
        if not any(wanted <= s for s in self._given_up):
            return wanted
        return wanted.union(*(s for s in self._servers if len(s) <= _MOST_TAKEN_IN))

    def _make_room(self, newest: ForkServer) -> None:
        """Effect: close what the newest server does as well, then the oldest beyond the most that there may be."""
        others = [s for s in self._servers if s]
        room = len(others) - _MOST_SERVERS + 2
        for at, oldest in enumerate(others):
            if oldest <= newest.suspects or at < room:
                self._servers.pop(oldest).close()
                self._given_up.add(oldest)

    def _made(
        self, suspects: Sequence[str], tests: Callable[[], Sequence[str]], *, warm: bool = True, keep: bool = False
    ) -> ForkServer:
        files = list(dict.fromkeys(t.partition("::")[0] for t in tests()))[:_MOST_FILES]
        return ForkServer(self._workspace, self._runner, suspects, files, warm=warm, keep=keep)
