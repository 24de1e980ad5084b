"""The code of the first suspicious places: in full where it is short, else the part that the failure ran and points at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fixbot_agent.solving.conversing.lines import Lines, around_it
from fixbot_agent.tools.hits import cut
from fixbot_analysis.symbols import Symbol, SymbolKind
from fixbot_repair.checks import TestOutcome
from fixbot_repair.localisation import Suspect

_PLACES = 2  # that are shown, if in part
_MOST_PLACES = 5  # where the further ones are so short that there is room
_SHORT = 60  # lines that one of them may have
_OF_A_MODULE = 20  # lines that are shown around places outside of any definition
_NOT_RUN = 8  # lines that one which the failure did not run is further from where it points than one that it ran
_SUSPECTED, _NAMED = 2, 3  # lines that what is near to these is further away than what is near to a traceback's frame
_MOST_NAMED = 6  # lines that hold a name of the issue
_WORD = re.compile(r"[A-Za-z_]\w{3,}")
_GAP = 2  # lines that are not worth leaving out
_MODULE = "(module)"
_WIDEST = 240  # characters of a line


@dataclass(frozen=True, slots=True)
class _Place:
    """The lines `first` to `last` of a file, called `name`; where it stands in `of`, how to look at all of it."""

    path: str
    name: str
    first: int
    last: int
    of: str
    most: int = _SHORT


def excerpts(
    places: Sequence[Sequence[Suspect]], failing: Sequence[TestOutcome], lines: Lines, said: str = ""
) -> list[str]:
    """Effect: reads files. The code of the first of `places`, with the numbers of its lines, and what is left out of it.

    Each of `places` holds the suspicious lines of one definition. Of a nested function the one around it is shown where that is short. Of
    long ones what ran and failed counts, then what holds names that are `said`; room that one place does not need the others have,
    and then the places after them as far as they fit in full.
    """
    chosen = list(_chosen(places, lines))
    room = _SHORT * _PLACES - sum(min(len(_numbers(lines, place)), place.most) for place, _ in chosen[:_PLACES])
    names = frozenset(n for n in _WORD.findall(said) if _is_name(n))
    shown = []
    for at, (place, inside) in enumerate(chosen):
        if at >= _PLACES and len(_numbers(lines, place)) > room:
            continue
        numbers, head = _numbers(lines, place), f"{place.path} {place.name}"
        whole = place.last - place.first + 1
        most = place.most + (room if place.name != _MODULE else 0)
        if len(numbers) > most:
            numbers = _part(lines, place, most, inside, failing, names)
            head += f" ({len(numbers)} of its {whole} lines, the likeliest; all: view {place.of})"
        elif whole > len(numbers):
            head += f" (without {whole - len(numbers)} lines of docstrings)"
        room -= max(len(numbers) - place.most, 0) if at < _PLACES else len(numbers)
        shown.append("\n".join([f"{head}:", *_drawn(lines, place, numbers)]))
    return shown


def _chosen(places: Sequence[Sequence[Suspect]], lines: Lines) -> Iterator[tuple[_Place, Sequence[Suspect]]]:
    """The first places that can be shown, each once."""
    told: set[tuple[str, str]] = set()
    for inside in places:
        path, name = inside[0].path, inside[0].symbol
        place = _place(lines, path, name)
        if place is None or (path, place.name) in told:
            continue
        told.add((path, place.name))
        yield place, inside
        if len(told) == _MOST_PLACES:
            return


def _place(lines: Lines, path: str, name: str) -> _Place | None:
    """What is shown of a suspicious definition: the function around it or itself, whichever is short; of none the module."""
    if not name:
        last = len(lines.of(path))
        return _Place(path, _MODULE, 1, last, f'{{"path": "{path}"}}', _OF_A_MODULE) if last else None
    own = next((s for s in lines.symbols(path) if s.qualname == name), None)
    found = [p for p in (_of(lines, path, s) for s in (around_it(lines, path, name), own) if s) if p is not None]
    return next((p for p in found if len(_numbers(lines, p)) <= _SHORT), found[-1] if found else None)


def _of(lines: Lines, path: str, symbol: Symbol) -> _Place | None:
    last = min(symbol.end_line, len(lines.of(path)))
    name = f"class {symbol.qualname}" if symbol.kind is SymbolKind.CLASS else symbol.qualname
    view = f'{{"symbol": "{path}::{symbol.qualname}"}}'
    return _Place(path, name, symbol.line, last, view) if symbol.line <= last else None


def _numbers(lines: Lines, place: _Place) -> list[int]:
    """The lines of a place: without its docstrings where they make it long."""
    every = range(place.first, place.last + 1)
    return list(every) if len(every) <= place.most else [n for n in every if n not in lines.docstrings(place.path)]


def _part(
    lines: Lines,
    place: _Place,
    most: int,
    inside: Sequence[Suspect],
    failing: Sequence[TestOutcome],
    names: frozenset[str],
) -> list[int]:
    """So many of a place's lines: its header, and those nearest to where tracebacks, suspicion and `names` point that the failure ran."""
    numbers = _numbers(lines, place)
    mine = frozenset(numbers)
    frames = {n for o in failing for path, n, _ in o.frames if path == place.path} & mine
    ran = {n for o in failing for path, every in o.lines if path == place.path for n in every} & mine
    suspected = [s.line for s in inside if s.line in mine][: _GAP + 1]
    text = lines.of(place.path)
    named = [n for n in numbers[1:] if names.intersection(_WORD.findall(text[n - 1]))][:_MOST_NAMED]
    marks = {**dict.fromkeys(named, _NAMED), **dict.fromkeys(suspected, _SUSPECTED), **dict.fromkeys(frames, 0)}
    marks = marks or {numbers[0]: 0}

    def far(n: int) -> tuple[int, int]:
        away = min(abs(n - mark) + behind for mark, behind in marks.items())
        return away + (_NOT_RUN if ran and n not in ran else 0), n

    header = [] if place.name == _MODULE else [numbers[0]]
    kept = {*header, *sorted(numbers, key=far)[: most - len(header)]}
    for a, b in pairwise(sorted(kept)):
        between = [n for n in numbers if a < n < b]
        kept.update(between if len(between) <= _GAP else ())
    return sorted(kept)


def _drawn(lines: Lines, place: _Place, numbers: Sequence[int]) -> Iterator[str]:
    """Lines with their numbers; what is left out before, between and after them is said, but for docstrings, and outside of a module's part."""
    text, hidden = lines.of(place.path), lines.docstrings(place.path)
    first, last = (numbers[0], numbers[-1]) if place.name == _MODULE else (place.first, place.last)
    before = first - 1
    for n in [*numbers, last + 1]:
        left = [k for k in range(before + 1, n) if k not in hidden]
        if left:
            which = f"lines {left[0]} to {left[-1]}" if len(left) > 1 else f"line {left[0]}"
            yield f"       … {which} left out"
        if n <= last:
            yield f"{n:>5}  {cut(text[n - 1], _WIDEST)}"
        before = n


def _is_name(word: str) -> bool:
    """Whether a word is written as names of code are, and no plain word: "wrong_key", "WrongKey"."""
    return "_" in word.strip("_") or (any(c.isupper() for c in word[1:]) and not word.isupper())
