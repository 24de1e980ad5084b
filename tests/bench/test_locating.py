"""Localisation's bench: the past ends at the base commit, weights are learned and judged apart, issues in Chinese."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from fixbot_analysis.index import Index
from fixbot_analysis.retrieval import DEFINITION_WEIGHTS, FILE_WEIGHTS
from fixbot_bench.errors import DatasetError
from fixbot_bench.instance import Instance
from fixbot_bench.locating import Ground, gold_locations, past_of, run, translated, translations
from fixbot_bench.ranking.figures import GROUPS, figures, report
from fixbot_bench.ranking.fitting import Listed, fit, loss
from fixbot_bench.ranking.learning import MISS, Case, Learned, interval, learn, left_out, ranks
from fixbot_bench.runner import Runner
from fixbot_repair.git.snapshot import create


def case(name: str, repo: str, files: Mapping[str, Mapping[str, float]], gold: str) -> Case:
    return Case(name, repo, files, {}, (gold,), ())


def telling(number: int) -> Case:
    """An issue for which words speak for the right file and names for a wrong one."""
    noise = {f"f{n}.py": 0.3 + 0.01 * ((n * number) % 7) for n in range(12)}
    words = {**noise, "right.py": 1.0, "wrong.py": 0.6}
    return case(f"i{number}", f"o/{number % 3}", {"words": words, "names": {**noise, "wrong.py": 1.0}}, "right.py")


def test_what_tells_weighs_more() -> None:
    learned = learn([telling(n) for n in range(9)])
    assert learned.files["words"] > 2 * learned.files["names"]
    assert all(weight >= 0 for name, weight in learned.files.items() if name not in {"outside packages", "vendored"})


def test_a_repository_is_judged_by_weights_of_the_others() -> None:
    odd = [
        case(f"odd{n}", "o/odd", {"words": {"a.py": 1.0, "b.py": 0.5}, "names": {"b.py": 1.0}}, "b.py")
        for n in range(3)
    ]
    cases = [*(telling(n) for n in range(9)), *odd]
    found = left_out(cases)
    assert found["i1"] == (1, 0)
    assert found["odd1"][0] == 2


def test_signals_taken_away_do_not_count() -> None:
    learned = learn([telling(n) for n in range(6)], GROUPS["names"])
    assert not set(GROUPS["names"]) & learned.files.keys()


def test_every_signal_belongs_to_what_can_be_taken_away() -> None:
    grouped = {name for names in GROUPS.values() for name in names}
    assert {*FILE_WEIGHTS, *DEFINITION_WEIGHTS} - grouped == {"words"}


def test_all_gold_locations_must_be_there() -> None:
    two = Case("i", "o/r", {"words": {"a.py": 1.0, "b.py": 0.5, "c.py": 0.2}}, {}, ("a.py", "c.py"), ())
    weights = Learned({"words": 1.0}, {})
    assert ranks(two, weights) == (3, 0)
    assert ranks(Case("i", "o/r", two.files, {}, ("gone.py",), ()), weights) == (MISS, 0)


def test_what_scores_the_same_counts_as_before() -> None:
    same = Case("i", "o/r", {"words": {"a.py": 1.0, "b.py": 1.0}}, {}, ("a.py",), ())
    assert ranks(same, Learned({"words": 1.0}, {})) == (2, 0)


def test_intervals_hold_the_mean_and_narrow_with_more_cases() -> None:
    low, high = interval([0.0, 1.0] * 10)
    assert low < 0.5 < high
    narrower = interval([0.0, 1.0] * 200)
    assert narrower[1] - narrower[0] < high - low
    assert interval([]) == (0.0, 0.0)


def test_figures_count_functions_where_there_are_any() -> None:
    document = figures({"a": (1, 4), "b": (3, 0)}, (1, 5))
    assert document["file"] == {"1": 0.5, "5": 1.0}
    assert (document["function_instances"], document["function"]) == (1, {"1": 0.0, "5": 1.0})


def test_the_report_says_what_each_signal_adds() -> None:
    document = report([telling(n) for n in range(2)], (1,), ablate=True)
    assert document["ablation"].keys() == GROUPS.keys()  # type: ignore[attr-defined]


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, Instance]:
    """A repository whose second commit mends the first, and the instance in between."""
    top = tmp_path / "repos" / "o__r"
    (top / "shop").mkdir(parents=True)
    (top / "shop" / "__init__.py").write_text("")
    (top / "shop" / "till.py").write_text("def total(prices):\n    return sum(prices) + 1\n")
    (top / "shop" / "stock.py").write_text("def count(items):\n    return len(items)\n")
    base = create(top, "Fix the count of the stock").head
    (top / "shop" / "till.py").write_text("def total(prices):\n    return sum(prices)\n")
    git = ("git", "-C", str(top), "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qam")
    subprocess.run([*git, "Fix the till: one zebra too many"], check=True)
    patch = "--- a/shop/till.py\n+++ b/shop/till.py\n@@ -1,2 +1,2 @@\n def total(prices):\n-    return sum(prices) + 1\n+    return sum(prices)\n"
    return tmp_path / "repos", Instance(
        "o__r-1", "o/r", "1", "The zebra\n\n`total` takes one too many", base, patch=patch
    )


def test_nothing_later_than_the_base_commit_is_known(project: tuple[Path, Instance], tmp_path: Path) -> None:
    repositories, instance = project
    known = past_of(repositories / "o__r", instance.base_commit, tmp_path / "cache")
    later = past_of(repositories / "o__r", "HEAD", tmp_path / "cache")
    assert [fix.message for fix in later.similar("zebra")] == ["Fix the till: one zebra too many"]
    assert known.similar("zebra") == ()
    assert len(past_of(repositories / "o__r", instance.base_commit, tmp_path / "cache")) == len(known) == 1


def test_an_instance_is_measured_in_a_process_of_its_own_and_once(
    project: tuple[Path, Instance], tmp_path: Path
) -> None:
    repositories, instance = project
    ground, runner = Ground(repositories, tmp_path / "cache"), Runner(tmp_path / "out")
    document = run([instance], ground, runner, (1, 3))
    assert document["errors"] == {}
    assert document["file"] == {"1": 1.0, "3": 1.0}
    stored = tmp_path / "out" / "instances" / "o__r-1" / "result.json"
    assert json.loads(stored.read_text())["result"]["gold_functions"] == ["shop/till.py::total"]
    before = stored.stat().st_mtime_ns
    assert run([instance], ground, runner, (1,))["instances"] == 1
    assert stored.stat().st_mtime_ns == before


def test_a_missing_repository_is_said(project: tuple[Path, Instance], tmp_path: Path) -> None:
    document = run([project[1]], Ground(tmp_path / "nowhere", tmp_path / "cache"), Runner(tmp_path / "out"), (1,))
    assert document["instances"] == 0
    assert "no repository of o/r" in str(document["errors"])


def test_issues_in_chinese_keep_what_is_no_prose() -> None:
    texts = translations()
    assert len(texts) == 20
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts.values())
    assert "SQLCompiler.get_order_by()" in texts["django__django-11001"]


def test_untranslated_instances_are_said(project: tuple[Path, Instance], tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="none of these instances is translated"):
        translated([project[1]], Ground(project[0], tmp_path / "cache"), Runner(tmp_path / "out"), (1,))


def test_gold_locations(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("X = 1\n\n\nclass A:\n    Y = 2\n\n    def f(self):\n        return 1\n")
    patch = "--- a/a.py\n+++ b/a.py\n@@ -4,5 +4,5 @@\n class A:\n-    Y = 2\n+    Y = 3\n \n     def f(self):\n-        return 1\n+        return 2\n"
    new = "--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = 1\n"
    assert gold_locations(patch + new, Index.open(tmp_path)) == (("a.py",), ("a.py::A.f",))


def test_definitions_learn_from_the_files_they_stand_in() -> None:
    """Two definitions alike in all but their file: what the file lends decides, in numbers as in the product's own sums."""
    files = {"words": {"a.py": 1.0, "b.py": 0.2}}
    words = {"words": {"a.py::f": 0.9, "b.py::f": 0.9}}
    cases = [Case(f"i{n}", f"o/{n}", files, words, ("a.py",), ("a.py::f",)) for n in range(4)]
    learned = learn(cases)
    assert learned.definitions["best file"] > 0
    assert ranks(cases[0], learned) == (1, 1)
    assert ranks(cases[0], Learned(learned.files, {"words": 1.0})) == (1, 2)


def test_the_fit_is_the_best_there_is() -> None:
    """No weight moved a little makes the loss smaller, but below nought."""
    lists = [
        Listed(np.array([[1.0, 0.1, 0.3], [0.2, 0.9, 0.1], [0.4, 0.8, 0.0]]), np.array([True, False, False])),
        Listed(np.array([[0.3, 0.7, 0.9], [0.9, 0.6, 0.2], [0.5, 0.9, 0.4]]), np.array([True, True, False])),
    ]
    free, used = np.array([False, False, True]), np.array([True, True, True])
    weights = fit(lists, free, used, 0.5)
    assert (weights[:2] >= 0).all()
    least = loss(lists, weights, 0.5)[0]
    for at in range(3):
        for step in (-1e-3, 1e-3):
            moved = weights + step * np.eye(3)[at]
            assert moved[at] < 0 <= at < 2 or loss(lists, moved, 0.5)[0] >= least
    assert fit(lists, free, np.array([True, False, True]), 0.5)[1] == 0
