"""Versions of the code compared by what they do: which agree with each other, and how far each moved from what was there."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fixbot_repair.choosing.behaviour import Behaviour, Key, Seen

_SLOWER = 3.0  # times the lines that the version before ran
_SLOW = 100  # lines below which nobody minds
_LEAST_CALLS = 2  # on which a relation holds that is taken to be meant


@dataclass(frozen=True, slots=True)
class Conduct:
    """What one patch does, against the others and against the code before. Shares are 0..1, of the calls that tell.

    `cluster` numbers the behaviours, the largest first (from 0); `alike` says how many of the patches behave so. "Near" calls are
    variants of those that tests to be mended make, "further" ones variants of those of passing tests.
    """

    cluster: int = 0
    alike: int = 1
    share: float = 1.0  # of the patches, that behave so
    agreement: float = 1.0  # of the other patches that do the same, on average of the calls on which patches part
    kept_changed: float = 0.0  # of the calls that passing tests make: those that now do something else
    further_changed: float = 0.0  # of the further calls that came to an end before: those that now do something else
    near_changed: float = 0.0  # of the near calls: those that now do something else
    near: int = 0  # calls
    failing: float = 0.0  # of all calls that came to an end before: those that now raise, hang or end the process
    still_failing: float = (
        0.0  # of the calls, and variants of them, that tests made and that crashed before: those that still do
    )
    errors_lost: float = 0.0  # of the calls of passing tests, and of further ones, that a raise of the project's ended: those that it ends no more
    leaves: float = 0.0  # of the calls: those that now change an argument or data of a module, and did not before
    breaks: float = 0.0  # of the relations that results stand in on all calls of tests: those that further calls break
    is_slower: bool = False
    calls: int = (
        0  # that tell: the same in two runs of the code before, known for every patch, and touched by one of them
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A call on which two patches part: the call, what the one does, what the other does."""

    call: str
    one: str
    other: str


def conducts(
    before: Behaviour,
    again: Behaviour,
    after: Sequence[Behaviour],
    failing: Collection[int],
    functions: Sequence[str] = (),
) -> list[Conduct]:
    """One :class:`Conduct` for each of `after`.

    `before` and `again` are two runs of the code as it was: what they do not agree on tells nothing. `failing` are the
    numbers of the calls that failing tests make, `functions` the names of what each call calls.
    """
    keys = telling(before, again, after)
    if not keys:
        return [Conduct(share=1.0 / max(len(after), 1)) for _ in after]
    signatures = [tuple(b[k].digest for k in keys) for b in after]
    sizes = Counter(signatures)
    order = sorted(sizes, key=lambda s: (-sizes[s], signatures.index(s)))
    parted = [k for k in keys if len({b[k].digest for b in after}) > 1]
    agreements = _agreements(after, parted)
    return [
        _Compared(before, behaviour, keys, failing).conduct(
            order.index(s), sizes[s], len(after), agreements[n], parted, functions
        )
        for n, (behaviour, s) in enumerate(zip(after, signatures, strict=True))
    ]


def telling(before: Behaviour, again: Behaviour, after: Sequence[Behaviour]) -> list[Key]:
    """The calls that tell something, in order: known everywhere, answered the same twice by the code before, and touched.

    A call is touched where it reaches a place that a patch edits, or some patch does something else than before. Where no
    call is seen to reach any (what is edited ran at import), all are taken to.
    """
    known = [
        key
        for key in sorted(before)
        if before[key].digest
        and key in again
        and before[key].digest == again[key].digest
        and all(key in b and b[key].digest and _is_same_call(b[key], before[key]) for b in after)
    ]
    if not any(again[key].reached for key in known):
        return known
    return [
        key
        for key in known
        if again[key].reached or again[key].reached is None or any(b[key].digest != before[key].digest for b in after)
    ]


def _is_same_call(one: Seen, other: Seen) -> bool:
    """Whether the same was asked: a version whose types differ may be asked by other values."""
    return not one.text or not other.text or one.text == other.text


def _agreements(after: Sequence[Behaviour], parted: Collection[Key]) -> list[float]:
    """For each version the mean share of the others that do the same, of the calls on which they part."""
    votes = {k: Counter(b[k].digest for b in after) for k in parted}
    others = len(after) - 1
    return [sum((votes[k][b[k].digest] - 1) / others for k in parted) / len(parted) if parted else 1.0 for b in after]


class _Compared:
    """One version against the one before, on the calls that tell."""

    def __init__(self, before: Behaviour, after: Behaviour, keys: Sequence[Key], failing: Collection[int]) -> None:
        self._before, self._after, self._keys = before, after, keys
        self._moved = {k for k in keys if after[k].digest != before[k].digest}
        self._lost = {k for k in keys if after[k].fails}
        self._failing = failing

    def conduct(
        self,
        cluster: int,
        alike: int,
        patches: int,
        agreement: float,
        parted: Collection[Key],
        functions: Sequence[str],
    ) -> Conduct:
        """All that is seen; `parted` are the calls on which patches part, `functions` the name of what each call calls."""
        keys, before = self._keys, self._before
        ended = [k for k in keys if not before[k].fails]
        kept = [k for k in keys if k[1] == 0 and k[0] not in self._failing]
        near = [k for k in keys if k[1] and k[0] in self._failing]
        far = [k for k in keys if k[0] not in self._failing]
        return Conduct(
            cluster,
            alike,
            alike / patches,
            agreement,
            _share(kept, self._moved),
            _share([k for k in ended if k[1] and k[0] not in self._failing], self._moved),
            _share(near, self._moved),
            len(near),
            _share(ended, self._lost),
            _share([k for k in keys if self._is_crash(k) and self._is_crash((k[0], 0))], self._lost),
            1.0 - _share([k for k in far if before[k].wilful], self._lost, none=1.0),
            _share(keys, {k for k in keys if self._after[k].leaves and not before[k].leaves}),
            self._breaks(parted, functions),
            _is_slower(before, self._after, kept),
            len(keys),
        )

    def _is_crash(self, key: Key) -> bool:
        """Whether a call failed before, and by no raise of the project's own."""
        seen = self._before.get(key)
        return seen is not None and seen.fails and not seen.wilful

    def _breaks(self, parted: Collection[Key], functions: Sequence[str]) -> float:
        """Of the relations that hold on all calls of a function that tests make, the share that does not on calls on which patches part."""
        seen: dict[str, dict[str, list[bool]]] = {}
        for (number, variant), call in self._after.items():
            if not variant and number < len(functions):
                of_function = seen.setdefault(functions[number], {})
                for name, holds in call.relations.items():
                    of_function.setdefault(name, []).append(holds)
        broken: list[bool] = []
        for key in parted:
            meant = seen.get(functions[key[0]], {}) if key[1] and key[0] < len(functions) else {}
            asked = self._after[key].relations.items()
            broken += [
                not holds for name, holds in asked if len(meant.get(name, ())) >= _LEAST_CALLS and all(meant[name])
            ]
        return sum(broken) / len(broken) if broken else 0.0


def _share(of: Collection[Key], which: Collection[Key], none: float = 0.0) -> float:
    return sum(k in which for k in of) / len(of) if of else none


def _is_slower(before: Behaviour, after: Behaviour, keys: Collection[Key]) -> bool:
    """Whether the calls of passing tests run many more lines than before."""
    counted = [(b, a) for k in keys if (b := before[k].steps) is not None and (a := after[k].steps) is not None]
    was, now = sum(b for b, _ in counted), sum(a for _, a in counted)
    return now > _SLOW and now > _SLOWER * was


def difference(one: Behaviour, other: Behaviour, keys: Sequence[Key]) -> Difference | None:
    """The shortest call on which two versions part in a way that can be said; None where there is none."""
    apart = [k for k in keys if one[k].digest != other[k].digest and one[k].text]
    told = [k for k in apart if one[k].what != other[k].what] or apart
    best = min(told, key=lambda k: (len(one[k].text) + len(one[k].what), k), default=None)
    if best is None:
        return None
    return Difference(one[best].text, *_said(one[best], other[best]))


def _said(one: Seen, other: Seen) -> tuple[str, str]:
    if one.what != other.what:
        return one.what, other.what
    return f"{one.what}, and leaves its arguments, data of a module or what it prints otherwise", other.what
