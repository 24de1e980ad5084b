"""A program that lets a model work on a folder, kept in a run: begun, or gone on with. Its arguments: folder, runs, address."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_agent.models import Budget, Chain
from fixbot_agent.models.client import Client
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.runs import Redactor, Run, Trail
from fixbot_agent.settings.keys import ModelSettings
from fixbot_agent.solving.conversing.conversation import Conversation
from fixbot_agent.tools import Desk, Toolbox
from fixbot_analysis.index import Index
from fixbot_repair.checks import Feedback, TestOutcome, TestStatus
from fixbot_repair.confined import read

START = "def add(a, b):\n    return a - b\n"


class Folder:
    """A private copy on disk, as it was at the start each time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "calc.py").write_text(START)

    @property
    def paths(self) -> tuple[str, ...]:
        return ("calc.py",)

    def read(self, path: str) -> bytes:
        return read(self.root, path)

    def original(self, path: str) -> bytes | None:
        return START.encode()

    def write(self, files: Mapping[str, bytes | None]) -> None:
        for path, data in files.items():
            (self.root / path).write_bytes(data or b"")


class Bench:
    """Tests whose words are other ones each time."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, ids: Sequence[str] | None = None, output: Sequence[str] = ()) -> Feedback:
        time.sleep(0.05)
        good = b"a + b" in (self.root / "calc.py").read_bytes()
        status = TestStatus.PASSED if good else TestStatus.FAILED
        return Feedback(
            outcomes=(TestOutcome("t::add", status, message=f"<object at {id(object()):#x}>, {time.time()}"),)
        )


def work(folder: Path, runs: Path, address: str) -> str:
    """Let the model at `address` work on `folder`; returns how that ended, with the text that the file has then."""
    trail = Trail(runs)
    before = trail.listed()
    kept = Exchanges.read(before[0]) if before else Exchanges((), {})
    run = Run.resume(before[0].folder, Redactor(), print) if before else Run.start(runs, Redactor(), print)
    toolbox = Toolbox(Desk(Folder(folder), Bench(folder), Index.open(folder), failing=("t::add",)))
    recorder = Recorder(run, {"m": address}, lambda _: None, first=kept.last + 1)
    chain = Chain([Client(ModelSettings("m", base_url=address, model="x"))], recorder.answered, "solve")
    model = Recorded(recorder, chain, kept)
    ended = Conversation(model, toolbox, Budget(), run).work("fix it")
    return f"{ended.end}: {ended.text}\n{(folder / 'calc.py').read_text()}"


if __name__ == "__main__":
    print(work(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
