"""The linter that fixbot ships, as a tool: its remarks, and of its fixes only those it calls safe."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from fixbot_analysis.source import Document, Position, Span
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.finding import Feedback, Finding, Severity
from fixbot_repair.checks.tool import PYTHON, Request, json_of, run, scratch, write
from fixbot_repair.errors import CheckFailed

# Where the project's own configuration does not count: what is wrong, not what is unfashionable.
_RULES = (
    "F,E9,PLE,B,ASYNC2,PLW0127,PLW0128,PLW0129,PLW0131,PLW0133,PLW0177,PLW0211,PLW0245,PLW0711,PLW1501,PLW1507,PLW1508,"
    "PLW2101,RUF006,RUF008,RUF016,RUF024,RUF026,RUF032,RUF071,"
    "S201,S202,S306,S501,S502,S503,S504,S506,S507,S508,S509,S602,S605,S608,S701,S702"
)
# Matters of taste among B, and those that are right more often than not.
_LEFT_OUT = "B007,B008,B009,B010,B011,B018,B019,B024,B027,B028,B904,B905"
_ERRORS = ("F5", "F6", "F7", "F82", "E9", "PLE", "invalid-syntax")
MEANINGS = {"F401": "unused-import", "F811": "redefinition", "F821": "undefined-name", "F841": "unused-variable"}
_AT_ONCE = 1000  # files of one command line


class _Place(TypedDict):
    row: int
    column: int


class _Edit(TypedDict):
    content: str
    location: _Place
    end_location: _Place


class _Fix(TypedDict):
    applicability: str
    edits: list[_Edit]


class _Item(TypedDict):
    code: str | None
    filename: str
    message: str
    location: _Place
    end_location: _Place
    fix: _Fix | None


@dataclass(frozen=True, slots=True)
class Ruff:
    """Ruff, isolated from the project's configuration unless the workspace is trusted and has one.

    With `syntax_only` it reports what does not parse and nothing else.
    """

    name: str = "ruff"
    languages: frozenset[str] = PYTHON
    seconds: float = 120.0
    syntax_only: bool = False

    def check(self, request: Request) -> Feedback:
        """Effect: run ruff on copies; where the project's configuration counts, on the files in their places."""
        common = [str(_binary()), "check", "--output-format=json", "--no-cache", "--exit-zero", "--quiet"]
        with scratch() as folder:
            if request.trusted and _configured(request.root):
                items = self._in_place(request, folder, [*common, "--force-exclude"])
            else:
                write(folder / "src", request.documents)
                argv = [*common, *_isolated(request.target)]
                items = self._batches(request, folder, argv, "src", list(request.documents))
            found = _findings(request, items, folder)
            return Feedback(tuple(f for f in found if f.category == "syntax" or not self.syntax_only))

    def _in_place(self, request: Request, folder: Path, argv: Sequence[str]) -> list[_Item]:
        """Effect: what is on disk by its name, what is not on standard input; configuration goes by the place of a file."""
        on_disk = [p for p in request.documents if p not in request.overlaid]
        items = self._batches(request, folder, argv, str(request.root), on_disk)
        for path in sorted(request.overlaid & request.documents.keys()):
            named = [*argv, f"--stdin-filename={request.root / path}", "-"]
            items += self._ask(request, folder, named, request.documents[path].data)
        return items

    def _batches(
        self, request: Request, folder: Path, argv: Sequence[str], base: str, paths: Sequence[str]
    ) -> list[_Item]:
        items: list[_Item] = []
        for at in range(0, len(paths), _AT_ONCE):
            files = [f"{base}/{p}" for p in paths[at : at + _AT_ONCE]]
            items += self._ask(request, folder, [*argv, "--", *files])
        return items

    def _ask(self, request: Request, folder: Path, argv: Sequence[str], stdin: bytes = b"") -> list[_Item]:
        completed = run(request.sandbox, argv, folder, readable=[request.root], stdin=stdin, seconds=self.seconds)
        return cast("list[_Item]", json_of(completed))


def _binary() -> Path:
    """The ruff beside our own interpreter: never one that the project brings."""
    binary = Path(sys.executable).with_name("ruff")
    if not binary.exists():
        raise CheckFailed("it is missing", f"install it beside fixbot: {sys.executable} -m pip install ruff")
    return binary


def _isolated(target: tuple[int, int]) -> list[str]:
    major, minor = target
    return ["--isolated", f"--select={_RULES}", f"--ignore={_LEFT_OUT}", f"--target-version=py{major}{max(minor, 7)}"]


def _configured(root: Path) -> bool:
    if any((root / name).is_file() for name in ("ruff.toml", ".ruff.toml")):
        return True
    try:
        return "[tool.ruff" in (root / "pyproject.toml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _findings(request: Request, items: Sequence[_Item], folder: Path) -> Iterator[Finding]:
    copies, places = f"/{folder.name}/src/", f"{request.root}/"
    for item in items:
        name = item["filename"]
        path = name.partition(copies)[2] or name.removeprefix(places)
        if (document := request.documents.get(path)) is not None:
            yield _finding(document, item)


def _finding(document: Document, item: _Item) -> Finding:
    start, end, rule = item["location"], item["end_location"], item["code"] or "invalid-syntax"
    return Finding(
        document.path,
        start["row"],
        start["column"],
        end["row"],
        end["column"],
        "ruff",
        rule,
        Severity.ERROR if rule.startswith(_ERRORS) else Severity.WARNING,
        item["message"],
        fix=_edits(document, item["fix"]),
        category=_category(rule),
    )


def _category(rule: str) -> str:
    if rule == "invalid-syntax":
        return "syntax"
    if re.match(r"S\d", rule):
        return "security"
    return "correctness" if re.match(r"(F|E9|PLE|PLW|B|ASYNC|RUF)\d", rule) else "style"


def _edits(document: Document, fix: _Fix | None) -> tuple[Edit, ...]:
    if fix is None or fix["applicability"] != "safe":
        return ()
    return tuple(
        Edit(document.path, Span(_offset(document, e["location"]), _offset(document, e["end_location"])), e["content"])
        for e in fix["edits"]
    )


def _offset(document: Document, place: _Place) -> int:
    return document.offset(Position(place["row"] - 1, place["column"] - 1))
