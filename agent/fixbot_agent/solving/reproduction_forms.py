"""The text of a reproduction: a test file for both pytest and unittest, under any Python from 3.6 on."""

CONFIRMS = "gives what the issue reports"

HEAD = '''\
"""What the issue shows, as tests. Written by fixbot; not part of any patch."""

import contextlib
import io
import os
import sys
import textwrap
import traceback
import unittest

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * {depth}))
sys.path.extend(p for p in (TOP, os.path.join(TOP, "src"), os.path.join(TOP, "lib")) if p not in sys.path)


def run(source, names):
    """Run the example; returns the value of its last expression and what it printed."""
    out = io.StringIO()
    value = None
    with contextlib.redirect_stdout(out):
        for part, mode in source:
            value = eval(compile(part, "<issue>", mode), names)
    return value, out.getvalue()


def plain(text):
    """The lines of `text` without what no issue keeps: blanks at their ends, and those that all of them begin with."""
    return textwrap.dedent("\\n".join(line.rstrip() for line in text.strip("\\n").splitlines())).strip()


def same(got, printed, expected, names):
    """Whether the value, or what was printed, is what the issue expects."""
    if expected in (repr(got), str(got)) or (printed and plain(printed) == plain(expected)):
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
        got, printed = run({source!r}, names)
        if not same(got, printed, {expected!r}, names):
            self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
LENT = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names)
        if same(got, printed, {expected!r}, names):
            return
        if not same(got, printed, {actual!r}, names):
            self.skipTest("what a test lends does not give what the issue reports: %r" % (got,))
        self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
RAISES = """\
    def test_expected_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}})
        except BaseException as error:
            if {expected!r} in [cls.__name__ for cls in type(error).__mro__]:
                return
            raise
        self.fail("nothing was raised, expected {expected}")

"""
REPORTED = """\
    def test_reported_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names)
        if same(got, printed, {expected!r}, names):
            self.fail("gives what the issue reports: %s" % ({expected!r},))

"""
CRASH = """\
    def test_example_{number}(self):
        run({source!r}, {{"__name__": "issue"}})

"""
CRASHED = """\
    def test_crash_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}})
        except Exception as error:
            if not refused(error, {actual!r}):
                raise

"""
GIVEN = """\
    def test_given_{number}(self):
        names = {{"__name__": "issue"}}
        run({source!r}, names)
        given(names, {expected!r})

"""
ASSERTED = """\
    def test_asserted_{number}(self):
        run({source!r}, {{"__name__": "issue"}})

"""
