"""The history of a repository as the tool ``history`` asks it: through git, up to one commit, without files that may hold secrets."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_agent.tools.desk import is_secret
from fixbot_analysis.history import Cochange, Fix, ProjectHistory
from fixbot_analysis.ports import Change, FilePatch
from fixbot_repair.git import BlamedLine, GitHistory, Repository, past

_MOST_PASSED_OVER = 30  # commits that only laid text out anew, for one question
_TELLING = 6  # characters of a line that tells where a commit brought it
_COMMA = re.compile(r",(?=[)\]}])")  # that a formatter sets at the end of a list
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
    _hunks: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(
        default_factory=dict
    )  # (commit, path) -> before, after

    def blame(self, path: str) -> tuple[BlamedLine, ...]:
        """Effect: asks git, once a file. Raises GitError where the commit has no such file."""
        if path not in self._blamed:
            self._blamed[path] = self.repository.blame(self.base, path)
        return self._blamed[path]

    def written(self, path: str, first: int, last: int, layout: Sequence[str]) -> tuple[BlamedLine, ...]:
        """Effect: asks git. Lines of the file (from 1), each with the commit that wrote it.

        Passed over are commits that only moved lines, those `layout` that the project calls so, as far as they are of this past, and those
        that only laid these lines out anew. Raises GitError.
        """
        past = set(self._git().ids()) if layout else set()
        without = {each for each in layout if each in past}
        while True:
            found = self.repository.written(self.base, path, first, last, sorted(without))
            came: dict[tuple[str, str], set[str]] = {}
            for line in found:
                if line.commit not in without:
                    came.setdefault((line.commit, line.path), set()).add(line.text.strip())
            new = {commit for (commit, there), texts in came.items() if self._lays_out(commit, there, texts)}
            if not new or len(without) > _MOST_PASSED_OVER:
                return found
            without |= new

    def _lays_out(self, commit: str, path: str, texts: Set[str]) -> bool:
        """Effect: asks git, once a commit. Whether what a commit changed where it brought lines of these `texts` is how they are laid out."""
        if (commit, path) not in self._hunks:
            files = next((f for _, f in self._git().patches([commit], lambda p: p == path)), ())
            self._hunks[commit, path] = tuple((h.before, h.after) for file in files for h in file.hunks)
        hunks = self._hunks[commit, path]
        telling = {text for text in texts if len(text) >= _TELLING} or texts
        brought = [(b, a) for b, a in hunks if not telling.isdisjoint(line.strip() for line in a.splitlines())]
        return bool(brought) and all(_bare(before) == _bare(after) for before, after in brought)

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


def _bare(text: str) -> str:
    """A text without what a formatter changes: blanks, line ends and their backslashes, kinds of quotes, commas at the end of lists."""
    joined = "".join(line.rstrip().removesuffix("\\") for line in text.splitlines())
    return _COMMA.sub("", "".join(joined.split()).replace('"', "'"))
