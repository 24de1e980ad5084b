"""The CodeModel: a nested cache n-gram of the project's own code, kept true as files change.

Hellendoorn & Devanbu, "Are deep neural networks the best choice for modeling source code?" (FSE 2017): n-grams to
order six, mixed from short to long in the manner of Jelinek and Mercer, where the counts of the same file weigh more
than those of its folder, and those more than the project's; the vocabulary is open. Members after a dot are counted once more by what
stands around them (:mod:`fixbot_analysis.codemodel.usage`).
"""

import keyword
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.counting import Counting
from fixbot_analysis.codemodel.cursor import site_at
from fixbot_analysis.codemodel.mixing import LEVELS, Counts, Learnt, Mixing, Steps
from fixbot_analysis.codemodel.nest import Nest, Voice
from fixbot_analysis.codemodel.packages import Package
from fixbot_analysis.codemodel.segment import ORDER
from fixbot_analysis.codemodel.signals import Evidence, Extent, Known, Setting, described
from fixbot_analysis.codemodel.sites import Site
from fixbot_analysis.codemodel.tokens import LAYOUT, NOT_TEXT, head, tokenize
from fixbot_analysis.source import language_of

_PACKAGES = LEVELS.index("packages")

_NEAR = 1500  # tokens before a place whose identifiers are near

_AFTER = 200  # characters after an edit that are read

_LEAST = 1e-9  # no token is less likely: it may always be one that was never seen

_FOLLOWED = 1 << 10  # answers kept

_REMEMBERED = 1 << 16  # chances of tokens: candidates for one place share most of theirs


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may come next: `text` as it is typed; `score` its probability in 0..1; `source` is ``codemodel``."""

    text: str
    score: float
    source: str = "codemodel"


@dataclass(frozen=True, slots=True)
class Followed:
    """Probabilities of what comes next (at most 1 in all), and how many tokens before it were seen together before."""

    chances: Mapping[str, float]
    known: int


class CodeModel:
    """Counts over the files learnt; asked for what comes next, or how expected a text is at a place.

    Not safe to share between threads. Folding many changed files in (about a second for a million tokens) happens inside
    the question that finds them too many, or when :meth:`settle` is called.
    """

    def __init__(self, counting: Counting | None = None, mixing: Mixing | None = None) -> None:
        """The model of nothing, or of what was counted before; `mixing` says how far which counts are believed."""
        self._counting = counting or Counting()
        self._mixing: Mixing = mixing or Learnt()
        self._packages: tuple[Package, ...] = ()
        self._chances: dict[tuple[str, ...], float] = {}
        self._revision = -1  # of the counts that the chances are true of
        self._last: tuple[tuple[object, ...], dict[str, float]] = ((), {})  # one place is asked of more than once
        self._followed: dict[tuple[object, ...], Followed] = {}
        self._follows = (-1, 0)  # what the answers kept are true of: the counts, and how many packages

    def mixed(self, mixing: Mixing) -> "CodeModel":
        """The same counts, believed in another way."""
        other = CodeModel(self._counting, mixing)
        other._packages = self._packages
        return other

    @property
    def paths(self) -> tuple[str, ...]:
        """The files learnt, sorted."""
        return self._counting.paths

    @property
    def counting(self) -> Counting:
        """The counts themselves, for storing them."""
        return self._counting

    def learn(self, path: str, data: bytes) -> None:
        """Add the file `path` (POSIX) with its UTF-8 content, in the place of an earlier content."""
        self._counting.learn(path, data)

    def forget(self, path: str) -> None:
        """Take the file `path` out; one that was never learnt is no error."""
        self._counting.forget(path)

    def update(self, path: str, data: bytes | None) -> None:
        """Replace what was learnt of an open file `path`: only what changed is read again. None forgets it."""
        if data is None:
            self.forget(path)
        else:
            self._counting.learn(path, data, is_open=True)

    def add_package(self, package: Package) -> None:
        """Hear what an imported package says, too; its own files need not be learnt."""
        self._packages = (*self._packages, package)
        self._revision = -1

    def settle(self) -> None:
        """Fold every change in and sort everything now, off the hot path."""
        self._counting.settle()

    def tidy(self) -> None:
        """Fold in what was changed some time ago, and let go of answers to what was asked; for when nobody waits."""
        self._counting.tidy()
        self._chances, self._followed, self._last = {}, {}, ((), {})

    def bits(self, path: str, text: str, before: str) -> float:
        """Mean bits per token (base-2 cross-entropy) of `text` in the file `path` after `before`.

        Lower is more like the project. 0.0 where `text` has no token. `path` need not have been learnt.
        """
        each = self.token_bits(path, text, before)
        return sum(each) / len(each) if each else 0.0

    def token_bits(self, path: str, text: str, before: str) -> list[float]:
        """Bits of each token of `text` in the file `path` after `before`, in order."""
        tokens, first = _told_apart(before, text, language_of(path) or "python")
        return list(self._token_bits(path, tokens, first))

    def edit_bits(self, path: str, before: str, old: str, new: str, after: str) -> tuple[float, float]:
        """Bits that `old` and `new` take between `before` and `after` in the file `path`, and the tokens right after with them.

        Sums, not means: a replacement is less surprising than what it replaces where the second is less than the first.
        Each token that `new` has fewer counts as one of `old` does on average: leaving code out explains nothing.
        """
        was, now = (self._bits_in_place(path, before, text, after) for text in (old, new))
        missing = max(0, len(was) - len(now))
        return sum(was), sum(now) + missing * sum(was) / max(len(was), 1)

    def counts(self, path: str, text: str, before: str) -> Iterator[tuple[Counts, Steps]]:
        """For each token of `text` in the file `path` after `before`: how often what stands before it was seen, and it after that.

        Per order and level of the nest.
        """
        tokens, first = _told_apart(before, text, language_of(path) or "python")
        for at in range(first, len(tokens)):
            yield self._counts(path, tokens[max(0, at - ORDER + 1) : at], tokens[at])

    def suggest(self, path: str, before: Sequence[str], limit: int = 20) -> list[Suggestion]:
        """The likeliest next tokens in the file `path` after the tokens `before`, best first; layout is left out."""
        ranked = sorted(self.following(path, before).items(), key=lambda item: (-item[1], item[0]))
        return [Suggestion(token, p) for token, p in ranked if token not in NOT_TEXT][:limit]

    def following(self, path: str, before: Sequence[str]) -> dict[str, float]:
        """Probabilities of the next token in `path` after the tokens `before`, layout tokens included.

        What was never seen after any suffix of `before` is left out, so they add up to less than 1.
        """
        context = before[-ORDER + 1 :]
        asked = (path, tuple(context), self._counting.revision, len(self._packages))
        if self._last[0] != asked:
            nest = self._nest(path)
            counts = nest.counts(context)
            shares = self._mixing.shares(counts, len(self._counting.words))
            self._last = (asked, nest.following(context, shares, counts.totals))
        return dict(self._last[1])

    def followed(self, path: str, before: Sequence[str], *, roles: bool = False) -> Followed:
        """What follows the last of the tokens `before`, or of the parts that they play (:mod:`fixbot_analysis.codemodel.roles`)."""
        context = tuple(before[-ORDER + 1 :])
        asked, of = (path, context, roles), (self._counting.revision, len(self._packages))
        if self._follows != of or len(self._followed) >= _FOLLOWED:
            self._followed, self._follows = {}, of
        found = self._followed.get(asked)
        if found is None:
            nest = Nest(self._counting.voices(path, roles=True)) if roles else self._nest(path)
            found = self._followed[asked] = Followed(*nest.next(context, self._mixing, len(self._counting.words)))
        return found

    def chance(self, path: str, before: Sequence[str], token: str) -> float:
        """Probability of one `token` in `path` after the tokens `before`; never 0: it may always be one that was never seen."""
        return self._probability(path, before[-ORDER + 1 :], token)

    def setting(
        self,
        path: str,
        before: Sequence[str],
        known: Mapping[str, Known],
        lineage: Sequence[str] = (),
        extent: Extent = Extent.OPEN,
    ) -> Setting | None:
        """What was seen in `path`, its folder and the project at sites like the one that the tokens `before` end in.

        `known` are the members that the receiver is known to have, `extent` whether it has others, `lineage` the last names of its
        class and bases.
        None where the tokens do not end in a dot after an expression.
        """
        site = site_at(before)
        if site is None:
            return None
        evidence = self._evidence(path, site, lineage)
        chances = self.following(path, before)
        return Setting(site, evidence, known, chances, _written_near(before), _stated(before), extent)

    def _evidence(self, path: str, site: Site, lineage: Sequence[str]) -> Evidence:
        file: dict[str, list[str]] = {}
        folder: dict[str, Counter[str]] = {}
        project: dict[str, Counter[str]] = {}
        packages: dict[str, Counter[str]] = {}
        words = self._counting.words
        for name, key in described(site, lineage):
            seen = self._counting.accesses(path, key)
            file.setdefault(name, []).extend([words[m] for m in seen.file])
            for counts, found in ((folder, seen.folder), (project, seen.project)):
                counts.setdefault(name, Counter()).update({words[m]: n for m, n in found.items()})
            for package in self._packages:
                packages.setdefault(name, Counter()).update(package.accesses(key))
        return Evidence(file, folder, project, packages)

    def _bits_in_place(self, path: str, before: str, text: str, after: str) -> list[float]:
        language = language_of(path) or "python"
        known = head(before, ORDER - 1) if language == "python" else None
        if known:  # one place is asked of for hundreds of texts: what stands before it is read once
            alone, tokens = known.tokens(""), known.tokens(text)
            first = len(known.last) + _first_other(alone, tokens)
            tokens, whole = [*known.last, *tokens], [*known.last, *known.tokens(text + after[:_AFTER])]
        else:
            tokens, first = _told_apart(before, text, language)
            whole = tokenize(before + text + after[:_AFTER], language)
        end = min(len(tokens) + ORDER - 1, len(whole))
        return list(self._token_bits(path, whole[:end], first))

    def _token_bits(self, path: str, tokens: Sequence[str], first: int) -> Iterable[float]:
        known = self._remembered()
        for at in range(first, len(tokens)):
            key = (path, *tokens[max(0, at - ORDER + 1) : at + 1])
            chance = known.get(key)
            if chance is None:
                chance = known[key] = self._probability(path, key[1:-1], key[-1])
            yield -math.log2(chance)

    def _remembered(self) -> dict[tuple[str, ...], float]:
        """Chances of tokens in a file after others, for as long as the counts stay as they are."""
        if self._revision != self._counting.revision or len(self._chances) > _REMEMBERED:
            self._chances, self._revision = {}, self._counting.revision
        return self._chances

    def _probability(self, path: str, before: Sequence[str], token: str) -> float:
        words = len(self._counting.words)
        counts, hits = self._counts(path, before, token)
        chance, left = 0.0, 1.0
        for shared, of, hit in zip(self._mixing.shares(counts, words), counts.totals, hits, strict=False):
            for share, total, times in zip(shared, of, hit, strict=True):
                if share:
                    chance += share * max(times, 0.0) / total
                    left -= share
        return max(chance + left / words, _LEAST)

    def _counts(self, path: str, before: Sequence[str], token: str) -> tuple[Counts, Steps]:
        nest = self._nest(path)
        return nest.counts(before), nest.hits(before, token)

    def _nest(self, path: str) -> Nest:
        outer = (Voice((_PACKAGES,), 1, package.segment, package) for package in self._packages)
        return Nest([*self._counting.voices(path), *outer])


def _told_apart(before: str, text: str, language: str) -> tuple[list[str], int]:
    """Tokens of `before` and `text` together, and the index of the first that is not one of `before` alone."""
    alone, tokens = tokenize(before, language), tokenize(before + text, language)
    return tokens, _first_other(alone, tokens)


def _first_other(alone: Sequence[str], tokens: Sequence[str]) -> int:
    """The first index at which `tokens` are not as `alone`; its length where they only go on."""
    return next((i for i, (a, b) in enumerate(zip(alone, tokens, strict=False)) if a != b), len(alone))


def _stated(before: Sequence[str]) -> Sequence[str]:
    """Tokens of the statement that `before` ends in, without the names and dots at its end."""
    end = len(before) - 1
    while end and (before[end] == "." or before[end].isidentifier()) and not keyword.iskeyword(before[end]):
        end -= 1
    first = next((at for at in range(end, -1, -1) if before[at] in LAYOUT), -1) + 1
    return before[first : end + 1]


def _written_near(before: Sequence[str]) -> dict[str, int]:
    """Identifiers among the last tokens, and how many tokens ago each was written last."""
    near: dict[str, int] = {}
    for back, word in enumerate(reversed(before[-_NEAR:])):
        if word.isidentifier() and not keyword.iskeyword(word):
            near.setdefault(word, back)
    return near
