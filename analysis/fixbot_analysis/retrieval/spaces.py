"""The dense space of a project's words: learned on first use, kept beside the lexicon, learned anew when a tenth of the files changed."""

import marshal
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakKeyDictionary

from fixbot_analysis.index import Index
from fixbot_analysis.kept import read_decoded, write_kept
from fixbot_analysis.postings import MOST
from fixbot_analysis.retrieval.keeping import place_of
from fixbot_analysis.retrieval.latent import Space, learn
from fixbot_analysis.retrieval.lexicon import Lexicon

_FORMAT = 1  # goes up with every change of what is stored or how it is learned
_MARSHAL = 4
_LIMIT = 128 * 1024 * 1024  # bytes of all projects together
_STALE = 0.1  # share of files that may have changed since


@dataclass(frozen=True, slots=True)
class _Known:
    """A space and the contents it was learned from."""

    digests: frozenset[str]
    space: Space

    def fits(self, digests: frozenset[str]) -> bool:
        return len(self.digests ^ digests) <= _STALE * len(digests)


_made: WeakKeyDictionary[Index, _Known] = WeakKeyDictionary()


def space_of(index: Index, lexicon: Lexicon, cache: Path | None = None) -> Space:
    """Effect: the space of the words of `lexicon`, from memory or the folder `cache`, else learned (seconds) and kept there.

    Tests teach nothing: they say how code is called, not what it is about. Open buffers are learned from but never kept.
    """
    paths = [path for path in lexicon.paths if path not in lexicon.tests]
    digests = frozenset(lexicon.tables.files[path][2] for path in paths)
    known = _made.get(index)
    if known is None and cache is not None:
        known = read_decoded(_place(cache, index), _decoded)
    if known is None or not known.fits(digests):
        known = _Known(digests, learn(_counts(lexicon, paths), len(paths)))
        if cache is not None and not index.tree.overlay:
            write_kept(_place(cache, index), _encoded(known), _LIMIT)
    _made[index] = known
    return known.space


def _counts(lexicon: Lexicon, paths: list[str]) -> Iterator[tuple[str, Mapping[int, int]]]:
    """Each word with how often it stands in which of `paths`."""
    terms, file_of = lexicon.tables.terms, array("i", [-1]) * len(lexicon.tables.definitions)
    for file, path in enumerate(paths):
        for number in lexicon.numbers(path):
            file_of[number] = file
    for word in terms.words():
        found: dict[int, int] = {}
        for packed in terms.of(word):
            if (file := file_of[packed >> 8]) >= 0:
                found[file] = found.get(file, 0) + (packed & MOST)
        yield word, found


def _place(cache: Path, index: Index) -> Path:
    return place_of(cache, index.tree.root, ".space")


def _encoded(known: _Known) -> bytes:
    space = known.space
    packed = (space.rarities.tobytes(), space.vectors.tobytes())
    return marshal.dumps((_FORMAT, sorted(known.digests), tuple(space.numbers), *packed), _MARSHAL)


def _decoded(body: bytes) -> _Known:
    version, *rest = marshal.loads(body)  # noqa: S302  its checksum said that we wrote it
    if version != _FORMAT:
        raise ValueError(f"format {version}, ours is {_FORMAT}")
    digests, words, *packed = rest
    rarities, vectors = (array("f", each) for each in packed)
    numbers = dict(zip(words, range(len(words)), strict=True))
    return _Known(frozenset(digests), Space(numbers, rarities, vectors))
