"""What a model has found out and done so far, boiled down: the plan, the changes, the tests, what was refused, what was read."""

from collections.abc import Iterator

from fixbot_agent.solving.conversing.stuck import Stuck, digest
from fixbot_agent.tools import Desk, Toolbox
from fixbot_agent.tools.outcome import clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source.decoding import decode
from fixbot_repair.candidates.diff import unified

_DIFF = 6000  # characters
_TESTS = 1500
_MOST = 8  # changes that were refused, and places that were read, each the last ones


def facts(toolbox: Toolbox, stuck: Stuck) -> str:
    """What is known, in a few parts; "" for nothing."""
    return "\n\n".join(_parts(toolbox, stuck))


def _parts(toolbox: Toolbox, stuck: Stuck) -> Iterator[str]:
    if toolbox.plan.steps:
        yield "The plan was:\n" + "\n".join(toolbox.plan.lines())
    changes = changed(toolbox.desk)
    yield f"These changes are in the private copy now:\n{clip(changes, _DIFF)}" if changes else "Nothing is changed."
    if stuck.tests:
        yield f"The last run of tests:\n{clip(stuck.tests, _TESTS)}"
    if stuck.refused:
        yield "Changes that were refused:\n" + "\n".join(f"- {r}" for r in dict.fromkeys(stuck.refused[-_MOST:]))
    if stuck.seen:
        yield "What was looked at last:\n" + "\n".join(f"- {s}" for s in list(stuck.seen)[-_MOST:])


def changed(desk: Desk) -> str:
    """Effect: reads files. The changes of `desk` as a diff; "" for none."""
    before, after = {}, {}
    for path in sorted(desk.touched):
        old = desk.files.original(path)
        try:
            after[path] = decode(path, desk.files.read(path)).data
            if old is not None:
                before[path] = decode(path, old).data
        except FixbotError:
            after.pop(path, None)
    return unified(before, after)


def digest_of(desk: Desk) -> str:
    """Effect: reads files. A digest of all that was written to `desk`, as it is now."""
    parts = []
    for path in sorted(desk.touched):
        try:
            parts += [path, desk.files.read(path).decode("utf-8", "surrogateescape")]
        except FixbotError:
            parts += [path, ""]
    return digest(*parts)
