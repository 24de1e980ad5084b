"""A long-lived command spoken to over pipes."""

import os
import select
import threading
import time
from collections.abc import Callable

from fixbot_repair.errors import SandboxError
from fixbot_repair.sandbox.launch import Launch
from fixbot_repair.sandbox.policy import Completed

_CHUNK = 1 << 16
_MOMENT = 0.5  # seconds
_ENDED = "the command in the sandbox has ended"
_HINT = "its stderr says why: close() returns it"


class PipeSession:
    """Fills :class:`~fixbot_repair.sandbox.policy.Session`. One caller at a time; stderr is read by a thread."""

    def __init__(self, launch: Launch, settle: Callable[[Completed], Completed]) -> None:
        self._launch = launch
        self._settle = settle
        self._buffer = bytearray()
        self._over = False
        self._completed: Completed | None = None
        self._stopping = threading.Lock()
        self._reader = threading.Thread(target=self._read_errors, name="sandbox-stderr", daemon=True)
        self._reader.start()

    def send(self, data: bytes) -> None:
        """Effect: write all of `data` to the command's stdin. Raises SandboxError when it has ended."""
        stdin = self._launch.process.stdin
        if self._completed is not None or stdin is None or stdin.closed:
            raise SandboxError(_ENDED, _HINT)
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(stdin.fileno(), view) :]
        except BrokenPipeError as error:
            raise SandboxError(_ENDED, _HINT) from error

    def readline(self, timeout: float) -> bytes | None:
        """Effect: return one line of stdout with its LF, ``b""`` at the end, None after `timeout` seconds.

        A last line without LF comes as it is. Raises SandboxError for a line longer than Limits.output_bytes.
        """
        deadline = time.monotonic() + timeout
        searched = 0
        while True:
            end = self._buffer.find(b"\n", searched) + 1
            if end or self._over:
                return self._take(end or len(self._buffer))
            searched = len(self._buffer)
            if searched > self._launch.limits.output_bytes:
                raise SandboxError("the command in the sandbox wrote a line without end", "raise Limits.output_bytes")
            if not self._fill(deadline - time.monotonic()):
                return None

    def _take(self, count: int) -> bytes:
        line = bytes(self._buffer[:count])
        del self._buffer[:count]
        return line

    def _fill(self, seconds: float) -> bool:
        """Effect: read what is there within `seconds`; False when nothing came."""
        stdout = self._launch.process.stdout
        if stdout is None or stdout.closed:
            self._over = True
            return True
        poll = select.poll()
        poll.register(stdout.fileno(), select.POLLIN)
        if not poll.poll(max(0.0, seconds) * 1000):
            return False
        data = os.read(stdout.fileno(), _CHUNK)
        self._buffer += data
        self._over = not data
        return True

    def _read_errors(self) -> None:
        stderr = self._launch.process.stderr
        assert stderr is not None
        while data := os.read(stderr.fileno(), _CHUNK):
            self._launch.stderr.add(data)

    def stop(self) -> None:
        """Effect: ask the command to end; may be called from any thread, and whoever waits for a line gets ``b""``."""
        with self._stopping:
            if self._completed is None:
                self._launch.stop()

    def close(self) -> Completed:
        """Effect: end the command and everything it started; returns how it ended. Safe to call twice."""
        if self._completed is None:
            with self._launch as launch:
                if self._over:  # its output has ended, so it is about to: its own exit code is worth a moment
                    launch.linger(_MOMENT)
                self.stop()
                self._drain()
                self._reader.join()
                self._completed = self._settle(launch.finish())
        return self._completed

    def _drain(self) -> None:
        """Effect: read stdout to its end, so that what was written last is not lost."""
        while not self._over:
            self._fill(60.0)
            self._launch.stdout.add(self._take(len(self._buffer)))
        self._launch.stdout.add(self._take(len(self._buffer)))

    def __enter__(self) -> "PipeSession":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
