"""A suggestion between two steps of cleaning."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fixbot_agent.completing.cleaning.draft import Draft, Refused
from fixbot_agent.completing.cleaning.site import Site
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import SyntaxTree


@dataclass(frozen=True, slots=True)
class Work:
    """The `text` so far (line ends LF), which takes the place of the first `taken` characters after the cursor."""

    draft: Draft
    site: Site
    text: str
    taken: int = 0
    notes: tuple[str, ...] = ()

    def told(self, text: str, taken: int | None = None) -> "Work":
        """The same with another text."""
        return replace(self, text=text, taken=self.taken if taken is None else taken)

    @property
    def replaced(self) -> Span:
        """Bytes of the document that the text takes the place of."""
        start = self.draft.offset
        return Span(start, start + len(self.site.after[: self.taken].encode()))

    @property
    def rest(self) -> str:
        """What stays of the cursor's line after the text."""
        return self.site.rest[self.taken :]

    def written(self) -> tuple[bytes, Span]:
        """The document with the text in it, and where the text stands there."""
        span, new = self.replaced, self.text.encode()
        data = self.draft.data
        return data[: span.start] + new + data[span.end :], Span(span.start, span.start + len(new))

    def tree(self, old: SyntaxTree) -> tuple[SyntaxTree, Span]:
        """The tree of :meth:`written`, parsed again from `old` where it changed, and the text's span."""
        data, new = self.written()
        return old.edited(data, new.start, self.replaced.end, new.end), new


Step = Callable[[Work], Work | Refused]
