"""Where in a project a text is about: files, definitions and lines, by signals weighed together.

What speaks is gathered by `signals`, weighed and added by `fusing` with `weights`, which are learned.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.retrieval.explaining import explained
from fixbot_analysis.retrieval.fusing import ranked, weigh
from fixbot_analysis.retrieval.lexicon import Lexicon
from fixbot_analysis.retrieval.lines import LineHit, ranked_lines
from fixbot_analysis.retrieval.opinions import Opinions, agreed, agreed_files
from fixbot_analysis.retrieval.places import explicit_places, given_lines
from fixbot_analysis.retrieval.query import Query
from fixbot_analysis.retrieval.search import FileHit, Hit, hits
from fixbot_analysis.retrieval.signals import gather
from fixbot_analysis.retrieval.weights import DEFINITION_WEIGHTS, FILE_WEIGHTS

_FILES, _SYMBOLS, _LINED = 100, 100, 10
_EXPLAINED = 10  # files, and definitions, whose reasons are told in particulars


@dataclass(frozen=True, slots=True)
class Located:
    """Files, definitions and lines, best first; `seconds` of wall time."""

    files: tuple[FileHit, ...] = ()
    symbols: tuple[Hit, ...] = ()
    lines: tuple[LineHit, ...] = ()
    seconds: float = 0.0


def locate(
    index: Index,
    text: str,
    history: ProjectHistory | None = None,
    cache: Path | None = None,
    progress: Progress | None = None,
    opinions: Opinions | None = None,
) -> Located:
    """Effect: reads facts and files through the index. Where in the project `text` is about; empty where nothing fits.

    Tests are left out unless the text names their files. A line of a file that title or running text write out goes before all
    else, with its file and the definition around it: no weight stands against being told the place. With `history`, what fixes of like bugs changed counts too.
    What is searched is kept in the folder `cache` for the next process. `opinions` are asked about the order of the definitions found.
    """
    began = time.monotonic()
    query = Query.from_text(text)
    lexicon = Lexicon.of(index, cache, progress)
    found = gather(index, query, history, cache)
    files, definitions = weigh(found)
    explicit = explicit_places(index, query)
    named = [(path, name) for path, name, _ in explicit if name]
    symbols = hits(lexicon, ranked(definitions, found.definitions, DEFINITION_WEIGHTS, _SYMBOLS, named))
    best = ranked(files, found.files, FILE_WEIGHTS, _FILES, [path for path, _, _ in explicit])
    paths = tuple(FileHit(each.key, each.score, each.why) for each in best)
    if opinions is not None and (said := opinions(text, symbols, history)):
        paths, symbols = agreed_files(paths, symbols, said), agreed(symbols, said)
    told = explained(lexicon, query, found, paths[:_EXPLAINED], symbols[:_EXPLAINED])
    given = [*((path, line) for path, _, line in explicit), *given_lines(index, query.mentions)]
    return Located(
        (*told[0], *paths[_EXPLAINED:]),
        (*told[1], *symbols[_EXPLAINED:]),
        ranked_lines(index, query, symbols[:_LINED], list(dict.fromkeys(given))),
        time.monotonic() - began,
    )
