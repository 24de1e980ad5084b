"""What an insecure pattern is, where one was found, and how it is taken out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fixbot_analysis.source import Span

if TYPE_CHECKING:
    from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given


@dataclass(frozen=True, slots=True)
class Rule:
    """An insecure pattern: its `id`, its weakness (https://cwe.mitre.org), what is wrong and what to write instead."""

    id: str
    cwe: int
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes of the file that a repair replaces."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern in a file: it is there because of all of `evidence` (bytes); `repair` takes it out, where it is empty nothing sure does."""

    rule: Rule
    evidence: tuple[Span, ...]
    repair: tuple[Change, ...] = ()
    note: str = ""  # what the repair does, for the user


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a suggestion brings, and its text `repaired` where every pattern in it can be, with a note for each."""

    findings: tuple[Finding, ...] = ()
    repaired: str | None = None
    notes: tuple[str, ...] = ()


CallCheck = Callable[["Code", "Call"], Finding | None]
GivenCheck = Callable[["Code", "Given"], Finding | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """The checks of some languages: of calls by the last name of what is called, of values by the name they are given to ("*": any)."""

    languages: frozenset[str]
    calls: dict[str, list[CallCheck]] = field(default_factory=dict)
    values: dict[str, list[GivenCheck]] = field(default_factory=dict)

    def call(self, *names: str) -> Callable[[CallCheck], CallCheck]:
        """Decorator: a check of calls whose last name is one of `names`."""

        def added(check: CallCheck) -> CallCheck:
            for name in names:
                self.calls.setdefault(name, []).append(check)
            return check

        return added

    def value(self, *names: str) -> Callable[[GivenCheck], GivenCheck]:
        """Decorator: a check of what is given to one of `names` (lower case), as an argument, an entry or by assignment."""

        def added(check: GivenCheck) -> GivenCheck:
            for name in names:
                self.values.setdefault(name, []).append(check)
            return check

        return added
