"""What a long search says of itself while it runs: how much was tried, where, what is left."""

import threading
from types import SimpleNamespace
from typing import Any, cast

from fixbot_agent.solving.heartbeat import Heartbeat
from fixbot_analysis.source import Span
from fixbot_repair.candidates import Candidate
from fixbot_repair.candidates.edit import Edit, Patch
from fixbot_repair.verification import Trial, Verdict


def test_a_long_search_says_how_it_gets_on() -> None:
    lines: list[str] = []
    events: list[dict[str, object]] = []
    heard = threading.Event()

    def event(kind: str, **values: object) -> None:
        events.append({"kind": kind, **values})
        heard.set()

    scene = cast("Any", SimpleNamespace(say=lines.append, job=SimpleNamespace(run=SimpleNamespace(event=event))))
    change = Candidate(
        Patch((Edit("shop/cart.py", Span(0, 1), "x"),)), "template", 0.5, "compares with <= instead of <"
    )
    before = threading.active_count()
    with Heartbeat(scene, 60, first=0.05) as heartbeat:
        heartbeat.pulse(Trial(change, Verdict.UNFIXED))
        heartbeat.pulse(Trial(change, Verdict.UNFIXED))
        assert heard.wait(30)
    assert threading.active_count() == before
    assert lines[0].startswith(
        "    2 patches tried in 0 s, none holds yet; the last in shop/cart.py: compares with <= instead of <; at most "
    )
    assert lines[0].endswith(" s left")
    first = events[0]
    assert (first["kind"], first["tried"], first["held"], first["path"]) == ("searching", 2, 0, "shop/cart.py")


def test_a_short_search_says_nothing() -> None:
    lines: list[str] = []
    with Heartbeat(cast("Any", SimpleNamespace(say=lines.append)), 60):
        pass
    assert lines == []
