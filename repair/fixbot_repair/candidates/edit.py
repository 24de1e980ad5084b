"""Edits as byte spans, patches as sets of edits; nothing here knows where an edit came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from fixbot_analysis.source import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes of `span` in the file `path` (UTF-8 offsets, see Document.data) by `text`."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Patch:
    """Edits that belong together, no two of them overlapping; applied all or not at all.

    `created` are files that must not exist before (their edits fill an empty file), `deleted` files that go.
    """

    edits: tuple[Edit, ...]
    created: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Files it touches, sorted."""
        return tuple(sorted({e.path for e in self.edits} | {*self.created, *self.deleted}))

    def apply(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Return the new content of each file that is there afterwards; `files` holds their UTF-8 content before.

        Raises ValueError when edits overlap or lie outside the file, and KeyError when a file is missing.
        """
        before = {**files, **dict.fromkeys(self.created, b"")}
        return {path: self._applied(path, before[path]) for path in self.paths if path not in self.deleted}

    def _applied(self, path: str, data: bytes) -> bytes:
        parts: list[bytes] = []
        at = 0
        for edit in sorted((e for e in self.edits if e.path == path), key=lambda e: e.span):
            if not at <= edit.span.start <= edit.span.end <= len(data):
                raise ValueError(f"edits overlap or lie outside {path}")
            parts += [data[at : edit.span.start], edit.text.encode()]
            at = edit.span.end
        return b"".join([*parts, data[at:]])

    @classmethod
    def between(cls, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> "Patch":
        """The patch that leads from `before` to `after` (UTF-8 contents), one edit for each run of changed lines.

        A path that only `after` has is created, one that only `before` has is deleted.
        """
        edits = [e for path, data in after.items() for e in line_edits(path, before.get(path, b""), data)]
        return cls(
            tuple(edits), tuple(sorted(after.keys() - before.keys())), tuple(sorted(before.keys() - after.keys()))
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patch that may be a fix. `source` in the report's words (``template:operator``, ``issue``, ``model:NAME``)."""

    patch: Patch
    source: str
    score: float = 0.0  # higher is tried earlier
    note: str = ""  # one line: what it does


def line_edits(path: str, before: bytes, after: bytes) -> Iterator[Edit]:
    """Yield an :class:`Edit` for every run of lines in which `after` differs from `before`."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for _, i1, i2, j1, j2 in changed_runs(old, new):
        yield Edit(path, Span(starts[i1], starts[i2]), b"".join(new[j1:j2]).decode())


_FULL_MATCHING = 4000  # lines up to which difflib may look at every line, popular ones too


def changed_runs(old: list[bytes], new: list[bytes]) -> Iterator[tuple[str, int, int, int, int]]:
    """Opcodes (as in difflib) of the runs that differ; equal ends are cut off first, so that long files stay cheap."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) + len(b) > _FULL_MATCHING)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield tag, i1 + head, i2 + head, j1 + head, j2 + head
