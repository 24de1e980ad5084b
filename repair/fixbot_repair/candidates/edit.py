"""Edits as byte spans, patches as sets of edits; nothing here knows where an edit came from."""

from collections.abc import Mapping
from dataclasses import dataclass

from fixbot_analysis.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` in the file `path` (UTF-8 offsets, see Document.data) by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """Edits that belong together, no two of them overlapping; applied all or not at all."""

    edits: tuple[Edit, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Files it touches, sorted."""
        return tuple(sorted({e.path for e in self.edits}))

    def apply(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the new content of each touched file; `files` holds their UTF-8 content before.

        Raises ValueError when edits overlap and KeyError when a file is missing.
        """
        result: dict[str, bytes] = {}
        for path in self.paths:
            data, last = files[path], len(files[path]) + 1
            for edit in sorted((e for e in self.edits if e.path == path), key=lambda e: e.span, reverse=True):
                if edit.span.end > last:
                    raise ValueError(f"edits overlap in {path}")
                data = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
                last = edit.span.start
            result[path] = data
        return result


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patch that may be a fix. `source` in the report's words (``template:operator``, ``issue``, ``model:NAME``)."""

    patch: Patch
    source: str
    score: float = 0.0  # higher is tried earlier
    note: str = ""  # one line: what it does
