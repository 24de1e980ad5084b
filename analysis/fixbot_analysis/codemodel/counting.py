"""All counts of a project as they are now: what was frozen, less the files that changed, plus those as they are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.buffers import Buffer, Running
from fixbot_analysis.codemodel.frozen import Frozen, Learnt
from fixbot_analysis.codemodel.mixing import LEVELS
from fixbot_analysis.codemodel.nest import Voice
from fixbot_analysis.source import digest, language_of

_PROJECT, _FOLDER, _FILE = (LEVELS.index(level) for level in ("project", "folder", "file"))

_OPEN = 24  # files whose text is kept when all is folded: those touched last
_CHANGED = 32  # files; every question looks at each changed file, so that more are folded in


@dataclass(frozen=True, slots=True)
class Seen:
    """Members accessed under one key: in the file in order; how often in its folder, and in the whole project but the file."""

    file: Sequence[int]
    folder: Mapping[int, int]
    project: Mapping[int, int]


class Counting:
    """Files, numbered words, and the counts of both. Words are never forgotten while the process lives."""

    def __init__(self, words: Sequence[str] = (), frozen: Frozen | None = None) -> None:
        self.words = list(words) or [""]  # 0 is the boundary between files
        self._ids = {word: number for number, word in enumerate(self.words)}
        self.frozen = frozen or Frozen.of({}, {})
        self._buffers: dict[str, Buffer] = {}
        self._typed = ""  # the file that was touched last: the only buffer that does not rest
        self._digests: dict[str, str] = {}  # of buffers
        self._changed: set[str] = set()  # files that are not as they were frozen
        self._voices: dict[tuple[str, bool], list[Voice]] = {}
        self.revision = 0  # goes up whenever a count may have changed

    @property
    def paths(self) -> tuple[str, ...]:
        """The files learnt, sorted."""
        return tuple(
            sorted({*self.frozen.digests, *self._buffers} - {p for p in self._changed if p not in self._buffers})
        )

    @property
    def changed(self) -> int:
        """How many files are not as they were frozen."""
        return len(self._changed)

    def digest(self, path: str) -> str:
        """Name of the content learnt of `path`; "" where there is none."""
        if path in self._changed:
            return self._digests.get(path, "")
        return self.frozen.digests.get(path, "")

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Numbers of `words`; -1 for those never seen."""
        ids = self._ids
        return [ids.get(word, -1) for word in words]

    def learn(self, path: str, data: bytes, *, is_open: bool = False) -> None:
        """Take in a content of `path`; a file that `is_open` will be read in part the next time."""
        content = digest(data)
        if content == self.digest(path) and not is_open:
            return
        text, buffer = data.decode("utf-8", "replace"), self._buffers.pop(path, None)
        if buffer is None:
            buffer = Buffer(text, self._intern, language_of(path) or "python", keeps_text=is_open)
        else:
            buffer.replace(text, keeps_text=is_open or buffer.keeps_text)
        if self._typed != path and self._typed in self._buffers:
            self._buffers[self._typed].rest()
        self._buffers[path], self._typed = buffer, path  # the last: it was touched last
        self._digests[path] = content
        self._touch(path)

    def forget(self, path: str) -> None:
        """Take a file out."""
        self._buffers.pop(path, None)
        self._digests.pop(path, None)
        self._touch(path)

    def word(self, number: int) -> str:
        """The word of a number."""
        return self.words[number]

    def voices(self, path: str, *, roles: bool = False) -> list[Voice]:
        """Texts to count n-grams in, as seen from `path`, of tokens or of the parts they play; what is no longer so counts negatively."""
        if len(self._changed) > _CHANGED:
            self._fold()
        asked = path, roles
        if asked not in self._voices:
            self._voices = {other: kept for other, kept in self._voices.items() if other[0] == path}
            self._voices[asked] = list(self._listed(path, roles=roles))
        return self._voices[asked]

    def accesses(self, path: str, key: int) -> Seen:
        """Members accessed under `key`, seen from the file `path`."""
        frozen, usage, own = self.frozen, self.frozen.usage, path.rpartition("/")[0]
        first, last = frozen.below(f"{own}/") if own else (0, 0)
        at = frozen.number(path)
        is_frozen = path in frozen.digests
        project = Counter(usage.counts(key))
        folder = Counter(usage.among(key, first, last))
        old = usage.among(key, at, at + is_frozen)
        file = old if path not in self._changed else []
        _subtract(project, old)
        _subtract(folder, old if own else ())
        for other in self._changed:
            now = self._buffers[other].under(key) if other in self._buffers else []
            if other == path:
                file = now
                continue
            number = frozen.number(other)
            before = usage.among(key, number, number + (other in frozen.digests))
            for counts in (project, folder) if own and other.startswith(f"{own}/") else (project,):
                _subtract(counts, before)
                counts.update(now)
        return Seen(file, folder, project)

    def learnt(self, path: str) -> Learnt:
        """What is counted of one file."""
        if path in self._changed:
            buffer = self._buffers[path]
            return Learnt(buffer.tokens, [piece.accesses for piece in buffer.pieces], buffer.roles.tokens)
        return self.frozen.learnt(path)

    def following(self, words: Sequence[str]) -> Counter[str]:
        """How often each word follows `words` in the whole project."""
        context, found = self.numbers(words), Counter[str]()
        for voice in self.voices(""):
            for counts in voice.part.after(context, [len(context)]).values():
                found.update({self.words[token]: voice.sign * times for token, times in counts.items()})
        return +found

    def settle(self) -> None:
        """Fold every change in and sort everything."""
        if self._changed:
            self._fold()
        self.frozen.segment.settle()
        self.frozen.roles.settle()

    def _intern(self, word: str) -> int:
        known = self._ids.get(word)
        if known is None:
            known = self._ids[word] = len(self.words)
            self.words.append(word)
        return known

    def _listed(self, path: str, *, roles: bool) -> Iterator[Voice]:
        frozen, own = self.frozen, path.rpartition("/")[0]
        yield Voice((_PROJECT,), 1, frozen.roles if roles else frozen.segment, self)
        if own:
            yield Voice((_FOLDER,), 1, frozen.folder(f"{own}/", roles=roles), self)
        file = self._buffer(path, roles=roles) if path in self._changed else frozen.file(path, roles=roles)
        if file is not None:
            yield Voice((_FILE,), 1, file, self)
        for other in {*self._changed, path}:
            levels = (_PROJECT, _FOLDER) if own and other.startswith(f"{own}/") else (_PROJECT,)
            if other in frozen.digests:
                yield Voice(levels, -1, frozen.file(other, roles=roles), self)
            now = self._buffer(other, roles=roles) if other in self._changed and other != path else None
            if now is not None:
                yield Voice(levels, 1, now, self)

    def _buffer(self, path: str, *, roles: bool) -> Running | None:
        buffer = self._buffers.get(path)
        return buffer.roles if buffer and roles else buffer

    def _fold(self) -> None:
        files = {path: self.learnt(path) for path in self.paths}
        self.frozen = Frozen.of(files, {path: self.digest(path) for path in files})
        kept = [(path, buffer) for path, buffer in self._buffers.items() if buffer.keeps_text]
        self._buffers = dict(kept[-_OPEN:])
        self._changed.clear()
        self._voices.clear()

    def _touch(self, path: str) -> None:
        self._voices.clear()
        self.revision += 1
        if self._digests.get(path, "") == self.frozen.digests.get(path, ""):
            self._changed.discard(path)
        else:
            self._changed.add(path)


def _subtract(counts: Counter[int], members: Sequence[int]) -> None:
    counts.subtract(members)
    for member in set(members):
        if counts[member] <= 0:
            del counts[member]
