"""Which calls the tests make: the arguments of chosen functions, and of those that test files call, as pickles.

What is kept can be called again from outside: a function or method that is found by its module and name.
"""

import os
import sys

pickling = sys.modules["_fixbot_guest_pickling"]
shaping = sys.modules["_fixbot_guest_shaping"]

MOST_CALLS = 30  # distinct ones of one function
MOST_FUNCTIONS = 40
MOST_BYTES = 32768  # of one call
MOST_FAILURES = 8  # calls of one function that cannot be kept, until it is left alone
MOST_LOOKS = 3000  # calls of one function in one run of the tests that are looked at
UNREADY = ("__init__", "__new__", "__init_subclass__", "__del__", "__getattr__", "__getattribute__", "__setattr__")


class Recorder(object):
    """Stands where the tracer stands: started before each test and stopped after it.

    `wanted` are [path, name, first line, last line] of functions that are kept whoever calls them; `tests` are paths whose
    own calls are kept. `tell` gets what was kept: module, qualified name, pickle of (arguments, keywords), whether a test called it, shapes.
    """

    def __init__(self, root, wanted, tests, tell):
        self._root = os.path.join(root, "")
        self._wanted = wanted
        self._tests = set(tests)
        self._tell = tell
        self._paths = {}
        self._known = {}
        self._frames = {}
        self._busy = False

    def start(self):
        """Effect: begin to listen."""
        self._frames = {}
        sys.setprofile(self._event)

    def stop(self):
        """Effect: stop listening; no lines are traced."""
        sys.setprofile(None)
        self._frames = {}
        return {}

    def _event(self, frame, event, argument):
        if event != "call" or self._busy:
            return
        code = frame.f_code
        callee = self._known.get(code)
        if callee is None:
            callee = self._known[code] = self._callee(code)
        if not callee.listens or (callee.is_entry and self._path(frame.f_back) not in self._tests):
            return
        self._busy = True
        try:
            self._keep(callee, frame)
        finally:
            self._busy = False

    def _callee(self, code):
        path = self._relative(code.co_filename)
        plain = path.endswith(".py") and not code.co_name.startswith("<") and code.co_name not in UNREADY
        if not plain or path in self._tests:
            return Callee(False, True)
        asked = any(
            path == where and code.co_name == name and first <= code.co_firstlineno <= last
            for where, name, first, last in self._wanted
        )
        room = sum(c.listens and c.is_entry for c in self._known.values()) < MOST_FUNCTIONS
        return Callee(asked or room, not asked)

    def _path(self, frame):
        return self._relative(frame.f_code.co_filename) if frame is not None else ""

    def _relative(self, name):
        """Path relative to the root, "" for what is not the project's."""
        known = self._paths.get(name)
        if known is None:
            path = os.path.realpath(name) if not name.startswith("<") else ""
            inside = path.startswith(self._root) and "site-packages" not in path
            known = self._paths[name] = path[len(self._root) :].replace(os.sep, "/") if inside else ""
        return known

    def _keep(self, callee, frame):
        callee.looks += 1
        if callee.looks > MOST_LOOKS or len(callee.kept) >= MOST_CALLS or callee.failures > MOST_FAILURES:
            callee.listens = False
            return
        if self._frames.get(id(frame)) is frame:
            return  # a generator that goes on
        if frame.f_code.co_flags & 0x20:
            self._frames[id(frame)] = frame
        try:
            if callee.name is None:
                callee.name, callee.function = owner(frame)
            # What a test leaves to a default is left to it again: it may be the default that a patch changes.
            given = callee.function if self._path(frame.f_back) in self._tests else None
            call = arguments(frame, given) if callee.name else ([], {})
            data = pickling.dumps(call) if callee.name else b""
        except BaseException:  # noqa: BLE001 - the project's own objects say how they are pickled
            data = b""
        if not data or len(data) > MOST_BYTES:
            callee.failures += 1
        elif data not in callee.kept:
            callee.kept.add(data)
            module, name = callee.name
            if callee.shapes is None:
                callee.shapes = shaping.annotated(callee.function)
            self._tell(module, name, data, callee.is_entry, shaping.shapes(callee.shapes, *call))


class Callee(object):
    """What is known of one function."""

    def __init__(self, listens, is_entry):
        self.listens = listens
        self.is_entry = is_entry
        self.name = None
        self.function = None
        self.shapes = None
        self.kept = set()
        self.looks = 0
        self.failures = 0


def arguments(frame, function=None):
    """(positional arguments, keyword arguments) with which the function of `frame` was called; only at its start.

    Those that are the defaults of `function` are left out.
    """
    code, found = frame.f_code, frame.f_locals
    names = code.co_varnames
    count = code.co_argcount
    positional = [found[n] for n in names[:count]]
    end = count + code.co_kwonlyargcount
    keywords = {n: found[n] for n in names[count:end]}
    if code.co_flags & 0x04:
        positional += found[names[end]]
        end += 1
    if function is not None and len(positional) == count:
        positional, keywords = without_defaults(positional, keywords, function, names)
    if code.co_flags & 0x08:
        keywords.update(found[names[end]])
    return positional, keywords


def without_defaults(positional, keywords, function, names):
    """Arguments without those that are the defaults of `function`; what stands behind one goes by its name."""
    defaults, named = function.__defaults__ or (), function.__kwdefaults__ or {}
    keywords = {n: v for n, v in keywords.items() if n not in named or named[n] is not v}
    first = len(positional) - len(defaults)
    if getattr(function.__code__, "co_posonlyargcount", 0) > first:
        return positional, keywords
    given = {n: v for n, v, d in zip(names[first:], positional[first:], defaults) if v is not d}
    return positional[:first], dict(given, **keywords)


def owner(frame):
    """((module, qualname) under which the function of `frame` is found again, the function); ((), None) where it is not."""
    code, scope = frame.f_code, frame.f_globals
    module = scope.get("__name__", "")
    if module == "__main__":
        return (), None
    known = plain(scope.get(code.co_name), code)
    if known:
        return (module, code.co_name), known
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    kind = first if isinstance(first, type) else type(first)
    classes = list(getattr(kind, "__mro__", ())) + [v for v in list(scope.values()) if isinstance(v, type)]
    for each in classes:
        known = plain(vars(each)[code.co_name], code) if code.co_name in vars(each) else None
        if known and found(each):
            return (each.__module__, each.__qualname__ + "." + code.co_name), known
    return (), None


def found(kind):
    """Whether a class is where its name says."""
    value = sys.modules.get(kind.__module__)
    for part in kind.__qualname__.split("."):
        value = getattr(value, part, None)
    return value is kind


def plain(value, code=None):
    """The function inside `value` (a method, a property, what a decorator wrapped), None when it is not that of `code`."""
    for _ in range(10):
        if value is None:
            return None
        if hasattr(value, "__code__"):
            if code is None or value.__code__ is code:
                return value
            value = getattr(value, "__wrapped__", None)
        else:
            inner = getattr(value, "__func__", None) or getattr(value, "fget", None)
            value = inner or getattr(value, "__wrapped__", None)
    return None
