"""The history of a repository as the tool ``history`` asks it: through git, up to one commit, without files that may hold secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_agent.tools.desk import is_secret
from fixbot_analysis.history import Cochange, Fix, ProjectHistory
from fixbot_analysis.ports import Change, FilePatch
from fixbot_repair.git import BlamedLine, GitHistory, Repository, past

_PATCHED = 500  # newest fixes whose patches are read where none are kept yet


@dataclass(slots=True)
class GitPast:
    """The history of the project in `root` up to the commit `base`; `cache` is where it is kept. Fills :class:`fixbot_agent.tools.equipment.Past`."""

    repository: Repository
    root: Path
    base: str
    cache: Path | None
    _history: ProjectHistory | None = None
    _blamed: dict[str, tuple[BlamedLine, ...]] = field(default_factory=dict)

    def blame(self, path: str) -> tuple[BlamedLine, ...]:
        """Effect: asks git, once a file. Raises GitError where the commit has no such file."""
        if path not in self._blamed:
            self._blamed[path] = self.repository.blame(self.base, path)
        return self._blamed[path]

    def commits(self, ids: Sequence[str]) -> Mapping[str, Change]:
        """Effect: asks git. What is known of commits, by their ids; merges are left out."""
        return {change.commit: change for change in self._git().changes(ids)}

    def patches(self, commit: str) -> tuple[FilePatch, ...] | None:
        """Effect: asks git. What a commit of the past changed, files that may hold secrets left out; None where there is no such one."""
        found = [i for i in self._git().ids() if i.startswith(commit)]
        if len(found) != 1:
            return None
        return next((files for _, files in self._git().patches(found, lambda path: not is_secret(path))), ())

    def fixes(self, text: str) -> tuple[Fix, ...]:
        """Effect: reads the history at first, which may take seconds. Fixes whose words are like `text`."""
        return self._past().similar(text)

    def together(self, path: str) -> tuple[Cochange, ...]:
        """Effect: reads the history at first. Files that changed together with `path`."""
        return self._past().cochanged(path)

    def _past(self) -> ProjectHistory:
        if self._history is None:
            self._history = past(self.root, self.cache, self.base, patched=_PATCHED)
        return self._history

    def _git(self) -> GitHistory:
        return GitHistory.open(self.root, self.base)
