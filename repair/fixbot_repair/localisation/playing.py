"""Which classes play a part in a failure: what a class binds is run on import, and says something only of a failure that it has to do with."""

import re
from collections.abc import Callable

from fixbot_repair.localisation.flow import Flow, Node
from fixbot_repair.localisation.outline import Outline
from fixbot_repair.localisation.scene import Scene

_NAME = re.compile(r"[^\W\d]\w*")
_ROUNDS = 8  # of bases of bases


def playing(scene: Scene, flow: Flow) -> Callable[[str, str], bool]:
    """Whether what a class (path, qualified name; "" for the module) binds may have been seen by a failing test.

    A plain attribute may be that of any class that binds the name. It is none of a class with methods of which none ran,
    which neither the tests nor the code that ran name, and from which nothing is derived that did.
    """
    named = _named(scene, flow)
    met = {short for path, outline in scene.outlines.items() for short in _met(scene, path, outline)}
    bases = _bases(scene)
    for _ in range(_ROUNDS):
        more = {base for short in met | (named & bases.keys()) for base in bases.get(short, ())} - met
        if not more:
            break
        met |= more

    def plays(path: str, name: str) -> bool:
        return not name or name.rpartition(".")[2] in named | met or not _methods(scene.outlines[path], name)

    return plays


def _named(scene: Scene, flow: Flow) -> set[str]:
    """Names that the tests say, that code reads which ran, or that stand for what such code reads by a name of a module."""
    ran = [reading for node, reading in flow.readings.items() if _was_run(scene, node)]
    found = {name.removeprefix(".") for reading in ran for name in reading.reads}
    found |= {call.name for reading in ran for call in reading.calls}
    found = found.union(*scene.called)
    for node, reading in flow.readings.items():
        if not flow.holders[node][1] and not found.isdisjoint(reading.writes):
            found |= {name.removeprefix(".") for name in reading.reads} | {call.name for call in reading.calls}
    return found


def _was_run(scene: Scene, node: Node) -> bool:
    """Whether a failing test ran a statement, and not by loading its file."""
    outline = scene.outlines[node[0]]
    statement = outline.statement(node[1])
    return statement is not None and not outline.is_loaded(statement) and bool(scene.of(node[0], statement).failed)


def _methods(outline: Outline, name: str) -> list[str]:
    return [q for q, d in outline.definitions.items() if d.is_function and q.startswith(f"{name}.")]


def _met(scene: Scene, path: str, outline: Outline) -> set[str]:
    """Classes of which a failing test ran a method."""
    found: set[str] = set()
    for statement in outline.statements:
        holder = outline.definitions.get(statement.within)
        if holder is None or not holder.is_function or statement.kind == "definition":
            continue
        if scene.of(path, statement).failed:
            parts = statement.within.split(".")[:-1]
            found.update(part for part in parts)
    return found


def _bases(scene: Scene) -> dict[str, set[str]]:
    """Class -> the names in its header."""
    found: dict[str, set[str]] = {}
    for outline in scene.outlines.values():
        for statement in outline.statements:
            if statement.kind == "class":
                short = statement.within.rpartition(".")[2]
                names = set(_NAME.findall(outline.text(statement).partition("(")[2]))
                found.setdefault(short, set()).update(names - {short})
    return found
