"""Where a model looks at a change: the project as it is with it, in a private copy where tests can run, else as it lies on disk."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fixbot_agent.asking.conversing.looking import NoTests, looking_desk
from fixbot_agent.remarking.sides import Sides
from fixbot_agent.reviewing import Change
from fixbot_agent.settings import Settings
from fixbot_agent.solving.conversing.equipping import equipped
from fixbot_agent.solving.ground import Ground, Plot, opened
from fixbot_agent.tools import Desk
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_repair import confined
from fixbot_repair.errors import RepairError
from fixbot_repair.git import Repository
from fixbot_repair.workspace import built


@dataclass(frozen=True, slots=True)
class Place:
    """A `desk` to look from, the `root` of what it shows, and both `sides` to run tests on; None where none can, and `why_not`."""

    desk: Desk
    root: Path
    sides: Sides | None
    why_not: str = ""

    @property
    def ground(self) -> Ground | None:
        """What the head stands on, where that is a private copy."""
        return self.sides.head if self.sides else None


@contextlib.contextmanager
def opened_at(change: Change, settings: Settings, cache: Path, progress: Progress, *, trusted: bool) -> Iterator[Place]:
    """Effect: open the place for `change`, and clear it away afterwards. Raises RepairError where the head is no more than a commit and cannot be laid out."""
    with contextlib.ExitStack() as ends:
        try:
            place = _copied(ends, change, settings, cache, progress, trusted=trusted)
        except RepairError as error:
            if not change.at_hand:
                raise
            place = _on_disk(ends, change, settings, cache, progress, trusted=trusted, why=error.message)
        yield place


def _copied(
    ends: contextlib.ExitStack, change: Change, settings: Settings, cache: Path, progress: Progress, *, trusted: bool
) -> Place:
    base = "" if change.working_tree else change.head
    plot = Plot(change.root, base, settings, trusted, cache, change.buffers)

    def extra(paths: Sequence[str]) -> dict[str, bytes]:
        wanted = built(Repository.open(change.root)) if base else ()
        return {path: confined.read(change.root, path) for path in wanted if path not in paths}

    ground = ends.enter_context(opened(plot, extra, progress))
    equipment = replace(equipped(ground), checks=None, debugger=None)
    sides = ends.enter_context(Sides(change, ground, settings.test_cmd))
    desk = Desk(ground.workspace, NoTests(), ground.index, equipment=equipment)
    return Place(desk, ground.root, None if sides.why_not else sides, sides.why_not)


def _on_disk(
    ends: contextlib.ExitStack,
    change: Change,
    settings: Settings,
    cache: Path,
    progress: Progress,
    *,
    trusted: bool,
    why: str,
) -> Place:
    overlay = {} if change.working_tree else dict(change.after)
    index = ends.enter_context(Index.open(change.root, cache, overlay, progress=progress))
    desk = looking_desk(index, change.root, cache, settings.sandbox, trusted=trusted)
    return Place(desk, change.root, None, why)
