"""Instances, predictions and resolutions in the official shapes of SWE-bench.

Source: Jimenez et al., SWE-bench, ICLR 2024; field names as in the published data.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Instance:
    """One benchmark instance. Everything below `base_commit` belongs to grading: nothing that solves may see it."""

    instance_id: str
    repo: str  # owner/name
    version: str
    problem_statement: str
    base_commit: str
    environment_setup_commit: str = ""
    created_at: str = ""  # ISO 8601, the day whose packages the environment is built from
    patch: str = ""
    test_patch: str = ""
    fail_to_pass: tuple[str, ...] = ()
    pass_to_pass: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """What somebody submits for an instance: a unified diff, empty when there is none."""

    instance_id: str
    model_patch: str
    model_name_or_path: str = "fixbot"


class Outcome(StrEnum):
    """What grading says of a prediction."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    EMPTY = "empty"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The graded prediction. `missing` are required tests that did not pass; `why` says what went wrong otherwise."""

    instance_id: str
    outcome: Outcome
    missing: tuple[str, ...] = ()
    applied_with: str = ""
    seconds: float = 0.0
    why: str = ""
