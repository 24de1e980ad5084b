"""``fixbot bench confidence``: figures from results that are there, and weights that tell right from wrong."""

import json
import math

import pytest
from click.testing import CliRunner

from fixbot_bench.confidence import command, judged, moved


def lay(folder, name, *, right, tried, confidence=True):
    case = folder / "instances" / name
    case.mkdir(parents=True)
    signals = {"tried": tried, "score": -tried}
    told = {"confidence": {"value": 0.5, "signals": signals} if confidence else None}
    (case / "report.json").write_text(json.dumps(told))
    (case / "result.json").write_text(json.dumps({"result": {"status": "plausible", "correct": right}}))


def test_what_separates_in_other_projects_is_learnt(tmp_path):
    for project in "abcd":
        for n in range(6):
            lay(tmp_path, f"{project}-{n}", right=n < 3, tried=float(n))
    lay(tmp_path, "e-without", right=True, tried=0.0, confidence=False)

    ran = CliRunner().invoke(command, [str(tmp_path), "--learn", "--json"], standalone_mode=False)

    document = json.loads(ran.output)
    assert (document["patches"], document["right"]) == (24, 12)
    assert document["left out by project"]["AUC"] == 1.0
    assert document["left out by project"]["right of those below 0.3"].startswith("0 of ")
    assert document["weights of all"]["tried"][0] < 0


def test_a_folder_without_results_is_an_error_that_says_what_to_give(tmp_path):
    ran = CliRunner().invoke(command, [str(tmp_path)], standalone_mode=False)

    assert "fixbot bench repair" in ran.exception.hint


def test_figures_of_chance_are_those_of_chance():
    figures = judged([(0.5, True), (0.5, False)])

    assert (figures["Brier"], figures["AUC"]) == (0.25, 0.5)


def test_weights_are_moved_to_the_rate_of_what_nobody_looked_at():
    weights = {"": (0.0, 0.0, 1.0), "tried": (1.0, 0.0, 1.0)}

    assert moved(weights, 0.5, None) == weights
    assert moved(weights, 0.5, 0.2)[""][0] == pytest.approx(-math.log(4))
    assert moved(weights, 0.5, 0.2)["tried"] == weights["tried"]
