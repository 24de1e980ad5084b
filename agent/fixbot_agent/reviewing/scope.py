"""Which files are meant: by the paths on a command line, or by what changed since a commit."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.settings import workspace_root
from fixbot_analysis.source import SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_repair.git import Repository


@dataclass(frozen=True, slots=True)
class Scope:
    """Files of one project: `paths` are POSIX, relative to `root`, sorted."""

    root: Path
    paths: tuple[str, ...]

    @classmethod
    def of(cls, given: Sequence[Path]) -> "Scope":
        """Effect: the source files that `given` (files and folders; this folder when empty) names.

        Raises UsageFailure when one does not exist, lies in another project or is no source, SourceError when a file
        that was named cannot be read.
        """
        places = [_existing(p) for p in given or [Path()]]
        root = _root(places[0])
        tree, chosen = SourceTree(root), set[str]()
        for place, named in zip(places, given or [Path()], strict=True):
            if not place.is_relative_to(root):
                raise UsageFailure(f"{named} is not in {root}", "check one project at a time")
            chosen.update(_below(tree, place, named))
        return cls(root, tuple(sorted(chosen)))

    def since(self, ref: str) -> "Scope":
        """Effect: only those that differ from the commit `ref` now. Raises GitError."""
        repository = Repository.open(self.root)
        changed = set(changed_paths(repository, repository.resolve(ref)))
        return Scope(self.root, tuple(p for p in self.paths if p in changed))


def changed_paths(repository: Repository, base: str) -> tuple[str, ...]:
    """Effect: source files in which the working tree differs from the commit `base`, new and deleted ones too."""
    committed = repository.diff_names(base, "HEAD")
    known = {*repository.tracked(), *(f.path for f in repository.files("HEAD") if f.is_regular)}  # or staged as gone
    sources = sorted(p for p in known if language_of(p))
    paths = {*committed, *repository.dirty(sources), *repository.untracked()}
    return tuple(sorted(p for p in paths if language_of(p)))


def _existing(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageFailure(f"no such file or folder: {path}", "check the path") from error


def _root(place: Path) -> Path:
    """The repository's top; where there is no repository, this folder if `place` lies in it."""
    root = workspace_root(place if place.is_dir() else place.parent)
    here = Path.cwd().resolve()
    return here if not os.path.lexists(root / ".git") and place.is_relative_to(here) else root


def _below(tree: SourceTree, place: Path, named: Path) -> Sequence[str]:
    path = place.relative_to(tree.root).as_posix()
    if place.is_dir():
        return [p for p in tree.paths if path == "." or p.startswith(f"{path}/")]
    if language_of(path) is None:
        raise UsageFailure(f"{named} is no source that can be checked", "Python files are, so far")
    tree.read(path)
    return [path]
