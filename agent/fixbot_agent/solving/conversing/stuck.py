"""Tells when a model goes round in circles: by what it calls and what comes of that, never by what it says."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from fixbot_agent.models import ToolCall
from fixbot_agent.tools import Outcome

_SAME = 3  # times that one call may end the same, with the same files
_REFUSED = 4  # changes in a row
_BACK = 3  # times that the files may come back to a state that they had
_LIKE = 4  # runs of tests that end the same though the files differ
_IDLE = 6  # answers in a row that bring no line that was not seen, and change nothing
_CHANGES = ("edit", "replace_symbol", "insert_code", "write_file")
_OFFERS = {
    "inspect": "`inspect`: stop the failing test at a line and look at the values there",
    "search": '`search` with "kind": "callers": who relies on what you change',
    "history": "`history`: why the lines are as they are, and fixes like this one",
    "run": "`run`: try a few lines of the project's code by themselves",
}


@dataclass(slots=True)
class Stuck:
    """Watches one conversation."""

    used: Counter[str] = field(default_factory=Counter)  # tools
    seen: dict[str, None] = field(default_factory=dict)  # what was looked at, in order
    refused: list[str] = field(default_factory=list)  # changes, with why
    tests: str = ""  # how the last run of tests ended
    _came: Counter[str] = field(default_factory=Counter)
    _lines: set[str] = field(default_factory=set)
    _states: list[str] = field(default_factory=list)
    _ends: dict[str, set[str]] = field(default_factory=dict)  # end of tests -> states of the files that gave it
    _in_a_row: int = 0
    _idle: int = 0
    _why: str = ""

    def saw(self, calls: Sequence[ToolCall], outcomes: Sequence[Outcome], state: str) -> None:
        """Take in one answer's calls and what came of them; `state` is a digest of all files as they are now."""
        is_changed = bool(self._states) and state != self._states[-1]
        told = False
        for call, outcome in zip(calls, outcomes, strict=True):
            self._one(call, outcome, state)
            lines = {line.strip() for line in outcome.text.split("\n")}
            told = told or bool(lines - self._lines)
            self._lines |= lines
        self._idle = 0 if told or is_changed else self._idle + 1
        if self._idle >= _IDLE:
            self._why = f"{self._idle} answers in a row brought nothing that you had not seen"
        if is_changed and self._states.count(state) >= _BACK - 1:
            self._why = f"the files are for the {_BACK}rd time as they were before: changes are made and taken back"
        if is_changed or not self._states:
            self._states.append(state)

    def _one(self, call: ToolCall, outcome: Outcome, state: str) -> None:
        arguments = _canonical(call.arguments)
        self.used[call.name] += 1
        if call.name in ("view", "search", "inspect", "history") and outcome.ok:
            self.seen.setdefault(f"{call.name} {arguments}"[:200])
        key = digest(call.name, arguments, outcome.text, state)
        self._came[key] += 1
        if self._came[key] >= _SAME:
            self._why = f"`{call.name}` was called {self._came[key]} times with the same arguments and gave the same"
        if call.name in _CHANGES:
            self._in_a_row = 0 if outcome.ok else self._in_a_row + 1
            if not outcome.ok:
                self.refused.append(f"{call.name}: {' '.join(outcome.text.split())[:200]}")
            if self._in_a_row >= _REFUSED:
                self._why = f"{self._in_a_row} changes in a row were refused"
        if call.name == "run_tests" and outcome.ok:
            self.tests = outcome.text
            self._tests(outcome.text, state)

    def _tests(self, text: str, state: str) -> None:
        if " 0 failed" in text.partition("\n")[0]:
            return
        ends = self._ends.setdefault(digest(text), set())
        ends.add(state)
        if len(ends) >= _LIKE:
            self._why = f"{len(ends)} different changes left the tests failing in the very same way"

    def why(self) -> str:
        """What repeats, in words; "" while things move. Asking begins the watch anew, but for what was seen."""
        why, self._why = self._why, ""
        if why:
            self._came.clear()
            self._ends.clear()
            self._states = self._states[-1:]
            self._in_a_row = self._idle = 0
        return why

    def offers(self, tools: Sequence[str], places: Sequence[str]) -> list[str]:
        """What was not tried: tools that are there and were not used, and `places` that nobody looked at."""
        found = [said for name, said in _OFFERS.items() if name in tools and not self._was_tried(name)]
        unseen = [place for place in places if not self._was_seen(place)][:3]
        return [*found, *(f"another place: {place}" for place in unseen)]

    def _was_seen(self, place: str) -> bool:
        """Whether the name of a definition ("path::Class.method") stood in anything that came."""
        name = re.compile(rf"\b{re.escape(place.rpartition('::')[2].rpartition('.')[2])}\b")
        return any(name.search(line) for line in self._lines)

    def _was_tried(self, name: str) -> bool:
        if name == "search":
            return any(key.startswith("search") and '"callers"' in key for key in self.seen)
        return bool(self.used[name])


def digest(*parts: str) -> str:
    """A digest of texts."""
    whole = hashlib.blake2b(digest_size=12)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True, ensure_ascii=False)
    except (ValueError, RecursionError):
        return arguments
