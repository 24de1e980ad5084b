"""What points at a fault before any test has run: the words of an issue, and the project's past."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from fixbot_agent.solving.ground import Ground
from fixbot_agent.solving.proving.defaults import defaults
from fixbot_analysis.errors import SourceError
from fixbot_analysis.retrieval import Opinions, locate
from fixbot_repair.git import kept_past, past
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Localisation, Past, Suspect, prone

Line = tuple[str, int]
_PAST_FIXES = 2000  # newest fixes whose patches are read where none are kept yet: seconds, out of the run's time


@dataclass(frozen=True, slots=True)
class Clues:
    """What the words of an issue point at: lines (0..1), and suspects."""

    mentioned: Mapping[Line, float] = field(default_factory=dict)
    suspects: Localisation = field(default_factory=Localisation)


def clues(ground: Ground, issue: Issue | None, opinions: Opinions | None = None) -> Clues:
    """Effect: reads the project's past as of the base. Lines that the issue's words point at, and the suspects by words and `opinions`."""
    if issue is None:
        return Clues()
    history = past(ground.root, ground.cache, ground.base, patched=_PAST_FIXES)
    located = locate(ground.index, issue.text, history, ground.cache, opinions=opinions)
    mentioned = {(line.path, line.line): line.score for line in located.lines}
    symbols = [Suspect(s.path, s.line, s.name, s.score, tuple(s.why)) for s in located.symbols]
    told = defaults(issue.text, (s.path for s in symbols), partial(source, ground))
    return Clues({**mentioned, **told}, Localisation(tuple(symbols)))


def source(ground: Ground, path: str) -> bytes | None:
    """Effect: the text of a file of the index; None where it cannot be read."""
    try:
        return ground.index.tree.read(path).data
    except SourceError:
        return None


def proneness(ground: Ground) -> Past | None:
    """Effect: reads what is kept of the project's past. How prone to faults its definitions are; None where nothing is kept."""
    if ground.cache is None or kept_past(ground.root, ground.cache) is None:
        return None
    return prone(past(ground.root, ground.cache, ground.base, patched=0))
