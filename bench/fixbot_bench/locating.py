"""``fixbot bench locate``: how early the files and functions that the gold patch edits are ranked.

A hit needs *all* gold locations within the first k (as in SweRank, table 1, and LocAgent, table 4). Instances whose
gold patch edits no existing function are left out of the function figure. A job gathers what speaks for each candidate;
weighing comes after, so that weights can be learned, taken away and tried without looking at the trees again.
"""

import json
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import cast

from unidiff import PatchSet

from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import Evidence, gather
from fixbot_bench.errors import DatasetError
from fixbot_bench.grading.tree import export_tree
from fixbot_bench.instance import Instance
from fixbot_bench.ranking.figures import by_weights, figures, report
from fixbot_bench.ranking.learning import Case, shipped
from fixbot_bench.repositories import find_repository
from fixbot_bench.runner import Done, Job, Result, Runner
from fixbot_repair.git import GitHistory

_FILES, _DEFINITIONS = 600, 600  # candidates of an instance that are kept, beside the gold ones
_DIGITS = 4

Table = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where things are: git repositories, the index's cache; and whether the past counts."""

    repositories: Path
    cache: Path
    past: bool = True


def gathered(instances: Sequence[Instance], ground: Ground, runner: Runner) -> tuple[Done, ...]:
    """Effect: what speaks for what in each instance, in processes of their own; what `runner` has stored is not done again."""
    with ProcessPoolExecutor(runner.workers, get_context("spawn")) as pool:
        version = f"{_stamp()} {ground.past}"
        jobs = [
            Job(i.instance_id, (version, i.repo, i.base_commit, i.problem_statement, i.patch), partial(_elsewhere, pool, i, ground))
            for i in instances
        ]  # fmt: skip
        return runner.run(jobs, "locating")


def _elsewhere(pool: ProcessPoolExecutor, instance: Instance, ground: Ground, _folder: Path) -> Result:
    return pool.submit(_work, instance, ground).result()


def _work(instance: Instance, ground: Ground) -> Result:
    repository = find_repository(ground.repositories, instance.repo)
    history = past_of(repository, instance.base_commit, ground.cache) if ground.past else None
    with tempfile.TemporaryDirectory(prefix="fixbot-locate-") as scratch:
        tree = Path(scratch) / instance.repo.partition("/")[2]
        export_tree(repository, instance.base_commit, tree)
        with Index.open(tree, ground.cache) as index:
            gather(index, "any word", unweighed=True)  # what is made once for a project is not the time of a question
            began = time.process_time()
            found = gather(index, instance.problem_statement, history, unweighed=True)
            seconds = time.process_time() - began
            gold_files, gold_functions = gold_locations(instance.patch, index)
    return {
        "gold_files": list(gold_files),
        "gold_functions": list(gold_functions),
        "seconds": round(seconds, 4),
        "files": _files(found, gold_files),
        "definitions": _definitions(found, gold_functions),
    }


def case_of(instance: Instance, done: Done) -> Case:
    """A finished job as a case to weigh."""
    result = cast("Mapping[str, Table]", done.result)
    golds = cast("Mapping[str, Sequence[str]]", done.result)
    gold_files, gold_functions = tuple(golds["gold_files"]), tuple(golds["gold_functions"])
    return Case(done.name, instance.repo, result["files"], result["definitions"], gold_files, gold_functions)


def past_of(repository: Path, commit: str, cache: Path) -> ProjectHistory:
    """Effect: the history of `repository` as of `commit`: its ancestors alone."""
    return ProjectHistory.open(GitHistory.bare(repository, commit), cache)


def _files(found: Evidence, gold: Sequence[str]) -> Table:
    return _best(found.files, _FILES, gold)


def _definitions(found: Evidence, gold: Sequence[str]) -> Table:
    named = {
        signal: {f"{path}::{name}": value for (path, name), value in scores.items() if name}
        for signal, scores in found.definitions.items()
    }
    return _best(named, _DEFINITIONS, gold)


def _best(signals: Table, limit: int, gold: Sequence[str]) -> Table:
    """The signals of the candidates for which most speaks, and of `gold`."""
    sums: dict[str, float] = {}
    for scores in signals.values():
        for key, value in scores.items():
            sums[key] = sums.get(key, 0.0) + value
    kept = {*sorted(sums, key=lambda key: (-sums[key], key))[:limit], *gold}
    return {name: {k: round(v, _DIGITS) for k, v in scores.items() if k in kept} for name, scores in signals.items()}


def gold_locations(patch: str, index: Index) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Existing files that `patch` edits, and the existing functions (``path::Qual.name``) its changed lines lie in."""
    paths, functions = [], []
    for file in PatchSet(patch):
        if file.is_added_file:
            continue
        path = str(file.source_file).removeprefix("a/")
        paths.append(path)
        if not path.endswith(".py"):
            continue
        found = (index.symbol_at(path, line) for line in _edited_lines(file))
        functions += [f"{path}::{s.qualname}" for s in found if s is not None and s.kind in ("function", "method")]
    return tuple(dict.fromkeys(paths)), tuple(dict.fromkeys(functions))


def _edited_lines(file: "Iterable[object]") -> list[int]:
    """Lines of the old file that are removed, or that an insertion follows."""
    edited: list[int] = []
    for hunk in file:
        last = 0
        for line in cast("Iterable[_Line]", hunk):
            if line.is_removed:
                edited.append(line.source_line_no)
            elif line.is_added and last:
                edited.append(last)
            last = line.source_line_no or last
    return edited


class _Line:
    """What unidiff's lines offer (the package carries no types)."""

    is_removed: bool
    is_added: bool
    source_line_no: int


@cache
def _stamp() -> str:
    """What the signals depend on: our version and code, but for the weights."""
    import hashlib
    from importlib.metadata import version

    import fixbot_analysis

    package = Path(fixbot_analysis.__file__).parent
    whole = hashlib.sha256()
    for source in sorted({*package.rglob("*.py"), *package.rglob("*.scm"), Path(__file__)}):
        if source.name != "weights.py":
            whole.update(source.read_bytes())
    return json.dumps([version("fixbot"), whole.hexdigest()[:16]])


@dataclass(frozen=True, slots=True)
class Measured:
    """Cases that ran, why others did not, and seconds of CPU that answering took, each."""

    cases: tuple[Case, ...]
    errors: Mapping[str, str]
    seconds: tuple[float, ...]


def measure(instances: Sequence[Instance], ground: Ground, runner: Runner) -> Measured:
    """Effect: gather, or take what is stored."""
    done = gathered(instances, ground, runner)
    pairs = [(instance, each) for instance, each in zip(instances, done, strict=True) if not each.error]
    return Measured(
        tuple(case_of(instance, each) for instance, each in pairs),
        {each.name: each.error for each in done if each.error},
        tuple(cast("float", each.result["seconds"]) for _, each in pairs),
    )


def run(
    instances: Sequence[Instance], ground: Ground, runner: Runner, ks: Sequence[int], *, ablate: bool = False
) -> Mapping[str, object]:
    """Effect: rank every instance; the figures of the contract, with those by weights of other repositories beside them."""
    measured = measure(instances, ground, runner)
    return {
        "instances": len(measured.cases),
        **report(measured.cases, ks, ablate),
        "errors": measured.errors,
        "seconds": round(sum(measured.seconds), 2),
    }


def translated(
    instances: Sequence[Instance], ground: Ground, runner: Runner, ks: Sequence[int]
) -> Mapping[str, object]:
    """Effect: the same instances as they were written and in Chinese, and how many points the translation costs.

    Code, identifiers and tracebacks are as they were; see data/issues_zh.jsonl. Raises DatasetError where none of them is translated.
    """
    texts = translations()
    originals = [each for each in instances if each.instance_id in texts]
    if not originals:
        raise DatasetError("none of these instances is translated", f"choose among {', '.join(sorted(texts))}")
    chinese = [
        replace(each, instance_id=f"{each.instance_id}_zh", problem_statement=texts[each.instance_id])
        for each in originals
    ]
    first, second = measure(originals, ground, runner), measure(chinese, ground, runner)
    before, after = (figures(by_weights(each.cases, shipped()), ks) for each in (first, second))
    least = str(min(ks))
    lost = cast("Mapping[str, float]", before["file"])[least] - cast("Mapping[str, float]", after["file"])[least]
    return {
        "instances": len(second.cases),
        "original": before,
        "translated": after,
        "file_loss": {least: round(100 * lost, 1)},
        "errors": {**first.errors, **second.errors},
    }


def translations() -> Mapping[str, str]:
    """Effect: read the issues in Chinese that come with the bench: instance -> text."""
    lines = files("fixbot_bench").joinpath("data/issues_zh.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["instance_id"]: row["text"] for row in map(json.loads, lines)}
