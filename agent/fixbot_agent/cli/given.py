"""What the user said on the command line of ``fixbot solve``."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fixbot_agent.errors import UsageFailure


@dataclass(frozen=True, slots=True)
class Given:
    """The command line of ``fixbot solve``."""

    issue: str | None
    repo: Path
    base: str
    test_cmd: str | None
    python: str | None
    apply: bool
    branch: str
    output: Path | None
    report: Path | None
    model: str
    fallback: str
    strategy: str | None
    samples: int | None
    prompts: tuple[str, ...] | None
    no_memory: bool
    no_model: bool
    offline: bool
    log: Path | None
    timeout: float | None
    max_cost: float | None
    max_steps: int | None
    max_tokens: int | None
    max_calls: int | None
    sandbox: str | None
    allow_test_edits: bool
    allow_dirty: bool
    write_test: bool
    print_unverified: bool
    config: Path | None
    trust: bool
    resume: str | None
    as_json: bool

    @classmethod
    def blank(cls) -> "Given":
        """One on which nothing was said."""
        empty: dict[object, Any] = {bool: False, str: "", Path: Path()}
        said: dict[str, Any] = {f.name: empty.get(f.type) for f in fields(cls)}
        return cls(**said)

    def check(self) -> None:
        """Raise UsageFailure for options that contradict each other."""
        for one, other in (
            ("--apply", "--branch"),
            ("--model", "--no-model"),
            ("--samples", "--no-model"),
            ("ISSUE", "--log"),
        ):
            if self._has(one) and self._has(other):
                raise UsageFailure(f"{one} and {other} exclude each other", "give one of them")

    def settings(self) -> dict[str, object]:
        """Options that are settings too; None (or an unset flag) leaves the lower sources their word."""
        names = (
            "test_cmd",
            "python",
            "strategy",
            "samples",
            "prompts",
            "timeout",
            "max_cost",
            "max_steps",
            "max_tokens",
            "max_calls",
            "sandbox",
        )
        flags = ("no_model", "offline", "allow_test_edits")
        memory = {"memory": False if self.no_memory else None}
        return memory | {n: getattr(self, n) for n in names} | {n: getattr(self, n) or None for n in flags}

    def _has(self, option: str) -> bool:
        return bool(getattr(self, option.strip("-").replace("-", "_").lower()))


def whole(prompts: Sequence[str]) -> tuple[str, ...] | None:
    """NAME=FILE as they were said, each file with its whole path; None where none was."""
    parts = (one.partition("=") for one in prompts)
    return tuple(f"{n}={Path(file).expanduser().absolute()}" if file else n for n, _, file in parts) or None
