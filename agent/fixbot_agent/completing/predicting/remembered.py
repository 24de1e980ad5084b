"""Answers of models kept for a while: what was shown is shown again while it is typed through, and after a step back."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from fixbot_agent.completing.cleaning.lexemes import CLOSERS
from fixbot_agent.completing.predicting.asked import Told

_MOST = 200  # answers
_TAIL = 400  # characters before the cursor that must be the same
_BACK = 12  # characters that may be taken back
_PUT_IN = "".join(CLOSERS) + "\"'`"  # what editors put behind a cursor by themselves


@dataclass(frozen=True, slots=True)
class _Kept:
    length: int  # characters before the cursor
    tail: str
    rest: str
    below: bytes
    told: Told


class Remembered:
    """The last answers, by file. For any thread."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, int, bytes], _Kept] = OrderedDict()
        self._lock = Lock()

    def keep(self, path: str, before: str, after: str, told: Told) -> None:
        """Remember what was answered between `before` and `after`."""
        rest, below = _behind(after)
        kept = _Kept(len(before), before[-_TAIL:], rest, below, told)
        with self._lock:
            self._kept[path, len(before), below] = kept
            self._kept.move_to_end((path, len(before), below))
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def find(self, path: str, before: str, after: str) -> Told | None:
        """What is left of an answer whose beginning has been typed since, or that begins where a step back led; the newest."""
        rest, below = _behind(after)
        with self._lock:
            candidates = [k for (p, _, b), k in reversed(self._kept.items()) if p == path and b == below]
        for kept in candidates:
            text = _left_of(kept, before) if _is_same_rest(kept.rest, rest) else None
            if text is not None:
                told = kept.told
                return Told(text, told.model, told.way, told.prompt, told.is_ahead)
        return None

    def forget(self, path: str) -> None:
        """Forget what was answered in a file."""
        with self._lock:
            for key in [k for k in self._kept if k[0] == path]:
                del self._kept[key]


def _behind(after: str) -> tuple[str, bytes]:
    rest, _, below = after.partition("\n")
    return rest, hashlib.blake2b(below.encode("utf-8", "replace"), digest_size=12).digest()


def _is_same_rest(one: str, other: str) -> bool:
    return one == other or one.lstrip(_PUT_IN) == other.lstrip(_PUT_IN)


def _left_of(kept: _Kept, before: str) -> str | None:
    """What is left of the answer at `before`, None where it is no answer there."""
    text, typed = kept.told.text, len(before) - kept.length
    if typed >= 0:
        if (
            typed > len(text)
            or (typed == len(text) and text)
            or not before.startswith(kept.tail, kept.length - len(kept.tail))
        ):
            return None
        return text[typed:] if before[kept.length :] == text[:typed] else None
    back = kept.tail[typed:]
    if typed < -_BACK or len(kept.tail) < -typed or "\n" in back or not text or not before.endswith(kept.tail[:typed]):
        return None
    return back + text
