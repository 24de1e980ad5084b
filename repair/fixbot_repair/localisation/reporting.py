"""What ran only because a test failed: a runner shows the values of a failed assertion, and so runs the project's code."""

from fixbot_repair.candidates.paths import is_test
from fixbot_repair.localisation.flow import Flow, called_name
from fixbot_repair.localisation.scene import Key, Scene

_SHOWING = frozenset({"__repr__", "__str__", "__format__"})


def reporting(scene: Scene, flow: Flow) -> frozenset[Key]:
    """Methods that show an object, asked for neither by the tests nor by code that ran, and what only such code calls."""
    if any(not _is_test_frame(o.frames) for o in scene.asked):
        return frozenset()
    callers = _callers(scene, flow)
    asked = {name.removeprefix(".") for each in scene.asks for name in each.names}
    free = {key for key in callers if called_name(key[1]) not in asked}
    found = {key for key in free if key[1].rpartition(".")[2] in _SHOWING and not callers[key]}
    while more := {k for k in free - found if callers[k] and callers[k] <= found}:
        found |= more
    return frozenset(found)


def _callers(scene: Scene, flow: Flow) -> dict[Key, set[Key]]:
    """Who may have called each definition: who has its name, where it runs in as many passing tests as the line of the call."""
    passed: dict[Key, int] = {}
    for node, key in flow.holders.items():
        passed[key] = max(passed.get(key, 0), scene.at(node).passed)
    by_name: dict[str, list[Key]] = {}
    for key in passed:
        by_name.setdefault(called_name(key[1]), []).append(key)
    callers: dict[Key, set[Key]] = {key: set() for key in passed}
    for node, reading in flow.readings.items():
        for name in reading.reads:
            for key in by_name.get(name.removeprefix("."), ()):
                if key != flow.holders[node] and passed[key] >= scene.at(node).passed:
                    callers[key].add(flow.holders[node])
    return callers


def _is_test_frame(frames: tuple[tuple[str, int, str], ...]) -> bool:
    """Whether the test failed in its own lines, at an assertion: what is raised elsewhere shows no values."""
    return bool(frames) and is_test(frames[-1][0])
