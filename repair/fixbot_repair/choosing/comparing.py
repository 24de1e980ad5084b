"""Versions of the code compared by what they do: which agree with each other, and how far each moved from what was there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from fixbot_repair.choosing.behaviour import Behaviour, Key, Seen

_SLOWER = 3.0  # times the CPU time of the version before
_SLOW = 0.05  # seconds below which nobody minds


@dataclass(frozen=True, slots=True)
class Conduct:
    """What one patch does, against the others and against the code before. Shares are 0..1, of the calls that tell.

    `cluster` numbers the behaviours, the largest first (from 0); `alike` says how many of the patches behave so.
    """

    cluster: int = 0
    alike: int = 1
    share: float = 1.0  # of the patches, that behave so
    kept_changed: float = 0.0  # of the calls that passing tests make: those that now do something else
    further_changed: float = 0.0  # of the further calls that came to an end before: those that now do something else
    failing: float = 0.0  # of all calls that came to an end before: those that now raise, hang or end the process
    still_failing: float = 0.0  # of the calls that failed before: those that still do
    is_slower: bool = False
    calls: int = 0  # that tell: the same in two runs of the code before, and known for every patch


@dataclass(frozen=True, slots=True)
class Difference:
    """A call on which two patches part: the call, what the one does, what the other does."""

    call: str
    one: str
    other: str


def conducts(
    before: Behaviour, again: Behaviour, after: Sequence[Behaviour], failing: Collection[int]
) -> list[Conduct]:
    """One :class:`Conduct` for each of `after`.

    `before` and `again` are two runs of the code as it was: what they do not agree on tells nothing. `failing` are the
    numbers of the calls that failing tests make.
    """
    keys = telling(before, again, after)
    if not keys:
        return [Conduct(share=1.0 / max(len(after), 1)) for _ in after]
    signatures = [tuple(b[k].digest for k in keys) for b in after]
    sizes = {s: signatures.count(s) for s in signatures}
    order = sorted(sizes, key=lambda s: (-sizes[s], signatures.index(s)))
    return [
        _conduct(before, behaviour, keys, failing, order.index(s), sizes[s], len(after))
        for behaviour, s in zip(after, signatures, strict=True)
    ]


def telling(before: Behaviour, again: Behaviour, after: Sequence[Behaviour]) -> list[Key]:
    """The calls that are known everywhere and that the code before answers the same twice, in order."""
    return [
        key
        for key in sorted(before)
        if before[key].digest
        and key in again
        and before[key].digest == again[key].digest
        and all(key in b and b[key].digest for b in after)
    ]


def _conduct(
    before: Behaviour,
    behaviour: Behaviour,
    keys: Sequence[Key],
    failing: Collection[int],
    cluster: int,
    alike: int,
    patches: int,
) -> Conduct:
    moved = {k for k in keys if behaviour[k].digest != before[k].digest}
    ended = [k for k in keys if not before[k].fails]
    kept = [k for k in keys if k[1] == 0 and k[0] not in failing]
    further = [k for k in ended if k[1] != 0]
    failed = [k for k in keys if before[k].fails]
    return Conduct(
        cluster,
        alike,
        alike / patches,
        _share(kept, moved),
        _share(further, moved),
        _share(ended, {k for k in ended if behaviour[k].fails}),
        _share(failed, {k for k in failed if behaviour[k].fails}),
        _is_slower(before, behaviour, kept),
        len(keys),
    )


def _share(of: Collection[Key], which: Collection[Key]) -> float:
    return sum(k in which for k in of) / len(of) if of else 0.0


def _is_slower(before: Behaviour, after: Behaviour, keys: Collection[Key]) -> bool:
    was, now = (sum(b[k].seconds for k in keys) for b in (before, after))
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
    return f"{one.what}, and leaves its arguments or prints otherwise", other.what
