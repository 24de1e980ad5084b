"""What happened in a run, event by event: with the words of what was said, and as lines at a terminal."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from fixbot_agent.runs import Kept, words
from fixbot_agent.schemas import Json

# What is shown of a call at a terminal, and events that say nothing to a reader there; the page and --json have all.
_OF_A_CALL = ("name", "model", "error", "seconds", "tokens_in", "tokens_out", "cost")
FOR_PROGRAMS = ("ask", "overlay")
_HASH = re.compile(r"\b[0-9a-f]{32,64}\b")  # of commits and blobs


def told(kept: Kept) -> list[Mapping[str, Json]]:
    """Effect: the events of the run, with the words of what was said in place of its name."""
    said = kept.blobs()
    whole: list[Mapping[str, Json]] = []
    for event in kept.events():
        content = said.get(str(event.get("said")))
        words = (
            {"text": content.get("text", ""), "tool_calls": content.get("calls", [])}
            if isinstance(content, Mapping)
            else {}
        )
        whole.append({**{k: v for k, v in event.items() if k != "said" or not words}, **words})
    return whole


def shown(event: Mapping[str, Json]) -> str:
    """An event as a line at a terminal."""
    at = event.get("at")
    when = datetime.fromtimestamp(cast("float", at), UTC) if isinstance(at, (int, float)) else None
    rest = {k: v for k, v in event.items() if k not in ("at", "kind")}
    rest |= {k: words.tried(str(v)) for k, v in rest.items() if k in ("status", "verdict")}
    if event.get("kind") == "model":
        rest = {k: v for k, v in rest.items() if k in _OF_A_CALL and v}
    said = ", ".join(
        f"{k}={_HASH.sub(lambda m: m[0][:10], _short(v))}" for k, v in rest.items() if v not in ("", [], None)
    )
    return f"{when:%H:%M:%S}  {event.get('kind')}  {said}" if when else f"{event.get('kind')}  {said}"


def _short(value: Json) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else text[:157] + "…"
