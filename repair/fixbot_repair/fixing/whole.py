"""Trials by tools that look at the whole project: a fix in one file may be an error in another."""

from collections.abc import Sequence

from fixbot_repair.checks import Feedback, Finding, Tool, new_findings, run
from fixbot_repair.checks.finding import Severity
from fixbot_repair.checks.tool import is_per_file
from fixbot_repair.checks.versions import Ground
from fixbot_repair.fixing.fix import Fix
from fixbot_repair.fixing.state import Overlay, State

_MOST_BREAKS = 3  # runs that may break, each of them after minutes, before nothing more is asked


class Overseers:
    """The whole-project tools that worked at first, over all `paths` that were asked for. `names` are those that take part."""

    def __init__(self, ground: Ground, tools: Sequence[Tool], feedback: Feedback, paths: Sequence[str]) -> None:
        self.tools = tuple(t for t in tools if not is_per_file(t) and t.name not in feedback.broken)
        self._ground = ground
        self._paths = tuple(paths)
        self._breaks, self._lost = 0, ""
        self._before: tuple[tuple[tuple[str, bytes], ...], Feedback] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The tools' names."""
        return tuple(t.name for t in self.tools)

    def look(self, state: State, fixes: Sequence[Fix]) -> str:
        """Effect: run the tools on the project with `state` (once) and with `fixes` on top of it.

        Returns "" when what they found for `fixes` is gone and nothing is new, else why not.
        """
        if not self.tools:
            return ""
        if self._breaks >= _MOST_BREAKS:
            return self._lost
        before, now = self._at(state.overlay), self._asked(state.with_fixes(fixes))
        if now.broken:
            self._breaks += 1
            self._lost = f"not verified: {'; '.join(now.problems)}"
            return self._lost
        aims = {_key(f) for fix in fixes for f in fix.findings}
        old = [f for f in before.findings if _key(f) not in aims]
        fresh = new_findings(old, now.findings)
        if not fresh:
            return ""
        worst = min(fresh, key=lambda f: list(Severity).index(f.severity))
        return f"with it {worst.tool} says of {worst.path}, line {worst.line}: {worst.message} ({worst.rule})"

    def _at(self, overlay: Overlay) -> Feedback:
        key = tuple(sorted((path, d.data) for path, d in overlay.items()))
        if self._before is None or self._before[0] != key:
            self._before = key, self._asked(overlay)
        return self._before[1]

    def _asked(self, overlay: Overlay) -> Feedback:
        ground = self._ground
        return run(
            ground.root,
            self._paths,
            only=self.tools,
            overlay={path: d.data for path, d in overlay.items()},
            environment=ground.environment,
            trusted=ground.trusted,
            sandbox=ground.sandbox,
        )


def _key(finding: Finding) -> tuple[str, str, str, int, int]:
    return finding.path, finding.tool, finding.rule, finding.line, finding.column
