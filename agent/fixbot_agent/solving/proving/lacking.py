"""Failing tests that no patch to the project's code mends: they lack a module, a plug-in or a build, or are no Python themselves."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fixbot_agent.solving.proving.unbuilt import Project, unbuilt
from fixbot_repair.checks import Feedback, TestOutcome

_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w+)")
_FIXTURE = re.compile(r"(?:fixture '(\w{1,100})' not found|FixtureLookupError: \('(\w{1,100})',)")
_NO_PYTHON = re.compile(r"(?:SyntaxError|IndentationError|TabError)\b")
_MOST_SAID = 3


@dataclass(frozen=True, slots=True)
class Lacking:
    """What fails for want of something: (module, outcome), (fixture, outcome), files that cannot be read, and
    ((what a build or an install of the project would bring, what says so), outcome).
    """

    modules: tuple[tuple[str, TestOutcome], ...]
    fixtures: tuple[tuple[str, TestOutcome], ...]
    unread: tuple[TestOutcome, ...]
    unbuilt: tuple[tuple[tuple[str, str], TestOutcome], ...] = ()

    @classmethod
    def of(cls, feedback: Feedback, project: Project) -> "Lacking":
        """Effect: reads build files of the `project`. What of `feedback` is so.

        A module of its own that is not there may be the fault, unless it says itself that a build makes it.
        """
        own = {part for path in project.paths for part in PurePosixPath(path).with_suffix("").parts}
        said = {message: unbuilt(message, project) for message in {o.message for o in feedback.outcomes if not o.ok}}
        built = tuple((what, o) for o in feedback.outcomes if (what := said.get(o.message)) and what[0])
        others = (o for o in feedback.outcomes if not said.get(o.message, ("", ""))[0])
        modules = ((found[1], o) for o in others if (found := _MODULE.search(o.message)))
        fixtures = ((name, o) for o in feedback.outcomes if not o.ok and (name := _fixture(o)))
        return cls(
            tuple((name, o) for name, o in modules if name not in own),
            tuple(fixtures),
            tuple(o for o in feedback.outcomes if _is_unread(o)),
            built,
        )

    @property
    def outcomes(self) -> list[TestOutcome]:
        """All of these tests."""
        return [*(o for _, o in (*self.modules, *self.fixtures, *self.unbuilt)), *self.unread]

    def question(self, python: Path) -> str:
        """What to ask where nothing else fails; "" where nothing is lacking. `python` is the interpreter that ran the tests."""
        if self.unbuilt:
            what, why = self.unbuilt[0][0]
            found = f"{python} finds no {what}: {why}"
            do = f"Install it ('{python} -m pip install -e .'), or name an interpreter with --python where that was done."
            return f"Where is this project installed? {found}. {do}"
        named = [f"the module '{name}'" for name, _ in self.modules] + [
            f"a fixture '{name}'" for name, _ in self.fixtures
        ]
        what = ", ".join(list(dict.fromkeys(named))[:_MOST_SAID])
        return f"Which interpreter has what the failing tests ask for ({what})? Name it with --python." if named else ""

    def said(self, python: Path) -> tuple[str, ...]:
        """Warnings: what is left out and why; `python` is the interpreter that ran them."""
        return (
            *_counted(
                self.modules, f"there is no module '{{}}' in {python}; --python names an interpreter that has it"
            ),
            *_counted(
                self.fixtures,
                "no conftest and no plug-in here has a fixture '{}'; --python names an interpreter with the plug-in",
            ),
            *_counted(
                [(f"no {what}: {why}", o) for (what, why), o in self.unbuilt],
                f"{python} finds {{}}; install the project there",
            ),
            *(f"{o.test} is left out: it cannot be read ({o.message})" for o in self.unread),
        )


def _fixture(outcome: TestOutcome) -> str:
    """The fixture that a test asks for and nobody has, "" for none. Nothing of the test has run then."""
    found = None if outcome.frames else _FIXTURE.search(outcome.message)
    return (found[1] or found[2]) if found else ""


def _is_unread(outcome: TestOutcome) -> bool:
    """Whether a test file is no Python itself."""
    itself = outcome.frames and outcome.frames[-1][0] == outcome.test
    return bool(not outcome.collected and _NO_PYTHON.match(outcome.message) and itself)


def _counted(lacking: Sequence[tuple[str, TestOutcome]], why: str) -> Iterator[str]:
    """A warning for each thing that is not there, with how many tests are left out for it."""
    for name, count in Counter(name for name, _ in lacking).most_common(_MOST_SAID):
        yield f"{count} failing {'test is' if count == 1 else 'tests are'} left out: {why.format(name)}"
