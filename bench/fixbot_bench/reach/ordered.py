"""Where the fix of a case stands in the order in which a search tries candidates, and so why it is not found: no trial is run."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from itertools import islice
from pathlib import Path

from fixbot_agent.solving.strategies.naturalness import factor
from fixbot_analysis.codemodel import Lessons
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.index import Index
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_bench.reach.held import Held, difference
from fixbot_bench.reach.known import Known
from fixbot_bench.reach.learning import rank
from fixbot_bench.reach.measuring import rows, shipped
from fixbot_bench.reach.mining import Fix, of_case
from fixbot_bench.reach.sameness import normal
from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.candidates.generate import Naturalness
from fixbot_repair.candidates.insight import Insight
from fixbot_repair.localisation import Localisation
from fixbot_repair.making import Making

_EARLY = 30  # lines, of which one of the fix is suspected in time
MISSES = ("nothing fails", "not made", "suspected late", "made late", "in time")


@dataclass(frozen=True, slots=True)
class Standing:
    """One case. Ranks are from 1, None where there is none; `position` is that of the first candidate that does what the fix does.

    `suspect` is the rank of the first suspected line of the fix, `alone` the worst rank of a place among the candidates of its function.
    """

    case: str
    places: int
    reached: int
    templates: tuple[str, ...]
    suspect: int | None
    alone: float | None
    position: int | None
    source: str
    made: int
    miss: str


class Case:
    """A broken project and the files that mend it."""

    def __init__(self, folder: Path, right: Path) -> None:
        self.name, self._folder = folder.name, folder
        self.fixes: Sequence[Fix] = tuple(of_case(folder, right))
        self.paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.py"))
        self._wanted = {path: normal((right / path).read_bytes()) for path in {f.path for f in self.fixes}}
        changes = (difference(self.source(path) or b"", (right / path).read_bytes()) for path in self._wanted)
        self._words = _sum(changes)
        self._facts = cache(self._extracted)

    def source(self, path: str) -> bytes | None:
        """Effect: a file of the broken project."""
        place = self._folder / path
        return place.read_bytes() if place.is_file() else None

    @property
    def told(self) -> str:
        """Effect: the issue's text; "" where there is none."""
        place = self._folder / "issue.md"
        return place.read_text(encoding="utf-8") if place.is_file() else ""

    def facts(self, path: str) -> FileFacts | None:
        """Effect: what a file of the broken project defines; None where it cannot be read."""
        return self._facts(path)

    def _extracted(self, path: str) -> FileFacts | None:
        try:
            return extract(self.source(path) or b"")
        except FixbotError:
            return None

    def natural(self, cache_folder: Path) -> Naturalness:
        """Effect: learn the project's code, as a solve does."""
        with Index.open(self._folder, cache_folder) as index:
            lessons = Lessons(index, cache_folder, self._folder, packages=())
            for _ in lessons.read():
                pass
            lessons.settle()
        return factor(lessons.model)

    def is_mended_by(self, patch: Patch) -> bool:
        """Whether the project with `patch` says the same as with the fix."""
        if set(patch.paths) != self._wanted.keys():
            return False
        before = {path: self.source(path) or b"" for path in patch.paths}
        gone = b" ".join(before[e.path][e.span.start : e.span.end] for e in patch.edits)
        if difference(gone, b" ".join(e.text.encode() for e in patch.edits)) != self._words:
            return False
        return all(normal(data) == self._wanted[path] for path, data in patch.apply(before).items())


def _sum(changes: Iterable[Mapping[bytes, int]]) -> Mapping[bytes, int]:
    total: Counter[bytes] = Counter()
    for change in changes:
        total.update(change)
    return {word: count for word, count in total.items() if count}


def standing(case: Case, known: Known, natural: Naturalness | None, most: int, within: int) -> Standing:
    """Effect: reads the project. Where the fix of `case` stands among the first `most` candidates; late is what stands behind `within`."""
    insight = Insight(case.paths, case.facts, case.source)
    placed = [each for fix in case.fixes for each in Held(fix, insight).places]
    reached = [each for each in placed if each.right]
    ranks = [rank(tuple(rows(each)), shipped()) for each in reached]
    at, source, made = (None, "", 0)
    if known.failing:
        making = Making(case.paths, case.source, case.facts, natural, known.errors, case.told)
        at, source, made = _found(case, making.of(known.suspects), most)
    suspect = _suspected(case.fixes, known.suspects)
    late = at is None or at > within
    miss = _miss(bool(known.failing), len(reached) == len(placed) or at is not None, suspect, late)
    names = tuple(dict.fromkeys(name for each in reached for name in each.families))
    alone = round(max(ranks), 1) if ranks and len(reached) == len(placed) else None
    return Standing(case.name, len(placed), len(reached), names, suspect, alone, at, source, made, miss)


def _found(case: Case, candidates: Iterator[Candidate], most: int) -> tuple[int | None, str, int]:
    """Position and note of the first candidate that mends the case; None after `most`, or where none does. How many were made."""
    made = 0
    for made, candidate in enumerate(islice(candidates, most), 1):
        if case.is_mended_by(candidate.patch):
            return made, candidate.note, made
    return None, "", made


def _suspected(fixes: Iterable[Fix], found: Localisation) -> int | None:
    """Rank of the first suspected line that a fix changes, or stands beside where it only adds."""
    wanted: set[tuple[str, int]] = set()
    for fix in fixes:
        for place in fix.places:
            line = fix.before.count(b"\n", 0, place.span.start) + 1
            changed = fix.before[place.span.start : place.span.end].count(b"\n")
            wanted |= {(fix.path, n) for n in (range(line, line + changed) if changed else (line - 1, line))}
    return next((i for i, s in enumerate(found.suspects, 1) if (s.path, s.line) in wanted), None)


def _miss(shown: bool, is_made: bool, suspect: int | None, late: bool) -> str:
    if not shown:
        return MISSES[0]
    if not is_made:
        return MISSES[1]
    if not late:
        return MISSES[4]
    return MISSES[2] if suspect is None or suspect > _EARLY else MISSES[3]


def document(found: Sequence[Standing]) -> dict[str, object]:
    """All standings, and how many there are of each kind of miss."""
    counts = Counter(each.miss for each in found)
    return {"misses": {name: counts[name] for name in MISSES}, "cases": [asdict(each) for each in found]}


def table(found: Sequence[Standing]) -> Iterator[str]:
    """A row of text for each case, under a head."""
    yield f"{'case':<34} {'places':>7} {'suspect':>8} {'alone':>7} {'position':>9} {'made':>7}  {'why':<15} made by"
    text = partial(_cell)
    for e in found:
        cells = (
            f"{f'{e.reached}/{e.places}':>7} {text(e.suspect):>8} {text(e.alone):>7} {text(e.position):>9} {e.made:>7}"
        )
        yield f"{e.case[-34:]:<34} {cells}  {e.miss:<15} {e.source or ', '.join(e.templates)}"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
