"""``fixbot bench fixes``: what verified fixing costs beside ``ruff check --fix`` and beside verifying one fix after the other."""

import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from fixbot_agent.cli.envelope import ExitCode, emit
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_analysis.source import SourceTree
from fixbot_bench.errors import DatasetError
from fixbot_repair import checks
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.all import container
from fixbot_repair.checks.versions import Ground
from fixbot_repair.fixing import Fix, Fixed, Wish, fix, gather
from fixbot_repair.fixing.fix import changed

_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", "__pycache__", ".venv", "*.so")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of this process and of all that it started, wall seconds, and how many fixes were made in them."""

    cpu: float
    wall: float
    fixes: int

    def row(self) -> Mapping[str, Json]:
        """As it is printed."""
        each = {"cpu_seconds": round(self.cpu, 2), "wall_seconds": round(self.wall, 2), "fixes": self.fixes}
        return {**each, "fixes_per_cpu_second": round(self.fixes / max(self.cpu, 1e-9), 1)}


@click.command("fixes", epilog="Example: fixbot bench fixes ~/src/requests --select ALL --sample 20")
@click.argument("project", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--select", default="", metavar="RULES", help="Ruff's rules, as its configuration.  [default: fixbot's own]"
)
@click.option("--only", default="ruff", show_default=True, metavar="TOOL,...", help="Tools that find and verify.")
@click.option("--sample", default=20, show_default=True, type=click.IntRange(1), help="Fixes verified one by one.")
@click.option("--seed", default=1, show_default=True)
@json_option
def command(*, project: Path, select: str, only: str, sample: int, seed: int, as_json: bool) -> int:
    """Fix a copy of PROJECT, tests included, with every fix verified; then let ruff fix it, and verify some one by one.

    No test is run: their cost is the project's. Ruff verifies nothing, and is the floor of what fixing can cost.
    """
    with Bar() as bar, TemporaryDirectory(prefix="fixbot-bench-") as folder:
        root = Path(folder).resolve() / "project"
        shutil.copytree(project, root, ignore=_LEFT_OUT, ignore_dangling_symlinks=True)
        if select:
            (root / "ruff.toml").write_text(f"lint.select = {json.dumps(select.split(','))}\n")
        document = _measured(root, bool(select), only.split(","), sample, seed, bar)
    if as_json:
        emit(document)
    else:
        _show(document)
    return ExitCode.OK


def _measured(root: Path, trusted: bool, only: Sequence[str], sample: int, seed: int, bar: Bar) -> Mapping[str, Json]:
    tools, ground, paths = (
        checks.chosen(only),
        Ground(root, trusted=trusted, sandbox=container(root)),
        SourceTree(root).paths,
    )
    before = checks.run(root, paths, only=tools, trusted=trusted, sandbox=ground.sandbox, progress=bar)
    wish, out = Wish(allow_tests=True), list[Fixed]()
    ours = _timed(lambda: out.append(fix(ground, paths, tools, before, wish=wish, progress=bar)))
    documents = {p: SourceTree(root).read(p) for p in {f.path for f in before.findings}}
    offered = gather(before.findings, documents, allow_tests=True)[0]
    chosen = random.Random(seed).sample(offered, min(sample, len(offered)))
    single = _timed(lambda: [_one(ground, tools, before, f) for f in chosen])
    ruff = _timed(lambda: _ruff(root, trusted))
    (fixed,) = out
    whys = Counter(_kind(r.why) for r in fixed.refused)
    return {
        "files": len(paths),
        "findings": len(before.findings),
        "offered": sum(bool(f.fix) for f in before.findings),
        "fixed": sum(len(v.fix.findings) for v in fixed.verified),
        "gone": len(fixed.gone),
        "refused": dict(whys.most_common()),
        "rounds": fixed.rounds,
        "not_alone": sum(bool(v.evidence.beside) for v in fixed.verified),
        "fixbot": Cost(*ours, len(fixed.verified)).row(),
        "one_at_a_time": Cost(*single, len(chosen)).row(),
        "ruff": Cost(*ruff, len(offered)).row(),
    }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Effect: do `work`; processor and wall seconds."""
    began, before = time.monotonic(), _cpu()
    work()
    return _cpu() - before, time.monotonic() - began


def _cpu() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _one(ground: Ground, tools: Sequence[checks.Tool], before: Feedback, one: Fix) -> bool:
    """Effect: what a verifier without groups does: the tools on the one changed file, and a look at what is new."""
    document = SourceTree(ground.root).read(one.path)
    overlay = {one.path: changed(document, one.edits).data}
    compiled = tools if any(t.name == "compiler" for t in tools) else (*checks.chosen(["compiler"]), *tools)
    now = checks.run(
        ground.root, [one.path], only=compiled, overlay=overlay, trusted=ground.trusted, sandbox=ground.sandbox
    )
    old = [f for f in before.findings if f.path == one.path and f not in one.findings]
    return not checks.new_findings(old, now.findings)


def _ruff(root: Path, trusted: bool) -> None:
    """Effect: let ruff fix the project by itself."""
    own = [] if trusted else ["--isolated", "--select=F,E9,PLE,B"]
    argv = [str(Path(sys.executable).with_name("ruff")), "check", "--fix", "--no-cache", "--quiet", "--exit-zero", *own]
    done = subprocess.run([*argv, "."], cwd=root, capture_output=True, check=False)
    if done.returncode:
        raise DatasetError(f"ruff broke: {done.stderr.decode(errors='replace')[-300:]}", "run it by hand")


def _kind(why: str) -> str:
    """A reason without its names."""
    for mark, kind in (
        ("it brings", "brings a new finding"),
        ("is still found", "does not help"),
        ("does not compile", "does not compile"),
        ("takes", "another file needs what it takes out"),
        ("protected", "protected file"),
    ):
        if mark in why:
            return kind
    return "other"


def _show(document: Mapping[str, Json]) -> None:
    click.echo(
        f"{document['findings']} findings in {document['files']} files, {document['offered']} with a fix:"
        f" {document['fixed']} fixed, {document['gone']} gone with them, {document['rounds']} rounds;"
        f" {document['not_alone']} fixes were tried in groups.\nRefused: {document['refused']}\n"
    )
    click.echo("| run | fixes | processor s | wall s | fixes per processor s |\n|---|---|---|---|---|")
    names = {
        "fixbot": "fixbot, each verified",
        "one_at_a_time": "one after the other",
        "ruff": "ruff --fix, unverified",
    }
    for key, name in names.items():
        cost = document[key]
        assert isinstance(cost, Mapping)
        click.echo(
            f"| {name} | {cost['fixes']} | {cost['cpu_seconds']} | {cost['wall_seconds']} | {cost['fixes_per_cpu_second']} |"
        )
