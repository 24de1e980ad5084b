"""``fixbot bench grade``: predictions (or gold, or empty) of a dataset, graded side by side."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import cast

from fixbot_bench.dataset import load_predictions
from fixbot_bench.errors import DatasetError
from fixbot_bench.grading.grade import Grader
from fixbot_bench.grading.report import report
from fixbot_bench.grading.specification import recipe
from fixbot_bench.instance import Instance, Outcome, Prediction, Resolution
from fixbot_bench.runner import Done, Job, Runner, write_json


def predictions_for(source: str, instances: Sequence[Instance]) -> tuple[Prediction, ...]:
    """Effect: ``gold`` and ``empty`` are made from the instances, anything else is a file in the official format."""
    if source == "gold":
        return tuple(Prediction(i.instance_id, i.patch, "gold") for i in instances)
    if source == "empty":
        return tuple(Prediction(i.instance_id, "", "empty") for i in instances)
    known = {i.instance_id for i in instances}
    return tuple(p for p in load_predictions(Path(source)) if p.instance_id in known)


def grade(instances: Sequence[Instance], source: str, grader: Grader, runner: Runner) -> Mapping[str, object]:
    """Effect: grade all predictions and write ``report.json``; returns it.

    ``empty`` runs the tests on the untouched base: what a prediction is held against. An empty patch in a *file* is
    not run, as in the official harness, and counted apart.
    """
    predictions = predictions_for(source, instances)
    if not predictions:
        raise DatasetError(f"{source} holds no prediction for these instances", "compare the instance ids")
    by_id = {i.instance_id: i for i in instances}
    run = [p for p in predictions if p.model_patch.strip() or source == "empty"]
    skipped = [Resolution(p.instance_id, Outcome.EMPTY) for p in predictions if p not in run]
    jobs = [_job(by_id[p.instance_id], p, grader) for p in run]
    graded = [_resolution(done) for done in runner.run(jobs, "grading")]
    document = report([*graded, *skipped], len(instances))
    write_json(runner.out / "report.json", document)
    return document


def _job(instance: Instance, prediction: Prediction, grader: Grader) -> Job:
    facts = json.dumps(asdict(instance), sort_keys=True)
    inputs = (facts, prediction.model_patch, recipe(instance.repo), grader.sandbox.name)
    return Job(instance.instance_id, inputs, partial(_work, instance, prediction, grader))


def _work(instance: Instance, prediction: Prediction, grader: Grader, folder: Path) -> Mapping[str, object]:
    return asdict(grader.grade(instance, prediction, folder))


def _resolution(done: Done) -> Resolution:
    if done.error:
        return Resolution(done.name, Outcome.ERROR, why=done.error)
    held = done.result
    return Resolution(
        instance_id=done.name,
        outcome=Outcome(str(held["outcome"])),
        missing=tuple(map(str, cast("Iterable[object]", held["missing"]))),
        applied_with=str(held["applied_with"]),
        seconds=float(cast("float", held["seconds"])),
        why=str(held["why"]),
    )
