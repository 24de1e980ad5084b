"""Reading datasets and predictions: JSON lines, JSON, parquet and hub names (with the extra `datasets`)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from fixbot_bench.errors import DatasetError
from fixbot_bench.instance import Instance, Prediction

Row = Mapping[str, object]

_ID = r"\w[\w.-]{0,199}"
_REPOSITORY = r"\w[\w.-]*/\w[\w.-]*"

HUB_NAMES = {"swe-bench-lite": "princeton-nlp/SWE-bench_Lite", "swe-bench-verified": "princeton-nlp/SWE-bench_Verified"}


def load_instances(source: str, only: Iterable[str] = ()) -> tuple[Instance, ...]:
    """Effect: read the instances of `source`, in its order, restricted to the ids in `only` where there are any."""
    wanted = set(only)
    instances = tuple(i for i in map(_instance, _rows(source)) if not wanted or i.instance_id in wanted)
    if unknown := wanted - {i.instance_id for i in instances}:
        raise DatasetError(f"{source} has no instance {', '.join(sorted(unknown))}", "check the ids after --instances")
    if not instances:
        raise DatasetError(f"{source} holds no instance", "see the fields of SWE-bench")
    return instances


def load_predictions(path: Path) -> tuple[Prediction, ...]:
    """Effect: read a predictions file in the official format; the last line of an instance counts."""
    rows = {str(row.get("instance_id", "")): row for row in _rows(str(path))}
    if "" in rows:
        raise DatasetError(f"{path}: a prediction has no instance_id", "each line needs instance_id and model_patch")
    return tuple(
        Prediction(_name(name, _ID), str(row.get("model_patch") or ""), str(row.get("model_name_or_path") or "unknown"))
        for name, row in rows.items()
    )


def _rows(source: str) -> Iterator[Row]:
    path = Path(source)
    if source in HUB_NAMES:
        return _hub_rows(HUB_NAMES[source])
    if not path.is_file():
        raise DatasetError(f"no such dataset: {source}", f"a .jsonl, .json or .parquet file, or {', '.join(HUB_NAMES)}")
    match path.suffix:
        case ".jsonl":
            return _json_lines(path)
        case ".json":
            return _json_rows(path)
        case ".parquet":
            return _hub_rows("parquet", data_files=str(path))
    raise DatasetError(f"cannot tell what {source} is", "name it .jsonl, .json or .parquet")


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(_parsed(line, f"{path}:{number}"), f"{path}:{number}")


def _parsed(text: bytes, where: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # bytes that are not UTF-8 are a ValueError too
        raise DatasetError(f"{where}: not JSON ({error})", "the file should be UTF-8 text") from error


def _json_rows(path: Path) -> Iterator[Row]:
    rows = _parsed(path.read_bytes(), str(path))
    if isinstance(rows, dict):  # {instance_id: {...}} is a usual shape of predictions
        rows = [{"instance_id": name, **row} for name, row in rows.items() if isinstance(row, dict)]
    if not isinstance(rows, list):
        raise DatasetError(f"{path}: a list of objects expected")
    yield from (_row(row, f"{path}, entry {number}") for number, row in enumerate(rows, 1))


def _row(row: object, where: str) -> Row:
    if not isinstance(row, dict):
        raise DatasetError(f"{where}: an object expected")
    return cast("Row", row)


def _hub_rows(name: str, **options: str) -> Iterator[Row]:
    try:
        import datasets
    except ImportError as error:
        raise DatasetError("this dataset needs the extra 'datasets'", "pip install 'fixbot[datasets]'") from error
    split = "train" if options else "test"
    return (cast("Row", row) for row in datasets.load_dataset(name, split=split, **options))


def _name(text: str, shape: str) -> str:
    """An id or repository as files may be named by it: nothing of a dataset chooses where we write or read."""
    if not re.fullmatch(shape, text) or ".." in text:
        raise DatasetError(
            f"{text[:80]!r} is no name of an instance or repository", "letters, digits, '.', '_' and '-'"
        )
    return text


def _instance(row: Row) -> Instance:
    try:
        return Instance(
            instance_id=_name(str(row["instance_id"]), _ID),
            repo=_name(str(row["repo"]), _REPOSITORY),
            version=str(row.get("version", "")),
            problem_statement=str(row["problem_statement"]),
            base_commit=str(row["base_commit"]),
            environment_setup_commit=str(row.get("environment_setup_commit") or ""),
            created_at=str(row.get("created_at", "")),
            patch=str(row.get("patch", "")),
            test_patch=str(row.get("test_patch", "")),
            fail_to_pass=_names(row.get("FAIL_TO_PASS")),
            pass_to_pass=_names(row.get("PASS_TO_PASS")),
        )
    except KeyError as error:
        raise DatasetError(f"an instance lacks the field {error}", "see the fields of SWE-bench") from error


def _names(value: object) -> tuple[str, ...]:
    """Test names; some published files hold the list JSON-encoded as a string."""
    if isinstance(value, str):
        value = json.loads(value) if value else []
    return tuple(str(name) for name in value) if isinstance(value, list) else ()
