"""Suggested rests of lines: how many of those shown are right, by how many are shown, and what typing a file with them saves.

Two engines are asked at the same places: fixbot's, and the most frequent line of the project that begins as this one does. A file is known
up to the cursor only.
"""

import bisect
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.progress import Bar
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document, SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.asking import Asker
from fixbot_bench.eyes.lines_places import code_lines
from fixbot_bench.eyes.lines_typing import Suggest, Typed, same, typing
from fixbot_bench.ranking.learning import interval

SHARES = (0.05, 0.1, 0.25, 0.5)  # of the places, at which the curve is told

_AFTER = {"=": re.compile(r"=\s*(?=\S)"), "(": re.compile(r"\((?=\S)"), ".": re.compile(r"\.(?=\w)")}
_WITHIN = re.compile(r"(?<=\w)(?=\w)")


@dataclass(frozen=True, slots=True)
class Gap:
    """A place in a line: `before` is the file up to it, `rest` what stands there to the end of the line; `kind` says what it follows."""

    path: str
    before: str
    rest: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shot:
    """What came of asking at a gap: how sure the suggestion was (None: there was none), whether it is the rest exactly, or begins it."""

    kind: str
    score: float | None
    right: bool
    begins: bool = False


def gaps(lines: Mapping[str, Sequence[tuple[int, str]]], tree: SourceTree, count: int, seed: int) -> list[Gap]:
    """Effect: reads the files. One place by chance in each of `count` lines, given by path as (character where it begins, text).

    A place is at the start of the line, after a "=", a bracket or a dot, or within a word; these by equal chances. Raises DatasetError
    where there are no lines.
    """
    chance = random.Random(seed)
    everything = [(path, start, line) for path, of in lines.items() for start, line in of]
    if not everything:
        raise DatasetError(f"{tree.root} holds no lines of code", "name the folder of a project")
    found = []
    for path, start, line in chance.sample(everything, min(count, len(everything))):
        body = line.rstrip()
        kind, at = chance.choice(sorted(_places(body, chance)))
        before = tree.read(path).data.decode("utf-8", "replace")[:start] + line[:at]
        found.append(Gap(path, before, body[at:], kind))
    return sorted(found, key=lambda gap: (gap.path, len(gap.before)))


def _places(line: str, chance: random.Random) -> Iterator[tuple[str, int]]:
    """A place of each kind that the line has."""
    yield "start", len(line) - len(line.lstrip())
    for kind, pattern in (*_AFTER.items(), ("word", _WITHIN)):
        if ends := [match.end() for match in pattern.finditer(line)]:
            yield kind, chance.choice(ends)


class Ours:
    """fixbot's suggestion, in this process: what is shown, or, if `unsure`, the likeliest rest of the line even where it is not."""

    def __init__(self, asker: Asker, *, unsure: bool = False) -> None:
        self._asker, self._unsure = asker, unsure
        self._path = ""  # of the file that is cut

    def __call__(self, path: str, before: str) -> tuple[str, float] | None:
        """Effect: an editor shows the text; the rest of its last line as it is suggested there."""
        data = before.encode()
        if self._path not in ("", path):
            self._asker.open(self._path, _whole(self._asker, self._path))
        self._path = path
        self._asker.open(path, data)
        ask = self._asker.likeliest if self._unsure else self._asker.rest
        inline = ask(path, Document(path, data).position(len(data)))
        if inline is None:
            return None
        typed = data[inline.replace.start :].decode("utf-8", "replace")
        text = inline.text.partition("\n")[0]
        return (text.removeprefix(typed), inline.score) if text.startswith(typed) else None


def _whole(asker: Asker, path: str) -> bytes:
    """Effect: a file as it is on disk, whatever is open of it."""
    return (asker.index.tree.root / path).read_bytes()


class Frequent:
    """The line that is written most often in other files, and above, of those that begin as the last line does."""

    def __init__(self, tree: SourceTree) -> None:
        """Effect: reads all files."""
        self._of: dict[str, Counter[str]] = {}
        for path in tree.paths:
            try:
                text = tree.read(path).data.decode("utf-8", "replace")
            except SourceError:
                continue
            self._of[path] = Counter(text.splitlines())
        self._all = sum(self._of.values(), Counter[str]())
        self._sorted = sorted(self._all)

    def __call__(self, path: str, before: str) -> tuple[str, float] | None:
        """The rest of that line, and its share among all that begin so."""
        *above, last = before.split("\n")
        if not last.strip():
            return None
        own, seen = self._of.get(path, Counter[str]()), Counter(above)
        first = bisect.bisect_left(self._sorted, last)
        counts = dict[str, int]()
        for line in self._sorted[first : bisect.bisect_left(self._sorted, last + "\U0010ffff", first)]:
            if (number := self._all[line] - own[line]) > 0 and len(line) > len(last):
                counts[line] = number
        for line in seen:
            if line.startswith(last) and len(line) > len(last):
                counts[line] = counts.get(line, 0) + seen[line]
        best = max(counts, key=lambda line: (counts[line], line), default="")
        return (best[len(last) :].rstrip(), counts[best] / (sum(counts.values()) + 1)) if best else None


def shoot(suggest: Suggest, holes: Sequence[Gap], bar: Bar, name: str) -> list[Shot]:
    """Effect: asks at every gap."""
    shots = []
    for done, gap in enumerate(holes):
        bar.step(name, done, len(holes))
        text, score = suggest(gap.path, gap.before) or ("", None)
        begins = score is not None and gap.rest.startswith(text.rstrip())
        shots.append(Shot(gap.kind, score, begins and same(text, gap.rest), begins))
    return shots


def shown(shots: Sequence[Shot]) -> Mapping[str, object]:
    """Of what is shown: how much that is, how much of it is exactly right, and how much right as far as it goes; by kind of place too."""
    kinds = sorted({shot.kind for shot in shots})
    by_kind = {kind: _shown([shot for shot in shots if shot.kind == kind]) for kind in kinds}
    return {**_shown(shots), "kinds": by_kind}


def _shown(shots: Sequence[Shot]) -> Mapping[str, object]:
    told = [shot for shot in shots if shot.score is not None]
    begins = round(sum(shot.begins for shot in told) / len(told), 4) if told else None
    return {
        "places": len(shots),
        "suggested": round(len(told) / max(len(shots), 1), 4),
        **_right(told),
        "begins": begins,
    }


def curve(shots: Sequence[Shot]) -> list[Mapping[str, object]]:
    """How much is exactly right of the surest 5, 10, 25 and 50 in a hundred places; None where fewer are suggested than that."""
    told = sorted((shot for shot in shots if shot.score is not None), key=lambda shot: -(shot.score or 0.0))
    points = list[Mapping[str, object]]()
    for share in SHARES:
        wanted = round(share * len(shots))
        points.append({"shown": share, **_right(told[:wanted] if wanted <= len(told) else [])})
    return points


def _right(shots: Sequence[Shot]) -> Mapping[str, object]:
    if not shots:
        return {"exact": None}
    low, high = interval([float(shot.right) for shot in shots])
    exact = sum(shot.right for shot in shots) / len(shots)
    return {"exact": round(exact, 4), "interval": [round(low, 4), round(high, 4)]}


def measure(project: Path, places: int, characters: int, seed: int, bar: Bar) -> Mapping[str, object]:
    """Effect: reads and learns the project; both engines at `places` gaps, and while `characters` of files chosen by chance are typed."""
    with tempfile.TemporaryDirectory(prefix="fixbot-lines-") as scratch:
        asker = Asker(project, Path(scratch), bar)
        tree = asker.index.tree
        lines = {path: [(start, line) for start, line, _ in code_lines(tree, path)] for path in tree.paths}
        holes = gaps(lines, tree, places, seed)
        frequent = Frequent(tree)
        engines: dict[str, tuple[Suggest, Suggest]] = {
            "fixbot": (Ours(asker), Ours(asker, unsure=True)),
            "the most frequent line that begins so": (frequent, frequent),
        }
        order = random.Random(seed).sample(
            sorted(path for path, of in lines.items() if of), sum(map(bool, lines.values()))
        )
        rows = [
            {
                "engine": name, **shown(shoot(engine, holes, bar, name)), "curve": curve(shoot(unsure, holes, bar, name)),
                "typing": _typed(engine, asker, order, characters, bar).figures() if characters else None,
            }
            for name, (engine, unsure) in engines.items()
        ]  # fmt: skip
    return {"places": len(holes), "rows": rows}


def _typed(suggest: Suggest, asker: Asker, order: Sequence[str], characters: int, bar: Bar) -> Typed:
    """Effect: types files in `order`, a third of `characters` of one at most, until there are enough."""
    total = Typed()
    for path in order:
        if total.characters >= characters:
            break
        bar.step("typing", total.characters, characters)
        whole = _whole(asker, path)
        most = min(characters - total.characters, -(-characters // 3))
        total.add(typing(suggest, path, whole.decode("utf-8", "replace"), most))
        asker.open(path, whole)
    return total


def show(document: Mapping[str, object]) -> None:
    """Effect: prints the curve and what typing saves, a row for each engine."""
    heads = " ".join(f"{f'at {share:.0%}':>7}" for share in SHARES)
    click.echo(f"{document['places']} places in lines: how many of the rests of lines that are shown are exactly right")
    click.echo(
        f"{'':<38} {'shown':>6} {'exact':>6} {'begins':>6} {heads}   saved by lines, by words; shown, wrong (per 100 typed)"
    )
    for row in cast("Sequence[Mapping[str, object]]", document["rows"]):
        points = cast("Sequence[Mapping[str, object]]", row["curve"])
        exact = " ".join(f"{_number(point['exact']):>7}" for point in points)
        typed = cast("Mapping[str, float]", row["typing"] or {})
        saved = (
            f"{typed['saved_by_lines']}, {typed['saved_by_words']}; {typed['shown']}, {typed['wrong']}" if typed else ""
        )
        click.echo(
            f"{row['engine']:<38} {row['suggested']:>6.3f} {_number(row['exact']):>6} {_number(row['begins']):>6} {exact}   {saved}"
        )


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "-"
