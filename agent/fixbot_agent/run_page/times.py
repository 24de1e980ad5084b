"""What the time of a run went to, told from the gaps between its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fixbot_agent.schemas import Json

KINDS = ("getting ready", "first run of the tests", "models", "tests", "tools", "trying and verifying", "the rest")
_READY, _FIRST, _MODELS, _TESTS, _TOOLS, _TRIALS, _REST = KINDS
_ENDS = {"ground": _READY, "overlay": _READY, "case": _FIRST, "model": _MODELS, "trial": _TRIALS, "ended": _TRIALS}
_NOT_SPENT = ("started", "resumed")  # before them nothing ran
_RUNNERS = ("run_tests", "inspect")  # tools that run the project's code


@dataclass(frozen=True, slots=True)
class Share:
    """Seconds that went to one of :data:`KINDS`."""

    kind: str
    seconds: float


def spent_by_kind(events: Iterable[Mapping[str, Json]], tools: Mapping[str, str]) -> tuple[Share, ...]:
    """What the time between `events` went to, kinds without any left out. `tools` are names of tools by the ids of their calls."""
    sums = dict.fromkeys(KINDS, 0.0)
    before: float | None = None
    for event in events:
        at = event.get("at")
        if not isinstance(at, (int, float)):
            continue
        if before is not None and event.get("kind") not in _NOT_SPENT:
            sums[_kind(event, tools)] += max(at - before, 0.0)
        before = float(at)
    return tuple(Share(kind, seconds) for kind, seconds in sums.items() if seconds >= 0.005)


def _kind(event: Mapping[str, Json], tools: Mapping[str, str]) -> str:
    """To what the time before `event` went."""
    kind = str(event.get("kind"))
    if kind == "message" and event.get("role") == "tool":
        return _TESTS if tools.get(str(event.get("call_id"))) in _RUNNERS else _TOOLS
    return _ENDS.get(kind, _REST)
