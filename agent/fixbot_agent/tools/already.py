"""How tests ended that ran on the files as they are now; what ran on another text of them is forgotten."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixbot_repair.checks import Feedback, TestOutcome


@dataclass(slots=True)
class Already:
    """Outcomes on one text of the files, which `state` is a digest of. `asked` are ids that were run with all that they hold."""

    state: str = ""
    outcomes: dict[str, TestOutcome] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    is_whole: bool = False  # all tests ran

    def at(self, state: str) -> "Already":
        """The same, for the files as they are now: nothing is known of them where they read otherwise."""
        if state != self.state:
            self.state, self.outcomes, self.asked, self.is_whole = state, {}, set(), False
        return self

    def known(self, ids: Sequence[str] | None) -> tuple[TestOutcome, ...]:
        """Outcomes of those of `ids` (None: of all tests) that need not run again; an id may hold several tests."""
        if ids is None:
            return tuple(self.outcomes.values()) if self.is_whole else ()
        found: dict[str, TestOutcome] = {}
        for each in ids:
            found |= {o.test: o for o in self._of(each)}
        return tuple(found.values())

    def unknown(self, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that have to run."""
        return [each for each in ids if not self._of(each)]

    def _of(self, test: str) -> list[TestOutcome]:
        if test in self.outcomes and "::" in test:
            return [self.outcomes[test]]
        if not self.is_whole and test not in self.asked:
            return []
        return [o for name, o in self.outcomes.items() if name == test or name.startswith((f"{test}::", f"{test}["))]

    def add(self, ids: Sequence[str] | None, feedback: Feedback) -> None:
        """Take in what a run of `ids` gave, as far as it came."""
        self.outcomes |= {o.test: o for o in feedback.outcomes}
        if not feedback.unrun:
            self.asked.update(ids or ())
            self.is_whole = self.is_whole or ids is None


def digest(files: Sequence[tuple[str, bytes]]) -> str:
    """A digest of files, by their names and what they hold."""
    whole = hashlib.blake2b(digest_size=16)
    for path, data in files:
        for part in (path.encode("utf-8", "surrogatepass"), data):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
