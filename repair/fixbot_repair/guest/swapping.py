"""Functions changed in place: a new body for a loaded function, where that is proven to be the same as loading its file anew.

It is the same where the function has not run yet (so nothing was made with its old body), everything else that its definition
says is unchanged (decorators, defaults, annotations, signature, docstring), it closes over nothing but its class, and nothing
but functions holds its code. Then decorators, registries, subclasses and names imported elsewhere all lead to the function
object that is changed.
"""
import __future__
import gc
import os
import sys
import types
import warnings

LONGEST = 200000  # characters of one function
FUTURE = 0
for _name in __future__.all_feature_names:
    FUTURE |= getattr(__future__, _name).compiler_flag
HAS_DOCSTRING = 0x4000000  # of co_flags, from 3.13
NO_CELLS = 0x40  # of co_flags, below 3.10: says nothing that callers see
SAME = ("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_freevars")
SHAPE = SAME + ("co_flags", "co_code", "co_names", "co_varnames", "co_cellvars", "co_exceptiontable", "co_name")


class Refused(Exception):
    """Raised where a function cannot be changed in place; the file has to be loaded anew."""


def key_of(code):
    """What a piece of code is known by: file, first line and name."""
    return (code.co_filename, code.co_firstlineno, code.co_name)


class Witness(object):
    """Notes which functions of the project start to run, from when it is made until it is asked."""

    def __init__(self, root):
        self._root = os.path.join(root, "")
        self._ran = set()
        self._tool = None
        self._away = False
        if hasattr(sys, "monitoring"):
            self._tool = next((t for t in (4, 3, 1) if sys.monitoring.get_tool(t) is None), None)
        if self._tool is None:
            sys.setprofile(self._event)
            return
        sys.monitoring.use_tool_id(self._tool, "fixbot")
        sys.monitoring.register_callback(self._tool, sys.monitoring.events.PY_START, self._started)
        sys.monitoring.set_events(self._tool, sys.monitoring.events.PY_START)

    def __enter__(self):
        """Effect: look away, while work is done that runs nothing of the project: being watched takes longer than itself."""
        if self._tool is None and sys.getprofile() == self._event:
            sys.setprofile(None)
            self._away = True

    def __exit__(self, *exc):
        """Effect: look again."""
        if self._away:
            self._away = False
            sys.setprofile(self._event)

    def result(self):
        """Effect: stop; return the keys of what ran, None where somebody else took the place from which it looked."""
        if self._tool is not None:
            mine = sys.monitoring.get_tool(self._tool) == "fixbot"
            if mine:
                sys.monitoring.set_events(self._tool, 0)
                sys.monitoring.free_tool_id(self._tool)
            return self._ran if mine else None
        mine = sys.getprofile() == self._event
        if mine:
            sys.setprofile(None)
        return self._ran if mine else None

    def _event(self, frame, event, argument):
        if event == "call" and frame.f_code.co_filename.startswith(self._root):
            self._ran.add(key_of(frame.f_code))

    def _started(self, code, offset):
        if code.co_filename.startswith(self._root):
            self._ran.add(key_of(code))
        return sys.monitoring.DISABLE


class Functions(object):
    """The project's functions that are loaded, by their keys. `ran` are the keys of those that ran, None: nobody knows."""

    def __init__(self, root, ran):
        self._root = root
        self._ran = ran
        self._at = {}
        self._held = set()
        self._written = {}
        inside = os.path.join(root, "")
        others = []
        for thing in gc.get_objects():
            kind = type(thing)
            if kind is types.FunctionType:
                if thing.__code__.co_filename.startswith(inside):
                    self._at.setdefault(key_of(thing.__code__), []).append(thing)
            elif kind in (types.GeneratorType, types.CoroutineType):
                self._held.add(key_of(thing.gi_code if kind is types.GeneratorType else thing.cr_code))
            elif kind is not tuple and kind is not types.FrameType:  # tuples: the constants of what it is defined in
                others.append(thing)
        seen = set()
        while others:
            others = self._look_into(others, inside, seen)

    def _look_into(self, things, inside, seen):
        """Note what code `things` hold; returns the containers in them that the collector does not know."""
        inner = []
        for start in range(0, len(things), 5000):
            for thing in gc.get_referents(*things[start:start + 5000]):
                kind = type(thing)
                if kind is types.CodeType:
                    if thing.co_filename.startswith(inside):
                        self._held.add(key_of(thing))
                elif kind in (dict, tuple) and not gc.is_tracked(thing) and id(thing) not in seen:
                    seen.add(id(thing))
                    inner.append(thing)
        return inner

    def plan(self, change):
        """([functions], their new code) for a change: `path`, `name`, `classes`, `line`, `before`, `after`, `imports`.

        `before` and `after` are the whole lines of the definition with its decorators; `line` is the first, from 1;
        `imports` are names that the module imports at its top. Raises Refused, SyntaxError.
        """
        if self._ran is None:
            raise Refused("who ran is not known")
        filename = os.path.join(self._root, *change["path"].split("/"))
        old = self._as_written(change, filename, 0)
        loaded = self._at.get(key_of(old[0]))
        if not loaded:
            raise Refused("the function is not loaded")
        first = loaded[0].__code__
        if any(f.__code__ is not first for f in loaded):
            raise Refused("the function was made more than once")
        if key_of(first) in self._ran or key_of(first) in self._held:
            raise Refused("the function ran, or its code was taken, while it was imported")
        flags = first.co_flags & FUTURE
        if flags:
            old = self._as_written(change, filename, flags)
        new = compiled(change, "after", filename, flags)
        compare(first, old, new)
        return loaded, new[0]

    def _as_written(self, change, filename, flags):
        key = (filename, change["line"], change["before"], flags)
        if key not in self._written:
            self._written[key] = compiled(change, "before", filename, flags)
        return self._written[key]


def compare(loaded, old, new):
    """Raise Refused where more changes than a body; `old` and `new` are (code, what stands around it)."""
    if shape(old[0]) != shape(loaded):
        raise Refused("the function is not loaded as it is written")
    if old[1] != new[1]:
        raise Refused("more than the body changes")
    arguments = signature(old[0]), signature(new[0])
    if arguments[0] != arguments[1] or docstring(old[0]) != docstring(new[0]):
        raise Refused("the signature or the docstring changes")
    if set(new[0].co_freevars) - {"__class__"}:
        raise Refused("the function closes over variables")


def signature(code):
    """What callers and decorators can see of a function's code."""
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return [getattr(code, name, 0) for name in SAME] + [code.co_flags & ~NO_CELLS, code.co_varnames[:count]]


def docstring(code):
    """The docstring as the interpreter finds it."""
    first = code.co_consts[0] if code.co_consts else None
    if sys.version_info >= (3, 13) and not code.co_flags & HAS_DOCSTRING:
        return None
    return first if isinstance(first, str) else None


def shape(code, but=None):
    """A code object as values that can be compared: without its lines and file; `but` stands for nothing."""
    consts = tuple(constant(c, but) for c in code.co_consts)
    return tuple(getattr(code, name, None) for name in SHAPE) + (consts,)


def constant(value, but=None):
    """A constant with its type, so that 1, 1.0 and True differ, and 0.0 and -0.0."""
    if isinstance(value, types.CodeType):
        return None if value is but else shape(value, but)
    if isinstance(value, tuple):
        return (tuple, tuple(constant(v) for v in value))
    if isinstance(value, frozenset):
        return (frozenset, frozenset(constant(v) for v in value))
    return (type(value), repr(value))


def compiled(change, which, filename, flags):
    """(code of the function, shape of all that stands around it). Raises SyntaxError, Refused."""
    text, classes = change[which], change["classes"]
    if len(text) > LONGEST:
        raise Refused("the function is too long")
    indent = len(text) - len(text.lstrip(" \t"))
    headers = [" " * n + "class " + name + ":" for n, name in enumerate(classes)] or (["if 1:"] if indent else [])
    if change["imports"]:
        # From 3.11 on, methods of imported modules are called in another way: never run, this line says which names they are.
        headers.insert(0, "import " + ", ".join(change["imports"]))
    if len(headers) >= change["line"] or (classes and indent < len(classes)):
        raise Refused("there is no room around the function")
    source = "\n" * (change["line"] - 1 - len(headers)) + "".join(h + "\n" for h in headers) + text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = compile(source, filename, "exec", flags, True)
    around = whole
    for name in classes:
        around = only(around, name)
    code = only(around, change["name"])
    return code, shape(whole, code)


def only(code, name):
    """The one code object of that name among the constants."""
    found = [c for c in code.co_consts if isinstance(c, types.CodeType) and c.co_name == name]
    if len(found) != 1:
        raise Refused("no single definition of " + name)
    return found[0]
