"""Limits one test in time: an exception first, the end of the process where that does not help."""
import faulthandler
import os
import signal
import sys


class TestTimeout(BaseException):
    """Raised in a test that takes too long; no `except Exception` of the tested code catches it."""

    __test__ = False


class Watchdog(object):
    """Watches one test at a time; `fired` says whether the last one was stopped."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.fired = False
        self._errors = os.dup(sys.__stderr__.fileno())

    def collecting(self, seconds):
        """Effect: end the process when no test has begun after `seconds`: something hangs while it is imported."""
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._errors)

    def start(self):
        """Effect: begin to count; a process that does not even take the signal ends a little later."""
        self.fired = False
        faulthandler.cancel_dump_traceback_later()
        if self.seconds <= 0:
            return
        try:
            signal.signal(signal.SIGALRM, self._alarm)
            signal.setitimer(signal.ITIMER_REAL, self.seconds, max(self.seconds, 0.2))
        except ValueError:
            pass  # not the main thread
        faulthandler.dump_traceback_later(self.seconds * 2 + 1, exit=True, file=self._errors)

    def stop(self):
        """Effect: stop counting."""
        faulthandler.cancel_dump_traceback_later()
        if self.seconds <= 0:
            return
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        except ValueError:
            pass

    def _alarm(self, number, frame):
        self.fired = True
        raise TestTimeout("the test took longer than {} s".format(self.seconds))
