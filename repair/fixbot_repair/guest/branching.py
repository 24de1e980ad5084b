"""Which lines of one file run, and which way control goes from those that have several exits."""
import dis
import os
import sys
import threading

NOWHERE = 0
GENERATING = 0x20 | 0x80 | 0x200  # of co_flags: generator, coroutine, asynchronous generator
PAUSES = frozenset(dis.opmap[name] for name in ("YIELD_VALUE", "YIELD_FROM", "SEND") if name in dis.opmap)


class Branches(object):
    """Listens to one file. `heads` are [first line, last line, [[number, lines that are seen next], ...]]; -line is out of what begins there.

    `lines` are those that ran; `outcomes` the numbers of the exits that were taken, as coverage.py would count them: an error that leaves
    what a line is in leaves it, too. `spans` are [first line, last line] of statements of several lines, which stand for their first.
    `called`, where given, is told the frame of every call of a function of the file.
    """

    def __init__(self, path, heads, spans, called=None):
        self._path = os.path.realpath(path)
        self._at = dict((head[0], dict((seen, number) for number, lines in head[2] for seen in lines)) for head in heads)
        self._first = dict((line, first) for first, last in spans for line in range(first + 1, last + 1))
        self._files = {}
        self._called = called
        self._paused = {}
        self.lines = set()
        self.outcomes = set()

    def start(self):
        """Effect: forget what was seen and begin to listen."""
        self.lines, self.outcomes, self._paused = set(), set(), {}
        self.resume()

    def resume(self):
        """Effect: listen again after a stop, with what was seen before."""
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self):
        """Effect: stop listening; returns nothing that a runner of tests could show."""
        sys.settrace(None)
        threading.settrace(None)
        return {}

    def _is_here(self, name):
        known = self._files.get(name)
        if known is None:
            known = self._files[name] = os.path.realpath(name) == self._path
        return known

    def _call(self, frame, event, argument):
        name = frame.f_code.co_filename
        here = self._files.get(name)  # asked at every call of all code that runs
        if here is False or not (here or self._is_here(name)):
            return None
        again = self._paused.pop(id(frame), None)
        if self._called is not None and again is None:
            self._called(frame)
        before = [again or NOWHERE]

        def local(frame, event, argument):
            if event == "line":
                self.lines.add(frame.f_lineno)
                now = self._first.get(frame.f_lineno, frame.f_lineno)
                self._step(before[0], now)
                before[0] = now
            elif event == "return":
                if pauses(frame):
                    self._paused[id(frame)] = before[0]
                else:
                    out = frame.f_code.co_firstlineno
                    self._step(before[0], -self._first.get(out, max(out, 1)))
            return local

        return local

    def _step(self, before, now):
        number = self._at.get(before, {}).get(now)
        if number is not None:
            self.outcomes.add(number)


def pauses(frame):
    """Whether a frame that gives something back goes on later: a generator's, at a yield."""
    code = frame.f_code
    if not code.co_flags & GENERATING or frame.f_lasti < 0:
        return False
    place = frame.f_lasti
    return any(code.co_code[n] in PAUSES for n in (place, place + 2)[:1 if sys.version_info >= (3, 10) else 2] if n < len(code.co_code))
