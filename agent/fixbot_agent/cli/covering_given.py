"""What the user said on the command line of ``fixbot cover``."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixbot_agent.errors import UsageFailure
from fixbot_agent.schemas import Json

if TYPE_CHECKING:
    from fixbot_agent.runs import Kept

COMMAND = "cover"
_LIMITS = ("timeout", "max_cost", "max_steps", "max_tokens", "max_calls")
_ANEW = (
    "apply",
    "branch",
    "allow_dirty",
    "trust",
    "repo",
    "resume",
    "as_json",
    *_LIMITS,
)  # may be said of a run that is gone on with


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of ``fixbot cover``."""

    module: str
    repo: Path
    target: float
    timeout: float
    seed: int
    apply: bool
    branch: str
    allow_dirty: bool
    python: str | None
    sandbox: str | None
    model: str
    fallback: str
    no_model: bool
    offline: bool
    max_cost: float | None
    max_steps: int | None
    max_tokens: int | None
    max_calls: int | None
    resume: str | None
    config: Path | None
    trust: bool
    as_json: bool

    @classmethod
    def blank(cls) -> "Wanted":
        """One on which nothing was said."""
        empty: dict[object, Any] = {bool: False, str: "", Path: Path(), float: 0.0, int: 0}
        said: dict[str, Any] = {each.name: empty.get(each.type) for each in fields(cls)}
        return cls(**said)

    def checked(self) -> "Wanted":
        """It. Raises UsageFailure for what makes no sense."""
        if self.apply and self.branch:
            raise UsageFailure("--apply and --branch are two ways to write", "give one of them")
        if self.model and self.no_model:
            raise UsageFailure("--model and --no-model exclude each other", "give one of them")
        if bool(self.module) == (self.resume is not None):
            raise UsageFailure("name a MODULE, or a run with --resume", "as in: fixbot cover shop/cart.py")
        return self

    def settings(self) -> dict[str, object]:
        """Options that are settings, too."""
        flags = {"no_model": self.no_model or None, "offline": self.offline or None}
        return {name: getattr(self, name) for name in (*_LIMITS, "python", "sandbox")} | flags

    def options(self) -> dict[str, Json]:
        """What a run keeps of it, to go on or to be gone through again."""
        names = ("module", "target", "timeout", "seed", "python", "model", "fallback", "no_model", "offline", *_LIMITS)
        kept: dict[str, Json] = {name: getattr(self, name) for name in names}
        return {
            **kept,
            "repo": str(self.repo.absolute()),
            "config": str(self.config.absolute()) if self.config else None,
        }

    def taken_up(self, kept: "Kept", given: frozenset[str]) -> "Wanted":
        """The command line of the run `kept`, with what was `given` anew. Raises UsageFailure for what would make it another run."""
        from fixbot_agent.solving.resuming import Asked, check

        check(kept, COMMAND)
        if stray := sorted(given - {*_ANEW, "module"}):
            raise UsageFailure(
                f"--resume and --{stray[0].replace('_', '-')} exclude each other",
                "a run goes on with what it was asked",
            )
        return self.as_kept({n: v for n, v in Asked.read(kept).options.items() if n == "repo" or n not in given})

    def as_kept(self, options: Mapping[str, Json]) -> "Wanted":
        """It, with the `options` that a run kept."""
        names = {each.name for each in fields(self)}
        told: dict[str, Any] = {
            n: Path(str(v)) if n in ("repo", "config") and v else v for n, v in options.items() if n in names
        }
        return replace(self, **told)
