"""Which lines of the project ran during one test: sys.monitoring from 3.12, sys.settrace below."""
import os
import sys
import threading


def tracer(root):
    """Return the tracer that works on this interpreter, for files below `root`."""
    if hasattr(sys, "monitoring"):
        for tool in (4, 3, 1):
            if sys.monitoring.get_tool(tool) is None:
                return _Monitoring(root, tool)
    return _Settrace(root)


class _Tracer(object):
    """Collects (file, line); what lies outside the root costs one look a code object."""

    def __init__(self, root):
        self._root = os.path.join(root, "")
        self._lines = {}
        self._known = {}

    def start(self):
        """Effect: forget what was seen and begin to look."""
        self._lines = {}
        self._begin()

    def stop(self):
        """Effect: stop looking; returns {path relative to the root: sorted lines}."""
        self._end()
        start = len(self._root)
        return {name[start:].replace(os.sep, "/"): sorted(lines) for name, lines in self._lines.items()}

    def _wanted(self, name):
        """The set of lines of the file `name`, None when it is not the project's."""
        known = self._known.get(name)
        if known is None:
            path = os.path.abspath(name)
            inside = path.startswith(self._root) and "site-packages" not in path and not name.startswith("<")
            known = self._known[name] = path if inside else ""
        if not known:
            return None
        lines = self._lines.get(known)
        if lines is None:
            lines = self._lines[known] = set()
        return lines


class _Settrace(_Tracer):
    def _begin(self):
        threading.settrace(self._call)
        sys.settrace(self._call)

    def _end(self):
        sys.settrace(None)
        threading.settrace(None)

    def _call(self, frame, event, argument):
        lines = self._wanted(frame.f_code.co_filename)
        if lines is None:
            return None

        def line(frame, event, argument):
            if event == "line":
                lines.add(frame.f_lineno)
            return line

        return line


class _Monitoring(_Tracer):
    def __init__(self, root, tool):
        _Tracer.__init__(self, root)
        self._tool = tool
        events = sys.monitoring.events
        sys.monitoring.use_tool_id(tool, "fixbot")
        sys.monitoring.register_callback(tool, events.LINE, self._line)
        sys.monitoring.register_callback(tool, events.PY_START, self._function)
        self._events = events.LINE | events.PY_START

    def _begin(self):
        sys.monitoring.restart_events()
        sys.monitoring.set_events(self._tool, self._events)

    def _end(self):
        sys.monitoring.set_events(self._tool, 0)

    def _function(self, code, offset):
        """From 3.13 a function that is one line long has no line event: its start is on that line already."""
        lines = self._wanted(code.co_filename)
        first = code.co_firstlineno
        if lines is not None and all(line in (None, first) for _, _, line in code.co_lines()):
            lines.add(first)
        return sys.monitoring.DISABLE

    def _line(self, code, line):
        lines = self._wanted(code.co_filename)
        if lines is not None:
            lines.add(line)
        return sys.monitoring.DISABLE
