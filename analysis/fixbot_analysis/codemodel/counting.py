"""All counts of a project as they are now: what stands sorted, less the files that are being changed, plus those as they are."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.buffers import Buffer, Running
from fixbot_analysis.codemodel.frozen import Frozen, Learnt
from fixbot_analysis.codemodel.mixing import LEVELS
from fixbot_analysis.codemodel.nest import Voice
from fixbot_analysis.codemodel.standing import Changed, Others, Standing
from fixbot_analysis.source import digest, language_of

_PROJECT, _FOLDER, _FILE = (LEVELS.index(level) for level in ("project", "folder", "file"))

_OPEN = 24  # files that are open and whose text is kept when they are folded in: those touched last
_CHANGED = 32  # files; every question looks at each changed file, so that more are folded in
_FEW = 8  # the same, for when nobody waits
_APART, _SHARE = 128, 0.5  # files beside the whole, and their n-grams beside its own, before all is sorted together


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
        self._standing = Standing(frozen)
        self._buffers: dict[str, Buffer] = {}
        self._typed = ""  # the file that was touched last: the only buffer that does not rest
        self._digests: dict[str, str] = {}  # of buffers
        self._changed: set[str] = set()  # files that are not as they stand
        self._voices: dict[tuple[str, bool], list[Voice]] = {}
        self._others: tuple[str, Others] | None = (
            None  # a file, and the accesses of those that are as they stand, but it
        )
        self.revision = 0  # goes up whenever a count may have changed

    @property
    def frozen(self) -> Frozen:
        """The counts as they were sorted last, which is right after :meth:`settle`: those of all files."""
        return self._standing.whole

    @property
    def paths(self) -> tuple[str, ...]:
        """The files learnt, sorted."""
        gone = {path for path in self._changed if path not in self._buffers}
        return tuple(sorted({*self._standing.paths, *self._buffers} - gone))

    @property
    def changed(self) -> int:
        """How many files are not as they were sorted last."""
        return len(self._changed) + self._standing.apart

    def digest(self, path: str) -> str:
        """Name of the content learnt of `path`; "" where there is none."""
        if path in self._changed:
            return self._digests.get(path, "")
        return self._standing.digest(path)

    def numbers(self, words: Sequence[str]) -> list[int]:
        """Numbers of `words`; -1 for those never seen."""
        ids = self._ids
        return [ids.get(word, -1) for word in words]

    def learn(self, path: str, data: bytes, *, is_open: bool = False) -> None:
        """Take in a content of `path`; a file that `is_open` will be read in part the next time, of others no more is kept than counts."""
        content = digest(data)
        if content == self._standing.digest(path) and not is_open:
            if self._buffers.pop(path, None) is not None or path in self._changed:
                self._digests[path] = content
                self._touch(path)
            return
        text, buffer = data.decode("utf-8", "replace"), self._buffers.pop(path, None)
        if buffer is None:
            buffer = Buffer(text, self._intern, language_of(path) or "python", keeps_text=is_open)
        else:
            buffer.replace(text, keeps_text=is_open)
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
        own = path.rpartition("/")[0]
        if self._others is None or self._others[0] != path:
            self._others = path, self._standing.others(f"{own}/" if own else "", {*self._changed, path})
        project, folder = self._others[1].under(key)
        file = self._standing.members(path, key) if path not in self._changed else []
        for other in self._changed:
            now = self._buffers[other].under(key) if other in self._buffers else []
            if other == path:
                file = now
                continue
            for counts in (project, folder) if own and other.startswith(f"{own}/") else (project,):
                counts.update(now)
        return Seen(file, folder, project)

    def learnt(self, path: str) -> Learnt:
        """What is counted of one file."""
        if path in self._changed:
            buffer = self._buffers[path]
            return Learnt(buffer.tokens, [piece.accesses for piece in buffer.pieces], buffer.roles.tokens)
        return self._standing.learnt(path)

    def following(self, words: Sequence[str]) -> Counter[str]:
        """How often each word follows `words` in the whole project."""
        context, found = self.numbers(words), Counter[str]()
        for voice in self.voices(""):
            for counts in voice.part.after(context, [len(context)]).values():
                found.update({self.words[token]: voice.sign * times for token, times in counts.items()})
        return +found

    def settle(self) -> None:
        """Fold every change in and sort everything."""
        if self.changed:
            self._sort_all()
        self.frozen.segment.settle()
        self.frozen.roles.settle()

    def tidy(self) -> None:
        """Fold in what was changed some time ago, and let go of what is soon found again; for when nobody waits: takes tenths of a second."""
        if len(self._changed) > _FEW:
            self._fold()
        self._standing.tidy()

    def _intern(self, word: str) -> int:
        known = self._ids.get(word)
        if known is None:
            known = self._ids[word] = len(self.words)
            self.words.append(word)
        return known

    def _listed(self, path: str, *, roles: bool) -> Iterator[Voice]:
        standing, own = self._standing, path.rpartition("/")[0]
        for sign, part in standing.everything(roles=roles):
            yield Voice((_PROJECT,), sign, part, self)
        for sign, part in standing.folder(f"{own}/", roles=roles) if own else ():
            yield Voice((_FOLDER,), sign, part, self)
        file = self._buffer(path, roles=roles) if path in self._changed else standing.file(path, roles=roles)
        if file is not None:
            yield Voice((_FILE,), 1, file, self)
        for other in {*self._changed, path}:
            levels = (_PROJECT, _FOLDER) if own and other.startswith(f"{own}/") else (_PROJECT,)
            if (before := standing.file(other, roles=roles)) is not None:
                yield Voice(levels, -1, before, self)
            now = self._buffer(other, roles=roles) if other in self._changed and other != path else None
            if now is not None:
                yield Voice(levels, 1, now, self)

    def _buffer(self, path: str, *, roles: bool) -> Running | None:
        buffer = self._buffers.get(path)
        return buffer.roles if buffer and roles else buffer

    def _fold(self) -> None:
        """Sort what changed, all but the file under way; all together where that is too much beside the whole."""
        if self._standing.apart + len(self._changed) > _APART or self._standing.share > _SHARE:
            self._sort_all()
            return
        now = {
            path: Changed(self.learnt(path), self._digests[path]) if path in self._buffers else None
            for path in self._changed - {self._typed}
        }
        self._stand(self._standing.with_files(now))

    def _sort_all(self) -> None:
        """Sort everything together: a second for a million tokens."""
        files = {path: self.learnt(path) for path in self.paths}
        self._stand(Standing(Frozen.of(files, {path: self.digest(path) for path in files})))

    def _stand(self, standing: Standing) -> None:
        """Count by `standing` what is no longer said to have changed, and let go of most buffers."""
        self._standing = standing
        typed = self._buffers.get(self._typed)
        self._changed = {p for p in self._changed if self._digests.get(p, "") != standing.digest(p)}
        kept = [(path, buffer) for path, buffer in self._buffers.items() if buffer.keeps_text and buffer is not typed]
        for _, buffer in kept:
            buffer.rest()
        self._buffers = dict(kept[-_OPEN:]) | ({self._typed: typed} if typed is not None else {})
        self._voices, self._others = {}, None

    def _touch(self, path: str) -> None:
        self._voices, self._others = {}, None
        self.revision += 1
        if self._digests.get(path, "") == self._standing.digest(path):
            self._changed.discard(path)
        else:
            self._changed.add(path)
