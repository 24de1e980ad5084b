"""What a model is shown of a definition: where it is, what it is called, its code; and of a text."""

from collections.abc import Sequence

from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Hit

_LONGEST = 4000  # characters of a definition: about a thousand tokens, where most models that embed end
_QUERY = 8000  # characters of a text


def written(index: Index, hits: Sequence[Hit]) -> list[str]:
    """Effect: reads files through the index. A text for each hit; of a file that cannot be read by now its name alone."""
    lines: dict[str, list[str]] = {}
    for hit in hits:
        if hit.path not in lines:
            try:
                lines[hit.path] = index.tree.read(hit.path).text.splitlines()
            except SourceError:
                lines[hit.path] = []
    return [_one(hit, lines[hit.path][hit.line - 1 : hit.end_line]) for hit in hits]


def asked(text: str) -> str:
    """As much of a text as is sent: its beginning, where people say what it is about."""
    return text.strip()[:_QUERY]


def _one(hit: Hit, code: Sequence[str]) -> str:
    head = f"{hit.path} {hit.name}".rstrip()
    return f"{head}\n" + "\n".join(code)[:_LONGEST]
