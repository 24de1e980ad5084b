"""Choosing what matters about a place or a text, most telling first, until the budget is spent."""

from collections.abc import Iterable
from dataclasses import dataclass

from fixbot_analysis.context.neighbours import callers, nearest_test, siblings, used
from fixbot_analysis.context.snippet import Offer, Packing, Snippet
from fixbot_analysis.context.units import Units
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Hit, Query, locate
from fixbot_analysis.source import Position
from fixbot_analysis.symbols import Symbol

BUDGET = 4000  # tokens

# How much of the room left one unit of a kind may take whole; beyond it its short form is used.
_FIRST, _USED, _OTHERS = 0.6, 0.3, 0.25
_SIBLINGS = 0.15  # of the whole budget, all headers together

_SUBJECTS = 10  # definitions that a text may be about
_EXPLORED = 3  # of them, whose neighbours are looked at


@dataclass(frozen=True, slots=True)
class Focus:
    """A place that matters: `path` POSIX and relative, `position` as in :class:`Position`."""

    path: str
    position: Position


@dataclass(frozen=True, slots=True)
class Context:
    """Snippets in order of worth; `tokens` is the estimate of all of them and never above `budget`."""

    snippets: tuple[Snippet, ...]
    tokens: int
    budget: int

    @classmethod
    def build(cls, index: Index, about: Focus | Query | str, budget: int = BUDGET) -> "Context":
        """Effect: reads facts and files through the index. What to know about a place, or about a text (an issue).

        The same project and question give the same context. Raises SourceError for a focus on a file that is not indexed.
        """
        packing = Packing(max(budget, 0))
        units = Units(index)
        if isinstance(about, Focus):
            _about_place(units, about, packing)
        else:
            _about_text(units, about.text if isinstance(about, Query) else about, packing)
        return cls(tuple(packing.snippets), packing.tokens, packing.budget)


def _about_place(units: Units, focus: Focus, packing: Packing) -> None:
    line = focus.position.line + 1
    symbol = units.index.symbol_at(focus.path, line)
    if symbol is None:
        around = units.around(focus.path, line, "around the place")
        packing.take([Offer(around)] if around else [])
        return
    whole = units.lines(focus.path, symbol.line, symbol.end_line, "around the place")
    window = units.around(focus.path, line, "around the place", within=symbol)
    packing.take([Offer(whole, window)] if whole else [], _FIRST)
    imports = units.imports(focus.path, "imports of the file")
    packing.take([Offer(imports)] if imports else [], _OTHERS)
    _neighbours(units, focus.path, symbol, packing)


def _about_text(units: Units, text: str, packing: Packing) -> None:
    subjects = [(hit, found) for hit in locate(units.index, text).symbols[:_SUBJECTS] if (found := _symbol(units, hit))]
    for hit, (path, symbol) in subjects:
        offer = units.definition(path, symbol, f"fits the text: {', '.join(hit.why)}")
        packing.take([offer] if offer else [], _USED)
    for _, (path, symbol) in subjects[:_EXPLORED]:
        packing.take(used(units, path, symbol), _OTHERS)
        packing.take(callers(units, path, symbol), _OTHERS)
        packing.take(nearest_test(units, path, symbol), _OTHERS)


def _symbol(units: Units, hit: Hit) -> tuple[str, Symbol] | None:
    return units.symbol(f"{hit.path}::{hit.name}")


def _neighbours(units: Units, path: str, symbol: Symbol, packing: Packing) -> None:
    packing.take(used(units, path, symbol), _USED)
    packing.take(_within(siblings(units, path, symbol), int(_SIBLINGS * packing.budget)))
    packing.take(callers(units, path, symbol), _OTHERS)
    packing.take(nearest_test(units, path, symbol), _OTHERS)


def _within(offers: Iterable[Offer], tokens: int) -> Iterable[Offer]:
    """Offers until their whole forms come to `tokens`."""
    for offer in offers:
        tokens -= offer.whole.tokens
        if tokens < 0:
            return
        yield offer
