"""``fixbot bench locate``: how early the files and functions that the gold patch edits are ranked.

A hit needs *all* gold locations within the first k (as in SweRank, table 1, and LocAgent, table 4). Instances whose
gold patch edits no existing function are left out of the function figure.
"""

import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import cast

from unidiff import PatchSet

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import locate
from fixbot_bench.grading.tree import export_tree
from fixbot_bench.instance import Instance
from fixbot_bench.repositories import find_repository
from fixbot_bench.runner import Done, Job, Result, Runner

_RANKS = 100  # stored per instance, so that another k needs no new run


def jobs(instances: Iterable[Instance], repositories: Path, cache: Path, version: str) -> tuple[Job, ...]:
    """One job an instance; `version` names what ranks, so that results of another version are not taken for it."""
    return tuple(
        Job(i.instance_id, (version, i.repo, i.base_commit, i.problem_statement, i.patch), partial(_work, i, repositories, cache))
        for i in instances
    )  # fmt: skip


def _work(instance: Instance, repositories: Path, cache: Path, _folder: Path) -> Result:
    with tempfile.TemporaryDirectory(prefix="fixbot-locate-") as scratch:
        tree = Path(scratch) / instance.repo.partition("/")[2]
        export_tree(find_repository(repositories, instance.repo), instance.base_commit, tree)
        index = Index.open(tree, cache)
        located = locate(index, instance.problem_statement)
        files, functions = gold_locations(instance.patch, index)
    return {
        "files": [file.path for file in located.files[:_RANKS]],
        "functions": [f"{symbol.path}::{symbol.name}" for symbol in located.symbols[:_RANKS]],
        "gold_files": list(files),
        "gold_functions": list(functions),
        "seconds": located.seconds,
    }


def gold_locations(patch: str, index: Index) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Existing files that `patch` edits, and the existing functions (``path::Qual.name``) its changed lines lie in."""
    files, functions = [], []
    for file in PatchSet(patch):
        if file.is_added_file:
            continue
        path = str(file.source_file).removeprefix("a/")
        files.append(path)
        if not path.endswith(".py"):
            continue
        found = (index.symbol_at(path, line) for line in _edited_lines(file))
        functions += [f"{path}::{s.qualname}" for s in found if s is not None and s.kind in ("function", "method")]
    return tuple(dict.fromkeys(files)), tuple(dict.fromkeys(functions))


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


def score(done: Sequence[Done], ks: Sequence[int]) -> Mapping[str, object]:
    """The figures of the contract from finished jobs; failed ones are named apart and count in nothing."""
    ran = [d for d in done if not d.error]
    with_functions = [d for d in ran if d.result["gold_functions"]]
    return {
        "instances": len(ran),
        "file": {str(k): _accuracy(ran, "files", k) for k in ks},
        "function_instances": len(with_functions),
        "function": {str(k): _accuracy(with_functions, "functions", k) for k in ks},
        "missed": [d.name for d in ran if not _hit(d, "files", max(ks))],
        "errors": {d.name: d.error for d in done if d.error},
        "seconds": round(sum(cast("float", d.result["seconds"]) for d in ran), 2),
    }


def _accuracy(done: Sequence[Done], what: str, k: int) -> float:
    return round(sum(_hit(d, what, k) for d in done) / len(done), 4) if done else 0.0


def _hit(done: Done, what: str, k: int) -> bool:
    gold = cast("list[str]", done.result[f"gold_{what}"])
    return bool(gold) and set(gold) <= set(cast("list[str]", done.result[what])[:k])


def run(
    instances: Sequence[Instance], repositories: Path, runner: Runner, cache: Path, ks: Sequence[int]
) -> Mapping[str, object]:
    """Effect: rank every instance and score the ranks."""
    from importlib.metadata import version

    import fixbot_analysis

    stamp = json.dumps([version("fixbot"), _content_stamp(Path(fixbot_analysis.__file__).parent)])
    return score(runner.run(jobs(instances, repositories, cache, stamp), "locating"), ks)


def _content_stamp(package: Path) -> str:
    import hashlib

    whole = hashlib.sha256()
    for source in sorted(package.rglob("*.py")):
        whole.update(source.read_bytes())
    return whole.hexdigest()[:16]
