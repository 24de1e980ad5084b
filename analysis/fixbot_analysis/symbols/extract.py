"""From a file's bytes to its facts: one parse, one query, one pass over what it captured."""

import logging
from collections.abc import Callable

from fixbot_analysis.symbols import foreign
from fixbot_analysis.symbols.facts import FileFacts
from fixbot_analysis.symbols.limits import TooLong, within
from fixbot_analysis.symbols.parts import joined, part_of
from fixbot_analysis.syntax import SyntaxTree

# Goes up with every change of what is extracted, or of how it is stored: stored facts of another version are not used.
EXTRACTOR_VERSION = 10

# Processor time after which a file is given up, and seconds more for each byte: real files take a tenth of it, some text that was made for it takes minutes.
_SECONDS, _SECONDS_A_BYTE = 2.0, 5e-6

log = logging.getLogger(__name__)


def extract(data: bytes, language: str = "python") -> FileFacts:
    """Facts of the source `data` (UTF-8), however broken its syntax is; bare ones where reading it takes too long.

    Raises KeyError for a language that is not registered.
    """
    return limited(data, language, _read)


def limited(data: bytes, language: str, read: Callable[[bytes, str], FileFacts]) -> FileFacts:
    """What `read` makes of a source in a language; bare facts where that takes too long."""
    try:
        with within(_SECONDS + _SECONDS_A_BYTE * len(data)):
            return read(data, language)
    except TooLong:
        log.warning("a %s file of %d kB takes too long to read: it is only searched", language, len(data) >> 10)
        return foreign.bare(data, language)


def _read(data: bytes, language: str) -> FileFacts:
    return foreign.facts_of(data, language) if language != "python" else facts_of(SyntaxTree.parse(data))


def facts_of(tree: SyntaxTree) -> FileFacts:
    """Facts of a file that is parsed already."""
    return joined(tree.data, tree.language, [part_of(tree)])
