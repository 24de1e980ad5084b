"""fixbot's completion of one project, asked in this process: the index and the code model, with files opened as they are cut."""

from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_agent.completing import Completion, complete, member_setting
from fixbot_agent.completing.place import read_place
from fixbot_analysis.codemodel import Setting, learn_project
from fixbot_analysis.index import Index
from fixbot_bench.eyes.sites import Hole

_ALL = 1 << 30  # items: the whole list


class Asker:
    """Index and model of the project at `root`."""

    def __init__(self, root: Path, cache: Path, bar: Bar) -> None:
        """Effect: reads and learns the project."""
        self.index = Index.open(root, cache, progress=bar)
        self.model = learn_project(self.index, cache, bar)

    def open(self, path: str, data: bytes) -> None:
        """Effect: an editor shows `data` as the content of `path`."""
        self.index.update(path, data)
        self.model.update(path, data)

    def complete(self, hole: Hole) -> Completion:
        """Effect: everything offered at the hole, whose file was opened as it is cut."""
        return complete(self.index, self.model, hole.path, hole.position, _ALL)

    def setting(self, hole: Hole) -> Setting | None:
        """Effect: what was known when the members at the hole were ranked."""
        place = read_place(self.index.tree.read(hole.path), hole.position)
        return member_setting(self.index, self.model, place)
