"""The text of a reproduction: a test file for both pytest and unittest, under any Python from 3.6 on."""

CONFIRMS = "gives what the issue reports"

HEAD = '''\
"""What the issue shows, as tests. Written by fixbot; not part of any patch."""

import contextlib
import io
import os
import sys
import tempfile
import textwrap
import traceback
import unittest
import warnings

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * {depth}))
sys.path.extend(p for p in (TOP, os.path.join(TOP, "src"), os.path.join(TOP, "lib")) if p not in sys.path)


@contextlib.contextmanager
def folder(files):
    """A folder with these files, in which the example runs; without files it runs where it is."""
    if not files:
        yield
        return
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            path = os.path.join(place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(data)
        os.chdir(place)
        try:
            yield
        finally:
            os.chdir(before)


def run(source, names, files):
    """Run the example; returns the value of its last expression and what it printed. `names` keeps what that expression printed."""
    out = io.StringIO()
    value = None
    arguments, before = sys.argv, 0
    try:
        with folder(files), contextlib.redirect_stdout(out):
            for part, mode in source:
                before = len(out.getvalue())
                value = eval(compile(part, "<issue>", mode), names)
    finally:
        sys.argv = arguments
    names["__printed__"] = out.getvalue()[before:]
    return value, out.getvalue()


@contextlib.contextmanager
def raising(name):
    """Raise the first warning of this name that comes; "" for none. It is raised at the end: who warns may catch errors."""
    with warnings.catch_warnings(record=bool(name)) as seen:
        if name:
            warnings.simplefilter("always")
        yield
    for one in seen or ():
        if one.category.__name__ == name:
            raise one.message


def show(value, ways):
    """Do with `value` what a notebook or a prompt does that shows it: `ways` are the methods that the issue's traceback names."""
    for way in ways:
        getattr(value, way, str)()


def alike(got, wanted):
    """Whether two values have the same make-up, so that one may stand for the other."""
    if isinstance(got, (int, float)) and isinstance(wanted, (int, float)):
        return isinstance(got, bool) == isinstance(wanted, bool)
    if type(got) is not type(wanted):
        return False
    if isinstance(got, tuple):
        return len(got) == len(wanted) and all(map(alike, got, wanted))
    if isinstance(got, (list, set, frozenset, dict)):
        return not got or not wanted or alike(next(iter(got)), next(iter(wanted)))
    return True


def plain(text):
    """The lines of `text` without what no issue keeps: blanks at their ends, and those that all of them begin with."""
    return textwrap.dedent("\\n".join(line.rstrip() for line in text.strip("\\n").splitlines())).strip()


def same(got, printed, expected, names):
    """Whether the value, or what was printed, is what the issue expects."""
    alone = names.get("__printed__", printed) if got is not None else printed
    if expected in (repr(got), str(got)) or (alone and plain(alone) == plain(expected)):
        return True
    if got is not None and plain(expected) in (plain(printed + str(got)), plain(repr(got)), plain(str(got))):
        return True
    try:
        wanted = eval(expected, names)
    except Exception:
        return False
    if isinstance(got, float) and isinstance(wanted, (int, float)):
        return abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    if isinstance(wanted, str) and not isinstance(got, (str, bytes, type(None))) and str(got) == wanted:
        return True
    if got is None and printed:
        return printed.strip() in (str(wanted), repr(wanted))
    return got == wanted and isinstance(got, bool) == isinstance(wanted, bool)


def refused(error, crashed):
    """Whether an error is a refusal that the project states: raised in so many words, and not where it crashed."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.line.startswith("raise ") and last.name != crashed


def given(names, test):
    """Run the test of this name, "test_x" or "TestX.test_y", of the issue."""
    head, _, method = test.partition(".")
    found = names[head]
    if not method:
        found()
    elif issubclass(found, unittest.TestCase):
        found.setUpClass()
        found(method).debug()
        found.tearDownClass()
    else:
        one = found()
        getattr(one, "setup_method", lambda *_: None)(getattr(one, method))
        getattr(one, method)()


class TestIssue(unittest.TestCase):
'''
VALUE = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {files!r})
        if not same(got, printed, {expected!r}, names):
            self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
LENT = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {files!r})
        if same(got, printed, {expected!r}, names):
            return
        if not same(got, printed, {actual!r}, names) or not all(same(eval(e, names), "", s, {{}}) for e, s in {seen!r}):
            self.skipTest("it does not give what the issue reports: %r" % (got,))
        self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
RAISES = """\
    def test_expected_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}}, {files!r})
        except BaseException as error:
            if {expected!r} in [cls.__name__ for cls in type(error).__mro__]:
                return
            raise
        self.fail("nothing was raised, expected {expected}")

"""
REPORTED = """\
    def test_reported_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {files!r})
        if same(got, printed, {expected!r}, names):
            self.fail("gives what the issue reports: %s" % ({expected!r},))

"""
FED = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {files!r})
        if same(got, printed, {expected!r}, names):
            return
        if not alike(got, eval({expected!r}, {{}})):
            self.skipTest("what it gives is nothing like what the issue expects: %r" % (got,))
        self.fail("got %r, expected %s" % (got, {expected!r}))

"""
CRASH = """\
    def test_example_{number}(self):
        with raising({warning!r}):
            show(run({source!r}, {{"__name__": "issue"}}, {files!r})[0], {ways!r})

"""
CRASHED = """\
    def test_crash_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}}, {files!r})
        except Exception as error:
            if not refused(error, {actual!r}):
                raise

"""
GIVEN = """\
    def test_given_{number}(self):
        names = {{"__name__": "issue"}}
        run({source!r}, names, {files!r})
        given(names, {expected!r})

"""
ASSERTED = """\
    def test_asserted_{number}(self):
        run({source!r}, {{"__name__": "issue"}}, {files!r})

"""
