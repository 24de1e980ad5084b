"""Limits one test in time: an exception first, the end of the process where that does not help."""
import faulthandler
import os
import signal
import sys
import time


out_of_the_way = sys.modules["_fixbot_guest_channel"].out_of_the_way

_open, _read, _close = os.open, os.read, os.close  # the tested code may put others in their place
_GRACE = 4.0  # times a test's limit, that waiting for a core may add to it
_MOMENT = 0.02  # seconds, shorter than which nobody waited


class TestTimeout(BaseException):
    """Raised in a test that takes too long; no `except Exception` of the tested code catches it."""

    __test__ = False


def waited():
    """Seconds that this process's first thread has stood ready and had no core (Linux, Documentation/scheduler/sched-stats); 0 where nobody counts them."""
    try:
        descriptor = _open("/proc/self/schedstat", os.O_RDONLY)
    except OSError:
        return 0.0
    try:
        return int(_read(descriptor, 100).split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
    finally:
        _close(descriptor)


class Watchdog(object):
    """Watches one test at a time; `fired` says whether the last one was stopped.

    The limit is one of wall time, as a test that waits for ever uses no other; the time that it had to wait for a core of a busy machine is
    added to it, up to five times the limit in all.

    faulthandler's own thread ends the process. A forked child has no such thread, and would wait for ever for the
    locks that it held: so nothing is armed while a fork happens, and nothing is done in a child.
    """

    def __init__(self, seconds):
        self.seconds = seconds
        self.fired = False
        self._errors = out_of_the_way(os.dup(sys.__stderr__.fileno()))
        self._pid = os.getpid()
        self._ends_at = self._waited = self._grace = 0.0
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._disarm, after_in_parent=self._arm)

    def collecting(self, seconds):
        """Effect: end the process when no test has begun after `seconds`: something hangs while it is imported."""
        self._ends_at = time.time() + seconds
        self._arm()

    def expect(self, name):
        """The test `name` comes next; all have the same limit here."""

    def start(self):
        """Effect: begin to count; a process that does not even take the signal ends a little later."""
        self.fired = False
        self._waited, self._grace = waited(), self.seconds * _GRACE
        self._alarm_in(self.seconds)
        self._ends_at = time.time() + self.seconds * 2 + 1
        self._arm()

    def stop(self):
        """Effect: stop counting."""
        self._alarm_in(0)
        self._disarm()
        self._ends_at = 0.0

    def _arm(self):
        if self._ends_at and os.getpid() == self._pid:
            left = max(self._ends_at - time.time(), 0.001)
            faulthandler.dump_traceback_later(left, exit=True, file=self._errors)

    def _disarm(self):
        if os.getpid() == self._pid:
            faulthandler.cancel_dump_traceback_later()

    def _alarm_in(self, seconds):
        try:
            if seconds:
                signal.signal(signal.SIGALRM, self._alarm)
            signal.setitimer(signal.ITIMER_REAL, seconds, max(seconds, 0.2) if seconds else 0)
        except ValueError:
            pass  # not the main thread

    def _alarm(self, number, frame):
        if os.getpid() == self._pid:
            more = min(waited() - self._waited, self._grace)
            if more > _MOMENT and not self.fired:
                self._waited += more
                self._grace -= more
                self._ends_at += more
                self._alarm_in(more)
                self._arm()
                return
            self.fired = True
            raise TestTimeout("the test took longer than {} s".format(self.seconds))
