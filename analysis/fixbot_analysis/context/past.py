"""What changed together with a place, as the project's past tells: definitions that fixes changed with it, files that commits did."""

import math
from collections.abc import Iterator

from fixbot_analysis.context.candidates import Found
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.weighing import Evidence
from fixbot_analysis.history import ProjectHistory

_FILES, _DEFINITIONS = 8, 30  # that changed together with the place


def changed_together(scene: Scene, past: ProjectHistory) -> Iterator[Found]:
    """Definitions that fixes changed together with the one around, and what is called alike in files that changed together with its own."""
    place = scene.place
    for companion in past.companions(place.path, place.scope, _DEFINITIONS):
        entry = scene.directory.entry(f"{companion.path}::{companion.symbol}")
        if entry is not None:
            way = f"{scene.shown} ~ {entry.name} (fixed together)"
            yield Found(
                entry,
                ((Evidence.FIXED, math.sqrt(companion.weight)),),
                f"fixed together with {scene.shown} before",
                (way,),
            )
    for each in past.cochanged(place.path, _FILES):
        steps = (f"{scene.shown} ~ {each.path} (changed together)", "->")
        for entry in scene.directory.alike(each.path, place.name):
            why = f"of {each.path}, which changed together with {place.path} {each.commits} times"
            yield Found(entry, ((Evidence.CHANGED, math.sqrt(each.weight)),), why, (*steps, entry.name, "(defines)"))
