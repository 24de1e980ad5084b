"""The model of a whole project: what was learnt before is read back, only contents that are new are learnt."""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from fixbot_analysis.codemodel.installed import Folders, own_names, packages_of, sources
from fixbot_analysis.codemodel.model import CodeModel
from fixbot_analysis.codemodel.packages import count_package, load_package, package_path, save_package
from fixbot_analysis.codemodel.snapshot import load, save, snapshot_path
from fixbot_analysis.codemodel.tokens import NEWLINE
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress, Silent

_LARGEST = 1 << 20  # bytes of one file; what is larger was hardly written by hand
_WORTH_SAVING = 16  # changed files from which a new snapshot is written


def learn_project(
    index: Index, folder: Path | None, progress: Progress | None = None, project: Path | None = None
) -> CodeModel:
    """Effect: learns all files of `index`, of which it reads only those that the snapshot in the cache `folder` does not have.

    Open buffers of the index are learnt as they are. Contents on disk are stored in `folder`; None stores nothing. `project`
    as in :class:`Lessons`.
    """
    progress, lessons = progress or Silent(), Lessons(index, folder, project)
    for done, total in lessons.read():
        progress.step("learning", done, total)
    lessons.settle()
    lessons.open_buffers()
    lessons.wait()
    return lessons.model


class Lessons:
    """A project being learnt, for who has other things to do in between: `read`, then `settle`, then `open_buffers`.

    `project` is the folder that `index` is a passing copy of: what is kept for that folder is used, and only written where nothing
    is kept, so that a copy of an old state takes nothing from the present one. `packages` are the folders of installed packages; by
    default they are looked for in the project.
    """

    def __init__(
        self, index: Index, folder: Path | None, project: Path | None = None, packages: Folders | None = None
    ) -> None:
        """Effect: reads back what was kept in `folder`."""
        self._index, self._is_copy, self._folder = index, project is not None, folder
        self._installed = packages_of(index.tree.root) if packages is None else packages
        self._aside: threading.Thread | None = None
        self._kept = snapshot_path(folder, project or index.tree.root) if folder else None
        counting = load(self._kept) if self._kept else None
        self._is_first = counting is None
        self.model = CodeModel(counting)
        self._buffers: list[str] = []

    def read(self) -> Iterator[tuple[int, int]]:
        """Effect: learn a file on disk a step, those that are new; yields how many are done before it, of how many."""
        index, model = self._index, self.model
        # The index names a content together with the language that it was read as.
        wanted = {path: index.digest(path).partition("-")[0] for path in index.paths}
        for path in set(model.paths) - wanted.keys():
            model.forget(path)
        new = [path for path, content in wanted.items() if model.counting.digest(path) != content]
        self._buffers = [path for path in new if path in index.tree.overlay]
        on_disk = [path for path in new if path not in index.tree.overlay]
        for done, path in enumerate(on_disk):
            yield done, len(on_disk)
            self._learn(path)

    def settle(self) -> None:
        """Effect: fold what was read into the counts and keep them, where it is worth that. Leaves the index alone.

        Imported packages are then read aside, in a thread of its own: nobody who writes code waits for them.
        """
        if self.model.counting.changed >= (1 if self._is_first else _WORTH_SAVING):
            self.model.settle()
            if self._kept and (self._is_first or not self._is_copy):
                save(self.model.counting, self._kept)
        if self._installed and (names := _imported(self.model)):
            self._aside = threading.Thread(target=self._read_packages, args=(names,), name="packages", daemon=True)
            self._aside.start()

    def wait(self) -> None:
        """Effect: wait until the imported packages are known."""
        if self._aside is not None:
            self._aside.join()

    def open_buffers(self) -> None:
        """Learn the open buffers that :meth:`read` found; they are not kept."""
        for path in self._buffers:
            self._learn(path)

    def _read_packages(self, names: Sequence[str]) -> None:
        """Effect: what is kept of each package, or else what is learnt and kept of it now, is handed to the model one by one."""
        for name, source in sources(names, self._installed):
            kept = package_path(self._folder, name, source) if self._folder else None
            package = load_package(kept) if kept else None
            if package is None:
                package = count_package(source)
                if kept and save_package(package, kept):
                    package = load_package(kept) or package  # mapped, it takes no memory of its own
            self.model.add_package(package)

    def _learn(self, path: str) -> None:
        try:
            data = self._index.tree.read(path).data
        except SourceError:  # it went away since it was indexed
            self.model.forget(path)
            return
        if len(data) <= _LARGEST:
            self.model.learn(path, data)
        else:
            self.model.forget(path)


def _imported(model: CodeModel) -> list[str]:
    """Names of what the project imports and does not define, those imported most often first."""
    counts = sum((model.counting.following([NEWLINE, word]) for word in ("import", "from")), Counter[str]())
    own = own_names(model.paths)
    return sorted(
        (name for name in counts if name.isidentifier() and name not in own), key=lambda name: (-counts[name], name)
    )
