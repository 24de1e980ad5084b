"""The patch ladder of the official harness, inside the sandbox: git apply, then --reject, then patch --fuzz=5."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_repair import programs
from fixbot_repair.errors import GitError, PatchError
from fixbot_repair.git.command import check_path
from fixbot_repair.sandbox import Limits, Policy, Sandbox

LADDER: tuple[tuple[str, ...], ...] = (
    ("git", "apply", "--verbose"),
    ("git", "apply", "--verbose", "--reject"),
    ("patch", "--batch", "--fuzz=5", "-p1", "-i"),
)

_LIMITS = Limits(wall_seconds=120, cpu_seconds=120)


@dataclass(frozen=True, slots=True)
class Patching:
    """Applies patches to `tree` inside `sandbox`; what each step printed is kept in `log`."""

    tree: Path
    sandbox: Sandbox
    log: list[str] = field(default_factory=list)

    def model_patch(self, text: str) -> str:
        """Effect: apply a submitted patch; returns the step that did it. Raises PatchError when none does."""
        refuse_unsafe(text)
        return self._climb(text, LADDER)

    def test_patch(self, text: str) -> None:
        """Effect: apply the instance's own test patch, which must apply cleanly."""
        self._climb(text, LADDER[:1])

    def _climb(self, text: str, ladder: Sequence[tuple[str, ...]]) -> str:
        draft = self.tree / ".fixbot-patch"
        draft.write_bytes(text.encode() if text.endswith("\n") else text.encode() + b"\n")
        try:
            for step in ladder:
                if programs.find(step[0]) and self._run([*step, draft.name]):
                    return " ".join(step[:2] + step[3:4])
        finally:
            draft.unlink()
        raise PatchError("the patch does not apply", "see the instance's log")

    def _run(self, argv: Sequence[str]) -> bool:
        policy = Policy(self.tree, environment={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}, limits=_LIMITS)
        ended = self.sandbox.run(argv, policy)
        self.log.append(
            f"$ {' '.join(argv)}\n{ended.stdout.decode(errors='replace')}{ended.stderr.decode(errors='replace')}"
        )
        return ended.returncode == 0


def refuse_unsafe(text: str) -> None:
    """Raises PatchError for a patch that names a path outside the tree or in .git, or makes a link or submodule.

    Looser than what fixbot allows its own patches: predictions of others may rename and add what they like.
    """
    if re.search(r"^(?:new |new file |old )?mode (?:120000|160000)$", text, re.MULTILINE):
        raise PatchError("the patch makes a symbolic link or a submodule")
    for name in re.findall(r"^(?:\+\+\+ b/|--- a/|rename to |copy to )(.+?)\t?$", text, re.MULTILINE):
        try:
            check_path(name.strip('"'))
        except GitError as error:
            raise PatchError(f"the patch touches {name!r}") from error
