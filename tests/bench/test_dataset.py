"""Datasets and predictions: the official shapes, and what is said of files that are not."""

import json
from pathlib import Path

import pytest

from fixbot_bench.dataset import load_instances, load_predictions
from fixbot_bench.errors import DatasetError

ROW = {
    "instance_id": "o__r-1",
    "repo": "o/r",
    "version": "1.0",
    "problem_statement": "it breaks",
    "base_commit": "a" * 40,
    "FAIL_TO_PASS": '["test_a"]',
    "PASS_TO_PASS": ["test_b"],
}


def write(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_lists_are_read_encoded_or_not(tmp_path: Path) -> None:
    (instance,) = load_instances(write(tmp_path / "d.jsonl", ROW))
    assert (instance.fail_to_pass, instance.pass_to_pass) == (("test_a",), ("test_b",))


def test_json_and_json_lines_say_the_same(tmp_path: Path) -> None:
    lines = write(tmp_path / "d.jsonl", ROW)
    (tmp_path / "d.json").write_text(json.dumps([ROW]))
    assert load_instances(lines) == load_instances(str(tmp_path / "d.json"))


def test_only_the_named_instances(tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", ROW, {**ROW, "instance_id": "o__r-2"})
    assert [i.instance_id for i in load_instances(path, ["o__r-2"])] == ["o__r-2"]
    with pytest.raises(DatasetError, match="o__r-9"):
        load_instances(path, ["o__r-9"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"a": 1}\nnot json\n', r"instance lacks|:2: not JSON"),
        ("[1]\n", "an object expected"),
        ('{"a": 1}\n', "lacks the field"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "d.jsonl").write_text(content)
    with pytest.raises(DatasetError, match=message):
        load_instances(str(tmp_path / "d.jsonl"))


@pytest.mark.parametrize(
    "change",
    [
        {"instance_id": "../../x"},
        {"instance_id": "a/b"},
        {"instance_id": ".."},
        {"repo": "../../etc"},
        {"repo": "o/.."},
    ],
)
def test_a_dataset_chooses_no_paths(tmp_path: Path, change: dict[str, str]) -> None:
    with pytest.raises(DatasetError, match="is no name"):
        load_instances(write(tmp_path / "d.jsonl", {**ROW, **change}))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_bytes(bytes(range(128, 256)) * 10)
    with pytest.raises(DatasetError, match=":1: not JSON"):
        load_instances(str(tmp_path / "d.jsonl"))


def test_an_empty_dataset_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="holds no instance"):
        load_instances(write(tmp_path / "d.jsonl"))


def test_a_dataset_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such dataset"):
        load_instances(str(tmp_path / "absent.jsonl"))


def test_the_last_prediction_of_an_instance_counts(tmp_path: Path) -> None:
    lines = [{"instance_id": "a", "model_patch": patch, "model_name_or_path": "m"} for patch in ("old", "new")]
    (prediction,) = load_predictions(Path(write(tmp_path / "p.jsonl", *lines)))
    assert prediction.model_patch == "new"


def test_predictions_as_a_dictionary(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps({"a": {"model_patch": None}}))
    (prediction,) = load_predictions(tmp_path / "p.json")
    assert (prediction.instance_id, prediction.model_patch) == ("a", "")


@pytest.mark.needs("shared")
def test_the_development_third_of_swe_bench_lite(shared: Path) -> None:
    instances = load_instances(str(shared / "data" / "swe-bench-lite" / "dev.jsonl"))
    assert len(instances) == 103
    assert all(i.fail_to_pass and i.base_commit and i.patch for i in instances)
