"""The text of a reproduction: a test file for both pytest and unittest, under any Python from 3.6 on; the example at its top."""

import re
from collections.abc import Iterable, Mapping, Sequence

from fixbot_agent.solving.reproducing.harness import HELPERS

CONFIRMS = "gives what the issue reports"
# How the message of an expectation ends: what came at base, beside what the issue says that comes.
AS_REPORTED = "(as the issue reports)"
IN_PART = "(as the issue reports, in part)"
ABOUT = "(about what the issue reports)"
ELSE = "(the issue reports something else)"
NOTHING = "nothing was shown, expected "

UNSAID = "nothing was found in the issue on what comes today"

_HEAD = '"""What the issue shows, as tests. Written by fixbot; not part of any patch."""\n\n'
_TOP = """\
TOP = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), *[".."] * {depth}))
sys.path.extend(p for p in (TOP, os.path.join(TOP, "src"), os.path.join(TOP, "lib")) if p not in sys.path)
"""
_CLASS = "\n\nclass TestIssue(unittest.TestCase):\n"
_BELOW = "\n# How an example is run, and how what it gives is compared.\n"
_PLACE = "__EXAMPLE__"
_USED = re.compile(r"\bNOTHING\b|\w+(?=\()")
_MODULES = ("contextlib", "difflib", "io", "os", "re", "sys", "tempfile", "textwrap", "traceback", "types", "unittest", "warnings")  # fmt: skip

VALUE = """\
    def test_expected_{number}(self):
        expects(self, __EXAMPLE__, {expected!r}, {actual!r}, {lines!r})

"""
LENT = """\
    def test_expected_{number}(self):
        expects_as_shown(self, __EXAMPLE__, {expected!r}, {actual!r}, {seen!r})

"""
RAISES = """\
    def test_expected_{number}(self):
        ends_in(self, __EXAMPLE__, {expected!r})

"""
REPORTED = """\
    def test_reported_{number}(self):
        got, printed, names = run(__EXAMPLE__)
        if same(got, printed, {expected!r}, names):
            self.fail("gives what the issue reports: %s" % ({expected!r},))

"""
FED = """\
    def test_expected_{number}(self):
        got, printed, names = run(__EXAMPLE__)
        if same(got, printed, {expected!r}, names):
            return
        if not alike(got, eval({expected!r}, {{}})):
            self.skipTest("what it gives is nothing like what the issue expects: %r" % (got,))
        self.fail("got %r, expected %s" % (got, {expected!r}))

"""
CRASH = """\
    def test_example_{number}(self):
        with raising({warning!r}):
            show(run(__EXAMPLE__)[0], {ways!r})

"""
CRASHED = """\
    def test_crash_{number}(self):
        try:
            run(__EXAMPLE__)
        except Exception as error:
            if not refused(error, {actual!r}):
                raise

"""
GIVEN = """\
    def test_given_{number}(self):
        given(run(__EXAMPLE__, "issue")[2], {expected!r})

"""
ASSERTED = """\
    def test_asserted_{number}(self):
        run(__EXAMPLE__)

"""

Source = tuple[tuple[str, str], ...]  # parts of an example, each with how it is compiled: "exec", "eval"


def file_of(tests: Iterable[tuple[str, str, Source]], depth: int) -> str:
    """The text of a test file that lies `depth` folders below the project's top: label, text and example of each test."""
    names: dict[Source, str] = {}
    body = []
    for label, text, source in tests:
        name = names.setdefault(source, f"EXAMPLE_{len(names) + 1}" if names else "EXAMPLE")
        body.append(f"    # {label}\n{text.replace(_PLACE, name, 1)}" if label else text.replace(_PLACE, name, 1))
    examples = "".join(f"\n{name} = {_source(source)}\n" for source, name in names.items())
    used = f"{_TOP}{_CLASS}{''.join(body)}"
    below = _needed(used, HELPERS)
    modules = [f"import {name}\n" for name in _MODULES if re.search(rf"\b{name}\.", used + below)]
    top = _TOP.replace("{depth}", str(depth))
    return "".join(
        [_HEAD, *modules, "\n", top, examples, _CLASS, "".join(body) or "    pass\n", _BELOW if below else "", below]
    )


def _needed(text: str, helpers: Mapping[str, str]) -> str:
    """Those of `helpers` that `text` uses, and those that these use, in the order of the mapping."""
    words, chosen = set(_USED.findall(text)), set[str]()
    while new := {name for name in helpers if name in words} - chosen:
        chosen |= new
        words |= {word for name in new for word in _USED.findall(helpers[name])}
    return "".join(f"\n\n{helpers[name]}" for name in helpers if name in chosen)


def _source(source: Source) -> str:
    return "[{}]".format(", ".join(f"({_literal(part)}, {mode!r})" for part, mode in source))


def _literal(text: str) -> str:
    """`text` as source: as people read it where that is exact."""
    is_plain = "\n" in text and "'''" not in text and text[-1] not in "'\\"
    if is_plain and all(line.isprintable() for line in text.split("\n")):
        return f"r'''\n{text}'''"
    return repr(text)


def lines_of(text: str, actual: str, expected: str) -> tuple[str, ...]:
    """The one line of `text` that holds `actual`, then what may stand in its place; () where it is not one line."""
    for was, to in zip(written_as(actual), written_as(expected), strict=True):
        held = [line for line in text.splitlines() if _stands(line, was)]
        if len(held) == 1:
            pairs = zip(written_as(actual), written_as(expected), strict=True)
            # The longest form that stands there is what was printed; where it is quoted, the other is quoted likewise.
            return (
                held[0],
                held[0].replace(was, to),
                *(held[0].replace(a, e) for a, e in pairs if a in held[0] and a != was),
            )
        if held:
            return ()
    return ()


def written_as(value: str) -> tuple[str, str]:
    """How a program may print the text of a value: as `repr` does, and as it is."""
    return repr(value), value


def _stands(line: str, value: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(value)}(?!\w)", line) is not None


def strength(message: str) -> str:
    """What makes the failure of an expectation a guess, in words; "" where it came as the issue reports."""
    ends: Sequence[tuple[str, str]] = (
        (AS_REPORTED, ""),
        (IN_PART, "the expected value has to come up somewhere in what it gives, and the wrong one no more"),
        (ABOUT, "what it gives here is about what the issue reports, not the very same"),
    )
    return next((why for end, why in ends if message.endswith(end)), UNSAID)


def is_laid_out(text: str) -> bool:
    """Whether blanks, tabs or line breaks say something in a text: it is not shown as running text then."""
    return bool(re.search(r"\n|\t|  |^ | $", text.strip("\n")))
