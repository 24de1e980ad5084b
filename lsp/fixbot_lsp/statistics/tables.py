"""Events counted into rows: what was offered by an engine, a model and a version of its prompt, and what became of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

from fixbot_lsp.statistics.events import Accepted, Event, Partly, Shown, Survived, Withheld
from fixbot_lsp.statistics.lasting import DAYS, Past
from fixbot_lsp.statistics.tracking import MOMENTS

COMMIT = "commit"
LATER = f"{DAYS} days"
STAGES = (*(f"{s} s" if s < 60 else f"{s // 60} min" for s in MOMENTS), COMMIT, LATER)
_ASKED = 500  # accepted texts, the newest, that git is asked for


@dataclass(slots=True)
class Row:
    """One engine, model and version of prompt. `still` holds, per stage, the shares of accepted texts that stood then."""

    engine: str
    model: str
    prompt: str
    shown: int = 0
    accepted: int = 0
    partly: int = 0
    inferred: int = 0  # of both: those that no client told of
    characters: int = 0  # accepted ones, those of partial acceptances too
    milliseconds: list[float] = field(default_factory=list)
    still: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    def latency(self, share: float) -> float:
        """The milliseconds within which the share `share` (0..1) of offers came; 0 without any."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def standing(self, stage: str) -> float | None:
        """The mean share of accepted texts that stood at `stage`; None where none is known."""
        return fmean(self.still[stage]) if self.still[stage] else None


@dataclass(frozen=True, slots=True)
class Table:
    """Everything that is shown: `rows` by how much was offered; `weeks` from Monday to offers and acceptances; `withheld` by reason."""

    rows: tuple[Row, ...]
    weeks: Mapping[date, tuple[int, int]]
    withheld: Mapping[str, int]


def table(events: Iterable[Event], past: Past | None) -> Table:
    """Effect: asks git through `past`, where given, what became of accepted texts."""
    kept = tuple(events)
    offers = {e.id: e for e in kept if isinstance(e, Shown)}
    taken = _taken(kept, offers)
    rows: dict[tuple[str, str, str], Row] = {}
    for offer in offers.values():
        _count(_row(rows, offer), offer, taken.get(offer.id))
    for event in kept:
        if isinstance(event, Survived) and event.id in offers:
            _row(rows, offers[event.id]).still[_stage(event.after)].append(event.share)
    whole = [event for event in taken.values() if isinstance(event, Accepted)]
    if past is not None:
        for event in sorted(whole, key=lambda e: e.at)[-_ASKED:]:
            _ask(past, offers[event.id], event, _row(rows, offers[event.id]))
    withheld = Counter(event.reason for event in kept if isinstance(event, Withheld))
    return Table(tuple(sorted(rows.values(), key=lambda r: -r.shown)), _weeks(offers, taken), withheld)


def _taken(events: Sequence[Event], offers: Mapping[str, Shown]) -> dict[str, Accepted | Partly]:
    """What was taken of each offer: what a client told rather than what was inferred, all of it rather than a part, the last part."""
    taken: dict[str, Accepted | Partly] = {}
    for event in events:
        if isinstance(event, Accepted | Partly) and event.id in offers:
            before = taken.get(event.id)
            if before is None or _weight(event) >= _weight(before):
                taken[event.id] = event
    return taken


def _weight(event: Accepted | Partly) -> tuple[bool, bool, float]:
    return not event.inferred, isinstance(event, Accepted), event.at


def _count(row: Row, offer: Shown, taken: Accepted | Partly | None) -> None:
    row.shown += 1
    row.milliseconds.append(offer.milliseconds)
    if taken is not None:
        row.accepted += isinstance(taken, Accepted)
        row.partly += isinstance(taken, Partly)
        row.inferred += taken.inferred
        row.characters += len(taken.text)


def _row(rows: dict[tuple[str, str, str], Row], offer: Shown) -> Row:
    """The row of an offer; a new one where it is the first of its kind."""
    key = (offer.engine, offer.model, offer.prompt)
    return rows.setdefault(key, Row(*key))


def _ask(past: Past, offer: Shown, taken: Accepted, row: Row) -> None:
    lasting, still = past.of(offer.project, offer.path, taken.text, taken.at), row.still
    for stage, share in ((COMMIT, lasting.committed), (LATER, lasting.later)):
        if share is not None:
            still[stage].append(share)


def _stage(seconds: int) -> str:
    return next((stage for moment, stage in zip(MOMENTS, STAGES, strict=False) if moment == seconds), STAGES[0])


def _weeks(offers: Mapping[str, Shown], taken: Mapping[str, object]) -> dict[date, tuple[int, int]]:
    weeks: dict[date, tuple[int, int]] = {}
    for offer in sorted(offers.values(), key=lambda o: o.at):
        day = datetime.fromtimestamp(offer.at, UTC).date()
        monday = day - timedelta(days=day.weekday())
        shown, accepted = weeks.get(monday, (0, 0))
        weeks[monday] = (shown + 1, accepted + (offer.id in taken))
    return weeks
