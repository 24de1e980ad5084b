"""A report as people read it: on stderr, plain where there is no terminal, silent about nothing."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from fixbot_agent.cli.checked import how, plural, sure
from fixbot_agent.cli.envelope import printable
from fixbot_agent.cli.headline import GAVE_UP, headline_of
from fixbot_agent.cli.wrapping import columns, wrapped
from fixbot_agent.models import built_in
from fixbot_agent.runs import words
from fixbot_agent.solving.reporting.report import Report, Status, Verification
from fixbot_repair.candidates.diff import Hunk, parse
from fixbot_repair.localisation import Suspect

if TYPE_CHECKING:
    from rich.text import Text

_MOST = 5  # rows of one kind
_WHYS = 3  # reasons for one place, the best ones
_MARGIN = 12  # columns before the text of a row
_TOLD = ("demanded: ", "now: ", "firm: ", "a guess: ")  # lines of a goal, as a reproduction tells it
_LONGEST_WHY = 300  # of why something was refused
_LONGEST_GOAL = 200  # characters of such a line


def show(report: Report, *, stderr: bool = True) -> None:
    """Effect: write the summary of `report` to stderr, or to stdout."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in _lines(report, columns(sys.stderr if stderr else sys.stdout)):
        console.print(line)


def show_diff(patch: str) -> None:
    """Effect: write a diff to stdout: its own bytes, and in colour only where stdout is a terminal."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(patch.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    for line in patch.splitlines():
        console.print(Text(printable(line), _diff_style(line)))


def _lines(report: Report, width: int) -> Iterator["Text"]:
    style, headline = headline_of(report)
    yield _text((f"● {headline}", f"bold {style}"))
    rows = [
        *_error(report),
        *_degraded(report),
        *_what(report),
        *_evidence(report.verification, report),
        *_suspects(report),
        *_means(report),
    ]
    told = [("dim", name, value) for name, value in rows]
    told += [("yellow", "warning", warning) for warning in _untold(report)]
    if report.refused is not None:
        left = " ".join(report.refused.why.split())[:_LONGEST_WHY]
        told.append(("yellow", "refused", f"what the model left (it is in --json): {left}"))
    for style, name, value in told:
        line = wrapped(f"  {name:<10}{printable(value)}", width, _MARGIN)
        yield _text((line[:_MARGIN], style), (line[_MARGIN:], ""))
    if _is_shown_whole(report):
        yield _text(("  the model said", "dim"))
        yield from (_text((wrapped(f"    {line}", width, 4), "")) for line in report.said.splitlines())


def _untold(report: Report) -> Iterator[str]:
    """Warnings that say something which no other line says."""
    for warning in report.warnings:
        is_refusal = (
            report.refused is not None and warning.startswith("the patch of ") and report.refused.why in warning
        )
        is_said = (report.said and warning.startswith(GAVE_UP)) or (report.patch and warning.startswith(built_in("")))
        if not is_refusal and not is_said:
            yield warning


def _is_shown_whole(report: Report) -> bool:
    """Whether a model's last words stand by themselves: where no line holds them, and a person may have to go by them."""
    return bool(report.said) and report.status is not Status.PLAUSIBLE and not _is_in_a_line(report)


def _is_in_a_line(report: Report) -> bool:
    return bool(report.patch) and " ".join(report.said.split()) == report.note


def _error(report: Report) -> Iterator[tuple[str, str]]:
    if report.error is not None:
        yield "why", report.error.message
        if report.error.hint:
            yield "hint", report.error.hint
    if report.question:
        yield "question", report.question


def _degraded(report: Report) -> Iterator[tuple[str, str]]:
    """Why no model had a say in the patch that is shown, before what it is: whoever named a model takes it for the model's otherwise."""
    said = [w.removeprefix(built_in("")) for w in report.warnings if w.startswith(built_in(""))]
    if report.patch:
        yield from (("asked" if not n else "", why) for n, why in enumerate(said))


def _what(report: Report) -> Iterator[tuple[str, str]]:
    if not report.patch:
        if report.note:
            yield "result", report.note
        return
    yield "changes", ", ".join(report.files)
    if report.note and not _is_shown_whole(report):
        yield "summary" if report.source.startswith("model:") else "what", report.note
    yield "found by", _source(report.source)
    place = _suspect(report)
    if place is not None:
        where = f"{place.path}:{place.line}" + (f" in {place.symbol}" if place.symbol else "")
        yield "why there", f"{where}: {_whys(place) or 'ranked by the index'}"


def _whys(suspect: Suspect) -> str:
    return ", ".join(words.signal(why) for why in suspect.why[:_WHYS])


def _suspect(report: Report) -> Suspect | None:
    """The suspect that the patch mends, on an edited line; None where nothing spoke for that place."""
    edited = {(f.path, line) for f in parse(report.patch) for hunk in f.hunks for line in _edited(hunk)}
    return next((s for s in report.localisation if (s.path, s.line) in edited), None)


def _edited(hunk: Hunk) -> range:
    """Lines (from 1) of the old file that `hunk` changes, its context left out; where it only adds, those on either side."""
    same = 0
    while same < min(len(hunk.old), len(hunk.new)) and hunk.old[same] == hunk.new[same]:
        same += 1
    tail = 0
    while tail < min(len(hunk.old), len(hunk.new)) - same and hunk.old[-1 - tail] == hunk.new[-1 - tail]:
        tail += 1
    first, end = hunk.start + same, hunk.start + len(hunk.old) - tail
    return range(first, end) if first < end else range(first - 1, first + 1)


def _evidence(made: Verification, report: Report) -> Iterator[tuple[str, str]]:
    fixed = [t for t in made.failed_before if t in made.passed_after]
    told = list(dict.fromkeys(line for line in made.goal.splitlines() if line.startswith(_TOLD)))
    for name, tests in (("fixed", fixed), ("failing", [t for t in made.failed_before if t not in made.passed_after])):
        named = [_without_guess(test, told) for test in tests]
        yield from ((name if not n else "", test) for n, test in enumerate(_few(named)))
        told = [line for line in told if f"issue: {line.removeprefix('demanded: ')}" not in named]
    yield from (("goal" if not n else "", _as_before(line)[:_LONGEST_GOAL]) for n, line in enumerate(told))
    if report.patch:
        yield "checked", how(made, report.status, disputed=len(report.disputed))
    yield from (("assumed" if not n else "", line) for n, line in enumerate(report.assumptions))
    for n, each in enumerate(report.disputed):
        yield (
            "disputed" if not n else "",
            f"{each.test} fails with it; the model holds it to be wrong: {each.why or 'it does not say why'}",
        )
    if report.confidence is not None:
        yield "how sure", sure(report.confidence.value)
    for finding in made.new_findings[:_MOST]:
        yield "new", f"{finding.path}:{finding.line}: {finding.tool} {finding.rule}: {finding.message}"
    for n, reason in enumerate(report.why if report.alternatives else ()):
        yield "first" if not n else "", reason
    for number, other in enumerate(report.alternatives):
        name = "also" if not number else ""
        yield name, other.note or "another patch"
        if other.call:
            yield "", f"  {other.call}: {other.here}; with the first {other.first}"
    if report.alternatives:
        yield "", "passed the same tests, too; in full in --json"


def _without_guess(test: str, told: Sequence[str]) -> str:
    """The name of a test without what a line of the goal says, too."""
    return next((test.removesuffix(f" ({line})") for line in told if test.endswith(f" ({line})")), test)


def _as_before(line: str) -> str:
    """What came at base, in a report that is read when that is past."""
    return f"before: {line.removeprefix('now: ')}" if line.startswith("now: ") else line


def _suspects(report: Report) -> Iterator[tuple[str, str]]:
    if report.patch:
        return
    for number, suspect in enumerate(report.localisation[:_MOST]):
        symbol = f" in {suspect.symbol}" if suspect.symbol else ""
        yield ("suspects" if not number else "", f"{suspect.path}:{suspect.line}{symbol} ({_whys(suspect)})")


def _means(report: Report) -> Iterator[tuple[str, str]]:
    for spent in report.models:
        used = f"{spent.calls} {plural('call', range(spent.calls))}, {spent.tokens_in:,} tokens in, {spent.tokens_out:,} out"
        yield "model", f"{spent.name}: {used}, cost {'not known' if spent.unpriced else f'{spent.cost:.4f}'}"
    parts = [f"{report.seconds:.1f} s"]
    if report.trials:
        of = f" of {report.candidates}" if report.candidates >= report.trials else ""
        parts.append(f"{report.trials}{of} {plural('patch', range(report.candidates if of else report.trials))} tried")
    parts.append(f"sandbox {report.sandbox}" if report.sandbox else "nothing was run")
    if not report.models and (report.error is None or report.error.kind != "interrupted"):  # one may have been asked
        parts.append("no model")
    yield "took", ", ".join(parts)
    if report.run:
        yield "run", report.run


def _source(source: str) -> str:
    kind, _, name = source.partition(":")
    words = {
        "template": "the repair template",
        "model": "the model",
        "tool": "the tool",
        "issue": "the issue itself",
        "donor": "code of this project",
    }
    return f"{words.get(kind, kind)} '{name}'" if name else words.get(kind, kind)


def _few(tests: Sequence[str]) -> Iterator[str]:
    yield from tests[:_MOST]
    if len(tests) > _MOST:
        yield f"and {len(tests) - _MOST} more"


def _diff_style(line: str) -> str:
    if line.startswith(("+++", "---", "diff ")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")


def _text(*parts: tuple[str, str]) -> "Text":
    from rich.text import Text

    return Text.assemble(*((printable(part), style) for part, style in parts))
