"""``report.json`` with the official names."""

from collections.abc import Iterable, Mapping, Sequence

from fixbot_bench.instance import Outcome, Resolution

KNOWN_BAD = {
    "psf__requests-863": "its FAIL_TO_PASS tests pass before the fix",
    "psf__requests-2674": "its FAIL_TO_PASS tests pass before the fix",
    "pylint-dev__pylint-7080": "a required test id holds its authors' own path",
}


def report(resolutions: Iterable[Resolution], total: int) -> Mapping[str, object]:
    """The official report; `total` is the size of the dataset as asked for."""
    graded = sorted(resolutions, key=lambda r: r.instance_id)
    groups = {
        "submitted_ids": _ids(graded, *Outcome),
        "completed_ids": _ids(graded, Outcome.RESOLVED, Outcome.UNRESOLVED),
        "resolved_ids": _ids(graded, Outcome.RESOLVED),
        "unresolved_ids": _ids(graded, Outcome.UNRESOLVED),
        "empty_patch_ids": _ids(graded, Outcome.EMPTY),
        "error_ids": _ids(graded, Outcome.ERROR),
    }
    counts = {name.replace("_ids", "_instances"): len(ids) for name, ids in groups.items()}
    errors = {r.instance_id: r.why for r in graded if r.why}
    bad = {r.instance_id: KNOWN_BAD[r.instance_id] for r in graded if r.instance_id in KNOWN_BAD}
    return {"schema_version": 2, "total_instances": total, **counts, **groups, "reasons": errors, "known_bad": bad}


def _ids(graded: Sequence[Resolution], *outcomes: Outcome) -> list[str]:
    return [r.instance_id for r in graded if r.outcome in outcomes]
