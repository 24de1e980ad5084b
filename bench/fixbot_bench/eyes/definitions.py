"""``fixbot bench definitions``: what definitions fixbot finds in a repository, beside those that universal-ctags finds in the same files."""

import time
from bisect import bisect_right
from collections import Counter
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
from fixbot_bench.eyes.definition_peers import compiler, ctags

_FUNCTIONS = ("function", "method", "generator")  # kinds of ctags whose inside is local


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
    """Definitions of both sides after the rules, and how many each rule left aside.

    Where the language's own compiler judges (`declared`: all that it sees declared), what ctags alone has and the compiler does not know is left
    aside, and what we alone have and the compiler knows is right.
    """

    ours: frozenset[Place]
    theirs: frozenset[Place]
    aside: Mapping[str, int]
    declared: frozenset[Place] | None = None

    @property
    def precision(self) -> float:
        """Share of ours that is right."""
        return len(self.ours & (self.theirs | (self.declared or frozenset()))) / max(len(self.ours), 1)

    @property
    def recall(self) -> float:
        """Share of the reference's that we have too."""
        theirs = self.theirs if self.declared is None else self.theirs & (self.declared | self.ours)
        return len(self.ours & theirs) / max(len(theirs), 1)


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
            name = languages.language_of(path) or language
            if languages.dialect_of(data, name) == language:
                began = time.process_time()
                facts = extract(data, name)
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


def compare(
    sample: Sample, tags: Sequence[Mapping[str, object]], declared: frozenset[Place] | None = None
) -> Comparison:
    """Apply the rules of the sample's language to both sides; `declared` is the judge's (see :class:`Comparison`)."""
    dialect = DIALECTS[sample.language]
    lines = {file.path: file.lines for file in sample.files}
    ours = _ruled((pair for f in sample.files for pair in _defined(f)), lines, dialect)
    theirs = _ruled(_tagged(tags, dialect), lines, dialect)
    # What a rule leaves aside on one side, it leaves aside on both.
    aside = {**theirs, **ours}
    out = {place for place in aside if ours.get(place) or theirs.get(place)}
    why = Counter(ours.get(place) or theirs[place] for place in out)
    return Comparison(frozenset(ours.keys() - out), frozenset(theirs.keys() - out), why, declared)


def _ruled(
    places: Iterable[tuple[Place, str]], lines: Mapping[str, Sequence[str]], dialect: Dialect
) -> dict[Place, str]:
    """Each place with the rule that leaves it aside, ``""`` where none does."""
    found: dict[Place, str] = {}
    second = {path: dialect.alternatives(text) for path, text in lines.items()}
    for place, what in places:
        text = lines.get(place.path, [])
        why = dialect.left_out(place, what, text[place.line - 1] if place.line <= len(text) else "")
        if place.line in second.get(place.path, ()):
            why = "what stands in the second branch of a conditional: ctags looks there at times"
        found[place] = found.get(place, why) and why
    return found


def _defined(file: File) -> Iterator[tuple[Place, str]]:
    """Our definitions with what they are: a kind, or ``test``, after ``local`` in a function's body and ``inner`` in a variable's value."""
    starts = [0, *(i + 1 for i, byte in enumerate(file.data) if byte == 10)]
    around: list[Symbol] = []
    for symbol in file.facts.symbols[1:]:
        while around and not (around[-1].span.start <= symbol.span.start and symbol.span.end <= around[-1].span.end):
            around.pop()
        what = "test" if symbol.decorators[:1] == ("test",) else symbol.kind.value
        if any(
            s.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD) and s.body.start <= symbol.span.start for s in around
        ):
            what = "local " + what
        elif any(s.kind is SymbolKind.VARIABLE and s.span != symbol.span for s in around):
            what = "inner " + what
        yield Place(file.path, bisect_right(starts, symbol.name_span.start), symbol.name), what
        around.append(symbol)


def _tagged(tags: Sequence[Mapping[str, object]], dialect: Dialect) -> Iterator[tuple[Place, str]]:
    """The tags of ctags with what they are; local is what stands between the first and the last line of a function's tag."""
    functions: dict[str, list[tuple[int, int]]] = {}
    for tag in tags:
        if "end" in tag and tag["kind"] in _FUNCTIONS:
            functions.setdefault(str(tag["path"]), []).append((int(str(tag["line"])), int(str(tag["end"]))))
    for tag in tags:
        path, line = str(tag["path"]), int(str(tag["line"]))
        inside = any(first < line <= last for first, last in functions.get(path, ()))
        what = dialect.kinds.get(str(tag["kind"]), "")
        place = Place(path, line, dialect.spelled(" ".join(str(tag["name"]).split())))
        yield place, "local " + what if inside or tag.get("scopeKind") in _FUNCTIONS else what


def measure(root: Path, language: str, judge: Path | None, show: int, bar: Bar) -> Mapping[str, object]:
    """Effect: extract, run ctags and the judge, compare. The figures, and `show` samples of what only one side has."""
    sample = Sample(root, language, bar)
    if not sample.files:
        raise DatasetError(
            f"{root} holds no file in {language}", "name a repository in that language, or another --language"
        )
    paths = [f.path for f in sample.files]
    declared = compiler(root, paths, judge) if judge else []
    known = frozenset(place for place, _ in declared)
    found = compare(sample, ctags(root, paths, DIALECTS[language]), known if judge else None)
    return {
        "language": language,
        "files": len(sample.files),
        "lines": sum(f.data.count(b"\n") for f in sample.files),
        "definitions": len(found.ours),
        "reference_definitions": len(found.theirs),
        "precision": round(found.precision, 4),
        "recall": round(found.recall, 4),
        **_judged(sample, found, [place for place, counted in declared if counted], known),
        "megabytes_per_second": round(sample.megabytes / max(sample.seconds, 1e-9), 2),
        "parse_megabytes_per_second": round(sample.megabytes / max(sample.parse_seconds, 1e-9), 2),
        "left_aside": dict(sorted(found.aside.items())),
        "only_ours": _some(found.ours - found.theirs - known, show),
        "only_reference": _some((found.theirs & (known or found.theirs)) - found.ours, show),
    }


def _judged(
    sample: Sample, found: Comparison, counted: Sequence[Place], known: frozenset[Place]
) -> Mapping[str, object]:
    """How ours and ctags' definitions stand against those that the compiler counts."""
    if not known:
        return {}
    everything = {place for file in sample.files for place, _ in _defined(file)}
    judge = frozenset(counted)
    return {
        "compiler_definitions": len(judge),
        "recall_of_compiler": round(len(judge & everything) / max(len(judge), 1), 4),
        "reference_precision_by_compiler": round(len(found.theirs & known) / max(len(found.theirs), 1), 4),
        "reference_recall_of_compiler": round(len(judge & found.theirs) / max(len(judge), 1), 4),
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
@click.option(
    "--judge",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The typescript package, asked where the two differ.",
)
@click.option("--show", type=click.IntRange(0), default=0, metavar="N", help="Name so many that only one side has.")
@json_option
def command(*, repository: Path, language: str, peer: str, judge: Path | None, show: int, as_json: bool) -> int:
    """Definitions found in REPOSITORY, beside those of universal-ctags: precision, recall, speed."""
    with Bar() as bar:
        document = {"reference": peer, **measure(repository, language, judge, show, bar)}
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
