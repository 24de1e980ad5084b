"""What one solve with one version came to: its end, what it cost, and what its run tells of how the model fared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fixbot_agent.cli.envelope import ExitCode
from fixbot_agent.runs import Kept
from fixbot_agent.schemas import Json
from fixbot_agent.tools.toolbox import TOOLS
from fixbot_bench.errors import BenchError
from fixbot_bench.prompting.solving import gone

_EDITS = frozenset(n for n, tool in TOOLS.items() if tool.changes and not tool.runs) - {"finish"}
_RESULTS = (ExitCode.OK, ExitCode.NO_PATCH, ExitCode.UNVERIFIED, ExitCode.BUDGET)  # of a solve that was one
MODELS = "models failed: "
_UNREADABLE = ("the arguments ", "argument ", "unknown argument ", "there is no tool ")  # as the toolbox refuses them

Report = Mapping[str, object]
Event = Mapping[str, Json]
COSTS = ("calls", "tokens_in", "tokens_out", "tokens_cached", "cost", "seconds")


class SolveFailed(BenchError):
    """Raised when a solve says nothing of the prompt: nobody answered, tests could not run, or it was ended from outside."""

    kind = "solve"


@dataclass(frozen=True, slots=True)
class Fared:
    """What a run tells beside its report.

    `unparseable`: answers that nothing could be done with: no patch to be read, no tool called, arguments that are no such.
    """

    used: bool = False  # the prompt came up
    unparseable: int = 0
    refused_edits: int = 0
    stuck: int = 0


def spent(report: Report) -> dict[str, float]:
    """Calls, tokens, money and seconds of a report; failed calls are among them."""
    rows = cast("Sequence[Mapping[str, float]]", report.get("models") or ())
    sums = {name: sum(row.get(name, 0) for row in rows) for name in (*COSTS[:-1], "unpriced")}
    return {**sums, "seconds": round(float(cast("float", report.get("seconds") or 0.0)), 2)}


def failure(report: Report, events: Sequence[Event]) -> str:
    """Why `report` is none of the prompt's doing; "" where it is the prompt's."""
    if why := gone(events):
        return f"{MODELS}{why}"  # whatever was found then, the search found
    if report.get("exit_code") not in _RESULTS:
        told = cast("Mapping[str, object]", report.get("error") or {})
        said = str(told.get("message") or report.get("status") or "it said nothing")
        return f"{MODELS}{said}" if report.get("exit_code") == ExitCode.MODELS else said
    return "" if any(e.get("kind") == "model" for e in events) else "no model was asked: there was nothing to ask it"


def out_of_time(report: Report) -> bool:
    """Whether a solve ended at its limit of time: with more it might have ended otherwise."""
    error = cast("Mapping[str, object]", report.get("error") or {})
    return error.get("kind") == "budget" and "--timeout" in str(error.get("hint") or "").partition(",")[0]


def answered(events: Sequence[Event]) -> bool:
    """Whether a model answered at all."""
    return any(e.get("kind") == "model" and not e.get("error") for e in events)


def kept(runs: Path, report: Report) -> Kept:
    """The run of `report`. Raises SolveFailed where it was not kept: nothing could be read from it."""
    name = str(report.get("run") or "")
    if not name or not (runs / name).is_dir():
        told = cast("Mapping[str, object]", report.get("error") or {})
        raise SolveFailed(
            str(told.get("message") or "fixbot solve kept no run"), str(told.get("hint") or "see solve.stderr")
        )
    return Kept(name, runs / name)


def fared(run: Kept, events: Sequence[Event], name: str) -> Fared:
    """Effect: reads the run. How the model fared, and whether the prompt `name` came up."""
    asked = [str(p) for e in events if e.get("kind") == "ask" for p in cast("Sequence[str]", e.get("prompts") or ())]
    refused = list(_refused([e for e in events if e.get("kind") == "message"], run.blobs()))
    return Fared(
        used=any(prompt.startswith(f"{name}.") for prompt in asked),
        unparseable=sum(tool == "" for tool, _ in refused)
        + sum(why.startswith(_UNREADABLE) for tool, why in refused if tool)
        + sum(e.get("kind") == "sample" for e in events),
        refused_edits=sum(tool in _EDITS for tool, _ in refused),
        stuck=sum(e.get("kind") == "stuck" for e in events),
    )


def _refused(messages: Sequence[Event], blobs: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """Tool and reason of each call that was refused; ("", "") for an answer that called none."""
    called: dict[str, str] = {}
    for event in messages:
        said = blobs.get(str(event.get("said")))
        row = said if isinstance(said, Mapping) else {}
        if event.get("role") == "assistant":
            calls = cast("Sequence[Mapping[str, str]]", row.get("calls") or ())
            called = {call["id"]: call["name"] for call in calls}
            if not calls:
                yield "", ""
        elif event.get("role") == "tool":
            _, _, inside = str(row.get("text", "")).partition("\n")
            if inside.startswith("Refused: "):
                yield called.get(str(row.get("call_id")), "?"), inside.removeprefix("Refused: ")
