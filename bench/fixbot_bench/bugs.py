"""``fixbot bench bugs``: verifies a folder of written bugs and lays them out as cases for ``fixbot bench repair``.

Below FOLDER each PROJECT has ``project/`` (correct, with its tests), ``held_out/`` (tests that decide whether a repair is
correct) and ``bugs/``: NAME.patch puts the bug in, NAME.toml describes it, NAME.test.patch adds the test that shows it,
NAME.issue.md is what a user reports. A case is named PROJECT-NAME.
"""

import hashlib
import shutil
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_agent.schemas import Json
from fixbot_bench.errors import DatasetError
from fixbot_bench.judging.judge import HELD_OUT, apply_patch
from fixbot_bench.judging.suite import Outcome, run_suite
from fixbot_bench.runner import Job, Result, Runner

KINDS = ("crash", "wrong default", "missing case", "api misuse", "slip", "other")
PLACES = ("line", "function", "places")  # one line, several lines of one function, two places or more
GIVEN = ("tests", "issue")
_SLOWEST = 2.0  # seconds a suite's tests may take
_NO_CACHES = shutil.ignore_patterns("__pycache__", ".pytest_cache")


@dataclass(frozen=True, slots=True)
class Bug:
    """One way to break a project: unified diffs against ``project/``, and what is known of it."""

    name: str
    patch: str
    test_patch: str
    issue: str
    kind: str
    summary: str
    given: str
    place: str
    far: bool  # the fault is in another module than the one that the failing tests are about
    fails: frozenset[str]  # ids of the project's tests that fail with the bug; none where an issue is given


@dataclass(frozen=True, slots=True)
class Written:
    """A correct project, its held-out tests and its bugs."""

    root: Path
    bugs: tuple[Bug, ...]

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.root.name

    def case(self, bug: Bug) -> str:
        """Name of the case that one of its bugs makes."""
        return f"{self.name}-{bug.name}"


def read_projects(folder: Path) -> tuple[Written, ...]:
    """Effect: the projects below `folder`, read; raises DatasetError where one is not as the layout says."""
    roots = sorted(path.parent for path in folder.glob("*/project") if path.is_dir())
    if not roots:
        raise DatasetError(f"{folder} holds no PROJECT/project", "name the folder of a split, such as bench/bugs/open")
    return tuple(_project(root) for root in roots)


def _project(root: Path) -> Written:
    for part in ("project/pyproject.toml", "project/tests", HELD_OUT, "bugs"):
        if not (root / part).exists():
            raise DatasetError(f"{root} has no {part}", "see 'fixbot bench bugs --help' for the layout")
    patches = sorted(p for p in (root / "bugs").glob("*.patch") if not p.name.endswith(".test.patch"))
    return Written(root, tuple(_bug(path) for path in patches))


def _bug(patch: Path) -> Bug:
    name, known = patch.name.removesuffix(".patch"), patch.with_suffix(".toml")
    try:
        facts = tomllib.loads(known.read_text(encoding="utf-8"))
        bug = Bug(
            name, patch.read_text(encoding="utf-8"), _text(patch, "test.patch"), _text(patch, "issue.md"),
            facts["kind"], facts["summary"], facts["given"], facts["place"], facts["far"],
            frozenset(facts.get("fails", ())),
        )  # fmt: skip
    except FileNotFoundError as error:
        raise DatasetError(f"{patch} has no {known.name} beside it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise DatasetError(f"{known} cannot be read: {error}") from error
    except KeyError as error:
        raise DatasetError(f"{known} does not say {error.args[0]!r}") from error
    for said, allowed in ((bug.kind, KINDS), (bug.given, GIVEN), (bug.place, PLACES)):
        if said not in allowed:
            raise DatasetError(f"{known} says {said!r}", f"there are {', '.join(allowed)}")
    if (bug.given == "issue") != bool(bug.issue):
        raise DatasetError(f"{known}: given = {bug.given!r}", "an issue.md belongs to given = 'issue', and only there")
    return bug


def _text(patch: Path, suffix: str) -> str:
    path = patch.with_suffix(f".{suffix}")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def lay_out(project: Written, bug: Bug, out: Path) -> None:
    """Effect: write the case, the correct files and the held-out tests of a bug below `out`, in place of older ones."""
    case, fixed, held_out = (out / part / project.case(bug) for part in ("cases", "fixed", HELD_OUT))
    for folder in (case, fixed, held_out):
        shutil.rmtree(folder, ignore_errors=True)
    if not _broken(project, bug, case):
        raise DatasetError(f"a patch of {project.case(bug)} does not apply to its project")
    if bug.issue:
        (case / "issue.md").write_text(bug.issue, encoding="utf-8")
    source = project.root / "project"
    for path in _files(source):
        name = path.relative_to(source)
        if name.parts[0] != "tests" and _bytes(case / name) != path.read_bytes():
            (fixed / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, fixed / name)
    shutil.copytree(project.root / HELD_OUT, held_out, ignore=_NO_CACHES)


def _broken(project: Written, bug: Bug, tree: Path) -> bool:
    """Effect: make `tree` the project with the bug and the test that shows it; whether both patches fit."""
    shutil.copytree(project.root / "project", tree, ignore=_NO_CACHES)
    return apply_patch(tree, bug.patch) and (not bug.test_patch or apply_patch(tree, bug.test_patch))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def verify(project: Written) -> Iterator[tuple[str, str]]:
    """Effect: runs the tests. (case or project, what is wrong with it) of one project; nothing where all is well."""
    with tempfile.TemporaryDirectory(prefix="fixbot-bugs-") as scratch:
        correct = Path(scratch) / "correct"
        shutil.copytree(project.root / "project", correct, ignore=_NO_CACHES)
        shutil.copytree(project.root / HELD_OUT, correct / HELD_OUT, ignore=_NO_CACHES)
        for folder in ("tests", HELD_OUT):
            yield from ((project.name, f"correct, yet {why}") for why in _not_green(run_suite(correct, folder)))
    for bug in project.bugs:
        yield from ((project.case(bug), why) for why in _faults(project, bug))


def _not_green(outcome: Outcome) -> Iterator[str]:
    if not outcome.green:
        yield outcome.broken or f"fails {_listed(outcome.failed) or 'by having no test'}"
    if outcome.seconds > _SLOWEST:
        yield f"its tests take {outcome.seconds:.1f} s"


def _faults(project: Written, bug: Bug) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="fixbot-bugs-") as scratch:
        tree, correct = Path(scratch) / "broken", Path(scratch) / "correct"
        if not _broken(project, bug, tree):
            yield "a patch does not apply"
            return
        shutil.copytree(project.root / HELD_OUT, tree / HELD_OUT, ignore=_NO_CACHES)
        shown, hidden = run_suite(tree, "tests"), run_suite(tree, HELD_OUT)
        if shown.broken:
            yield shown.broken
        elif shown.failed != bug.fails:
            yield f"fails {_listed(shown.failed) or 'nothing'}, said was {_listed(bug.fails) or 'nothing'}"
        if bool(bug.fails) != (bug.given == "tests") or not shown.passed:
            yield "tests must fail where given = 'tests' and only there, and some must pass"
        if not hidden.failed and not hidden.broken:
            yield "no held-out test fails"
        if bug.test_patch:
            shutil.copytree(project.root / "project", correct, ignore=_NO_CACHES)
            apply_patch(correct, bug.test_patch)
            yield from (f"correct with its test, yet {why}" for why in _not_green(run_suite(correct, "tests")))


def _listed(tests: Iterable[str]) -> str:
    return ", ".join(sorted(tests))


def run(projects: Sequence[Written], out: Path, runner: Runner) -> Mapping[str, object]:
    """Effect: verify every project, lay out the bugs that are sound, and count."""
    jobs = [Job(each.name, (_digest(each.root),), partial(_work, each)) for each in projects]
    faults = list[tuple[str, str]]()
    for done in runner.run(jobs, "verifying"):
        found = [(done.name, done.error)] if done.error else cast("list[list[str]]", done.result["faults"])
        faults += [(where, why) for where, why in found]
    bad = {where for where, _ in faults}
    pairs = [(project, bug) for project in projects for bug in project.bugs]
    sound = [(p, b) for p, b in pairs if p.name not in bad and p.case(b) not in bad]
    for project, bug in sound:
        lay_out(project, bug, out)
    return {
        "projects": len(projects),
        "bugs": len(pairs),
        "sound": len(sound),
        "kind": Counter(bug.kind for _, bug in pairs),
        "given": Counter(bug.given for _, bug in pairs),
        "place": Counter(bug.place for _, bug in pairs),
        "far": sum(bug.far for _, bug in pairs),
        "faults": [{"bug": where, "fault": why} for where, why in faults],
    }


def _work(project: Written, _out: Path) -> Result:
    return {"faults": list(verify(project))}


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in _files(folder):
        whole.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()


@click.command("bugs", epilog="Example: fixbot bench bugs bench/bugs/open --out out/bugs; fixbot bench repair out/bugs")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the cases go.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True)
@json_option
def command(*, folder: Path, out: Path, workers: int, as_json: bool) -> int:
    """Check written bugs against their own tests and lay them out as cases.

    FOLDER/PROJECT holds project/ (correct, with tests/), held_out/test_*.py and bugs/: NAME.patch, NAME.toml and, where
    they are needed, NAME.test.patch and NAME.issue.md. Exits with 1 where a bug is not what it says.
    """
    projects = read_projects(folder)
    with Bar() as bar:
        document = run(projects, out, Runner(out, workers, bar))
    faults = cast("Sequence[Mapping[str, str]]", document["faults"])
    if as_json:
        emit(cast("Mapping[str, Json]", document))
    else:
        for row in ("projects", "bugs", "sound", "far"):
            click.echo(f"{row:<20} {document[row]}")
        for row in ("kind", "given", "place"):
            counts = sorted(cast("Mapping[str, int]", document[row]).items())
            click.echo(f"{row:<20} {', '.join(f'{name} {count}' for name, count in counts)}")
        for fault in faults:
            click.echo(printable(f"  {fault['bug']}: {fault['fault']}"))
    return 1 if faults else ExitCode.OK
