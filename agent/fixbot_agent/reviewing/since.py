"""What is found now and was not found at a commit, in all files that are asked for."""

from collections.abc import Sequence
from dataclasses import replace

from fixbot_agent.reviewing.change import Change
from fixbot_analysis.ports import Progress
from fixbot_repair import checks
from fixbot_repair.checks import Feedback
from fixbot_repair.environment import Environment


def new_since(
    change: Change,
    paths: Sequence[str],
    only: Sequence[str | checks.Tool],
    *,
    environment: Environment | None,
    trusted: bool,
    progress: Progress,
) -> Feedback:
    """Effect: check `paths` as they are and as they were at the change's base; keep the findings that are new.

    A tool that looks at one file at a time is only asked about files that changed; one that looks at the whole project is
    asked about all, since a change in one file can be an error in another.
    """
    old_names = {new: old for old, new in change.renamed.items()}
    wanted = set(paths) | {old_names[p] for p in paths if p in old_names}
    before = {p: data for p, data in change.before.items() if p in wanted}
    tools = checks.chosen(only)
    whole = [t for t in tools if t.name not in checks.TOOLS]
    now, then = (
        tuple(sorted({p for p in paths if whole or p in change.after})),
        tuple(sorted({*before, *(p for p in paths if whole and p not in change.after)})),
    )

    def check(files: Sequence[str], overlay: dict[str, bytes] | None) -> Feedback:
        return checks.run(
            change.root, files, only=tools, overlay=overlay, environment=environment, trusted=trusted, progress=progress
        )

    old, new = check(then, before), check(now, None)
    broken = tuple(dict.fromkeys((*old.broken, *new.broken)))
    # What a tool says on one side only is no news when it could not speak on the other.
    found = [f for f in new.findings if f.tool not in broken]
    fresh = checks.new_findings(old.findings, found, changed=change.lines, renamed=change.renamed)
    problems = tuple(dict.fromkeys((*old.problems, *new.problems)))
    return replace(new, findings=fresh, problems=problems, broken=broken)
