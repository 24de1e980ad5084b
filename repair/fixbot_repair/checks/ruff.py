"""The linter that fixbot ships, as a tool: its remarks, and its fixes, those that it calls safe apart from the others."""

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from fixbot_analysis.source import Document, Position, Span
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.finding import Feedback, Finding, Severity
from fixbot_repair.checks.layers import lay
from fixbot_repair.checks.tool import PYTHON, Request, json_of, last_words, run, scratch, write
from fixbot_repair.errors import CheckFailed
from fixbot_repair.sandbox import Completed

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
    per_file: bool = True
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
            bare = frozenset(p for p, d in request.documents.items() if _has_bare_returns(d.data))
            found = (_finding(request.documents[path], item, fixable=path not in bare) for path, item in items)
            return Feedback(tuple(f for f in found if f.category == "syntax" or not self.syntax_only))

    def _in_place(self, request: Request, folder: Path, argv: Sequence[str]) -> list[tuple[str, _Item]]:
        """Effect: what is on disk by its name, what is not on standard input; configuration goes by the place of a file."""
        if request.versions:
            with contextlib.suppress(
                CheckFailed
            ):  # settings that lead out of the project lead elsewhere from a tree of ours
                return self._in_layers(request, folder, argv)
        on_disk = [p for p in request.documents if p not in request.overlaid]
        items = self._batches(request, folder, argv, str(request.root), on_disk)
        return items + self._laid_over(request, folder, argv, sorted(request.overlaid & request.documents.keys()))

    def _in_layers(self, request: Request, folder: Path, argv: Sequence[str]) -> list[tuple[str, _Item]]:
        """Effect: versions of files at the places of their files, in trees of ours."""
        (folder / "trees").mkdir()
        placed = lay(folder / "trees", request.root, request.documents, request.versions)
        items = self._asked(request, folder, argv, [f"trees/{place}" for place in placed])
        below = f"/{folder.name}/trees/"
        named = ((placed.get(item["filename"].partition(below)[2]), item) for item in items)
        return [(name, item) for name, item in named if name]

    def _laid_over(
        self, request: Request, folder: Path, argv: Sequence[str], paths: Sequence[str]
    ) -> list[tuple[str, _Item]]:
        """Effect: ruff on standard input, once for each of `paths`, all of them in one sandbox and on all cores."""
        if not paths:
            return []
        write(folder / "src", {p: request.documents[p] for p in paths})
        jobs = [
            [f"src/{p}", *argv, f"--stdin-filename={request.root / request.versions.get(p, p)}", "-"] for p in paths
        ]
        completed = run(
            request.sandbox,
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("many.py")), str(_cores())],
            folder,
            readable=[request.root],
            stdin=json.dumps(jobs).encode(),
            seconds=self.seconds + len(paths) / 10,
        )
        return list(_answers(paths, completed))

    def _batches(
        self, request: Request, folder: Path, argv: Sequence[str], base: str, paths: Sequence[str]
    ) -> list[tuple[str, _Item]]:
        return list(_named(request, self._asked(request, folder, argv, [f"{base}/{p}" for p in paths]), folder))

    def _asked(self, request: Request, folder: Path, argv: Sequence[str], files: Sequence[str]) -> list[_Item]:
        items: list[_Item] = []
        for at in range(0, len(files), _AT_ONCE):
            completed = run(
                request.sandbox,
                [*argv, "--", *files[at : at + _AT_ONCE]],
                folder,
                readable=[request.root],
                seconds=self.seconds,
            )
            items += cast("list[_Item]", json_of(completed))
        return items


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


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _answers(paths: Sequence[str], completed: Completed) -> Iterator[tuple[str, _Item]]:
    lines = completed.stdout.splitlines()
    if len(lines) != len(paths):
        raise CheckFailed(
            f"it broke: {last_words(completed)}", "run 'fixbot doctor'; the other checks are not affected"
        )
    for path, line in zip(paths, lines, strict=True):
        code, stdout, stderr = cast("tuple[int, str, str]", json.loads(line))
        one = Completed(code, stdout.encode(), stderr.encode(), 0.0)
        for item in cast("list[_Item]", json_of(one)):
            yield path, item


def _named(request: Request, items: Sequence[_Item], folder: Path) -> Iterator[tuple[str, _Item]]:
    """Each item with the path of the document that it is about; what is about none is left out."""
    copies, places = f"/{folder.name}/src/", f"{request.root}/"
    for item in items:
        name = item["filename"]
        path = name.partition(copies)[2] or name.removeprefix(places)
        if path in request.documents:
            yield path, item


def _finding(document: Document, item: _Item, *, fixable: bool) -> Finding:
    start, end, rule = item["location"], item["end_location"], item["code"] or "invalid-syntax"
    fix = item["fix"] if fixable else None
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
        fix=_edits(document, fix, "safe"),
        category=_category(rule),
        unsafe=_edits(document, fix, "unsafe"),
    )


def _category(rule: str) -> str:
    if rule == "invalid-syntax":
        return "syntax"
    if re.match(r"S\d", rule):
        return "security"
    return "correctness" if re.match(r"(F|E9|PLE|PLW|B|ASYNC|RUF)\d", rule) else "style"


def _edits(document: Document, fix: _Fix | None, applicability: str) -> tuple[Edit, ...]:
    if fix is None or fix["applicability"] != applicability:
        return ()
    return tuple(
        Edit(document.path, Span(_offset(document, e["location"]), _offset(document, e["end_location"])), e["content"])
        for e in fix["edits"]
    )


def _offset(document: Document, place: _Place) -> int:
    return document.offset(Position(place["row"] - 1, place["column"] - 1))


def _has_bare_returns(data: bytes) -> bool:
    """Whether a CR without LF ends a line for ruff, and so not for us: its rows would name other places."""
    return data.count(b"\r") != data.count(b"\r\n")
