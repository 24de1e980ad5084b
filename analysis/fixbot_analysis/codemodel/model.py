"""The CodeModel: a nested cache n-gram of the project's own code, kept true as files change.

Hellendoorn & Devanbu, "Are deep neural networks the best choice for modeling source code?" (FSE 2017): n-grams to
order six, mixed from short to long in the manner of Jelinek and Mercer, where the counts of the same file weigh more
than those of its folder, and those more than the project's; the vocabulary is open.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.segment import ORDER, Segment
from fixbot_analysis.codemodel.tokens import NOT_TEXT, tokenize

# What one occurrence in the file, in its folder and in the rest of the project weighs; with DOUBT the best calibrated
# of those tried on one project (sphinx), which no figure we publish is measured on.
FILE_WEIGHT, FOLDER_WEIGHT, PROJECT_WEIGHT = 8.0, 2.0, 1.0

# A context seen n times (weighted) is believed n / (n + DOUBT); the rest goes to the next shorter context.
DOUBT = 32.0

# Contexts with more followers than this are cut to the commonest: what follows "." is half the vocabulary.
_COMMONEST = 400
_WIDE = 4096  # occurrences from which a count of the unchanging part is kept

_LEAST = 1e-9  # no token is less likely: it may always be one that was never seen

_PLENTY = 100 * DOUBT  # weighted occurrences after which shorter contexts keep one per cent

_CHANGED = 32  # files; every question looks at each changed file, so that more are folded into a new segment


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may come next: `text` as it is typed; `score` its probability in 0..1; `source` is ``codemodel``."""

    text: str
    score: float
    source: str = "codemodel"


class CodeModel:
    """Counts over the files learnt; asked for what comes next, or how expected a text is at a place.

    Not safe to share between threads. Folding changes in (about half a second for a million tokens) happens inside
    the question that finds them too many, or when :meth:`settle` is called.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._words: list[str] = [""]  # id 0 is the boundary between files
        self._files: dict[str, array[int]] = {}
        self._base: Segment | None = None
        self._in_base: dict[str, array[int]] = {}
        self._changed: set[str] = set()
        self._segments: dict[tuple[str, bool], Segment] = {}
        self._folders: dict[str, Segment] = {}
        self._common: dict[tuple[int, int, int], Counter[int]] = {}

    @property
    def paths(self) -> tuple[str, ...]:
        """The files learnt, sorted."""
        return tuple(sorted(self._files))

    def learn(self, path: str, data: bytes) -> None:
        """Add the file `path` (POSIX) with its UTF-8 content, in the place of an earlier content."""
        ids, words = self._ids, self._words
        tokens = array("I")
        for token in tokenize(data.decode("utf-8", "replace")):
            known = ids.get(token)
            if known is None:
                known = ids[token] = len(words)
                words.append(token)
            tokens.append(known)
        if self._files.get(path) != tokens:
            self._files[path] = tokens
            self._touch(path)

    def forget(self, path: str) -> None:
        """Take the file `path` out; one that was never learnt is no error."""
        if self._files.pop(path, None) is not None:
            self._touch(path)

    def update(self, path: str, data: bytes | None) -> None:
        """Replace what was learnt of `path`; None forgets it."""
        if data is None:
            self.forget(path)
        else:
            self.learn(path, data)

    def settle(self) -> None:
        """Fold every change in and sort everything now, off the hot path."""
        self._fold()
        self._segment().settle()

    def bits(self, path: str, text: str, before: str) -> float:
        """Mean bits per token (base-2 cross-entropy) of `text` in the file `path` after `before`.

        Lower is more like the project. 0.0 where `text` has no token. `path` need not have been learnt.
        """
        head = tokenize(before)
        tokens = tokenize(before + text)
        first = next((i for i, (a, b) in enumerate(zip(head, tokens, strict=False)) if a != b), len(head))
        if first >= len(tokens):
            return 0.0
        total = 0.0
        for at in range(first, len(tokens)):
            total -= math.log2(self._probability(path, tokens[max(0, at - ORDER + 1) : at], tokens[at]))
        return total / (len(tokens) - first)

    def suggest(self, path: str, before: Sequence[str], limit: int = 20) -> list[Suggestion]:
        """The likeliest next tokens in the file `path` after the tokens `before`, best first; layout is left out."""
        ranked = sorted(self.following(path, before).items(), key=lambda item: (-item[1], item[0]))
        return [Suggestion(token, p) for token, p in ranked if token not in NOT_TEXT][:limit]

    def following(self, path: str, before: Sequence[str]) -> dict[str, float]:
        """Probabilities of the next token in `path` after the tokens `before`, layout tokens included.

        What was never seen after any suffix of `before` is left out, so they add up to less than 1.
        """
        chances: dict[int, float] = {}
        for counts in self._levels(path, [self._ids.get(t, -1) for t in before[-ORDER + 1 :]]):
            total = sum(counts.values())
            belief = total / (total + DOUBT)
            for token in chances:
                chances[token] *= 1 - belief
            for token, count in counts.items():
                chances[token] = chances.get(token, 0.0) + belief * count / total
        chances.pop(0, None)
        return {self._words[token]: p for token, p in chances.items()}

    def frequency(self, path: str, token: str) -> float:
        """Share of `token` among all tokens, those of the same file and folder weighing more; never 0."""
        known = self._ids.get(token)
        base, file = self._segment(), self._file(path)
        seen = FILE_WEIGHT * file.occurrences(known) + base.occurrences(known) if known is not None else 0.0
        return (seen + 1) / (FILE_WEIGHT * len(file) + len(base) + len(self._words))

    def _probability(self, path: str, before: Sequence[str], token: str) -> float:
        known = self._ids.get(token, -1)
        context = _unbroken([self._ids.get(t, -1) for t in before[-ORDER + 1 :]])
        totals: list[float] = [0.0] * len(context)
        hits: list[float] = [0.0] * len(context)
        for weight, part in self._parts(path):
            for depth, (_, low, high) in enumerate(part.ranges(context)):
                totals[depth] += weight * (high - low)
            for depth, (_, low, high) in enumerate(part.ranges([*context, known])[1:] if known > 0 else ()):
                hits[depth] += weight * (high - low)
        chance = self.frequency(path, token)
        for total, hit in zip(totals, hits, strict=True):
            if total > 0:
                belief = total / (total + DOUBT)
                chance = (1 - belief) * chance + belief * max(hit, 0.0) / total
        return max(chance, _LEAST)

    def _levels(self, path: str, context: list[int]) -> Iterable[Mapping[int, float]]:
        """Weighted counts of followers after longer and longer ends of the context, as long as there are any.

        Begins at the longest end that is seen so often that shorter ones could add next to nothing.
        """
        known = _unbroken(context)
        parts = [(weight, part, part.ranges(known)) for weight, part in self._parts(path)]
        totals: list[float] = [0.0] * len(known)
        for weight, _, ranges in parts:
            for depth, (_, low, high) in enumerate(ranges):
                totals[depth] += weight * (high - low)
        first = max((depth for depth, total in enumerate(totals) if total >= _PLENTY), default=0)
        for depth in range(first, len(known)):
            counts: dict[int, float] = {}
            for weight, part, ranges in parts:
                if depth < len(ranges):
                    for token, count in self._followers(part, ranges[depth]).items():
                        counts[token] = counts.get(token, 0.0) + weight * count
            positive = {token: count for token, count in counts.items() if count > _LEAST}
            if not positive:
                return
            yield positive

    def _parts(self, path: str) -> list[tuple[float, Segment]]:
        """Segments with their weights; contents that are no longer so count negatively."""
        base = self._segment()
        folder = path.rpartition("/")[0]
        parts = [(FILE_WEIGHT, self._file(path)), (FOLDER_WEIGHT, self._folder(folder)), (PROJECT_WEIGHT, base)]
        for other in self._changed | {path}:
            weight = PROJECT_WEIGHT + (FOLDER_WEIGHT if other.rpartition("/")[0] == folder else 0)
            if other in self._in_base:
                parts.append((-weight, self._one(other, current=False)))
            if other in self._files and other != path:
                parts.append((weight, self._one(other, current=True)))
        return parts

    def _followers(self, part: Segment, place: tuple[int, int, int]) -> Counter[int]:
        if part is not self._base or place[2] - place[1] < _WIDE:
            return part.followers(place)
        if place not in self._common:
            self._common[place] = Counter(dict(part.followers(place).most_common(_COMMONEST)))
        return self._common[place]

    def _segment(self) -> Segment:
        if self._base is None or len(self._changed) > _CHANGED:
            self._fold()
        assert self._base is not None
        return self._base

    def _fold(self) -> None:
        self._in_base = dict(self._files)
        self._base = Segment([self._files[path] for path in sorted(self._files)])
        self._changed.clear()
        self._segments.clear()
        self._folders.clear()
        self._common.clear()

    def _folder(self, folder: str) -> Segment:
        if folder not in self._folders:
            if len(self._folders) >= 8:
                self._folders.clear()
            inside = sorted(path for path in self._in_base if path.rpartition("/")[0] == folder)
            self._folders[folder] = Segment([self._in_base[path] for path in inside])
        return self._folders[folder]

    def _file(self, path: str) -> Segment:
        return self._one(path, current=True)

    def _one(self, path: str, current: bool) -> Segment:
        key = (path, current)
        if key not in self._segments:
            if len(self._segments) >= 256:
                self._segments.clear()
            tokens = (self._files if current else self._in_base).get(path)
            self._segments[key] = Segment([tokens] if tokens else [])
        return self._segments[key]

    def _touch(self, path: str) -> None:
        self._segments.pop((path, True), None)
        if self._base is None or self._files.get(path) == self._in_base.get(path):
            self._changed.discard(path)
        else:
            self._changed.add(path)


def _unbroken(context: list[int]) -> list[int]:
    """What of the context follows its last unknown token (-1)."""
    return context[max((i + 1 for i, t in enumerate(context) if t < 0), default=0) :]
