"""Candidates of all sources and files in the order in which a search tries them."""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from fixbot_analysis.symbols import FileFacts
from fixbot_repair.candidates import past
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.edit import Candidate
from fixbot_repair.candidates.generate import Generator, Naturalness, proposals
from fixbot_repair.candidates.insight import Insight
from fixbot_repair.candidates.paths import is_test
from fixbot_repair.candidates.proposal import Proposal
from fixbot_repair.candidates.symptoms import Symptoms, read
from fixbot_repair.candidates.twins import across
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.localisation import Localisation

_MOST_FILES = 8
_LITERAL = re.compile(r"""(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\w)|'[^'\n\\]{1,20}'|"[^"\n\\]{1,20}\"""")
_MOST_TOLD = 12
_ASKED = 10  # suspects whose past fixes are looked for


@runtime_checkable
class Remembers(Protocol):
    """Somebody who knows what fixes of the project's past did; a naturalness may be one."""

    def donors(self, words: str) -> Sequence[tuple[str, str]]:
        """Lines before and after small fixes that `words` speak of, the likest first."""
        ...


def symptoms(before: Feedback, failing: tuple[str, ...]) -> Symptoms:
    """What the errors of the failing tests say of the edit that mends them."""
    asked = frozenset(failing)
    outcomes = [o for o in before.outcomes if o.test in asked]
    hangs = any(o.status is TestStatus.TIMEOUT for o in outcomes)
    return read((o.message for o in outcomes), hangs=hangs, places=struck(outcomes))


def struck(outcomes: Iterable[TestOutcome]) -> tuple[tuple[str, int], ...]:
    """Where in the project tests ended with an exception: (path, line from 1) of the innermost frame that is a file, none of assertions in tests."""
    files = ([f for f in o.frames if not f[0].startswith("<")] for o in outcomes if o.status is not TestStatus.TIMEOUT)
    inner = (frames[-1] for frames in files if frames)
    return tuple(dict.fromkeys((path, line) for path, line, _ in inner if not is_test(path)))


class Making:
    """Makes candidates, with what is known of the project (its `paths`, the UTF-8 text and the facts of each), of the errors, and of what was `told` (an issue's text)."""

    def __init__(
        self,
        paths: Iterable[str],
        source: Callable[[str], bytes | None],
        facts: Callable[[str], FileFacts | None],
        natural: Naturalness | None = None,
        errors: Symptoms | None = None,
        told: str = "",
    ) -> None:
        self._source = source
        self._natural = natural
        self._errors = errors or Symptoms()
        self._told = tuple(dict.fromkeys(_LITERAL.findall(told)))[:_MOST_TOLD]
        self._past: Sequence[tuple[str, str]] | None = None
        self._insight = Insight(paths, facts, source)

    def of(self, found: Localisation) -> Iterator[Candidate]:
        """Effect: reads files. Candidates for the suspects, the likeliest first."""
        files = [each for path in found.files[:_MOST_FILES] if (each := self._of_file(path, found)) is not None]
        streams = [Generator(code, self._natural).candidates(made) for code, made in files]
        yield from heapq.merge(*streams, across(files), key=lambda c: -c.score)

    def _of_file(self, path: str, found: Localisation) -> tuple[Code, list[Proposal]] | None:
        """Effect: reads the file. Its proposals; None where it cannot be read."""
        data = self._source(path)
        if data is None:
            return None
        code = Code(path, data, self._insight, self._told, self._errors)
        suspicion = {s.line: s.score for s in found.suspects if s.path == path}
        return code, [
            *proposals(code, suspicion, symptoms=self._errors),
            *past.proposals(code, suspicion, self._donors(found)),
        ]

    def _donors(self, found: Localisation) -> Sequence[tuple[str, str]]:
        """Effect: reads what is kept of the past. What fixes did that speak of the suspects, asked once."""
        if self._past is None:
            words = dict.fromkeys(f"{s.symbol} {s.path}" for s in found.suspects[:_ASKED])
            self._past = self._natural.donors(" ".join(words)) if isinstance(self._natural, Remembers) else ()
        return self._past
