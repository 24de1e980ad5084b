"""Keeps code that is tried from what lies outside of its own folder: files, processes, the network, the terminal.

What is read may lie in the project and among what the interpreter loads, too; anything else is this machine's own.

An audit hook (hooking.py; from Python 3.8 on) refuses, and notes that it did: what is noted counts even where the code went on. It is
told by audit events, and no object leads to it.
"""

import builtins
import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
EVENT = "fixbot.guard"


class Reaches(BaseException):
    """Raised in code that reaches for what lies outside; no `except Exception` catches it."""


class Guard(object):
    """Watches between :meth:`start` and :meth:`stop`; `reached` is what was reached for, "" where nothing was."""

    __slots__ = ()

    def __init__(self, readable=()):
        name = os.path.join(HERE, "hooking.py")
        with open(name, "rb") as file:
            code = compile(file.read(), name, "exec")
        names = {"__name__": "_fixbot_guest_hooking", "__file__": name, "__builtins__": dict(vars(builtins))}
        exec(code, names)  # noqa: S102 - our own, where no table of modules has it
        places = [os.path.realpath(place) for place in readable if place] + [HERE]  # of which tracebacks show lines
        names["listen"](tuple(places) + names["EVERYWHERE"], Reaches)

    @property
    def reached(self):
        """What was reached for since the start."""
        return self._said("reached")

    def told(self):
        """Effect: forget it, and return what a fork has reached for; whatever else the fork says of it."""
        return self._said("page")

    def _said(self, what):
        box = []
        sys.audit(EVENT, what, box)
        return box[0] if box else ""

    def start(self, folder):
        """Effect: from now on only `folder` may be written to."""
        sys.audit(EVENT, "start", os.path.realpath(folder))

    def stop(self):
        """Effect: look away; after :meth:`around`, look at what no fixture answers for."""
        sys.audit(EVENT, "stop")

    def around(self, folder, path, root, spans, imports, fixtures):
        """Effect: from now on, until this process ends, nothing may write anywhere but to `folder` that is of the test on `spans` of lines of `path`,
        or is loaded by the `imports` that came with it, or is called by nobody; what the project's `fixtures` (files, folders) do themselves may."""
        place = {"path": path, "root": root, "spans": spans, "imports": imports, "fixtures": fixtures, "guest": HERE}
        sys.audit(EVENT, "around", os.path.realpath(folder), place)

    def fixtures(self, files):
        """Effect: fixtures lie in these files, too."""
        sys.audit(EVENT, "fixtures", files)
