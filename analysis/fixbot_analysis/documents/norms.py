"""What a project asks of those who change it: its guides and its tools' settings, as statements picked for one place.

All of it is text of the repository: shown as data beside the code, and never an instruction of ours.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from fixbot_analysis.documents.guides import FOLDERS, IN_ANY_FOLDER, Part, is_guide, statements
from fixbot_analysis.documents.settings import SETTINGS, tables
from fixbot_analysis.documents.visible import uncommented, visible
from fixbot_analysis.errors import SourceError
from fixbot_analysis.languages.language import words as words_of
from fixbot_analysis.languages.registry import is_test_file
from fixbot_analysis.postings import Postings
from fixbot_analysis.source import SourceTree, language_of
from fixbot_analysis.symbols.words import count_words, split_words

_LONGEST = 200_000  # characters of one file that are read
_TEXT = 1200  # characters of one statement
# What a statement is worth beside its words, of which the best fitting one gets 3: settings are checked by tools, and a guide
# says more where it asks for something.
_WORDS, _SETTING, _GUIDE, _ASKS = 3.0, 1.5, 0.8, 0.6
_NEAR = 0.5  # added for each folder that a guide stands nearer to the place
_ASKING = re.compile(
    r"\b(?:must|should|shall|always|never|do not|don't|avoid|prefer|please|required?|use|run|keep|make sure|ensure|write|add)\b|"
    r"必须|不要|应该|请|务必|禁止|してください|しないで|muss|sollte|doit|debe",
    re.IGNORECASE,
)
# What statements about code that is to be written speak of, and those about tests.
_WRITING = words_of(
    "annotate annotation annotations api argument arguments backward backwards class classes comment comments compatibility decimal"
    " deprecate deprecated deprecation docstring docstrings exception exceptions float floats format formatted formatting function"
    " functions global globals identifier identifiers import imported imports indent indentation lint linting log logging method methods"
    " module modules naming parameter parameters print private public pythonic quote quotes raise style tabs typed typing types variable"
    " variables whitespace"
)
_TESTING = words_of(
    "assert assertion assertions coverage fixture fixtures mock mocks parametrize pytest test tests unittest"
)
_RUNS_TESTS = re.compile(r"\[(?:tool[.:])?(?:pytest|coverage)\b|pytest\.ini|\[(?:run|report)\]")
_TELLING = 4  # characters; words of a name that are no longer tell nothing


@dataclass(frozen=True, slots=True)
class Norm:
    """One statement: lines `line` to `end_line` (from 1) of `path`, which holds for all below `folder` ("" is the root).

    `title` says where in the file it stands; `text` is the repository's own words without hidden characters, cut at 1200 characters.
    """

    path: str
    line: int
    end_line: int
    title: str
    text: str
    folder: str = ""
    is_setting: bool = False


def norms(
    tree: SourceTree, path: str = "", text: str = "", limit: int = 12, budget: int = 6000, *, fitting: bool = False
) -> tuple[Norm, ...]:
    """Effect: read guides and settings at the root and in the folders around `path`. The statements that matter most there.

    Those that share words with `text` or speak of the file's language come first; settings of tools for other languages
    are left out. At most `limit`, together at most `budget` characters. `fitting`: of guides only what asks for something and
    speaks of writing code, of tests where the place is one, or of what `text` and `path` name.
    """
    found = [norm for folder in _folders(path) for norm in _of_folder(tree, folder, path)]
    if fitting:
        found = [norm for norm in found if (_guides(norm, path) if norm.is_setting else _speaks_of(norm, path, text))]
    chosen: list[Norm] = []
    for norm in _ranked(found, path, text):
        if len(chosen) == limit:
            break
        if len(norm.text) <= budget:
            chosen.append(norm)
            budget -= len(norm.text)
    return tuple(chosen)


def _guides(norm: Norm, path: str) -> bool:
    """Whether a setting says how code is to be written, or tests where the place is one."""
    return is_test_file(path) or not _RUNS_TESTS.search(norm.title)


def _speaks_of(norm: Norm, path: str, text: str) -> bool:
    if not _ASKING.search(norm.text):
        return False
    words = set(_counted(norm.text))
    about = {*_WRITING, *(_TESTING if is_test_file(path) else ())}
    named = {word for word in split_words(f"{text} {PurePosixPath(path).stem}") if len(word) > _TELLING}
    named.difference_update(split_words(str(PurePosixPath(path).parent)))  # the project's own name is said everywhere
    return not words.isdisjoint(about) or any(word.startswith(name) for word in words for name in named)


def _folders(path: str) -> list[str]:
    """The root and each folder down to `path`; a tool takes the nearest file, a reader all of them."""
    parts = PurePosixPath(path).parts[:-1] if path else ()
    return ["", *("/".join(parts[: n + 1]) for n in range(len(parts)))]


def _of_folder(tree: SourceTree, folder: str, path: str) -> Iterator[Norm]:
    """The statements of the guides and settings in one folder; at the root also of those where forges keep guides."""
    for below in FOLDERS if not folder else ("",):
        inside = f"{folder or below}/" if folder or below else ""
        for name in _names(tree, inside):
            place = inside + name
            is_guided = is_guide(place) if not folder else name.lower() in IN_ANY_FOLDER
            is_setting = name in SETTINGS and not below
            if (is_guided or is_setting) and (content := _content(tree, place)) is not None:
                own = path.removeprefix(folder).lstrip("/")
                for part in _parts(place, content, own if is_setting else "", is_setting):
                    yield Norm(place, part.line, part.end_line, part.title, part.text[:_TEXT], folder, is_setting)


def _names(tree: SourceTree, folder: str) -> list[str]:
    """Effect: names in a folder (``""`` or ending in /) of the project, open buffers too, sorted."""
    opened = [
        path[len(folder) :] for path in tree.overlay if path.startswith(folder) and "/" not in path[len(folder) :]
    ]
    try:
        return sorted({*(entry.name for entry in (tree.root / folder).iterdir()), *opened})
    except OSError:
        return sorted(opened)


def _content(tree: SourceTree, path: str) -> str | None:
    try:
        return tree.read(path).text[:_LONGEST]
    except SourceError:
        return None


@lru_cache(maxsize=256)
def _parts(place: str, content: str, path: str, is_setting: bool) -> tuple[Part, ...]:
    """The statements of one file; of settings those that concern `path`."""
    shown = visible(content.replace("\r\n", "\n"))
    if is_setting:
        return tuple(tables(PurePosixPath(place).name, shown, path, language_of(path) or ""))
    return tuple(statements(place, uncommented(shown)))


def _ranked(found: Sequence[Norm], path: str, text: str) -> list[Norm]:
    words = dict.fromkeys(split_words(f"{text[:20000]} {path} {language_of(path) or ''}"), 1.0)
    postings = Postings()
    for number, norm in enumerate(found):
        postings.add(number, _counted(f"{norm.title} {norm.text}"))
    scores = postings.scores(words)
    best = max(scores.values(), default=0.0) or 1.0

    def worth(number: int) -> float:
        norm = found[number]
        own = _SETTING if norm.is_setting else _GUIDE + (_ASKS if _ASKING.search(norm.text) else 0.0)
        near = _NEAR * len(PurePosixPath(norm.folder).parts)
        return _WORDS * scores.get(number, 0.0) / best + own + near

    order = sorted(range(len(found)), key=lambda number: (-worth(number), number))
    return [found[number] for number in order]


@lru_cache(maxsize=4096)
def _counted(text: str) -> dict[str, int]:
    return count_words([text])
