"""What stands for keys in texts that come back, put back from the text that it was made of: a mask is never written for a key."""

import re
from collections import Counter
from collections.abc import Iterable

from fixbot_agent.runs.redaction import LABELS, Redactor

MASK = re.compile(rf"\[redacted: (?:{'|'.join(map(re.escape, LABELS))})\]")
_Lines = list[tuple[str, str]]  # what is shown of a line, and what stands there


class Masked(Exception):
    """Raised for a mask of which nobody can say what it stands for; the text says so, to who wrote it."""


def restored(text: str, held: str, redact: Redactor) -> str:
    """`text` with each line that holds a mask as it stands in `held`, whose line reads the same without keys.

    Where several lines read the same, the one after the same line is meant, else the one at the same place among them.
    A file that speaks of masks and holds no key may get more of them. Raises Masked.
    """
    if text == held or not MASK.search(text):
        return text
    new, old = _lines(redact.parts(text)), _lines(redact.parts(held))
    if MASK.search(held) and all(shown == source for shown, source in old):
        return text
    counts, seen, result = Counter(shown.strip() for shown, _ in new), Counter[str](), []
    for number, (shown, source) in enumerate(new):
        line = shown.strip()
        meant = source.strip()
        if MASK.search(source):
            meant = _meant(old, line, new[number - 1][0].strip() if number else "", seen[line], counts[line])
        seen[line] += 1
        result.append(source.replace(source.strip(), meant) if meant else source)
    return "\n".join(result)


def _meant(old: _Lines, line: str, above: str, place: int, count: int) -> str:
    """What stands in `old` for `line`, the `place`-th of `count` that read so."""
    places = [n for n, (shown, _) in enumerate(old) if shown.strip() == line]
    close = [n for n in places if (old[n - 1][0].strip() if n else "") == above]
    for found in (places, close):
        if len({old[n][1].strip() for n in found}) == 1:
            return old[found[0]][1].strip()
    if len(places) != count:
        raise not_restored(line)
    return old[places[place]][1].strip()


def source_of(text: str, held: str, redact: Redactor) -> str:
    """What `text`, a piece of `held` as it is shown without keys, is in `held`. Raises Masked."""
    if text in held or not MASK.search(text):
        return text
    parts = redact.parts(held)
    whole = "".join(shown for shown, _ in parts)
    found, at = set[str](), whole.find(text)
    while at >= 0 and len(found) < 2:
        cut = list(redact.cut(parts, at, at + len(text)))
        if "".join(shown for shown, _ in cut) != text:
            raise not_restored(text)
        found.add("".join(source for _, source in cut))
        at = whole.find(text, at + 1)
    if len(found) > 1:
        raise Masked("the text stands in several places that differ in a value that is not shown; take more lines")
    return found.pop() if found else restored(text, held, redact)


def adds(before: str, after: str) -> str:
    """The first mask of `after`, where `before` had none; "" for no such one."""
    match = MASK.search(after)
    return match[0] if match and not MASK.search(before) else ""


def not_restored(text: str) -> Masked:
    """What to raise for a mask in `text` that cannot be put back."""
    match = MASK.search(text)
    return Masked(
        f"`{match[0] if match else text}` stands for a value that is not shown; leave its line as it is, or name the value "
        "otherwise (a variable, a setting)"
    )


def _lines(parts: Iterable[tuple[str, str]]) -> _Lines:
    """The lines of what is shown, each with what stands there, which may be several lines."""
    lines: _Lines = [("", "")]
    for shown, source in parts:
        if shown != source:
            lines[-1] = lines[-1][0] + shown, lines[-1][1] + source
            continue
        first, *others = shown.split("\n")
        lines[-1] = lines[-1][0] + first, lines[-1][1] + first
        lines += [(line, line) for line in others]
    return lines
