"""``fixbot bench definitions``: what definitions fixbot finds in a repository, beside those that universal-ctags finds in the same files."""

import json
import shutil
import subprocess
import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

from fixbot_agent.cli.envelope import ExitCode, emit, printable
from fixbot_agent.cli.options import json_option
from fixbot_agent.cli.progress import Bar
from fixbot_analysis import languages
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import SourceTree
from fixbot_analysis.symbols import FileFacts, Symbol, SymbolKind, extract
from fixbot_analysis.syntax import SyntaxTree
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.ctags_rules import DIALECTS, Dialect, Place

_SECONDS = 600.0  # for ctags over one repository


@dataclass(frozen=True, slots=True)
class File:
    """One file of the language that is measured, with what fixbot says of it."""

    path: str
    data: bytes
    facts: FileFacts

    @property
    def lines(self) -> list[str]:
        """Its lines as text."""
        return self.data.decode("utf-8", "replace").split("\n")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Definitions (path, line, name) of both sides after the rules, and how many each rule left aside."""

    ours: frozenset[Place]
    theirs: frozenset[Place]
    aside: Mapping[str, int]

    @property
    def precision(self) -> float:
        """Share of ours that ctags has too."""
        return len(self.ours & self.theirs) / max(len(self.ours), 1)

    @property
    def recall(self) -> float:
        """Share of those of ctags that we have too."""
        return len(self.ours & self.theirs) / max(len(self.theirs), 1)


class Sample:
    """The files of one language below `root`, read and extracted; `seconds` are CPU time."""

    def __init__(self, root: Path, language: str, bar: Bar) -> None:
        """Effect: read and extract every file of the language."""
        self.root, self.language = root, language
        self.files: list[File] = []
        self.seconds = 0.0
        tree = SourceTree(root)
        paths = [p for p in tree.paths if self._may_hold(p)]
        for done, path in enumerate(paths):
            bar.step("definitions", done, len(paths))
            try:
                data = tree.read(path).data
            except SourceError:
                continue
            began = time.process_time()
            facts = extract(data, languages.language_of(path) or language)
            if facts.language == language:
                self.seconds += time.process_time() - began
                self.files.append(File(path, data, facts))

    def _may_hold(self, path: str) -> bool:
        """Whether the file's name, or what its text may turn out to be, is the language's."""
        name = languages.language_of(path)
        return name is not None and (
            name == self.language or self.language in {d for _, d in languages.get(name).dialects}
        )

    @cached_property
    def parse_seconds(self) -> float:
        """Effect: parse every file again, and nothing else; CPU seconds."""
        began = time.process_time()
        for file in self.files:
            SyntaxTree.parse(file.data, self.language)
        return time.process_time() - began

    @property
    def megabytes(self) -> float:
        """Size of the files."""
        return sum(len(f.data) for f in self.files) / 1e6


def compare(sample: Sample, tags: Iterable[Mapping[str, object]]) -> Comparison:
    """Apply the rules of the sample's language to both sides."""
    dialect = DIALECTS[sample.language]
    lines = {file.path: file.lines for file in sample.files}
    aside: dict[str, int] = {}
    ours = _kept(((p, s) for f in sample.files for p, s in _defined(f)), lines, dialect, aside)
    theirs = _kept(_tagged(tags, dialect), lines, dialect, aside)
    return Comparison(frozenset(ours), frozenset(theirs), aside)


def _kept(
    places: Iterable[tuple[Place, str]], lines: Mapping[str, Sequence[str]], dialect: Dialect, aside: dict[str, int]
) -> Iterator[Place]:
    for place, what in places:
        text = lines.get(place.path, [])
        line = text[place.line - 1] if place.line <= len(text) else ""
        why = dialect.left_out(place, what, line)
        if why:
            aside[why] = aside.get(why, 0) + 1
        else:
            yield place


def _defined(file: File) -> Iterator[tuple[Place, str]]:
    """Our definitions with what they are: a kind, ``test``, or ``local`` for what stands in a function's body."""
    starts = [0, *(i + 1 for i, byte in enumerate(file.data) if byte == 10)]
    around: list[Symbol] = []
    for symbol in file.facts.symbols[1:]:
        while around and not (around[-1].span.start <= symbol.span.start and symbol.span.end <= around[-1].span.end):
            around.pop()
        local = any(
            s.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD) and s.body.start <= symbol.span.start for s in around
        )
        what = "test" if symbol.decorators[:1] == ("test",) and " " in symbol.name + " " else symbol.kind.value
        tested = "test" if symbol.decorators[:1] == ("test",) else what
        yield (
            Place(file.path, bisect_right(starts, symbol.name_span.start), symbol.name),
            "local " + tested if local else tested,
        )
        around.append(symbol)


def _tagged(tags: Iterable[Mapping[str, object]], dialect: Dialect) -> Iterator[tuple[Place, str]]:
    for tag in tags:
        name = " ".join(str(tag["name"]).split())
        local = tag.get("scopeKind") in ("function", "method", "generator")
        what = dialect.kinds.get(str(tag["kind"]), "")
        yield Place(str(tag["path"]), int(str(tag["line"])), dialect.spelled(name)), "local " + what if local else what


def ctags(root: Path, paths: Sequence[str], dialect: Dialect) -> list[Mapping[str, object]]:
    """Effect: run universal-ctags over the files `paths` of `root`. Raises DatasetError where it is absent or fails."""
    program = shutil.which("ctags")
    if program is None:
        raise DatasetError(
            "universal-ctags is not installed", "apt-get install universal-ctags, or brew install universal-ctags"
        )
    command = [
        program,
        "--output-format=json",
        "--fields=*",
        "--sort=no",
        f"--language-force={dialect.ctags}",
        "-f",
        "-",
        "-L",
        "-",
    ]
    done = subprocess.run(
        command, input="\n".join(paths), text=True, capture_output=True, cwd=root, check=False, timeout=_SECONDS
    )
    if done.returncode:
        raise DatasetError(
            f"ctags failed: {done.stderr.strip()[:200]}", "fixbot needs Universal Ctags with JSON output"
        )
    found = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    return [tag for tag in found if tag.get("_type") == "tag"]


def measure(root: Path, language: str, show: int, bar: Bar) -> Mapping[str, object]:
    """Effect: extract, run ctags, compare. The figures, and `show` samples of what only one side has."""
    sample = Sample(root, language, bar)
    if not sample.files:
        raise DatasetError(
            f"{root} holds no file in {language}", "name a repository in that language, or another --language"
        )
    found = compare(sample, ctags(root, [f.path for f in sample.files], DIALECTS[language]))
    return {
        "language": language,
        "files": len(sample.files),
        "lines": sum(f.data.count(b"\n") for f in sample.files),
        "definitions": len(found.ours),
        "reference_definitions": len(found.theirs),
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        "megabytes_per_second": round(sample.megabytes / max(sample.seconds, 1e-9), 2),
        "parse_megabytes_per_second": round(sample.megabytes / max(sample.parse_seconds, 1e-9), 2),
        "left_aside": dict(sorted(found.aside.items())),
        "only_ours": _some(found.ours - found.theirs, show),
        "only_reference": _some(found.theirs - found.ours, show),
    }


def _some(places: Iterable[Place], count: int) -> list[str]:
    """`count` of the places, spread evenly."""
    ordered = sorted(places)
    step = max(len(ordered) // count, 1) if count else 1
    return [f"{p.path}:{p.line} {p.name}" for p in ordered[::step][:count]]


@click.command("definitions", epilog="Example: fixbot bench definitions ~/src/ripgrep --language rust")
@click.argument("repository", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(sorted(DIALECTS)), required=True)
@click.option("--peer", type=click.Choice(["ctags"]), default="ctags", show_default=True, help="Whom to compare with.")
@click.option("--show", type=click.IntRange(0), default=0, metavar="N", help="Name so many that only one side has.")
@json_option
def command(*, repository: Path, language: str, peer: str, show: int, as_json: bool) -> int:
    """Definitions found in REPOSITORY, beside those of universal-ctags: precision, recall, speed."""
    with Bar() as bar:
        document = {"reference": peer, **measure(repository, language, show, bar)}
    if as_json:
        emit(document)  # type: ignore[arg-type]  # numbers, texts, and lists and mappings of them
        return ExitCode.OK
    for name, value in document.items():
        if isinstance(value, list | dict):
            click.echo(f"{name}:")
            items = value.items() if isinstance(value, dict) else ((v, "") for v in value)
            for key, count in items:
                click.echo(printable(f"  {key} {count}".rstrip()))
        else:
            click.echo(printable(f"{name}: {value}"))
    return ExitCode.OK
