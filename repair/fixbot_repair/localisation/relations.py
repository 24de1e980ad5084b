"""How definitions and statements stand to each other and to what the tests ask: three values spread over the dependences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_repair.localisation.flow import Flow, Node, Ran, Spread, build, called_name, thinned
from fixbot_repair.localisation.reading import Call
from fixbot_repair.localisation.reporting import reporting
from fixbot_repair.localisation.scene import Key, Scene, best

_SHARP = 2  # power of a suspicion where it starts


@dataclass(frozen=True, slots=True)
class Related:
    """What a statement gets: `shown` by the lines at which tests failed, `handed` by suspicious ones, `fed` by where it crashed."""

    flow: Flow
    shown: Mapping[Node, float]
    handed: Spread
    fed: Mapping[Node, float]
    omitted: Mapping[Node, float]  # headers of functions: how suspicious the calls are that take a default
    reporting: frozenset[Key]  # definitions that ran only to show a failure


def relate(scene: Scene) -> Related:
    """Link what failing tests ran, and spread the three."""
    flow = build(_ran(scene))
    suspicious = _suspicious(scene, flow)
    return Related(
        flow,
        _shown(scene, flow),
        flow.spread(suspicious),
        flow.spread(_crashed(scene, flow)).got,
        _omitted(scene, flow, suspicious),
        reporting(scene, flow),
    )


def _ran(scene: Scene) -> Iterator[Ran]:
    for path, outline in scene.outlines.items():
        for name, inner in outline.inner().items():
            holder = outline.definitions.get(name)
            is_function = holder is not None and holder.is_function
            if is_function:
                kept = [s for s in inner if scene.of(path, s).failed]
                if kept and inner[0].kind == "definition" and kept[0] is not inner[0]:
                    kept = [inner[0], *kept]
            else:
                kept = [s for s in inner if s.kind == "assignment" or scene.of(path, s).failed]
            if kept:
                yield Ran((path, name), is_function, kept, [outline.text(s) for s in kept])


def _shown(scene: Scene, flow: Flow) -> Mapping[Node, float]:
    starts: dict[Node, float] = {}
    for asked in scene.asks:
        own: dict[Node, float] = {}
        for name, worth in asked.names.items():
            nodes = flow.producers(name)
            for node in nodes:
                own[node] = max(own.get(node, 0.0), worth * thinned(nodes))
        for node, worth in own.items():
            starts[node] = starts.get(node, 0.0) + worth / len(scene.asks)
    got = flow.spread(starts).got
    return {node: max(got.get(node, 0.0), starts.get(node, 0.0)) for node in got.keys() | starts.keys()}


def _suspicious(scene: Scene, flow: Flow) -> dict[Node, float]:
    scores = {node: scene.suspicion(scene.at(node)) for node in flow.holders}
    top = max(scores.values(), default=0.0) or 1.0
    return {node: (score / top) ** _SHARP for node, score in scores.items()}


def _crashed(scene: Scene, flow: Flow) -> dict[Node, float]:
    found: dict[Node, float] = {}
    for node in flow.holders:
        statement = scene.outlines[node[0]].statement(node[1])
        if statement is not None and (value := best(scene.innermost, node[0], statement)):
            found[node] = value
    return found


def _omitted(scene: Scene, flow: Flow, suspicious: Mapping[Node, float]) -> dict[Node, float]:
    """Headers with defaults that a call takes: a default is run on import, what shows it is the call that leaves it out."""
    calls: dict[str, list[tuple[Call, float]]] = {}
    for asked in scene.asks:
        for call in asked.calls:
            calls.setdefault(call.name, []).append((call, 1.0))
    for node, reading in flow.readings.items():
        for call in reading.calls:
            calls.setdefault(call.name, []).append((call, suspicious.get(node, 0.0)))
    found: dict[Node, float] = {}
    for node, reading in flow.readings.items():
        if reading.defaults:
            bound = int(reading.is_bound)
            left_out = (
                worth
                for call, worth in calls.get(called_name(flow.holders[node][1]), ())
                if any(d.is_left_out(call, bound) for d in reading.defaults)
            )
            found[node] = max(left_out, default=0.0)
    return found
