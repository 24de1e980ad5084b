"""What is asked of a round and what a round says, each one JSON object a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import ClassVar, cast

from fixbot_agent.schemas import Json
from fixbot_repair.checks import Finding, Severity


@dataclass(frozen=True, slots=True)
class Request:
    """One round: `paths` (POSIX, below the folder `root`) were saved; `buffers` are open documents whose text is not on disk.

    `tools` check the paths; `tests`: the tests that see them are run; `search`: a fix is looked for, for `seconds` at most.
    `trust` is the user's word for this run. `passed` is what files were when the tests that see them last passed, as far as somebody knows.
    """

    root: str
    paths: tuple[str, ...]
    buffers: Mapping[str, str] = field(default_factory=dict)
    tools: tuple[str, ...] = ("compiler", "ruff", "semgrep")
    tests: bool = True
    search: bool = True
    seconds: int = 120
    trust: bool = False
    passed: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """One line."""
        return json.dumps(asdict(self), ensure_ascii=True).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Request":
        """The request of a line. Raises ValueError, TypeError or KeyError for what is none."""
        raw = json.loads(line)
        return cls(**{**raw, "paths": tuple(raw["paths"]), "tools": tuple(raw["tools"])})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the tools found in the saved files; `problems` are tools that could not be run."""

    kind: ClassVar[str] = "checked"
    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """A failing test: `message` is one line, `more` what was said below it; `frames` (POSIX path below the folder, line from 1) of its failure, innermost last."""

    test: str
    message: str
    more: str = ""
    frames: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """What the tests that see the change say: how many `ran`, the ids of those that fail, and where, as findings; `broken` tells the same of each test.

    With `problems` and nothing run, why not.
    """

    __test__: ClassVar[bool] = False  # not a class of tests
    kind: ClassVar[str] = "tested"
    ran: int
    failing: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True)
class Searching:
    """A fix is looked for, of the tests `tests`."""

    kind: ClassVar[str] = "searching"
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solved:
    """How the search ended: the document that ``fixbot solve --json`` prints. Its paths count from `top`, the repository's folder."""

    kind: ClassVar[str] = "solved"
    report: Mapping[str, Json]
    top: str


@dataclass(frozen=True, slots=True)
class Stepped:
    """How far a long piece of work is."""

    kind: ClassVar[str] = "step"
    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The round ended early: what is wrong and what to do; `exit_code` is the contract's, `error` the kind of error."""

    kind: ClassVar[str] = "failed"
    message: str
    hint: str = ""
    exit_code: int = 2
    error: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The round came to its end."""

    kind: ClassVar[str] = "ended"
    seconds: float


Event = Checked | Tested | Searching | Solved | Stepped | Failed | Ended


def encode(event: Event) -> bytes:
    """One line."""
    return json.dumps({"event": event.kind, **_plain(event)}, ensure_ascii=True).encode() + b"\n"


def to_json(event: Event) -> Mapping[str, Json]:
    """The event as people's scripts see it."""
    return {"event": event.kind, **_plain(event)}


def _plain(event: Event) -> Mapping[str, Json]:
    raw = asdict(event)
    for finding in raw.get("findings", ()):
        finding["fix"] = bool(finding.pop("fix"))
        finding["unsafe"] = bool(finding.pop("unsafe"))
    return cast("Mapping[str, Json]", raw)


def decode(line: bytes) -> Event:
    """The event of a line. Raises ValueError for what is none."""
    try:
        raw = json.loads(line)
        cls = _KINDS[raw.pop("event")]
        if "findings" in raw:
            raw["findings"] = tuple(_finding(finding) for finding in raw["findings"])
        if "broken" in raw:
            raw["broken"] = tuple(_broken(each) for each in raw["broken"])
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()})  # type: ignore[arg-type]  # our own lines
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no event: {line[:80]!r}") from error


def _finding(raw: Mapping[str, object]) -> Finding:
    """The finding of its JSON, which says only whether there is a fix, not which."""
    values = {name: value for name, value in raw.items() if name not in ("fix", "unsafe")}
    return Finding(**{**values, "severity": Severity(values["severity"]), "also": tuple(values.get("also", ()))})  # type: ignore[arg-type]  # our own lines


def _broken(raw: Mapping[str, object]) -> Broken:
    frames = tuple((path, line) for path, line in raw["frames"])  # type: ignore[attr-defined]  # our own lines
    return Broken(**{**raw, "frames": frames})  # type: ignore[arg-type]


_KINDS: Mapping[str, type[Event]] = {
    cls.kind: cls for cls in (Checked, Tested, Searching, Solved, Stepped, Failed, Ended)
}
