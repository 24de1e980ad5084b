"""Bringing an index up to date with the disk: what changed is read, what is new is extracted, and both are stored."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index.codec import DamagedFactsError, Encoded, Source, decode, encoded, extract_encoded, key
from fixbot_analysis.index.store import FileRow, Store
from fixbot_analysis.ports import Executor, Progress
from fixbot_analysis.source import FileStat, SourceTree, digest, language_of
from fixbot_analysis.symbols import FileFacts

T = TypeVar("T")

# What is read, extracted and stored at a time: lost when killed, and held in memory.
_BATCH = 8 * 1024 * 1024  # bytes
_FILES = 1000
_RACY = 2_000_000_000  # nanoseconds; a younger file could change again without its time showing it


@dataclass(slots=True)
class Intake:
    """Files on disk by the name of their content (:func:`key`), how many symbols each content holds, and what it took to know that."""

    digests: dict[str, str] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    parsed: int = 0
    cached: int = 0


def take_in(tree: SourceTree, store: Store, root: str, executor: Executor, progress: Progress) -> Intake:
    """Effect: facts of every file of `tree`, a look at the disk only, are in `store`. What cannot be read leaves the tree's paths."""
    rows = store.files(root)
    taken = Intake()
    unread: list[str] = []
    for path in tree.paths:
        stat, row = tree.stat(path), rows.get(path)
        if row is None or row.stat != stat:
            unread.append(path)
        elif row.why:
            tree.leave_out(path, row.why)
        else:
            taken.digests[path] = row.digest
    taken.symbols = store.known(list(set(taken.digests.values())))
    unread += [path for path, content in taken.digests.items() if content not in taken.symbols]
    taken.cached = len(taken.digests) - sum(content not in taken.symbols for content in taken.digests.values())
    for done, batch in _batches(unread, tree):
        progress.step("index", done, len(unread))
        _take_batch(batch, tree, store, root, partial(executor.map, extract_encoded), taken)
    listed = set(taken.digests) | {s.path for s in tree.skipped}
    store.put((), root, (), [path for path in rows if path not in listed])
    return taken


def take_one(path: str, tree: SourceTree, store: Store, root: str, taken: Intake, facts: FileFacts | None) -> None:
    """Effect: `taken` and `store` know what `tree` says of `path` now; `facts` are taken if they are of that content."""

    def work(source: Source) -> Encoded:
        known = facts is not None and (facts.digest, facts.language) == (digest(source[0]), source[1])
        return encoded(facts) if facts is not None and known else extract_encoded(source)

    before = taken.digests.pop(path, None)
    if tree.stat(path) is None:
        store.put((), root, (), [path])
    else:
        _take_batch([path], tree, store, root, partial(map, work), taken)
    if before is not None and before not in taken.digests.values():
        taken.symbols.pop(before, None)


def facts_of(
    name: str, read: Callable[[], Source], store: Store, root: str = "", files: Sequence[FileRow] = ()
) -> FileFacts:
    """Effect: facts of the content called `name`; where the store has none that are sound, extracted from what `read` gives, and stored.

    `files` below `root` are then remembered to have contents.
    """
    kept = decoded(store.facts([name]).get(name, b""), name)
    if kept is not None:
        return kept
    blob, symbols = extract_encoded(read())
    facts = decode(blob)
    store.put([(key(facts.digest, facts.language), symbols, blob)], root, files)
    return facts


def decoded(blob: bytes, name: str) -> FileFacts | None:
    """The facts in `blob` if they are sound, and those of the content called `name`."""
    try:
        facts = decode(blob)
    except DamagedFactsError:
        return None
    return facts if key(facts.digest, facts.language) == name else None


def _take_batch(
    paths: Sequence[str],
    tree: SourceTree,
    store: Store,
    root: str,
    work: Callable[[Iterable[Source]], Iterator[Encoded]],
    taken: Intake,
) -> None:
    now = time.time_ns()
    contents: dict[str, Source] = {}
    rows = []
    for path in paths:
        stat = tree.stat(path)
        assert stat is not None
        kept = stat if now - stat.mtime_ns > _RACY else FileStat(-1, stat.size, stat.inode)
        try:
            data = tree.read(path).data
        except SourceError as error:
            taken.digests.pop(path, None)
            rows.append(FileRow(path, kept, "", error.message.removeprefix(f"{path}: ")))
            continue
        language = language_of(path) or ""
        taken.digests[path] = key(digest(data), language)
        contents[taken.digests[path]] = (data, language)
        rows.append(FileRow(path, kept, taken.digests[path]))
    taken.symbols |= store.known([c for c in contents if c not in taken.symbols])
    new = [(content, source) for content, source in contents.items() if content not in taken.symbols]
    extracted = work([source for _, source in new])
    facts = [(content, count, blob) for (content, _), (blob, count) in zip(new, extracted, strict=True)]
    store.put(facts, root, rows)
    taken.symbols |= {content: count for content, count, _ in facts}
    taken.parsed += len(new)
    taken.cached += len([r for r in rows if not r.why]) - len(new)


def _batches(paths: Sequence[str], tree: SourceTree) -> Iterator[tuple[int, Sequence[str]]]:
    """How many paths came before, and the next ones: as many as are held in memory together."""
    first = held = 0
    for place, path in enumerate(paths):
        stat = tree.stat(path)
        held += stat.size if stat else 0
        if held > _BATCH or place - first >= _FILES:
            yield first, paths[first:place]
            first, held = place, 0
    if first < len(paths):
        yield first, paths[first:]
