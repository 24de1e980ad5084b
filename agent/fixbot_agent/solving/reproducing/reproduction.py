"""An issue as tests: what it shows and expects, as a test file of the private copy, proven to fail there for its reason.

The file is one that both pytest and unittest run, under any Python from 3.6 on. It never becomes part of a patch.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_agent.solving.reproducing import forms
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.issue import Issue, Oracle

_LENT = re.compile(r"_(\d+)_(\d+)$")
_MOST_CRASHES = 2  # variants of tests that are kept where more of them end as reported
_GOT = re.compile(r"got (.{1,200}?), expected ", re.DOTALL)
_FEWEST_SHARED = 2  # functions that a traceback shows, so that it tells a way
_SAME_WORDS = 0.6  # share of the reported error's words
_MOST_TOLD = 3  # tests of a goal told in short
_LONGEST_CODE = 1500  # characters of an example or a message there
_MOST_SAID = 160  # characters of an error in a question
# Errors that speak of the example, not of the project, when they come from its own lines.
_OF_THE_EXAMPLE = (
    "NameError",
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "IndentationError",
    "FileNotFoundError",
    "CalledProcessError",
)


class Kind(StrEnum):
    """What a test of an issue checks."""

    VALUE = "value"
    RAISES = "raises"
    ENDS = "ends"  # without the error that was reported
    GIVEN = "given"  # a test of the issue's own


@dataclass(frozen=True, slots=True)
class Example:
    """One test's content, apart from the harness that runs it: imports guessed, statements, the last expression ("" for
    none), and what is expected: a value's source, an error's name, a test's name. `files` lie where it runs: name, bytes.
    """

    kind: Kind
    imports: tuple[str, ...]
    statements: str
    expression: str
    expected: str
    files: tuple[tuple[str, bytes], ...] = ()
    actual: str = ""  # what the issue says that comes today, "" where it does not


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The test file of an issue: where it lies in the private copy, and its text."""

    path: str
    text: str
    labels: Mapping[str, str] = field(default_factory=dict)  # name of a test -> what it checks
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # name of a test -> expression, what it gives now
    beside: Mapping[str, str] = field(default_factory=dict)  # path -> text: the issue's own tests that need pytest

    examples: Mapping[str, Example] = field(default_factory=dict)  # name of a test -> what it holds
    left: tuple[str, ...] = ()  # what the issue shows and no test demands, each in words
    places: frozenset[tuple[str, int]] = frozenset()  # where the reported error comes from, if that is the project's

    def files(self) -> dict[str, str]:
        """Its files: path in the private copy -> text."""
        return {self.path: self.text, **self.beside}

    def label(self, test: str) -> str:
        """What the test of this id checks, in words."""
        return self.labels.get(_name(test), test)

    def outcomes(self, feedback: Feedback) -> list[TestOutcome]:
        """Its tests among the outcomes of `feedback`."""
        own = self.files()
        return [o for o in feedback.outcomes if o.test.partition("::")[0] in own]

    def programs(self, feedback: Feedback) -> dict[str, str]:
        """What its tests among the outcomes of `feedback` run: id -> source."""
        found = {o.test: self.examples.get(_name(o.test)) for o in self.outcomes(feedback)}
        return {test: f"{e.statements}\n{e.expression}".strip("\n") for test, e in found.items() if e}

    def proven(self, feedback: Feedback, issue: Issue) -> tuple[str, ...]:
        """Ids of its tests that fail, and fail for the reason that the issue gives."""
        shown = [o.test for o in self.outcomes(feedback) if self._shows(o, issue)]
        crashes = [test for test in shown if is_variant(test)]
        return tuple(test for test in shown if not _is_bettered(test, shown) and test not in crashes[_MOST_CRASHES:])

    def _shows(self, outcome: TestOutcome, issue: Issue) -> bool:
        did_fail = outcome.status in (TestStatus.FAILED, TestStatus.ERROR, TestStatus.TIMEOUT)
        if not did_fail or not outcome.collected or "::" not in outcome.test:  # of the file itself nothing ran
            return False
        raised, reported = error_name(outcome.message), error_name(issue.error)
        if is_variant(outcome.test):
            return bool(reported) and raised == reported and self._ends_there(outcome)
        if "::test_example_" in outcome.test or ".test_example_" in outcome.test:
            return bool(reported) and self._ends_as_reported(outcome, issue)
        if self._is_reported(outcome) or self._is_other(outcome, reported):
            return False
        if "test_expected_" in outcome.test and _LENT.search(outcome.test):
            gave = raised == "AssertionError" and ": got " in outcome.message  # it gave what was reported
            is_reported = raised == reported != "" and _says_alike(outcome.message, issue.error)
            return gave or (is_reported and raised not in _OF_THE_EXAMPLE)
        if "test_asserted_" in outcome.test:
            return raised in ("AssertionError", reported)
        # The example itself has no file: its frames are of "<issue>".
        inside = _is_inside(outcome, self.files())
        if raised == "NameError" and not inside:
            return outcome.message.strip() == issue.error.strip()
        return raised == reported or inside or raised not in _OF_THE_EXAMPLE

    def _is_other(self, outcome: TestOutcome, reported: str) -> bool:
        """Whether an example does here what is not what the issue tells of it: nothing, something else, no end, a refusal to begin."""
        if outcome.status is TestStatus.TIMEOUT:
            return bool((example := self.examples.get(_name(outcome.test))) and example.actual)
        said = outcome.message
        return forms.NOTHING in said or said.endswith(forms.ELSE) or (error_name(said) == "SystemExit" != reported)

    def guess(self, outcome: TestOutcome, issue: Issue) -> str:
        """Why what the failure of a test demands is a guess, in words; "" where it comes here as the issue tells it."""
        kind, raised = _name(outcome.test), error_name(outcome.message)
        if is_variant(outcome.test):
            return "it is a test of the project with one change, which ends as the issue reports"
        if raised == error_name(issue.error) != "":
            return (
                "" if _says_alike(outcome.message, issue.error) else "the error here says other words than the issue's"
            )
        if kind.startswith("test_example_"):
            return "it ends in another error here, on the way that the issue shows"
        if kind.startswith(("test_given_", "test_asserted_")) or not kind.startswith("test_"):
            return ""
        why = forms.strength(outcome.message)
        return "" if why == forms.UNSAID and _is_quoted(outcome.message, issue) else why

    def shown(self, feedback: Feedback, issue: Issue, tests: Sequence[str]) -> str:
        """Its goal in short, for people and models: each of `tests` as it is run, what is demanded, what came at base, how sure that is."""
        wanted = set(tests)
        texts = [self._told(o, issue) for o in self.outcomes(feedback) if o.test in wanted]
        return "\n\n".join(texts[:_MOST_TOLD])

    def attempted(self, feedback: Feedback, proven: Sequence[str]) -> str:
        """Likewise of its tests that fail and show nothing for certain, those that are no more than a change of the project's left out."""
        tried = [o for o in self.outcomes(feedback) if not o.ok and o.status is not TestStatus.SKIPPED]
        beyond = [o for o in tried if o.test not in proven and not is_variant(o.test)]
        return "\n\n".join(self._run(o) for o in beyond[:_MOST_TOLD])

    def _told(self, outcome: TestOutcome, issue: Issue) -> str:
        why = self.guess(outcome, issue)
        sure = f"a guess: {why}" if why else "firm: it comes here as the issue tells it"
        return f"{self._run(outcome)}\n{sure}"

    def _run(self, outcome: TestOutcome) -> str:
        example = self.examples.get(_name(outcome.test))
        parts = (*example.imports, example.statements, example.expression) if example else ()
        code = "\n".join(filter(None, parts))
        cut = code if len(code) <= _LONGEST_CODE else f"{code[:_LONGEST_CODE]}\n..."
        came = _visible(outcome.message, example)[:_LONGEST_CODE]
        shown = f"```python\n{cut}\n```\n" if cut else ""
        return f"{shown}demanded: {self.label(outcome.test).removeprefix('issue: ')}\nnow: {came}"

    def _ends_as_reported(self, outcome: TestOutcome, issue: Issue) -> bool:
        """Whether an example ends in the reported error, or, where its code is another by now, in one on the same way.

        What an example lacks and somebody lent must lead to the very error: its kind alone may come of the loan.
        """
        came = [name for path, _, name in outcome.frames if path not in self.files() and not path.endswith("<issue>")]
        functions = [name for name in came if name.isidentifier()]  # "<listcomp>" is none of later Pythons
        shown = [frame.function for frame in issue.frames if frame.function.isidentifier()]
        if error_name(outcome.message) == error_name(issue.error):
            if _says_alike(outcome.message, issue.error):
                return True
            return shown[-1:] == functions[-1:] != [] if _LENT.search(outcome.test) else bool(functions)
        is_own = error_name(outcome.message) in _OF_THE_EXAMPLE or _LENT.search(outcome.test)
        return not is_own and len(shown) >= _FEWEST_SHARED and bool(set(shown[-2:]) & set(functions))

    def _ends_there(self, outcome: TestOutcome) -> bool:
        """Whether the project's innermost line is the reported one."""
        frames = [(path, line) for path, line, _ in outcome.frames if path not in self.files()]
        return bool(frames) and frames[-1] in self.places

    def _is_reported(self, outcome: TestOutcome) -> bool:
        return _name(outcome.test).startswith("test_reported_")

    def unconfirmed(self, feedback: Feedback) -> tuple[str, ...]:
        """What the issue shows and the tests do not confirm, in words; what it only reports is for the question."""
        return tuple(
            f"what the issue shows could not be confirmed: {self.label(o.test)}: {_said(o)}"
            for o in self.outcomes(feedback)
            if not is_variant(o.test)
            and not (self._is_reported(o) and (o.status is TestStatus.PASSED or forms.CONFIRMS in o.message))
        )

    def question(self, feedback: Feedback) -> str:
        """The question whose answer would make the issue checkable, where it tells only what comes; else ""."""
        reported = [o for o in self.outcomes(feedback) if self._is_reported(o)]
        confirmed = [o for o in reported if o.test in self.confirmed(feedback)]
        last = next(reversed(confirmed or reported), None)
        if last is None:
            return ""
        expression, value = self.told[_name(last.test)]
        if last.status is TestStatus.PASSED:
            return (
                f"`{expression}` does not give {value} here: which statements come before it, and what should it give?"
            )
        if not confirmed:
            return f"`{expression}` cannot be run as it stands here ({last.message[:_MOST_SAID]}): which statements come before it, and what should it give instead of {value}?"
        return f"What should `{expression}` give instead of {value}?"

    def confirmed(self, feedback: Feedback) -> tuple[str, ...]:
        """Ids of the tests that saw here too what the issue only reports: none of it is a goal."""
        return tuple(o.test for o in self.outcomes(feedback) if self._is_reported(o) and forms.CONFIRMS in o.message)


def _visible(message: str, example: Example | None) -> str:
    """A failure's text in one line: where blanks or line breaks may be what differs, values as `repr` writes them."""
    if forms.CONFIRMS in message:
        return message.partition(forms.CONFIRMS)[0] + forms.CONFIRMS
    if example is not None and forms.is_laid_out(example.expected):
        message = message.replace(example.expected, repr(example.expected))
    return " ".join(line.strip() for line in message.splitlines())


def _is_quoted(message: str, issue: Issue) -> bool:
    """Whether the issue shows in ticks what came: it says what comes today, if in words that were not understood."""
    found = _GOT.search(message)
    return found is not None and any(f"`{text}`" in issue.text for text in _plain_forms(found[1]))


def _plain_forms(value: str) -> tuple[str, ...]:
    """How people may write the value that `repr` writes as `value`."""
    bare = value[1:-1].removesuffix("\\n") if value[:1] in "'\"" else value
    return (value, bare) if bare else (value,)


def _name(test: str) -> str:
    """The last part of a test's id."""
    return re.split(r"::|\.", test)[-1]


def error_name(message: str) -> str:
    """The name of the error that `message` begins with, without its module: "BadLine" of "shop.BadLine: x"."""
    return message.partition(":")[0].rpartition(".")[2].strip()


def _says_alike(message: str, reported: str) -> bool:
    """Whether two errors of one name say the same, but for a few words that hang on versions and places."""
    said, told = (set(re.findall(r"\w+", text.partition(":")[2])) for text in (message, reported))
    return len(told & said) >= _SAME_WORDS * len(told)


def is_variant(test: str) -> bool:
    """Whether a test is one of the project's with a change: most of them show nothing."""
    return "::test_crash_" in test or ".test_crash_" in test


def _is_bettered(test: str, shown: Sequence[str]) -> bool:
    """Whether another test shows the same with what is likelier to be meant: "_1_2" is lent another way than "_1_1"."""
    found = _LENT.search(test)
    return found is not None and any(
        other == test[: found.start(2)] + str(n) for n in range(int(found[2])) for other in shown
    )


def _is_inside(outcome: TestOutcome, own: Mapping[str, str]) -> bool:
    """Whether an error comes from the project's code."""
    return any(path not in own and not path.endswith("<issue>") for path, _, _ in outcome.frames)


def _said(outcome: TestOutcome) -> str:
    return f"{outcome.status} {outcome.message}".strip() if outcome.message else "it does already"


def oracle(proven: Sequence[str]) -> Oracle:
    """What the proven tests of a reproduction hold a patch against."""
    return Oracle.EXPECTED_OUTPUT if any("test_expected_" in test for test in proven) else Oracle.REPRODUCTION
