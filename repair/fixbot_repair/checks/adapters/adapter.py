"""What a foreign tool is, as data: how it is found, how a project says that it uses it, its command, what it prints."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_repair.checks.finding import Severity

GROUP = "fixbot.checks"


class Place(StrEnum):
    """Where a program may lie; the first that has it counts."""

    ENVIRONMENT = "environment"  # beside the project's Python
    NODE_MODULES = "node_modules"  # .bin, in the project or a folder above the file
    BESIDE = "beside"  # beside fixbot's own Python
    PATH = "path"


class Unit(StrEnum):
    """What a tool counts columns in."""

    CHARACTERS = "characters"
    UTF16 = "UTF-16 units"
    BYTES = "bytes of UTF-8"


@dataclass(frozen=True, slots=True)
class Region:
    """A place in a file: lines and columns from 1, columns in the adapter's unit, the end exclusive; 0: not said."""

    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class Replacement:
    """Part of a fix: what stands in `region` becomes `text`."""

    path: str
    region: Region
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader makes of one remark of a tool: `path` and `severity` in the tool's own words."""

    path: str
    region: Region
    message: str
    severity: str
    rule: str = ""
    fix: tuple[Replacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """What a tool wrote, as text."""

    stdout: str
    stderr: str


Reader = Callable[[Printed], Iterable[Remark]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How one knows that a project uses a tool.

    `files` are names (or globs) at its top, or ``FILE [SECTION]`` for a section of a shared one; of the two kinds
    `configuration` is what the tool itself reads. `package` is its name among development dependencies (Python's and
    npm's); `command` a regular expression for how pre-commit, tox, make and CI files call it.
    """

    configuration: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    package: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One tool. Arguments may hold {scratch}, {root}, {python} and {version}; one that is ``{files}`` stands for all files.

    `arguments` come always. Then `project`, where the project's own configuration counts and says what to check (it says
    so where `targets`, a regular expression, is found in it; always for ""), else `named`. Where the project's
    configuration does not count, `neutral` makes the tool not read it. It counts in a trusted workspace, and where it is
    `harmless`: it cannot name code to run.

    With an `anchor` (tsconfig.json) the tool runs once in each nearest folder above the files that holds one.
    `writes`: it writes into the project, so it is shown a copy even where nothing is laid over it.
    `runs_code`: it runs code of the project (build scripts), so it needs trust and a sandbox that contains it.
    `exits` are exit codes of a run that did its work; with another than 0 it must have said something, too.
    `gives_up`: a file that does not parse keeps it from checking the others. `severities` leaves out what it does not name. `meanings` are words
    for rules that other tools have too: findings of one meaning at one place are shown once.
    `reads` are folders (globs) outside of its installation that it needs to see, `environment` further variables; both may
    hold {home}, the user's folder. `seconds` bound one run, `memory_gib` its address space.
    """

    name: str
    languages: frozenset[str]
    programs: tuple[str, ...]
    places: tuple[Place, ...]
    install: str
    arguments: tuple[str, ...]
    read: Reader
    usage: Usage = field(default_factory=Usage)
    project: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    targets: str = ""
    neutral: tuple[str, ...] = ()
    harmless: bool = False
    anchor: str = ""
    writes: bool = False
    runs_code: bool = False
    gives_up: bool = False
    exits: frozenset[int] = frozenset({0, 1})
    unit: Unit = Unit.CHARACTERS
    severities: Mapping[str, Severity] = field(default_factory=lambda: {s.value: s for s in Severity})
    meanings: Mapping[str, str] = field(default_factory=dict)
    syntax_rules: str = r"syntax"
    reads: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    scratch_files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 600.0
    memory_gib: int = 64
