"""The index of one project: what its files say, kept true as they change, and stored by content."""

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType

from fixbot_analysis.errors import SourceError
from fixbot_analysis.graph import DependencyGraph
from fixbot_analysis.index.codec import key
from fixbot_analysis.index.intake import Intake, decoded, facts_of, take_in, take_one
from fixbot_analysis.index.kept import KeptGraph
from fixbot_analysis.index.packages import Packages
from fixbot_analysis.index.quiet import quiet
from fixbot_analysis.index.report import IndexReport
from fixbot_analysis.index.store import Store
from fixbot_analysis.installed import Folders, packages_of, signature
from fixbot_analysis.ports import Executor, Progress, SerialExecutor, Silent
from fixbot_analysis.source import RULE_FILES, SourceTree, digest, language_of
from fixbot_analysis.symbols import EXTRACTOR_VERSION, FileFacts, Rereading, Symbol

_AT_ONCE = 1_000_000  # bytes of source whose graph is resolved without being asked for: less than a second
_AT_HAND = 256  # files whose facts are kept decoded


class Index:
    """A project's facts and graph. Made by :meth:`open`; for one thread at a time; a context manager that closes its store.

    Open buffers (`overlay` and :meth:`update`) count as the files' content and are never written to the store.
    """

    def __init__(
        self, tree: SourceTree, store: Store, executor: Executor, progress: Progress, packages: Folders | None = None
    ) -> None:
        self.tree = tree
        self._store = store
        self._executor = executor
        self._progress = progress
        self._root = str(tree.root.resolve())
        self._on_disk = tree.with_overlay({})
        self._disk = Intake()
        self._buffers: dict[str, FileFacts] = {}
        self._readings: dict[str, Rereading] = {}  # of buffers
        self._graph: DependencyGraph | None = None
        self._is_linked = False  # whether the graph is that of the present content
        self._linked_buffers: dict[str, FileFacts] = {}  # those that the graph was made of
        self._given = packages
        self._packages = Packages(self._folders(), store)
        self._kept = KeptGraph(store, self._root, self._packages)
        self._seconds = 0.0
        self._changes: Counter[str] = Counter()  # by path; of everything under ""
        self._stored: OrderedDict[str, tuple[str, FileFacts]] = OrderedDict()  # content's name, and facts, by path

    @classmethod
    def open(
        cls,
        root: Path,
        cache: Path | None = None,
        overlay: Mapping[str, bytes] | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
        packages: Folders | None = None,
    ) -> "Index":
        """Effect: index the project at `root`, reading only what the store in the folder `cache` does not know.

        `overlay` maps paths (POSIX, relative) to UTF-8; `packages` are the folders that installed packages lie in, looked for where they
        are not handed in. Raises SourceError where `root` is no folder.
        """
        if not root.is_dir():
            raise SourceError(f"{root} is not a folder", "name the folder of a project")
        store = Store(cache, EXTRACTOR_VERSION)
        index = cls(SourceTree(root, overlay), store, executor or SerialExecutor(), progress or Silent(), packages)
        index._take_in()
        store.prune()
        return index

    @property
    def paths(self) -> tuple[str, ...]:
        """Indexed source files (POSIX, relative), sorted."""
        return tuple(sorted(self._keys()))

    @property
    def report(self) -> IndexReport:
        """What the last :meth:`open` or :meth:`refresh` found; resolves the graph where that is soon done."""
        on_disk = [p for p in self._disk.digests if p not in self.tree.overlay]
        sizes = [stat.size for p in on_disk if (stat := self.tree.stat(p))]
        sizes += [len(self.tree.overlay[p]) for p in self._buffers]
        counts = [self._disk.symbols[self._disk.digests[p]] for p in on_disk]
        counts += [len(f.symbols) for f in self._buffers.values()]
        resolved, paths, taken = self._edges(sum(sizes)), self.paths, self._disk
        edges = sum(counts) - len(paths) if resolved is None else resolved
        parsed = taken.parsed + len(self._buffers)
        warnings = self._store.warnings
        return IndexReport(
            len(paths), sum(sizes), sum(counts), edges, parsed, taken.cached, self.tree.skipped, self._seconds, warnings,
            resolved is not None,
        )  # fmt: skip

    @property
    def graph(self) -> DependencyGraph:
        """The dependency graph of the project as it is now, resolved on first use and after changes."""
        if self._graph is None or not self._is_linked:
            began = time.monotonic()
            self._graph = self._linked()
            self._is_linked = True
            self._seconds += time.monotonic() - began
        return self._graph

    def facts(self, path: str) -> FileFacts:
        """Effect: facts of an indexed file. Raises SourceError where `path` is not indexed."""
        if path in self._buffers:
            return self._buffers[path]
        if path not in self._disk.digests or path in self.tree.overlay:
            raise SourceError(f"{path} is not in the index", "see 'fixbot index' for what was left out, and why")
        return self._load(path, self._disk.digests[path])

    def digest(self, path: str) -> str:
        """Name of the content of `path`, and of what it was read as; ``""`` where it is not indexed."""
        if path in self.tree.overlay:
            buffer = self._buffers.get(path)
            return key(buffer.digest, buffer.language) if buffer else ""
        return self._disk.digests.get(path, "")

    def symbols(self) -> Iterator[tuple[str, Symbol]]:
        """Effect: every symbol with its path, by path and place."""
        for path in self.paths:
            for symbol in self.facts(path).symbols:
                yield path, symbol

    def symbol_at(self, path: str, line: int) -> Symbol | None:
        """Effect: the innermost definition around `line` (from 1). Raises SourceError where `path` is not indexed."""
        return self.facts(path).enclosing(line)

    def beside(self, path: str) -> int:
        """A number that changes when any file but `path` does."""
        return self._changes.total() - self._changes[path]

    def update(self, path: str, data: bytes | None) -> None:
        """Effect: the open buffer of `path` now holds `data` (UTF-8); None closes it, and what is on disk counts again."""
        self._changes[path] += 1
        if data is None:
            self._lay({p: d for p, d in self.tree.overlay.items() if p != path})
            self.saved(path)
        else:
            before = self.digest(path)
            self.tree = self.tree.with_overlay({**self.tree.overlay, path: data})
            self._take_buffer(path)
            self._is_linked = self._is_linked and self.digest(path) == before

    def saved(self, path: str) -> None:
        """Effect: take in and store one file that was written, removed or made on disk, without a look at any other.

        A folder, there or gone, or a file that says what is ignored, means a look at everything.
        """
        self._changes[path] += 1
        if path.rpartition("/")[2] in RULE_FILES or self._is_folder(path):
            self.refresh()
            return
        self._on_disk = self._on_disk.looked_at(path)
        if language_of(path):
            take_one(path, self._on_disk, self._store, self._root, self._disk, self._buffers.get(path))
        self._lay(self.tree.overlay)

    def refresh(self) -> None:
        """Effect: look at the disk again and take in what changed; all is linked anew where other packages are installed."""
        self._changes[""] += 1
        self._on_disk = self._on_disk.refreshed()
        folders = self._folders()
        if signature(folders) != self._packages.signature:
            self._packages = Packages(folders, self._store)
            self._kept, self._graph = KeptGraph(self._store, self._root, self._packages), None
        self._take_in()

    def _folders(self) -> Folders:
        return packages_of(self.tree.root) if self._given is None else self._given

    def close(self) -> None:
        """Effect: close the store."""
        self._store.close()

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def _take_in(self) -> None:
        began = time.monotonic()
        overlay = self.tree.overlay
        with quiet():
            self._disk = take_in(self._on_disk, self._store, self._root, self._executor, self._progress)
        self._lay(overlay)
        self._seconds = time.monotonic() - began

    def _lay(self, overlay: Mapping[str, bytes]) -> None:
        """Lay these buffers over the disk, and no others."""
        self.tree = self._on_disk.with_overlay(overlay)
        self._buffers = {p: f for p, f in self._buffers.items() if p in overlay}
        self._readings = {p: r for p, r in self._readings.items() if p in overlay}
        for path in overlay:
            self._take_buffer(path)
        self._is_linked = False

    def _is_folder(self, path: str) -> bool:
        """Effect: whether `path` is a folder of the project, or was one when it was last looked at."""
        place = self.tree.root / path
        return place.is_dir() or (not place.exists() and any(p.startswith(f"{path}/") for p in self._disk.digests))

    def _take_buffer(self, path: str) -> None:
        language = language_of(path)
        if language is None or path not in self.tree.overlay:
            return
        known = self._buffers.pop(path, None)
        try:
            data = self.tree.read(path).data
        except SourceError:
            return
        is_known = known is not None and (known.digest, known.language) == (digest(data), language)
        if known is None or not is_known:
            known = self._readings.setdefault(path, Rereading()).read(data, language)
        self._buffers[path] = known

    def _load(self, path: str, content: str) -> FileFacts:
        """Facts of a stored content, of the files asked for last at hand; extracted again from the file where the store lost them."""
        name, facts = self._stored.get(path, ("", None))
        if facts is None or name != content:
            facts = facts_of(content, lambda: (self.tree.read(path).data, language_of(path) or ""), self._store)
            self._stored[path] = content, facts  # in the place of an earlier content's, which nobody asks for again
            if len(self._stored) > _AT_HAND:
                self._stored.popitem(last=False)
        self._stored.move_to_end(path)
        return facts

    def _edges(self, size: int) -> int | None:
        """Effect: how many edges there are, as far as that is known or found out quickly; `size` is that of all files in bytes."""
        if not self._is_linked and size > _AT_ONCE:
            self._graph = self._graph or self._kept.load(self.facts)
            if self._graph is None or not self._graph.is_of(self._keys()):
                return None
        return self.graph.links.edge_count

    def _keys(self) -> dict[str, str]:
        """Path -> name of its content, of all that is indexed."""
        overlay = self.tree.overlay
        keys = {path: name for path, name in self._disk.digests.items() if path not in overlay}
        return keys | {path: key(f.digest, f.language) for path, f in self._buffers.items()}

    def _linked(self) -> DependencyGraph:
        """Effect: the graph of the present content: the last one, or the stored one, as far as it still holds."""
        graph, keys = self._graph or self._kept.load(self.facts), self._keys()
        if graph is not None and not graph.is_of(keys):
            try:
                graph = graph.relinked(keys, self.facts, self._before)
            except SourceError:  # gone since the disk was looked at, and the store lost it
                graph = None
        if graph is None:
            with quiet():
                facts = self._all_facts()
                graph = DependencyGraph.build(facts, self._keys(), self.facts, self._packages)
        self._linked_buffers = dict(self._buffers)
        if all(self._disk.digests.get(path) == self.digest(path) for path in self.tree.overlay if language_of(path)):
            self._kept.save(graph)
        return graph

    def _before(self, path: str) -> FileFacts | None:
        """Effect: the facts that the last graph was made of; None where they are lost."""
        name = self._graph.key(path) if self._graph else ""
        buffer = self._linked_buffers.get(path)
        if buffer is not None and key(buffer.digest, buffer.language) == name:
            return buffer
        return decoded(self._store.facts([name]).get(name, b""), name)

    def _all_facts(self) -> dict[str, FileFacts]:
        """Effect: what the graph needs of every file."""
        found = dict(self._buffers)
        paths = [p for p in self.paths if p not in found]
        for at in range(0, len(paths), _AT_HAND):
            batch = paths[at : at + _AT_HAND]
            blobs = self._store.facts([self._disk.digests[p] for p in batch])
            for path in batch:
                try:
                    name = self._disk.digests[path]
                    found[path] = decoded(blobs.get(name, b""), name) or self.facts(path)
                except SourceError:  # gone since the disk was looked at, and the store lost it
                    self._disk.digests.pop(path, None)
        return found
