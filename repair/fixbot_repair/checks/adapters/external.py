"""A foreign tool at work: an adapter's data turned into a command in the sandbox, what it prints into findings."""

import glob
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from fixbot_analysis.source import Document, Position, Span
from fixbot_repair.candidates.edit import Edit
from fixbot_repair.checks.adapters.adapter import Adapter, Printed, Region, Remark, Unit
from fixbot_repair.checks.adapters.copying import copy
from fixbot_repair.checks.adapters.locating import folders, locate
from fixbot_repair.checks.adapters.usage import configuration
from fixbot_repair.checks.finding import Feedback, Finding, Severity
from fixbot_repair.checks.hints import suggested
from fixbot_repair.checks.places import placed
from fixbot_repair.checks.tool import Request, last_words, run, scratch
from fixbot_repair.errors import CheckFailed
from fixbot_repair.sandbox import Completed, Policy
from fixbot_repair.sandbox.policy import CONTAINED

# Tools run in the project's folder, or in a copy of it, which is not the folder that they may write to.
_IN = ("/bin/sh", "-c", 'cd -- "$0" && exec "$@"')


@dataclass(frozen=True, slots=True)
class External:
    """Fills :class:`~fixbot_repair.checks.tool.Tool` with an adapter. Where it `may_lack`, not being there is no failure."""

    adapter: Adapter
    may_lack: bool = False

    @property
    def name(self) -> str:
        """As findings and ``--only`` name it."""
        return self.adapter.name

    @property
    def languages(self) -> frozenset[str]:
        """Names of the languages whose files it is handed."""
        return self.adapter.languages

    def check(self, request: Request) -> Feedback:
        """Effect: run the tool on the project, read-only, with open buffers laid over a copy; keep what concerns the documents.

        Raises CheckFailed when it is not installed, may not run here, or breaks.
        """
        inside = self._may_run_inside(request)
        program = locate(self.adapter, request, inside=inside)
        if program is None:
            why = f"it is not installed here: {self.adapter.install}"
            if self.may_lack:
                return Feedback(problems=(f"{self.name}: the project uses it, and {why}",))
            raise CheckFailed(why, self.adapter.install)
        groups = _by_anchor(request, self.adapter.anchor)
        problems = list(self._lost(groups.pop(None, ())))
        with scratch() as folder:
            job = _Job(self.adapter, request, program, folder, self._place(request, folder))
            findings = [f for anchor, paths in groups.items() for f in job.findings(anchor or "", paths)]
        if self.adapter.gives_up:
            problems += [f"{self.name}: {_why_silent(f)}" for f in findings if f.category == "syntax"][:1]
        mended = suggested(dict.fromkeys(findings), request.documents, request.target)
        return Feedback(tuple(mended), problems=tuple(problems))

    def _may_run_inside(self, request: Request) -> bool:
        """Whether code of the project may be run for it. Raises CheckFailed where that is needed and not allowed."""
        contained = request.sandbox.promises() >= CONTAINED
        if self.adapter.runs_code and not (request.trusted and contained):
            why = "the workspace is not trusted" if contained else "no sandbox works here"
            raise CheckFailed(f"it runs code of the project, and {why}", "fixbot trust DIR; fixbot doctor")
        return request.trusted or contained

    def _lost(self, paths: Sequence[str]) -> Iterator[str]:
        """In words, documents without the file that says how they are compiled."""
        if paths:
            more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
            yield f"{self.name}: {paths[0]}{more}: no {self.adapter.anchor} in a folder above"

    def _place(self, request: Request, folder: Path) -> Path | None:
        """Effect: the copy that has to stand in for the project, None where the project is what it should be."""
        changed = {p: d.data for p, d in request.buffers.items()}
        if not changed and not self.adapter.writes:
            return None
        copy(request.root, folder / "tree", changed)
        return folder / "tree"


def _why_silent(stopped: Finding) -> str:
    """Why a tool that gives up at what it cannot read said nothing of the rest; a remark without a rule need not be of syntax."""
    place = f"{stopped.path}:{stopped.line}: {stopped.message}"
    parses = stopped.rule == "error"
    return f"it may have stopped at {place}" if parses else f"it checks nothing while a file does not parse: {place}"


@dataclass(frozen=True, slots=True)
class _Job:
    """One tool on one request. `tree` is the copy that is checked, None for the project itself."""

    adapter: Adapter
    request: Request
    program: Path
    folder: Path
    tree: Path | None

    def findings(self, anchor: str, paths: Sequence[str]) -> Iterator[Finding]:
        """Effect: run the tool in the folder `anchor`; yields what it says of the documents."""
        completed = self._run(anchor, paths)
        printed = Printed(completed.stdout.decode("utf-8", "replace"), completed.stderr.decode("utf-8", "replace"))
        if completed.timed_out or completed.returncode not in self.adapter.exits:
            raise CheckFailed(f"it broke: {_words(completed, printed)}", self.adapter.install)
        try:
            remarks = list(self.adapter.read(printed))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CheckFailed(
                f"its output cannot be read: {_words(completed, printed)}", self.adapter.install
            ) from error
        if completed.returncode and not remarks:
            raise CheckFailed(f"it broke: {_words(completed, printed)}", self.adapter.install)
        for remark in remarks:
            severity = self.adapter.severities.get(remark.severity)
            document = self.request.documents.get(self._path(remark.path, anchor))
            if severity is not None and document is not None:
                yield self._finding(document, remark, severity, anchor)

    @property
    def _seen(self) -> Path:
        """Where the tool sees the scratch folder."""
        return self.request.sandbox.where(Policy(self.folder))

    @property
    def _base(self) -> Path:
        """Where the tool sees the project."""
        return self._seen / "tree" if self.tree else self.request.root

    def _run(self, anchor: str, paths: Sequence[str]) -> Completed:
        for name, text in self.adapter.scratch_files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        request, adapter = self.request, self.adapter
        reads = [Path(p) for pattern in adapter.reads for p in glob.glob(self._filled(pattern))]  # noqa: PTH207 - absolute
        installed = request.environment.readable if request.environment else ()
        variables = {k: self._filled(v) for k, v in adapter.environment.items()}
        shown = [*folders(self.program), *folders(self._python), *installed, *reads, request.root]
        path = os.pathsep.join(
            [*dict.fromkeys(str(f / "bin") for f in shown if (f / "bin").is_dir()), "/usr/bin", "/bin"]
        )
        return run(
            request.sandbox,
            [*_IN, str(self._base / anchor), str(self.program), *self._arguments(anchor, paths)],
            self.folder,
            readable=[f for f in shown if f.exists()],
            seconds=adapter.seconds,
            memory_bytes=adapter.memory_gib << 30,
            environment={"PATH": path, **variables},
        )

    def _arguments(self, anchor: str, paths: Sequence[str]) -> Iterator[str]:
        adapter, counts = self.adapter, self.request.trusted or self.adapter.harmless
        found = configuration(self.request.root / anchor, adapter.usage)
        said = counts and found is not None and re.search(adapter.targets, found, re.MULTILINE) is not None
        for argument in (
            *adapter.arguments,
            *(() if counts else adapter.neutral),
            *(adapter.project if said else adapter.named),
        ):
            if argument == "{files}":
                yield from (f"./{os.path.relpath(p, anchor or '.')}" for p in paths)  # no option, whatever its name
            else:
                yield self._filled(argument)

    @property
    def _python(self) -> Path:
        """The project's Python where it may be run, else ours."""
        environment, inside = self.request.environment, self.request.root
        contained = self.request.sandbox.promises() >= CONTAINED
        if environment and (contained or self.request.trusted or not environment.python.is_relative_to(inside)):
            return environment.python
        return Path(sys.executable)

    def _filled(self, text: str) -> str:
        major, minor = self.request.target
        words = {
            "scratch": str(self._seen), "root": str(self._base), "python": str(self._python),
            "version": f"{major}.{minor}", "home": str(Path.home()),
        }  # fmt: skip
        return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], m[0]), text)

    def _path(self, said: str, anchor: str) -> str:
        """A path of the tool's, relative to the project; what lies outside stays as it is."""
        whole = os.path.normpath(self._base / anchor / said.removeprefix("file://"))
        for base in (self._base, self.request.root):
            if whole.startswith(f"{base}/"):
                return whole[len(str(base)) + 1 :]
        return whole

    def _finding(self, document: Document, remark: Remark, severity: Severity, anchor: str) -> Finding:
        line, column, end_line, end_column = self._region(document, remark.region)
        syntax = re.match(self.adapter.syntax_rules, remark.rule or "syntax") is not None
        return Finding(
            document.path,
            line,
            column,
            end_line,
            end_column,
            self.adapter.name,
            remark.rule or "error",
            severity,
            " ".join(remark.message.split()),
            fix=tuple(self._edits(document, remark, anchor)),
            category="syntax" if syntax else "correctness",
        )

    def _region(self, document: Document, region: Region) -> tuple[int, int, int, int]:
        column = self._column(document, region.line, region.column)
        if region.end_line:
            end_column = self._column(document, region.end_line, region.end_column)
            return placed(document, region.line, column, region.end_line, end_column)
        line, column, end_line, end_column = placed(document, region.line, column, 0, 0)
        # A tool that says no end means the word there.
        word = re.compile(r"\w*").match(document.line_text(line - 1), column - 1)
        return line, column, end_line, max(end_column, word.end() + 1 if word else 0)

    def _column(self, document: Document, line: int, column: int) -> int:
        """`column`, which counts in the adapter's unit, in characters."""
        if self.adapter.unit is Unit.CHARACTERS or not 0 < line <= len(document.line_starts) or column < 2:
            return column
        text = document.line_text(line - 1)
        encoding, width = ("utf-8", 1) if self.adapter.unit is Unit.BYTES else ("utf-16-le", 2)
        before = text.encode(encoding, "surrogatepass")[: (column - 1) * width]
        return len(before.decode(encoding, "ignore")) + 1

    def _edits(self, document: Document, remark: Remark, anchor: str) -> Iterator[Edit]:
        if any(self._path(r.path, anchor) != document.path for r in remark.fix):
            return  # a fix in several files, or in another one, is more than a finding's own
        for part in remark.fix:
            start, end = (
                document.offset(Position(line - 1, self._column(document, line, column) - 1))
                for line, column in (
                    (part.region.line, part.region.column),
                    (part.region.end_line, part.region.end_column),
                )
            )
            yield Edit(document.path, Span(start, end), part.text)


def _by_anchor(request: Request, anchor: str) -> dict[str | None, Sequence[str]]:
    """Documents by the nearest folder above them that holds `anchor` ("" for the top); under None those without one."""
    if not anchor:
        return {"": tuple(request.documents)}
    groups: dict[str | None, list[str]] = {}
    for path in request.documents:
        above = (str(f) for f in PurePosixPath(path).parents)
        found = next((f for f in above if (request.root / f / anchor).is_file()), None)
        groups.setdefault("" if found == "." else found, []).append(path)
    return dict(groups)


def _words(completed: Completed, printed: Printed) -> str:
    """Why it broke: its last words, or the first of what it printed."""
    said = last_words(completed)
    if completed.timed_out or printed.stderr.strip():
        return said
    return next((line.strip()[:300] for line in printed.stdout.splitlines() if line.strip()), said)
