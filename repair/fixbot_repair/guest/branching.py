"""Which lines of one file run, and which way its branches go: both outcomes of each head of an if, a loop or a case."""
import os
import sys

LAST_STEP = 0  # the frame is left


class Branches(object):
    """Listens to one file. `heads` are [first line, last line, first line of the body, whether it is a for loop].

    `lines` are those that ran; `outcomes` are 2 * number of a head where its body was entered, 2 * number + 1 where not.
    `called`, where given, is told the frame of every call of a function of the file.
    """

    def __init__(self, path, heads, called=None):
        self._path = os.path.realpath(path)
        self._at = {}
        for number, (first, last, body, loops) in enumerate(heads):
            for line in range(first, last + 1):
                self._at.setdefault(line, []).append((first, last, body, loops, number))
        self._files = {}
        self._called = called
        self.lines = set()
        self.outcomes = set()

    def start(self):
        """Effect: forget what was seen and begin to listen."""
        self.lines, self.outcomes = set(), set()
        sys.settrace(self._call)

    def stop(self):
        """Effect: stop listening; returns nothing that a runner of tests could show."""
        sys.settrace(None)
        return {}

    def _is_here(self, name):
        known = self._files.get(name)
        if known is None:
            known = self._files[name] = os.path.realpath(name) == self._path
        return known

    def _call(self, frame, event, argument):
        if not self._is_here(frame.f_code.co_filename):
            return None
        if self._called is not None:
            self._called(frame)
        before = [LAST_STEP]

        def local(frame, event, argument):
            if event == "line":
                self._step(before[0], frame.f_lineno)
                before[0] = frame.f_lineno
                self.lines.add(frame.f_lineno)
            elif event == "return":
                self._step(before[0], LAST_STEP)
            elif event == "exception" and not self._ends_loop(before[0], argument):
                before[0] = LAST_STEP  # what comes next is no choice of the head's
            return local

        return local

    def _ends_loop(self, line, argument):
        """Whether an exception is only how an iterator says that it is at its end."""
        return argument[0] is StopIteration and any(loops for _, _, _, loops, _ in self._at.get(line, ()))

    def _step(self, before, now):
        for first, last, body, _, number in self._at.get(before, ()):
            if now == body:
                self.outcomes.add(2 * number)
            elif not first <= now <= last:
                self.outcomes.add(2 * number + 1)
