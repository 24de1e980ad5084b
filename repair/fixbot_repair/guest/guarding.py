"""Keeps code that is tried from what lies outside of its own folder: files, processes, the network, the terminal.

What is read may lie in the project and among what the interpreter loads, too; anything else is this machine's own.

An audit hook (from Python 3.8 on) refuses, and notes that it did: what is noted counts even where the code went on.
"""
import os
import sys

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PATHS = {
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "shutil.chown", "sqlite3.connect", "os.chdir",
}
LISTED = {"os.listdir", "os.scandir"}
EVERYWHERE = ("/usr/share/zoneinfo", "/dev/urandom", "/dev/random")  # the same on every machine, or different each time
REFUSED = (
    "subprocess.", "os.system", "os.fork", "os.exec", "os.spawn", "os.posix_spawn", "os.kill", "os.startfile", "pty.",
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethost", "socket.sendto", "urllib.", "ftplib.",
    "smtplib.", "imaplib.", "poplib.", "http.client.", "telnetlib.", "webbrowser.", "builtins.input", "signal.",
    "ctypes.", "syslog.",
)  # fmt: skip


class Reaches(BaseException):
    """Raised in code that reaches for what lies outside; no `except Exception` catches it."""


class Guard(object):
    """Watches between :meth:`start` and :meth:`stop`; `reached` is what was reached for, "" where nothing was."""

    def __init__(self, readable=()):
        self.reached = ""
        self._folder = None
        self._readable = tuple(os.path.realpath(place) for place in readable if place) + EVERYWHERE
        sys.addaudithook(self._heard)

    def start(self, folder):
        """Effect: from now on only `folder` may be written to."""
        self.reached = ""
        self._folder = os.path.realpath(folder)

    def stop(self):
        """Effect: look away."""
        self._folder = None

    def _heard(self, event, arguments):
        if self._folder is None:
            return
        if event == "open":
            writes = bool((arguments[2] or 0) & WRITING)
            wrong = not self._is_inside(arguments[0]) and (writes or not self._can_be_read(arguments[0]))
        elif event in LISTED:
            place = "." if arguments[0] is None else arguments[0]
            wrong = not self._is_inside(place) and not self._can_be_read(place)
        elif event in PATHS:
            wrong = not all(self._is_inside(a) for a in arguments[:2] if isinstance(a, (str, bytes, os.PathLike)))
        else:
            wrong = event.startswith(REFUSED)
        if wrong:
            self.reached = event
            raise Reaches(event)

    def _is_inside(self, place):
        if isinstance(place, int):
            return True  # a descriptor that somebody has opened already
        if not isinstance(place, (str, bytes, os.PathLike)):
            return True
        if os.fsdecode(place) in (os.devnull, ":memory:"):
            return True
        name = os.path.realpath(os.fsdecode(place))
        return name == self._folder or name.startswith(self._folder + os.sep)

    def _can_be_read(self, place):
        name = os.path.realpath(os.fsdecode(place))
        return any(name == root or name.startswith(root + os.sep) for root in self._readable)
