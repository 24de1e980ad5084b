"""Choosing what matters about a place or a text, until the budget is spent."""

from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.context.candidates import Candidate, Candidates
from fixbot_analysis.context.finds import at_cursor, imported, in_scope, inherited, nearby, under_test
from fixbot_analysis.context.foreign import abroad
from fixbot_analysis.context.issue import pack_text
from fixbot_analysis.context.likeness import same_name, used_together
from fixbot_analysis.context.packing import Filling, Offer, Packing, Part, Reason
from fixbot_analysis.context.past import changed_together
from fixbot_analysis.context.place import Focus, read_place
from fixbot_analysis.context.scene import Scene
from fixbot_analysis.context.snippet import Snippet, tokens_in
from fixbot_analysis.context.surroundings import node_of, pack_file, pack_place, pack_relations, pack_uses
from fixbot_analysis.context.units import Units
from fixbot_analysis.context.writings import pack_about
from fixbot_analysis.documents import Library
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.index.quiet import quiet
from fixbot_analysis.retrieval import Query

BUDGET = 4000  # tokens

# What its header, the same with the first paragraph of its docstring, and its body tell of a definition, added up.
_GAINS = (0.7, 0.88, 1.0)

_DESCRIPTION, _LINE = 6, 5  # tokens that a line of a docstring, a line of a body have at least, as a rule

_CANDIDATES, _TOKENS_EACH = 200, 12  # that are weighed against each other: as many as may fit, not more than these

_FEW = 40  # tokens of the budget for each that is weighed where what the function around uses is known already

_DEFINITIONS = 0.8  # share of the budget that is spent when definitions make room for callers, tests and the like

# Where finds come from, what points at the cursor itself first.
_PYTHON = (at_cursor, imported, inherited, in_scope, nearby, used_together, same_name, under_test)
_ABROAD = (abroad, nearby, used_together)


@dataclass(frozen=True, slots=True)
class Context:
    """Snippets in order of worth; `tokens` is the estimate of all of them and never above `budget`."""

    snippets: tuple[Snippet, ...]
    tokens: int
    budget: int

    @classmethod
    def build(
        cls,
        index: Index,
        about: Focus | Query | str,
        budget: int = BUDGET,
        library: Library | None = None,
        cache: Path | None = None,
        history: ProjectHistory | None = None,
    ) -> "Context":
        """Effect: reads facts and files through the index. What to know about a place, or about a text (an issue).

        With a `library` of the project's documents also what they say, and the project's norms, as data. What is searched
        for a text is kept in the folder `cache` for the next process. With a `history` also what changed together with a place.
        The same project and question give the same context. Raises SourceError for a focus on a file that is not indexed.
        """
        units = Units(index)
        packing = Packing(units, budget)
        with quiet():
            if isinstance(about, Focus):
                _about_place(units, about, packing, library, history)
            else:
                pack_text(units, about.text if isinstance(about, Query) else about, packing, library, cache)
            return cls(packing.snippets(), packing.tokens, packing.budget)


def _about_place(
    units: Units, focus: Focus, packing: Packing, library: Library | None, history: ProjectHistory | None
) -> None:
    place = read_place(units, focus)
    scene = Scene(units.index.graph, place, history)
    pack_place(units, place, packing)
    if place.finished:
        pack_uses(units, scene, packing)
    else:
        pack_file(units, place, packing)
    likely = candidates(scene)[: min(_CANDIDATES, packing.budget // (_FEW if place.finished else _TOKENS_EACH))]
    filling = Filling(packing, (_offer(units, each, place.finished) for each in likely), Part.DEFINITION)
    if not place.finished:
        filling.until(_DEFINITIONS)
    pack_relations(units, scene, packing)
    if library is not None and place.definition is not None:
        pack_about(units, library, node_of(place.path, place.definition), packing)
    if place.finished:
        pack_file(units, place, packing)
    filling.until()


def _offer(units: Units, candidate: Candidate, described: bool) -> Offer:
    """A definition by its header, with what it is for, whole; not by its header alone where it is to be `described`."""
    node = candidate.entry.node
    forms, start = (units.signature, units.described, units.whole), int(described)
    likely = (tokens_in(f"def {node.name}():"), _DESCRIPTION, _LINE * (node.end_line - node.line))
    reason = Reason(candidate.why, candidate.via)
    return Offer(candidate.score, _GAINS[start:], lambda form: forms[form + start](node), reason, likely[start:])


def candidates(scene: Scene) -> list[Candidate]:
    """Definitions of other files that may be needed at a place, likeliest first."""
    place = scene.place
    found = Candidates(place.path)
    for source in _PYTHON if place.path.endswith(".py") else _ABROAD:
        found.add(source(scene))
    if scene.past is not None:
        found.add(changed_together(scene, scene.past))
    return found.weighed(scene)
