"""Stops one test at a line, at the start of a function or where it raises, and tells what is there: frames, locals, values.

Takes the place of the tracer. Nothing waits for an answer: what is to be looked at is said before the test runs.
"""
import os
import reprlib
import signal
import sys
import threading
import time

MOST_FRAMES = 15
MOST_LOCALS = 40
MOST_VALUES = 60  # times that a watch keeps what it saw
LOCAL, VALUE = 200, 800  # characters of one


class TooLong(BaseException):
    """An expression took longer than it may; no `except Exception` of the project's catches it."""


class Debugger(object):
    """Looks once (or, watching, each time) at the place of `question`, and tells it through `channel`."""

    def __init__(self, root, question, channel):
        self._root = os.path.join(root, "")
        self._question = question
        self._channel = channel
        self._file = os.path.join(root, *question["path"].split("/")) if question["path"] else ""
        self._known = {}
        self._hits = 0
        self._seen = []
        self._notes = []
        self._is_done = False

    def start(self):
        """Effect: begin to look."""
        self._hits, self._seen, self._notes, self._is_done = 0, [], [], False
        if self._file:
            threading.settrace(self._call)
            sys.settrace(self._call)

    def stop(self):
        """Effect: stop looking, and tell what was seen; returns no lines."""
        if self._file:
            sys.settrace(None)
            threading.settrace(None)
        self._channel.send("looked", hits=self._hits, seen=self._seen, notes=self._notes[:5])
        return {}

    def raised(self, value):
        """Effect: look at where the test failed, where nothing else was asked for."""
        if self._file or self._is_done:
            return
        frames, trace = [], value.__traceback__
        while trace is not None:
            if self._is_inside(trace.tb_frame):
                frames.insert(0, (trace.tb_frame, trace.tb_lineno))
            trace = trace.tb_next
        if frames:
            self._hits = 1
            self._tell(frames)

    def _call(self, frame, event, argument):
        name = frame.f_code.co_filename
        if name not in self._known:
            self._known[name] = os.path.abspath(name) == self._file
        if not self._known[name] or self._is_done:
            return None
        if self._question["function"]:
            code, (first, last) = frame.f_code, self._question["span"]
            if code.co_name == self._question["function"] and first <= code.co_firstlineno <= last:
                self._reached(frame)
            return None
        return self._line

    def _line(self, frame, event, argument):
        if event == "line" and frame.f_lineno == self._question["line"] and not self._is_done:
            self._reached(frame)
        return None if self._is_done else self._line

    def _reached(self, frame):
        if self._question["when"] and not self._holds(frame):
            return
        self._hits += 1
        if self._question["watch"]:
            if len(self._seen) < MOST_VALUES:
                self._seen.append([self._value(e, frame) for e in self._question["expressions"]])
        elif self._hits == self._question["hit"]:
            frames, here = [], frame
            while here is not None:
                if self._is_inside(here):
                    frames.append((here, here.f_lineno))
                here = here.f_back
            self._tell(frames)

    def _holds(self, frame):
        try:
            return bool(limited(self._question["seconds"], lambda: evaluated(self._question["when"], frame)))
        except BaseException as error:  # noqa: BLE001 - whatever the condition does, the test goes on
            note = "'when' could not be told: " + described(error)
            if note not in self._notes:
                self._notes.append(note)
            return False

    def _is_inside(self, frame):
        path = os.path.abspath(frame.f_code.co_filename)
        return path.startswith(self._root) and "site-packages" not in path

    def _tell(self, frames):
        """Effect: tell of [(frame, line)], innermost first."""
        self._is_done = True
        chosen = min(max(self._question["frame"], 0), len(frames) - 1)
        frame, start = frames[chosen][0], len(self._root)
        stack = [
            [os.path.abspath(f.f_code.co_filename)[start:].replace(os.sep, "/"), line, f.f_code.co_name]
            for f, line in frames[:MOST_FRAMES]
        ]
        names = [n for n in frame.f_locals if not (n.startswith("__") or n.startswith("@"))]
        shown = [[n, self._shown(frame.f_locals[n], LOCAL)] for n in names[:MOST_LOCALS]]
        values = [[e, self._value(e, frame)] for e in self._question["expressions"]]
        self._channel.send(
            "stopped", stack=stack, frame=chosen, locals=shown, values=values, more=max(len(names) - MOST_LOCALS, 0)
        )

    def _value(self, expression, frame):
        try:
            return limited(self._question["seconds"], lambda: shown(evaluated(expression, frame), VALUE))
        except BaseException as error:  # noqa: BLE001 - the project's own code, or none at all
            return "raises " + described(error)

    def _shown(self, value, most):
        try:
            return limited(self._question["seconds"], lambda: shown(value, most))
        except BaseException as error:  # noqa: BLE001 - the project's own __repr__
            return "<its repr raises {}>".format(described(error))


def evaluated(expression, frame):
    """What `expression` is in `frame`; names that it binds are its own."""
    scope = dict(frame.f_globals)
    scope.update(frame.f_locals)
    return eval(compile(expression.strip(), "<expression>", "eval"), scope)  # noqa: S307 - asked for, in a sandbox


def shown(value, most):
    """A repr of at most `most` characters, made without walking through all of a large container."""
    maker = reprlib.Repr()
    maker.maxlist = maker.maxtuple = maker.maxset = maker.maxfrozenset = maker.maxdeque = maker.maxdict = maker.maxarray = 20
    maker.maxstring = maker.maxother = maker.maxlong = most
    maker.maxlevel = 5
    text = maker.repr(value)
    if type(value).__repr__ is object.__repr__ and getattr(value, "__dict__", None):
        held = ", ".join("{}={}".format(k, maker.repr(v)) for k, v in list(vars(value).items())[:12])
        text = "<{} {}>".format(type(value).__name__, held)
    return text if len(text) <= most else text[: most // 2] + "..." + text[-most // 2 :]


def described(error):
    """An exception in a line."""
    if isinstance(error, TooLong):
        return "nothing in its time"
    try:
        text = str(error)[:200]
    except Exception:  # noqa: BLE001 - the project's own __str__
        text = ""
    return type(error).__name__ + (": " + text if text else "")


def limited(seconds, work):
    """What `work()` gives, for at most `seconds` in the main thread; whoever had the alarm gets it back."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        return work()

    def end(number, frame):
        raise TooLong()

    left, every = signal.setitimer(signal.ITIMER_REAL, 0)
    before, began = signal.signal(signal.SIGALRM, end), time.time()
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.time() - began), 0.001), every)
