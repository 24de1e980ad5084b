"""fixbot's completion of one project, asked in this process: the index and the code model, with files opened as they are cut."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_agent.completing import Completion, Inline, complete, member_setting
from fixbot_agent.completing.cursor.place import read_place
from fixbot_agent.completing.cursor.scope import in_scope
from fixbot_agent.completing.foreign.completing import likeliest_line
from fixbot_agent.completing.lines.lining import offers
from fixbot_agent.completing.lines.parsing import still_parses
from fixbot_agent.completing.lines.sureness import sureness
from fixbot_analysis.codemodel import Setting, learn_project
from fixbot_analysis.index import Index
from fixbot_analysis.receivers import abroad_of
from fixbot_analysis.source import Position, SourceTree, language_of
from fixbot_bench.eyes.sites import Hole, copied, cut

_ALL = 1 << 30  # items: the whole list
_PREPARING = 60.0  # seconds in which the server would have read definitions in its pauses
_FIRST_ITEMS = 20  # that the search for a line is told of


class Asker:
    """Index and model of the project at `root`."""

    def __init__(self, root: Path, cache: Path, bar: Bar) -> None:
        """Effect: reads and learns the project."""
        self.index = Index.open(root, cache, progress=bar)
        self.model = learn_project(self.index, cache, bar)
        abroad_of(self.index).prepare(_PREPARING)

    def open(self, path: str, data: bytes) -> None:
        """Effect: an editor shows `data` as the content of `path`."""
        self.index.update(path, data)
        self.model.update(path, data)

    def complete(self, hole: Hole) -> Completion:
        """Effect: everything offered at the hole, whose file was opened as it is cut."""
        return complete(self.index, self.model, hole.path, hole.position, _ALL)

    def rest(self, path: str, position: Position) -> Inline | None:
        """Effect: the text that goes on from a place, where one is shown."""
        return next(iter(complete(self.index, self.model, path, position, 1).inline), None)

    def likeliest(self, path: str, position: Position) -> Inline | None:
        """Effect: the likeliest rest of a line, however unsure: what :meth:`rest` would be if everything were shown."""
        document = self.index.tree.read(path)
        if language_of(path) != "python":
            return likeliest_line(self.index, self.model, document, position)
        place = read_place(document, position)
        if place.in_literal or place.naming_module:
            return None
        items = complete(self.index, self.model, path, position, _FIRST_ITEMS).items
        names = in_scope(document, self.index.facts(path), place)
        found = [offer for offer in offers(self.model, document, place, names, items, lambda: False) if offer.ends]
        for offer in sorted(found, key=lambda offer: -sureness(offer.signals)):
            if still_parses(document, place.word, offer.text):
                return Inline(offer.text, place.word, sureness(offer.signals), "codemodel")
        return None

    def setting(self, hole: Hole) -> Setting | None:
        """Effect: what was known when the members at the hole were ranked."""
        place = read_place(self.index.tree.read(hole.path), hole.position)
        return member_setting(self.index, self.model, place)


def visited(
    project: Path, scratch: Path, choose: Callable[[SourceTree], Sequence[Hole]], bar: Bar
) -> Iterator[tuple[Asker, Hole]]:
    """Effect: copies a project into `scratch` and reads it there. Each of the places that `choose` names, its file opened as it is cut."""
    root = copied(project, scratch)
    asker = Asker(root, scratch / "cache", bar)
    holes = sorted(choose(asker.index.tree), key=lambda hole: hole.path)
    for done, hole in enumerate(holes):
        bar.step(project.name, done, len(holes))
        with cut(root, hole) as whole:
            asker.open(hole.path, hole.text)
            yield asker, hole
        asker.open(hole.path, whole)
