"""What a patch changes, as a sentence for people: what stood there, and what does now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from fixbot_agent.prompts import visible
from fixbot_repair.candidates.diff import parse

_LONGEST_QUOTE = 70  # characters of one line
_BEFORE = 20  # of these, before the first difference where a line is cut
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """Lines next to each other that a patch replaces; either side may be empty. Blank lines and indentation are left out."""

    path: str
    gone: tuple[str, ...]
    come: tuple[str, ...]


def in_words(patch: str) -> str:
    """What `patch` changes, in one line, place by place; "" for one that changes nothing that can be quoted."""
    places = list(_places(patch))
    told = [_told(place) for place in places[:_MOST_PLACES]]
    if len({place.path for place in places}) > 1:
        told = [f"{place.path}: {said}" for place, said in zip(places, told, strict=False)]
    more = len(places) - len(told)
    return "; ".join([*told, *([f"and {_counted(more, 'more place')}"] if more else [])])


def _places(patch: str) -> Iterator[_Place]:
    for file in parse(patch):
        for hunk in file.hunks:
            for tag, a, b, c, d in SequenceMatcher(None, hunk.old, hunk.new, autojunk=False).get_opcodes():
                place = _Place(file.path, _texts(hunk.old[a:b]), _texts(hunk.new[c:d]))
                if tag != "equal" and (place.gone or place.come):
                    yield place


def _texts(lines: Sequence[bytes]) -> tuple[str, ...]:
    told = (" ".join(visible(line.decode("utf-8", "replace")).split()) for line in lines)
    return tuple(text for text in told if text)


def _told(place: _Place) -> str:
    gone, come = place.gone, place.come
    if gone == come:
        return f"{_with_others(_cut(gone[0], '')[0], gone)} {'is' if len(gone) == 1 else 'are'} indented otherwise"
    if gone and come:
        old, new = _cut(gone[0], come[0])
        return f"{_with_others(old, gone)} {'becomes' if len(gone) == 1 else 'become'} {_with_others(new, come)}"
    lines, done = (come, "added") if come else (gone, "removed")
    return f"{_with_others(_cut(lines[0], '')[0], lines)} {'is' if len(lines) == 1 else 'are'} {done}"


def _with_others(first: str, lines: Sequence[str]) -> str:
    more = len(lines) - 1
    return f"`{first}` and {_counted(more, 'more line')}" if more else f"`{first}`"


def _cut(one: str, other: str) -> tuple[str, str]:
    """Both lines short enough to be read, with the first place at which they differ in what is left of each."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(0, same - _BEFORE) if max(len(one), len(other)) > _LONGEST_QUOTE else 0
    return _window(one, start), _window(other, start)


def _window(text: str, start: int) -> str:
    head = "…" if start else ""
    rest = text[start:]
    room = _LONGEST_QUOTE - len(head)
    return head + (rest if len(rest) <= room else rest[: room - 1] + "…")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
