"""The text of a reproduction: a test file for both pytest and unittest, under any Python from 3.6 on."""

HEAD = '''\
"""What the issue shows, as tests. Written by fixbot; not part of any patch."""

import contextlib
import io
import importlib
import os
import re
import sys
import unittest

TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * {depth}))


def homes(name):
    """Modules of the project that define `name` at their top level."""
    line = re.compile(r"^(?:(?:async )?def|class) %s\\b|^%s *(?::[^=]*)?=[^=]" % (name, name), re.M)
    for folder, folders, files in os.walk(TOP):
        folders[:] = sorted(f for f in folders if f.isidentifier() and f not in ("tests", "test", "build", "venv"))
        for file in sorted(f for f in files if f.endswith(".py") and not f.startswith(("test_", "conftest", "setup"))):
            with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as opened:
                if line.search(opened.read()):
                    parts = os.path.relpath(os.path.join(folder, file), TOP)[:-3].split(os.sep)
                    parts = parts[1:] if parts[0] in ("src", "lib") else parts
                    yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def supply(missing, names):
    """Import what the example uses and does not import, where just one module of the project defines it."""
    for name in missing:
        found = list(homes(name))
        if len(found) == 1:
            sys.path.extend(p for p in (TOP, os.path.join(TOP, "src"), os.path.join(TOP, "lib")) if p not in sys.path)
            names[name] = getattr(importlib.import_module(found[0]), name)


def run(source, names, missing=()):
    """Run the example; returns the value of its last expression and what it printed."""
    out = io.StringIO()
    value = None
    supply(missing, names)
    with contextlib.redirect_stdout(out):
        for part, mode in source:
            value = eval(compile(part, "<issue>", mode), names)
    return value, out.getvalue()


def same(got, printed, expected, names):
    """Whether the value, or what was printed, is what the issue expects."""
    if expected in (repr(got), str(got)) or (printed and printed.strip() == expected.strip()):
        return True
    try:
        wanted = eval(expected, names)
    except Exception:
        return False
    if isinstance(got, float) and isinstance(wanted, (int, float)):
        return abs(got - wanted) <= 1e-9 * max(1.0, abs(wanted))
    if got is None and printed:
        return printed.strip() in (str(wanted), repr(wanted))
    return got == wanted and isinstance(got, bool) == isinstance(wanted, bool)


class TestIssue(unittest.TestCase):
'''
VALUE = """\
    def test_expected_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {missing!r})
        if not same(got, printed, {expected!r}, names):
            self.fail("got %r, expected %s" % (printed if got is None and printed else got, {expected!r}))

"""
RAISES = """\
    def test_expected_{number}(self):
        try:
            run({source!r}, {{"__name__": "issue"}}, {missing!r})
        except BaseException as error:
            if {expected!r} in [cls.__name__ for cls in type(error).__mro__]:
                return
            raise
        self.fail("nothing was raised, expected {expected}")

"""
REPORTED = """\
    def test_reported_{number}(self):
        names = {{"__name__": "issue"}}
        got, printed = run({source!r}, names, {missing!r})
        if same(got, printed, {expected!r}, names):
            self.fail("gives what the issue reports: %s" % ({expected!r},))

"""
CRASH = """\
    def test_example_{number}(self):
        run({source!r}, {{"__name__": "issue"}}, {missing!r})

"""
