"""What happened in a run, event by event: with the words of what was said, and as lines at a terminal."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby

from fixbot_agent.runs import Kept, words
from fixbot_agent.schemas import Json

# What is shown of a call at a terminal, and events that say nothing to a reader there; the page and --json have all.
_OF_A_CALL = ("name", "model", "error", "seconds", "tokens_in", "tokens_out", "cost")
_FOR_PROGRAMS = ("ask", "overlay")
_ONE_BY_ONE = 5  # patches in a row that did not hold
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


def rows(events: Iterable[Mapping[str, Json]]) -> Iterator[str]:
    """What a reader at a terminal is shown: a line an event, but one for many patches in a row that did not hold."""
    for failed, group in groupby((e for e in events if e.get("kind") not in _FOR_PROGRAMS), key=_is_failed):
        found = list(group)
        if not failed or len(found) <= _ONE_BY_ONE:
            yield from map(_shown, found)
            continue
        counts = Counter(words.tried(str(event.get("verdict"))) for event in found)
        said = ", ".join(f"{count} {what}" for what, count in counts.most_common())
        yield f"{_time(found[0])}trials  {len(found)} patches until {_time(found[-1]).strip() or 'then'}: {said} (each in --json)"


def _is_failed(event: Mapping[str, Json]) -> bool:
    return event.get("kind") == "trial" and event.get("verdict") != "plausible"


def _time(event: Mapping[str, Json]) -> str:
    at = event.get("at")
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}  " if isinstance(at, (int, float)) else ""


def _shown(event: Mapping[str, Json]) -> str:
    """An event as a line at a terminal."""
    rest = {k: v for k, v in event.items() if k not in ("at", "kind")}
    rest |= {k: words.tried(str(v)) for k, v in rest.items() if k in ("status", "verdict")}
    if event.get("kind") == "model":
        rest = {k: v for k, v in rest.items() if k in _OF_A_CALL and v}
    said = ", ".join(
        f"{k}={_HASH.sub(lambda m: m[0][:10], _short(v))}" for k, v in rest.items() if v not in ("", [], None)
    )
    return f"{_time(event)}{event.get('kind')}  {said}"


def _short(value: Json) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else text[:157] + "…"
