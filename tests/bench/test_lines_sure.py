"""``fixbot bench lines-sure``: weights that tell right lines from wrong ones."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_agent.completing.lines.sureness import sureness
from fixbot_bench.eyes.lines_sure import Fit, Judged, command, exact_at_a_quarter, learn


def judged(place: int, log: float, *, right: bool) -> Judged:
    return Judged("SURE", place, {"log": log, "noise": float(place % 2)}, right)


def test_what_tells_right_from_wrong_is_weighed_and_noise_is_not() -> None:
    many = [judged(n, -0.1 if n % 4 < 2 else -4.0, right=n % 4 < 2) for n in range(400)]
    fit = learn(many)["SURE"]
    assert fit.weights["log"] > 0.5 > 20 * abs(fit.weights["noise"])
    assert sureness(many[0].signals, fit.weights, fit.bias) > 0.9
    assert sureness(many[2].signals, fit.weights, fit.bias) < 0.1


def test_a_share_is_learnt_as_a_probability() -> None:
    many = [judged(n, 0.0, right=n % 5 == 0) for n in range(500)]
    fit = learn(many)["SURE"]
    assert sureness({}, fit.weights, fit.bias) == pytest.approx(0.2, abs=0.03)


def test_one_offer_a_place_is_shown_where_it_is_surest() -> None:
    many = [judged(n, -n, right=n == 0) for n in range(8)] + [judged(0, -9.0, right=False)]
    assert exact_at_a_quarter(many, {"SURE": Fit({"log": 1.0}, 0.0)}, 8) == 0.5


def test_the_command_writes_what_the_service_reads(tmp_path: Path) -> None:
    projects = []
    for name, suffix, line in (
        ("one", "py", "    value{} = shop.part(order, {})\n"),
        ("two", "go", "\tvalue{} := shop.Part(order, {})\n"),
    ):
        (tmp_path / name).mkdir()
        head = "def f(order, shop):\n" if suffix == "py" else "func f(order, shop) {\n"
        for number in range(3):
            (tmp_path / name / f"m{number}.{suffix}").write_text(head + "".join(line.format(n, n) for n in range(9)))
        projects.append(str(tmp_path / name))
    out = tmp_path / "table.py"
    arguments = [*projects, "--positions", "10", "--out", str(out), "--json"]
    done = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    assert json.loads(done.stdout)["weights"].keys() == {"BEGINNING", "FOREIGN", "SURE"}
    scope: dict[str, dict[str, float]] = {}
    exec(out.read_text(), scope)
    assert "log" in scope["SURE_WEIGHTS"]
