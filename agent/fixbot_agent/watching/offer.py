"""A verified fix in the words in which it is offered: one line, and how it was checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.schemas import Json

_TAKING_BACK = "taking-back"  # as solving.taking_back names it; that module is too heavy for a server's start
_UNCONTAINED = ("", "none")
_UNDONE = "It takes back a change that is not committed, which broke them; whether that change was meant, no test says."


@dataclass(frozen=True, slots=True)
class Offer:
    """A verified patch: `title` is one line for a menu, `evidence` says how it was verified, `run` is where it is kept; `undoes`: it only takes back a change."""

    title: str
    evidence: str
    patch: str
    run: str
    undoes: bool = False


def offer_of(report: Mapping[str, Json]) -> Offer | None:
    """The offer that the report of a solve comes to; None where nothing was verified."""
    patch = report.get("patch")
    if report.get("status") != "plausible" or not isinstance(patch, str) or not patch:
        return None
    raw = report.get("verification")
    how = raw if isinstance(raw, Mapping) else {}
    failed, passed = _names(how.get("failed_before")), _names(how.get("passed_after"))
    sandbox = str(report.get("sandbox") or "")
    inside = "" if sandbox in _UNCONTAINED else f" in the {sandbox} sandbox"
    is_undone = report.get("source") == _TAKING_BACK
    found = _UNDONE if is_undone else f"Found by {report.get('source') or 'search'}."
    evidence = (
        f"Verified{inside}: {len(failed)} failing before, {len(passed)} of them pass now, "
        f"{how.get('tests_run') or 0} tests run, none newly fails. {found}"
    )
    title = f"Take back: {report.get('note') or 'what was changed'}" if is_undone else _title(failed)
    return Offer(title, evidence, patch, str(report.get("run") or ""), is_undone)


def why_not(report: Mapping[str, Json]) -> str:
    """Why there is no offer, in one sentence."""
    error = report.get("error")
    if isinstance(error, Mapping):
        return str(error.get("message"))
    if report.get("exit_code") == 0:
        return "nothing to fix"
    said = str(report.get("question") or report.get("note") or "")
    return f"no verified fix was found ({report.get('status')})" + (f": {said}" if said else "")


def _title(failed: Sequence[str]) -> str:
    if not failed:
        return "Fix: verified change"
    first = failed[0].rpartition("::")[2] or failed[0]
    return f"Fix: {first} passes" + (f" (and {len(failed) - 1} more)" if len(failed) > 1 else "")


def _names(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else ()
