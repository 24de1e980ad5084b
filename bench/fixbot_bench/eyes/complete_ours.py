"""fixbot's own engine at places in real files, in this process, beside its members by alphabet and without each signal."""

import time
from collections.abc import Sequence
from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_analysis.codemodel import Setting, rank_members
from fixbot_analysis.codemodel.weights import MEMBER_WEIGHTS
from fixbot_bench.eyes.asking import Asker
from fixbot_bench.eyes.complete_judging import FIRST
from fixbot_bench.eyes.complete_results import Result
from fixbot_bench.eyes.complete_servers import shown
from fixbot_bench.eyes.processes import resident
from fixbot_bench.eyes.sites import Hole, cut, rank_of

_KINDS = ("method", "attribute", "property", "class", "module", "function", "variable")
_KEYED = (
    "any", "last", "lead", "call", "slot", "target", "receiver", "previous", "function", "origin", "made", "type", "base",
    "role", "trail", "opening", "above", "below",
)  # fmt: skip
_FAMILIES = {
    "recency": ("recent", "the one before"),
    "the n-gram": ("next token",),
    "definitions": ("defined", *(f"{kind} {place}" for kind in _KINDS for place in ("first", "within"))),
    "the member's looks": ("private", "dunder", "capital"),
    "what else the statement says": ("once more", "same as quoted", "words of quoted", "words of line"),
    "packages": tuple(f"{name} packages" for name in _KEYED),
    "words in common": (
        "same as function",
        "same as target",
        "words of target",
        "words of function",
        "words of callee",
        "words of receiver",
        "parameter of",
        "next parameter",
        "written near",
    ),
    **{
        f"counts by {name}": tuple(f"{name} {where}" for where in ("file", "folder", "project", "packages"))
        for name in _KEYED
    },
}


class Fixbot:
    """Our own engine, in this process."""

    def __init__(self, root: Path, cache: Path, bar: Bar) -> None:
        """Effect: reads and learns the project."""
        began = time.perf_counter()
        self._asker = Asker(root, cache, bar)
        self._ready = time.perf_counter() - began
        self._root = root
        self.offered: list[Sequence[str]] = []  # the first items at each hole
        self.known: list[
            tuple[bool, bool]
        ] = []  # whether any member at each hole is known to be one, and the true one is

    def measure(self, holes: Sequence[Hole], bar: Bar, *, ablate: bool) -> list[Result]:
        """Effect: ask at every hole. Our result, that of the same names by alphabet, and one without each signal of member ranking.

        The list is timed in a file that was already open as it is cut.
        """
        ranks, alphabetical, seconds, cpu, settings = [], [], [], [], []
        for done, hole in enumerate(holes):
            bar.step("completing", done, len(holes))
            with cut(self._root, hole) as whole:
                self._asker.open(hole.path, hole.text)
                began, used = time.perf_counter(), time.process_time()
                found = self._asker.complete(hole)
                seconds.append(time.perf_counter() - began)
                cpu.append(time.process_time() - used)
                labels = shown([item.label for item in found.items], hole)
                self.offered.append(labels[:FIRST])
                members = {item.label for item in found.items if item.source == "member"}
                self.known.append((bool(members), hole.member in members))
                ranks.append(rank_of(hole.member, labels))
                alphabetical.append(rank_of(hole.member, shown(sorted(labels, key=str.lower), hole)))
                if ablate:
                    settings.append(self._asker.setting(hole))
            self._asker.open(hole.path, whole)
        ours = Result("fixbot", ranks, seconds, cpu, resident(), self._ready)
        return [
            ours,
            Result("the same names by alphabet", alphabetical),
            *(_ablated(holes, settings) if ablate else ()),
        ]


def _ablated(holes: Sequence[Hole], settings: Sequence[Setting | None]) -> list[Result]:
    """What is left without each family of signals; the other weights stay as they are."""
    found = []
    for family, beginnings in _FAMILIES.items():
        weights = {name: weight for name, weight in MEMBER_WEIGHTS.items() if not _is_of(name, beginnings)}
        ranks = [
            rank_of(hole.member, list(rank_members(setting, weights))) if setting else 0
            for hole, setting in zip(holes, settings, strict=True)
        ]
        found.append(Result(f"without {family}", ranks))
    return found


def _is_of(name: str, beginnings: Sequence[str]) -> bool:
    return name.startswith(tuple(beginnings)) or (beginnings[0] == "recent" and name.endswith("recent"))
