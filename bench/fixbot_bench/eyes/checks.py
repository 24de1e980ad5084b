"""``fixbot bench checks``: what ``fixbot check --only semgrep`` costs beside plain Semgrep, with the same rules and engine flags."""

import contextlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_repair.checks.semgrep import FLAGS, RULES


@dataclass(frozen=True, slots=True)
class Cost:
    """One run: processor seconds of all its processes, wall seconds, how often each rule was found."""

    cpu: float
    wall: float
    rules: Mapping[str, int]


@click.command("checks", epilog="Example: fixbot bench checks Django --times 3")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--times", type=click.IntRange(1), default=3, show_default=True, help="Runs of each, taken in turns.")
@json_option
def command(*, project: Path, times: int, as_json: bool) -> int:
    """Time fixbot's Semgrep check and plain Semgrep on PROJECT; the least of each counts, and both must find the same."""
    ours, plain = list[Cost](), list[Cost]()
    with Bar() as bar, TemporaryDirectory(prefix="fixbot-bench-") as folder:
        engine = _engine(Path(folder))
        for turn in range(times):
            bar.step("Semgrep by fixbot and by itself", 2 * turn, 2 * times)
            ours.append(_fixbot(project))
            bar.step("Semgrep by fixbot and by itself", 2 * turn + 1, 2 * times)
            plain.append(_semgrep(engine, project))
    document = _document(ours, plain)
    if as_json:
        emit(document)
    else:
        _show(document, ours, plain)
    return ExitCode.OK


def _engine(folder: Path) -> Path:
    """Effect: Semgrep's fast front end is its core binary under another name."""
    spec = importlib.util.find_spec("semgrep")
    if spec is None or spec.origin is None:
        raise DatasetError("semgrep is not installed beside fixbot", "install it: python -m pip install semgrep")
    link = folder / "osemgrep"
    link.symlink_to(Path(spec.origin).parent / "bin" / "semgrep-core")
    return link


def _fixbot(project: Path) -> Cost:
    argv = [sys.executable, "-m", "fixbot_agent.cli", "check", "--only", "semgrep", "--json", "."]
    cost, printed = _timed(argv, project)
    found = json.loads(printed)["findings"]
    return Cost(*cost, Counter(f["rule"] for f in found))


def _semgrep(engine: Path, project: Path) -> Cost:
    cost, printed = _timed([str(engine), *FLAGS, f"--config={RULES}", "."], project)
    return Cost(*cost, Counter(r["check_id"].rpartition(".")[2] for r in json.loads(printed)["results"]))


def _timed(argv: Sequence[str], project: Path) -> tuple[tuple[float, float], bytes]:
    """Effect: run a command; its processor and wall seconds, and what it printed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with _Watch() as watch:
        done = subprocess.run(argv, cwd=project, capture_output=True, check=False, env=dict(os.environ))
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1) or not done.stdout:
        said = done.stderr.decode(errors="replace")[-300:]
        raise DatasetError(f"{Path(argv[0]).name} broke: {said}", "run it by hand")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # A sandbox may end so that what the engine used inside is counted nowhere (seen in one run of three).
    return (cpu if cpu >= watch.engine else cpu + watch.engine, wall), done.stdout


class _Watch:
    """Processor seconds of Semgrep's engine as /proc shows them while it runs; 0 where there is no /proc."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.engine = 0.0

    def _look(self) -> None:
        tick = os.sysconf("SC_CLK_TCK")
        while not self._over.wait(0.2):
            for place in Path("/proc").glob("[0-9]*/stat"):
                with contextlib.suppress(OSError, IndexError):
                    name, _, rest = place.read_text().partition(") ")
                    if name.endswith("(osemgrep"):
                        used = rest.split()
                        self.engine = max(self.engine, (int(used[11]) + int(used[12])) / tick)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join()


def _document(ours: Sequence[Cost], plain: Sequence[Cost]) -> Mapping[str, Json]:
    differ = sorted(set(ours[0].rules.items()) ^ set(plain[0].rules.items()))
    return {
        "findings": {"fixbot": sum(ours[0].rules.values()), "semgrep": sum(plain[0].rules.values())},
        "rules_that_differ": sorted({rule for rule, _ in differ}),
        "cpu_seconds": {"fixbot": _least(ours, "cpu"), "semgrep": _least(plain, "cpu")},
        "wall_seconds": {"fixbot": _least(ours, "wall"), "semgrep": _least(plain, "wall")},
        "ratio": round(_least(ours, "cpu") / max(_least(plain, "cpu"), 1e-9), 3),
    }


def _least(costs: Sequence[Cost], what: str) -> float:
    return round(min(float(getattr(c, what)) for c in costs), 2)


def _show(document: Mapping[str, Json], ours: Sequence[Cost], plain: Sequence[Cost]) -> None:
    click.echo("| run | findings | processor s (least) | wall s (least) |\n|---|---|---|---|")
    for name, costs in (("fixbot check --only semgrep", ours), ("semgrep, same rules and flags", plain)):
        found = sum(costs[0].rules.values())
        click.echo(f"| {name} | {found} | {_least(costs, 'cpu')} | {_least(costs, 'wall')} |")
    click.echo(f"\nfixbot takes {document['ratio']} times the processor time.")
    if differ := document["rules_that_differ"]:
        click.echo(f"They do not find the same: {differ}")
