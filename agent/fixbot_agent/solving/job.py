"""What is to be solved, with what, and who is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fixbot_agent.models import Image
from fixbot_agent.runs import Kept, Run
from fixbot_agent.settings import Places, Settings
from fixbot_agent.solving.ground import Plot
from fixbot_agent.solving.proving.taking_back import Since
from fixbot_agent.solving.reporting.report import Report
from fixbot_agent.solving.resuming import Stood
from fixbot_analysis.ports import Progress, Silent


def _nothing() -> None:
    """Go on clearing up."""


def _nobody(line: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to solve and with what. `text` is the issue's, None when failing tests are the issue.

    `model` is asked before the search is tried; without it, the models of the role "solve" are asked as the strategy has it.
    `fallback` are asked when those have failed. `say` hears a line on each thing that is done, for people.
    """

    root: Path
    text: str | None
    settings: Settings
    places: Places
    run: Run
    base: str = ""
    trusted: bool = False
    model: str = ""
    fallback: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Silent)
    say: Callable[[str], None] = _nobody
    stood: Stood | None = None  # what the run stood on when it was cut short
    overrun: Callable[[Report], None] | None = None  # ends the process where something hangs for good
    buffers: Mapping[str, bytes] = field(
        default_factory=dict
    )  # path from the repository's top -> text of an open document
    only: tuple[str, ...] = ()  # of the tests that fail, mend these; without, all
    since: tuple[Since, ...] = ()  # what files were while the tests passed, the newest first: what changed is suspected
    pictures: tuple[Image, ...] = ()  # that the issue shows: for models that see
    kept: Kept | None = None  # the run that is gone on with, or gone through again
    replays: bool = False  # ask nobody: what `kept` has no answer to ends it
    at_once: Callable[[], None] = _nothing  # ends it when somebody asks for the second time

    @property
    def plot(self) -> Plot:
        """Where it is to be worked."""
        return Plot(self.root, self.base, self.settings, self.trusted, self.places.index, self.buffers)

    @property
    def go_on(self) -> str:
        """How to go on when it is cut short; "" where nothing of it is kept."""
        run = self.run
        return f"go on with: fixbot solve --resume {run.id}" if run.folder else ""
