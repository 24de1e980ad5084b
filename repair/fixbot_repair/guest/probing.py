"""One attempt at a time: statements and a call in the module's names, what they reach, what comes of them; and slips made in place."""
import collections
import gc
import io
import json
import linecache
import os
import pathlib
import shutil
import sys
import tempfile
import types

shape = sys.modules["_fixbot_guest_swapping"].shape
valuing = sys.modules["_fixbot_guest_valuing"]

OPTIMIZED = 0x1  # of co_flags: a function, not a class or a module
MOST_DRAWN = 12
LONGEST_MESSAGE = 200
LARGEST = 500  # entries of a module's container that are looked at
MOST_TEXT = 200  # characters of a file that can be told
Printed = collections.namedtuple("Printed", "out err")


class Capture(object):
    """What is printed; stands for pytest's `capsys`."""

    def __init__(self):
        self._kept = sys.stdout, sys.stderr
        self._out, self._err = io.StringIO(), io.StringIO()
        sys.stdout, sys.stderr = self._out, self._err

    def readouterr(self):
        """What was printed so far, out and err."""
        found = Printed(self._out.getvalue(), self._err.getvalue())
        for stream in (self._out, self._err):
            stream.seek(0)
            stream.truncate()
        return found

    def close(self):
        """Effect: put the streams back."""
        sys.stdout, sys.stderr = self._kept


def held(module):
    """What the names and containers of a module hold, by identity; of large ones only how much."""
    found = {}
    for name, value in list(vars(module).items()):
        inside = None
        if isinstance(value, (list, dict, set)):
            rows = list(value.items()) if isinstance(value, dict) else list(value)
            inside = len(rows), [tuple(map(id, r)) if isinstance(value, dict) else id(r) for r in rows[:LARGEST]]
        found[name] = (id(value), inside)
    return found


class Surroundings(object):
    """What a test of pytest's has around it: fixtures by name, undone at the end; a context manager that gives its names."""

    def __init__(self, module, folder, text):
        self._module = module
        self._folder = folder
        self._text = text

    def __enter__(self):
        import pytest

        self._cwd, self._environ = os.getcwd(), dict(os.environ)
        self._held = held(self._module)
        self._place = tempfile.mkdtemp(dir=self._folder) if "tmp_path" in self._text else None
        self._patch = pytest.MonkeyPatch() if "monkeypatch" in self._text else None
        self.capture = Capture()
        names = dict(vars(self._module))
        names.update(
            tmp_path=self._place and pathlib.Path(self._place), monkeypatch=self._patch, capsys=self.capture, pytest=pytest,
        )  # fmt: skip
        return names

    def __exit__(self, *exc):
        self.capture.close()
        if self._patch is not None:
            self._patch.undo()
        self.leaves = os.getcwd() != self._cwd or dict(os.environ) != self._environ
        os.chdir(self._cwd)
        if self.leaves:
            os.environ.clear()
            os.environ.update(self._environ)
        self.leaves = self.leaves or held(self._module) != self._held
        if self._place is not None:
            shutil.rmtree(self._place, ignore_errors=True)


class Prober(object):
    """Makes attempts on `module`; only `folder` may be written to meanwhile."""

    def __init__(self, module, branches, guard, folder):
        self._module = module
        self._branches = branches
        self._guard = guard
        self._folder = folder
        self._compiled = {}
        # What names one of them is true on this machine only.
        self._places = [os.getcwd(), folder, sys.prefix, sys.base_prefix, os.path.expanduser("~")]
        self._places = [place for place in self._places if len(place) > 4]

    def tried(self, item, patience, timeout):
        """Effect: make an attempt; what came of it. `kind`: returns, raises, broken, reaches, placed or slow."""
        try:
            return self._once(item, patience)
        except timeout:
            return {"kind": "slow"}
        finally:
            sys.settrace(None)
            self._guard.stop()

    def _once(self, item, patience):
        patience.start()
        try:
            around = Surroundings(self._module, self._folder, "\n".join(item["setup"] + [item["call"]]))
            with around as names:
                self._guard.start(self._folder)
                try:
                    row = self._made(item, names)
                finally:
                    self._branches.stop()
                    self._guard.stop()
                row.setdefault("out", sys.stdout.getvalue()[:1000])
        finally:
            patience.stop()
        if self._guard.reached or around.leaves:  # a test that leaves variables, a folder or names changed disturbs others
            return {"kind": "reaches", "what": self._guard.reached or "the environment"}
        told = json.dumps(row)
        if any(place in told for place in self._places):
            row["kind"] = "placed"
        row.update(lines=sorted(self._branches.lines), outcomes=sorted(self._branches.outcomes))
        return row

    def _made(self, item, names):
        """Effect: run the statements and the call."""
        self._branches.start()
        try:
            for line in item["imports"] + item["setup"]:
                exec(line, names)  # noqa: S102 - it is what this process is for
        except (Exception, SystemExit) as error:  # noqa: BLE001
            return {"kind": "broken", "what": type(error).__name__}
        except BaseException as error:  # noqa: BLE001 - what a guard raises; time that is over goes on
            if type(error).__name__ != "Reaches":
                raise
            return {"kind": "reaches"}
        self._branches.stop()  # to look at an object is no call of a test's
        before = dict((n, self._held(names.get(n))) for n in item["watched"])
        self._branches.resume()
        try:
            value = eval(item["call"], names)  # noqa: S307
        except (Exception, SystemExit) as error:  # noqa: BLE001
            self._branches.stop()
            return self._raised(error)
        except BaseException as error:  # noqa: BLE001
            if type(error).__name__ != "Reaches":
                raise
            return {"kind": "reaches"}
        self._branches.stop()
        row = {"kind": "returns", "after": self._changes(before, names)}
        row.update(self._value(value, names))
        return row

    def _value(self, value, names):
        known = vars(self._module)
        text = valuing.written(value, known)
        if text is not None:
            return {"value": text, "type": type(value).__name__}
        found = {"value": None, "type": type(value).__name__, "facts": valuing.facts(value, known)}
        found["knows_type"] = known.get(type(value).__name__) is type(value)
        return found

    def _held(self, value):
        """[what follows its name, text] of what a value holds; of a file, whether it is there and its text."""
        if isinstance(value, pathlib.PurePath):
            return held_by(str(value))
        text = valuing.written(value, vars(self._module))
        return [["", text]] if text is not None else [["." + n if "(" not in n else n, t] for n, t in valuing.facts(value, vars(self._module))]

    def _changes(self, before, names):
        """[name, what follows it, text] of what is not as it was."""
        found = []
        for name in sorted(before):
            now = self._held(names.get(name))
            found += [[name, suffix, text] for suffix, text in now if [suffix, text] not in before[name]]
        return found

    def _raised(self, error):
        """The row of an error; `own` where a raise statement of the module ended the call."""
        last, own, inside = error.__traceback__, False, False
        path = os.path.realpath(self._module.__file__)
        while last is not None:
            inside = os.path.realpath(last.tb_frame.f_code.co_filename) == path
            if inside:
                own = linecache.getline(path, last.tb_lineno).lstrip().startswith("raise")
            last = last.tb_next
        message = str(error) if len(error.args) == 1 and isinstance(error.args[0], str) else ""
        kind = type(error)
        return {
            "kind": "raises", "error": [kind.__module__, kind.__name__], "own": own and inside,
            "message": message[:LONGEST_MESSAGE] if "0x" not in message else "",
            "knows_type": vars(self._module).get(kind.__name__) is kind,
        }  # fmt: skip

    def passes(self, case, patience, timeout):
        """Effect: run a whole test, written as statements; whether nothing was raised, in time and within bounds."""
        source = case["source"]
        if source not in self._compiled:
            self._compiled[source] = compile(source, "<case>", "exec")
        patience.start()
        try:
            with Surroundings(self._module, self._folder, source) as names:
                self._guard.start(self._folder)
                try:
                    exec(self._compiled[source], names)  # noqa: S102
                finally:
                    self._guard.stop()
            return not self._guard.reached
        except BaseException:  # noqa: BLE001 - whatever it is: the test does not pass
            return False
        finally:
            patience.stop()


def held_by(path):
    """Of a file: [what follows its name, text]."""
    if not os.path.isfile(path):
        return [[".exists()", repr(os.path.exists(path))]]
    try:
        with open(path) as file:
            text = file.read(MOST_TEXT + 1)
    except (OSError, ValueError):
        text = None
    return [[".exists()", "True"]] + ([[".read_text()", repr(text)]] if text is not None and len(text) <= MOST_TEXT else [])


class Slips(object):
    """Changes functions of one loaded file in place, by the text of the file with edits."""

    def __init__(self, path):
        self._path = os.path.realpath(path)
        with open(path, "rb") as file:
            self._source = file.read()
        self._functions = {}
        for thing in gc.get_objects():
            if type(thing) is types.FunctionType and os.path.realpath(thing.__code__.co_filename) == self._path:
                self._functions.setdefault(key_of(thing.__code__), []).append(thing)
        self._codes = dict((key_of(code), code) for code in functions_of(self._compile(self._source)))

    def _compile(self, data):
        return compile(data, self._path, "exec", 0, True)

    def make(self, edits):
        """Effect: change the functions that [start, end, text] edits (in bytes, the last first) touch; whether there are any."""
        data = self._source
        for start, end, text in edits:
            data = data[:start] + text.encode("utf-8") + data[end:]
        try:
            changed = functions_of(self._compile(data))
        except (SyntaxError, ValueError):
            return False
        made = False
        for code in changed:
            old = self._codes.get(key_of(code))
            if old is None or shape(old) == shape(code) or old.co_freevars != code.co_freevars:
                continue
            for function in self._functions.get(key_of(code), ()):
                function.__code__ = code
                made = True
        return made


def functions_of(code):
    """The code of functions that stand in no other function."""
    found = []
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            found += [each] if each.co_flags & OPTIMIZED else functions_of(each)
    return found


def key_of(code):
    """What a function's code is known by within its file."""
    return (code.co_firstlineno, code.co_name)
