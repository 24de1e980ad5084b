"""``fixbot bench lines-weights``: beliefs that make what was held out likeliest."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixbot_analysis.codemodel.mixing import BUCKETS, LEVELS, ORDERS, Counts, Learnt, bucket
from fixbot_bench.eyes.lines_weights import as_module, bits, command, learn, told

FILE, PROJECT = LEVELS.index("file"), LEVELS.index("project")


def row(**of: float) -> list[float]:
    return [of.get(level, 0.0) for level in LEVELS]


def test_a_level_that_foretells_is_believed_and_one_that_does_not_is_not() -> None:
    seen = Counts([row(project=100), row(project=4, file=4)], [[0] * 4, [1] * 4])
    counts = [
        (seen, [row(project=1), row(file=4)])
    ] * 50  # what the file said came true each time, what the project said never
    part = told(counts, 1000)
    beliefs = learn([part])
    at = bucket(4, 1)
    assert beliefs[len(LEVELS) + FILE][at] > 0.95
    assert beliefs[len(LEVELS) + PROJECT][at] < 0.5
    assert bits(part, beliefs) < 0.1


def test_a_context_that_one_token_follows_is_told_from_one_that_many_do() -> None:
    assert len({bucket(8, 1), bucket(8, 3), bucket(8, 8), bucket(4, 1)}) == 4
    assert bucket(8, 1) == bucket(15, 1)
    assert max(bucket(n, k) for n in (1, 9, 1e9) for k in (0, 1, 8)) < BUCKETS


def test_shares_add_up_to_one_at_most() -> None:
    beliefs = dict.fromkeys(LEVELS, ((0.5,) * BUCKETS,) * ORDERS)
    shares = Learnt(beliefs).shares(Counts([row(project=9), row(project=2, file=1)], [[1] * 4] * 2), 10)
    assert shares == [row(project=0.125), row(project=0.25, file=0.5)]


def test_the_command_writes_what_the_model_reads(tmp_path: Path) -> None:
    projects = []
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        for number in range(24):
            body = "".join(f"    value{n} = shop{number}.part{n}(order, {n})\n" for n in range(12))
            (root / f"m{number}.py").write_text(f"def f{number}(order):\n{body}")
        projects.append(str(root))
    out = tmp_path / "table.py"
    arguments = [*projects, "--positions", "10", "--out", str(out), "--json"]
    done = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    document = json.loads(done.stdout)
    assert [each["project"] for each in document["rows"]] == ["one", "two"]
    assert all(0 < each["bits"] < 12 for each in document["rows"])
    scope: dict[str, dict[str, list[list[float]]]] = {}
    exec(out.read_text(), scope)
    assert {level: (len(rows), len(rows[0])) for level, rows in scope["BELIEFS"].items()} == dict.fromkeys(
        LEVELS, (ORDERS, BUCKETS)
    )
    assert scope["BELIEFS"]["file"][1][0] == pytest.approx(document["beliefs"][len(LEVELS) + FILE][0], abs=0.001)
    assert "one, two" in as_module(learn([told([], 1)]), ["one", "two"])
