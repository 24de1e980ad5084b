"""The host's side of the fork server: one warm process in the sandbox for each set of files under trial."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from fixbot_repair.checks.guest_report import GuestReport
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox import Limits, Session
from fixbot_repair.workspace import GUEST, Workspace

_PREPARATION = 150.0  # seconds until a server must be ready
_MOST_SERVERS = 3
_MOST_FILES = 60  # test files that are collected once beforehand
_GRACE = 20.0  # seconds beyond a trial's own limit until its server is given up


@dataclass(frozen=True, slots=True)
class Forked:
    """What one fork did. `how`: "ended", "timeout", "exit", "uncompiled", "signal N"."""

    report: GuestReport
    how: str
    seconds: float


class ForkServer:
    """One warm process in which the files `suspects` (paths) are not loaded, but what the tests in `files` import is.

    Raises SandboxError when it cannot be had: `message` says why (threads, imports that cannot be undone).
    """

    def __init__(
        self,
        workspace: Workspace,
        runner: TestRunner,
        suspects: Sequence[str],
        files: Sequence[str],
        *,
        warm: bool = True,
    ) -> None:
        self.suspects = frozenset(suspects)
        self._word = secrets.token_hex(8)
        self._count = 0
        policy = workspace.policy(Limits(wall_seconds=7200.0, cpu_seconds=7200.0, output_bytes=16 << 20))
        argv = [str(workspace.environment.python), "-B", str(GUEST / "forkserver.py")]
        self._session: Session = workspace.sandbox.spawn(argv, policy)
        config = {
            **runner.guest_options(),
            "word": self._word,
            "root": str(workspace.sandbox.where(policy)),
            "original": str(workspace.root),
            "files": list(files),
            "ids": None,
            "collect": False,
            "fail_fast": True,
            "suspects": sorted(suspects),
            "warm": warm,
        }
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

    def run(self, ids: Sequence[str], changed: Sequence[str], seconds: float, wall: float) -> Forked:
        """Effect: run the tests `ids` in a fork that imports the suspects as they are now, up to the first failure.

        `seconds` of CPU are allowed to a test, `wall` seconds to the whole. Raises SandboxError when the server is gone.
        """
        self._count += 1
        files = list(dict.fromkeys(i.partition("::")[0] for i in ids))
        request = {"number": self._count, "ids": list(ids), "files": files, "changed": list(changed)}
        self._send({**request, "seconds": seconds, "wall": wall, "fail_fast": True})
        answer = self._read(wall + _GRACE)
        if answer.get("kind") != "trial" or answer.get("number") != self._count:
            raise SandboxError(str(answer.get("why", "the fork server answered out of turn")), "")
        report = GuestReport.read(str(answer.get("report", "")).encode(), self._word)
        return Forked(report, str(answer.get("how")), float(cast("float", answer.get("seconds", 0.0))))

    def close(self) -> None:
        """Effect: end it and everything it started. Safe to call twice."""
        self._session.close()

    def _send(self, message: Mapping[str, object]) -> None:
        self._session.send(json.dumps(message).encode() + b"\n")

    def _read(self, timeout: float) -> Mapping[str, object]:
        start = f"{self._word} ".encode()
        line = self._session.readline(timeout)
        while line is not None and line and not line.startswith(start):
            line = self._session.readline(timeout)
        if not line:
            ended = self._session.close()
            tail = ended.stderr.decode("utf-8", "replace").strip()[-300:]
            raise SandboxError(f"the fork server {'hung' if line is None else 'ended'}: {tail}", "")
        message = json.loads(line[len(start) :])
        return cast("Mapping[str, object]", message) if isinstance(message, dict) else {}


class Forks:
    """Servers by the files they leave open to change, few at a time; `notes` say where and why there are none."""

    def __init__(self, workspace: Workspace, runner: TestRunner) -> None:
        self._workspace = workspace
        self._runner = runner
        self._servers: dict[frozenset[str], ForkServer] = {}
        self._refused: set[frozenset[str]] = set()
        self.notes: dict[str, None] = {}

    def server(self, paths: Sequence[str], tests: Callable[[], Sequence[str]]) -> ForkServer | None:
        """Effect: the server for changes of `paths`, started when there is none; None where forking is not safe.

        `tests` are those that it will most likely be asked for: what they import is loaded beforehand.
        """
        wanted = frozenset(paths)
        found = next((s for s in self._servers.values() if wanted <= s.suspects), None)
        if found is None and wanted not in self._refused:
            found = self._start(wanted, list(dict.fromkeys(t.partition("::")[0] for t in tests()))[:_MOST_FILES])
        if found is not None:
            # Most recently used last.
            self._servers[found.suspects] = self._servers.pop(found.suspects)
        return found

    def drop(self, server: ForkServer) -> None:
        """Effect: close a server that broke; it is not started again."""
        self._servers.pop(server.suspects, None)
        self._refused.add(server.suspects)
        server.close()

    def close(self) -> None:
        """Effect: end all servers."""
        while self._servers:
            self._servers.popitem()[1].close()

    def _start(self, wanted: frozenset[str], files: Sequence[str]) -> ForkServer | None:
        why = ""
        for warm in (True, False):
            try:
                server = ForkServer(self._workspace, self._runner, sorted(wanted), files, warm=warm)
            except SandboxError as error:
                why = error.message
                continue
            while len(self._servers) >= _MOST_SERVERS:
                self._servers.pop(next(iter(self._servers))).close()
            self._servers[wanted] = server
            return server
        self._refused.add(wanted)
        self.notes[f"each candidate ran in a fresh process: {why}"] = None
        return None
