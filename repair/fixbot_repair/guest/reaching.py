"""What a call runs: which of some places in the code it reaches, and how many lines of the project it takes."""
import os
import sys

MOST_STEPS = 200000  # lines, after which nobody counts


class Course(object):
    """Listens to lines. `places` are [path relative to `root`, first line, last line]; one is reached by a line in it that runs."""

    def __init__(self, root, places):
        self._root = os.path.join(root, "")
        self._by_file = {}
        for number, (path, first, last) in enumerate(places):
            self._by_file.setdefault(self._root + path, []).append((first, last, number))
        self._known = {}
        self._found = set()
        self._steps = 0

    def start(self):
        """Effect: begin to listen."""
        self._found, self._steps = set(), 0
        sys.settrace(self._enter)

    def stop(self):
        """Effect: stop listening. Returns (numbers of the places that were reached, number of lines that ran)."""
        sys.settrace(None)
        return sorted(self._found), self._steps

    def _enter(self, frame, event, argument):
        code = frame.f_code
        places = self._known.get(code)
        if places is None:
            path = os.path.realpath(code.co_filename)
            inside = path.startswith(self._root) and "site-packages" not in path
            places = self._known[code] = self._by_file.get(path, ()) if inside else False
        if places is False:
            return None
        return self._line(frame, event, argument)

    def _line(self, frame, event, argument):
        self._steps += 1
        if self._steps > MOST_STEPS:
            sys.settrace(None)
            return None
        number = frame.f_lineno
        for first, last, place in self._known[frame.f_code]:
            if first <= number <= last:
                self._found.add(place)
        return self._line
