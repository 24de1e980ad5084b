"""What was learnt of many files, sorted once and not changed any more: n-grams and accesses, of which files and folders are ranges."""

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fixbot_analysis.codemodel.segment import BOUNDARY, Segment, View
from fixbot_analysis.codemodel.usage import Accesses, Usage

_VIEWS, _FEWER = 24, 6  # files and folders whose groups are kept, and how many of them when nobody asks

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Learnt:
    """One file as it is handed in: its tokens, the accesses of its pieces, and the parts that its tokens play (none, or one each)."""

    tokens: Sequence[int]
    accesses: Sequence[Accesses]
    roles: Sequence[int] = ()


class Frozen:
    """The counts of the files `paths` (sorted): `tokens` are their spans in the segment, `usage.spans` those of their accesses.

    `roles` is the segment of the parts that tokens play; it is as long as that of the tokens, or empty.
    """

    def __init__(
        self,
        paths: Sequence[str],
        digests: Sequence[str],
        tokens: Sequence[Span],
        segment: Segment,
        usage: Usage,
        roles: Segment,
    ) -> None:
        self.paths, self.segment, self.usage, self.roles = paths, segment, usage, roles
        self.digests = dict(zip(paths, digests, strict=True))
        self.spans = dict(zip(paths, tokens, strict=True))
        self._views: OrderedDict[tuple[bool, Span], View] = OrderedDict()

    @classmethod
    def of(cls, files: Mapping[str, Learnt], digests: Mapping[str, str]) -> "Frozen":
        """Of all `files`."""
        paths = sorted(files)
        backwards, parts, spans = array("I", [BOUNDARY]), array("I", [BOUNDARY]), []
        for path in paths:
            begin = len(backwards)
            backwards.extend(reversed(files[path].tokens))
            spans.append((begin, len(backwards)))
            backwards.append(BOUNDARY)
            parts.extend(reversed(files[path].roles))
            parts.append(BOUNDARY)
        roles = Segment(parts if len(parts) == len(backwards) else array("I", [BOUNDARY]))
        usage = Usage.of([files[path].accesses for path in paths])
        return cls(paths, [digests[path] for path in paths], spans, Segment(backwards), usage, roles)

    def learnt(self, path: str) -> Learnt:
        """What was handed in of a file."""
        some = self.ngrams(path)
        return Learnt(some.tokens, [self.usage.part(self.number(path))], some.roles)

    def ngrams(self, path: str) -> Learnt:
        """The same without its accesses, which take a pass over those of all files."""
        first, last = self.spans[path]
        tokens, roles = (part.tokens[first:last][::-1] for part in (self.segment, self.roles))
        return Learnt(tokens, (), roles)

    def number(self, path: str) -> int:
        """Index of the first path that is not before `path`."""
        return bisect_left(self.paths, path)

    def file(self, path: str, *, roles: bool = False) -> View:
        """The n-grams of one file, of tokens or of the parts they play; of none where it was not learnt."""
        return self._view(self.spans.get(path, (0, 0)), roles=roles)

    def folder(self, folder: str, *, roles: bool = False) -> View:
        """The n-grams of all files below `folder` (with a slash at its end), of tokens or of the parts they play."""
        first, last = self.below(folder)
        if first == last:
            return self._view((0, 0), roles=roles)
        return self._view((self.spans[self.paths[first]][0], self.spans[self.paths[last - 1]][1]), roles=roles)

    def below(self, folder: str) -> Span:
        """Indices, among the paths, of the files below `folder`."""
        return self.number(folder), self.number(folder[:-1] + "0")  # "0" comes right after "/"

    def tidy(self) -> None:
        """Keep only the groups that were asked for last."""
        while len(self._views) > _FEWER:
            self._views.popitem(last=False)

    def _view(self, span: Span, *, roles: bool) -> View:
        view = self._views.get((roles, span))
        if view is None:
            view = self._views[roles, span] = View(self.roles if roles else self.segment, *span)
            while len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end((roles, span))
        return view
