"""A model's own test as evidence: run on the files as they were and on its patch, where nothing else shows what is wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fixbot_agent.solving.ground import Ground
from fixbot_agent.tools import SCRATCH
from fixbot_repair.checks import Feedback
from fixbot_repair.errors import RepairError


@dataclass(frozen=True, slots=True)
class OwnTest:
    """The text of a test file that a model wrote, and the names of those of its tests that failed before its patch and pass with it.

    `against` are those that fail with its patch: the one or the other is wrong.
    """

    text: bytes
    shows: tuple[str, ...]
    against: tuple[str, ...] = ()


def shown(ground: Ground) -> OwnTest | None:
    """Effect: runs the scratch test that lies in the copy twice: with the work as it stands, then without; the work is gone afterwards.

    None where there is none, or it says nothing: none of it failed before and passes now, and none fails now.
    """
    if SCRATCH in ground.workspace.paths:
        return None  # the project's own
    try:
        text = ground.workspace.read(SCRATCH)
        if text is None:
            return None
        after = ground.tests.run([SCRATCH])
        ground.workspace.reset()
        ground.workspace.write({SCRATCH: text})
        before = ground.tests.run([SCRATCH])
    except RepairError:
        return None
    failed = _failed(before)
    shows = tuple(o.test.partition("::")[2] for o in after.outcomes if o.ok and o.test in failed)
    against = tuple(o.test.partition("::")[2] for o in after.outcomes if o.test in _failed(after))
    return OwnTest(text, shows, against) if shows or against else None


def folded(names: Sequence[str]) -> str:
    """Names of tests for people: a function with several parameters once, with their number."""
    counts = Counter(name.partition("[")[0] for name in names)
    return ", ".join(name if count == 1 else f"{name} ({count} cases)" for name, count in counts.items())


def _failed(before: Feedback) -> set[str]:
    return {o.test for o in before.outcomes if not o.ok and o.collected and "::" in o.test}
