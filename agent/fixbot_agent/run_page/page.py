"""The page of a run: what came of it first, then what it cost, then how it went."""

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files

from fixbot_agent.recording import Exchanges
from fixbot_agent.recording.forms import as_row, as_rows, number, whole
from fixbot_agent.run_page.covered import covered
from fixbot_agent.run_page.markup import bar, block, diff, folded, one_line, seconds, table, text
from fixbot_agent.run_page.reviewed import reviewed
from fixbot_agent.run_page.timeline import Timeline
from fixbot_agent.run_page.times import spent_by_kind
from fixbot_agent.runs import Kept, words
from fixbot_agent.schemas import Json

_Row = Mapping[str, Json]
_TITLE = 120  # characters of the page's heading
_FIRST = 5  # suspects that are shown at once
_GOOD, _BAD = (
    ("plausible", "verified", "ok", "reached", "answered", "clean"),
    ("error", "none", "budget", "interrupted", "unchecked"),
)
_LIMITS = {
    "steps": "most answers of models", "seconds": "most seconds", "calls": "most requests to models", "tokens": "most tokens", "cost": "most money",
}  # fmt: skip


def html(kept: Kept) -> str:
    """Effect: reads the run. The whole page."""
    events, exchanges = list(kept.events()), Exchanges.read(kept)
    began = next((number(e.get("at")) for e in events), 0.0)
    timeline = Timeline(exchanges, began)
    story = timeline.html(events)
    report = kept.report or {}
    parts = [
        ("result", "What came of it", _result(kept, report)),
        ("tests", "Tests, before and after", _tests(as_row(report.get("verification")), events)),
        ("time", "Where the time went", _time(events, timeline.tools)),
        ("cost", "What models cost", _cost(exchanges)),
        ("suspects", "Where it looked", _suspects(as_rows(report.get("localisation")))),
        ("asked", "What was asked", _asked(kept)),
        ("story", "How it went", story),
    ]
    there = [(name, title, body) for name, title, body in parts if body]
    links = "".join(f'<a href="#{name}">{text(title)}</a>' for name, title, _ in there)
    sections = "".join(f'<section id="{name}"><h2>{text(title)}</h2>{body}</section>' for name, title, body in there)
    return (
        f'{_head(kept)}<body><a class="skip" href="#story">Skip to how it went</a>{_title(kept, exchanges, began)}'
        f'<nav aria-label="On this page">{links}</nav><main>{sections}</main></body></html>\n'
    )


def _head(kept: Kept) -> str:
    style = files("fixbot_agent.run_page").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="referrer" content="no-referrer">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>fixbot run {text(kept.id)}</title>'
        f"<style>{style}</style></head>"
    )


def _title(kept: Kept, exchanges: Exchanges, began: float) -> str:
    look = "good" if kept.status in _GOOD else "bad" if kept.status in _BAD else "open"
    asked = sum(bool(a.answers) for a in exchanges.asks)
    facts = [
        f"{datetime.fromtimestamp(began, UTC):%Y-%m-%d %H:%M} UTC" if began else "",
        seconds(kept.seconds) if kept.seconds else "",
        f"{asked} requests to models" if asked else "no model was asked",
    ]
    note = str((kept.report or {}).get("note") or (kept.report or {}).get("question") or "")
    title = _issue_title(kept)
    told = (kept.report or {}).get("note")
    said = f"<p>{text(told)}</p>" if told and title else ""
    return (
        f'<header><p class="quiet">fixbot {text(kept.command)} in {text(kept.root)}</p>'
        f'<h1>{text(title or note or f"Run {kept.id}")}</h1>{said}<p><span class="status {look}">{text(words.status(kept.status))}</span> '
        f"{text(' · '.join(filter(None, facts)))}</p>"
        f'<p class="quiet">{text(kept.id)}</p></header>'
    )


def _issue_title(kept: Kept) -> str:
    """The first line of the issue that was given; "" where there was none."""
    issue = (kept.kept("asked.json") or {}).get("text")
    first = next((line for line in issue.splitlines() if line.strip()), "") if isinstance(issue, str) else ""
    return one_line(first.lstrip("# "), _TITLE)


def _result(kept: Kept, report: _Row) -> str:
    parts = []
    if error := as_row(report.get("error")):
        parts.append(f'<p class="bad">{text(error.get("message"))}</p><p class="quiet">{text(error.get("hint"))}</p>')
    if question := report.get("question"):
        parts.append(f"<p>{text(question)}</p>")
    if source := report.get("source"):
        parts.append(f'<p class="quiet">found by {text(str(source).replace("model:", "the model ", 1))}</p>')
    parts += [*_outcome(kept, report)]
    parts += [*_undecided(report)]
    for number_, other in enumerate(as_rows(report.get("alternatives")), 2):
        parts.append(
            folded(f"another patch, number {number_}: {text(other.get('note'))}", diff(str(other.get("patch", ""))))
        )
    warnings = report.get("warnings")
    if isinstance(warnings, list) and warnings:
        untold = [w for w in warnings if not (report.get("said") and str(w).startswith("the model gave up: "))]
        parts.append("<ul>" + "".join(f"<li>{text(w)}</li>" for w in untold) + "</ul>" if untold else "")
    return "".join(parts)


def _outcome(kept: Kept, report: _Row) -> Iterator[str]:
    """What the run was for: tests, an answer, a review, a patch."""
    if "disagreements" in report:
        yield from (*covered(report), diff(kept.patch) if kept.patch else "")
    elif "sentences" in report:
        yield from _answer(report)
    elif "comments" in report:
        yield from reviewed(report)
    elif kept.patch:
        yield diff(kept.patch)
    elif kept.report is None:
        yield "<p>The run has no report: it is still going on, or was cut short.</p>"
    else:
        yield "<p>No patch.</p>"


def _answer(report: _Row) -> Iterator[str]:
    """The answer to a question, with its places, and how it was come by."""
    remarks, by = as_rows(report.get("remarks")), as_row(report.get("by"))
    sentences = as_rows(report.get("sentences"))
    for number_ in range(len(sentences) + 1):
        for remark in remarks:
            if whole(remark.get("before")) == number_:
                yield f'<p>{text(remark.get("text"))} <span class="quiet">(cites no lines, so nothing of it was checked{text(_nowhere(remark, "; "))})</span></p>'
        for sentence in sentences[number_ : number_ + 1]:
            places = ", ".join(_place(p) for p in as_rows(sentence.get("places")))
            yield f'<p>{text(sentence.get("text"))} <span class="quiet">{text(places + _nowhere(sentence, "; "))}</span></p>'
    checked = "citations checked" if sentences else "nothing of it was checked: it cites no lines of the project"
    how = f"by {by['model']}, {checked}" if by.get("model") else f"built-in answer: {by.get('why') or ''}"
    left = (
        f"; {whole(report.get('left_out'))} sentences left out: what they cite is not there"
        if report.get("left_out")
        else ""
    )
    yield f'<p class="quiet">{text(how + left)}</p>'


def _nowhere(sentence: _Row, before: str) -> str:
    """The names of a sentence that stand nowhere in the project."""
    names = _texts(sentence.get("unknown"))
    verb = "stands" if len(names) == 1 else "stand"
    return f"{before}{', '.join(names)} {verb} nowhere in the project" if names else ""


def _place(place: _Row) -> str:
    last = f"-{place.get('end_line')}" if place.get("end_line") else ""
    return f"{place.get('path')}:{place.get('line')}{last}"


def _undecided(report: _Row) -> Iterator[str]:
    """What people have to decide on: what the model assumed, tests that it holds to be wrong, what it left that did not hold, its last words."""
    if assumed := _texts(report.get("assumptions")):
        listed = "".join(f"<li>{text(line)}</li>" for line in assumed)
        yield f"<p>What the model took for granted, because the issue does not say it:</p><ul>{listed}</ul>"
    for each in as_rows(report.get("disputed")):
        yield f'<p class="bad">{text(each.get("test"))} fails with it; the model holds it to be wrong: {text(each.get("why"))}</p>'
    if left := as_row(report.get("refused")):
        yield folded(f"what it left was refused: {text(left.get('why'))}", diff(str(left.get("patch", ""))))
    said, note = str(report.get("said") or ""), str(report.get("note") or "")
    if said and not report.get("patch"):
        yield f"<p>The model said in the end:</p>{block(said)}"
    elif said and " ".join(said.split()) != note:
        yield folded("what the model said in the end", block(said))


def _tests(made: _Row, events: Sequence[_Row]) -> str:
    before, after, broken = (_texts(made.get(name)) for name in ("failed_before", "passed_after", "regressions"))
    if not before:
        before = _texts(next((e.get("failing") for e in events if e.get("kind") == "case"), None))
    else_ = "still fails" if made.get("tests_run") and after else "not known to pass"
    rows = [(test, "failed", "passes" if test in after else else_) for test in before]
    rows += [(test, "passed", "fails") for test in broken]
    rows += [(f"{test} (the model's own)", "failed", "passes") for test in _texts(made.get("own_tests"))]
    rows += [(f"{test}, an acceptance test", "failed", "passes") for test in _texts(made.get("acceptance"))]
    ran = whole(made.get("tests_run"))
    if not rows and not ran:
        return ""
    told = f"<p>{text(_held(made, len(before)))} {text(_counted(ran, made))}</p>"
    found = as_rows(made.get("new_findings"))
    more = [(f"{f.get('path')}:{f.get('line')}", f.get("tool"), f.get("message")) for f in found]
    tools = table(("where", "tool", "says"), more, "new findings of tools") if more else ""
    return told + (table(("test", "before", "after"), rows, "tests before and after") if rows else "") + tools


def _held(made: _Row, failing: int) -> str:
    """What a patch had to do, in a sentence."""
    if made.get("own_tests"):
        return "No test of the project shows the fault; one that the model wrote itself does."
    return {
        "failing tests": "The failing test had to pass." if failing == 1 else "The failing tests had to pass.",
        "reproduction": "The error that the issue reports, made to happen by a test, had to go.",
        "expected output": "The issue's example had to give what the issue says.",
    }.get(str(made.get("oracle")), "No test of the project shows the fault, so nothing could show that it is gone.")


def _counted(ran: int, made: _Row) -> str:
    if not ran:
        return "No test was run on a patch."
    passed = f", {whole(made.get('tests_passed'))} pass" if "tests_passed" in made else ""
    return f"{ran} {'test' if ran == 1 else 'tests'} run with the patch{passed}."


def _time(events: Sequence[_Row], tools: Mapping[str, str]) -> str:
    shares = [(share.kind, share.seconds) for share in spent_by_kind(events, tools)]
    return bar(shares) if shares else ""


def _cost(exchanges: Exchanges) -> str:
    sums: dict[str, list[float]] = {}
    for ask in exchanges.asks:
        for answer in ask.answers:
            row = sums.setdefault(answer.name, [0.0] * 7)
            usage = answer.usage
            lost = sum(bool(t.get("why")) for t in answer.tries)
            told = (1, bool(answer.error), lost, usage.tokens_in, usage.tokens_cached, usage.tokens_out, answer.seconds)
            sums[answer.name] = [a + b for a, b in zip(row, told, strict=True)]
    costs = {n: sum(a.usage.cost for k in exchanges.asks for a in k.answers if a.name == n) for n in sums}
    rows = [
        (name, *(f"{int(value):,}" for value in row[:6]), seconds(row[6]), f"{costs[name]:.4g}" if costs[name] else "–")
        for name, row in sums.items()
    ]
    header = ("model", "calls", "failed", "tried again", "tokens in", "cached", "tokens out", "time", "cost")
    return table(header, rows, "calls, tokens, time and cost by model", range(1, 9)) if rows else ""


def _suspects(rows: Sequence[_Row]) -> str:
    told = [
        (
            f"{r.get('path')}:{r.get('line')}",
            r.get("symbol"),
            f"{number(r.get('score')):.3f}",
            ", ".join(map(words.signal, _texts(r.get("why")))),
        )
        for r in rows
    ]
    header = ("where", "in", "score", "why")
    first = table(header, told[:_FIRST], "the first suspects", (2,)) if told else ""
    rest = told[_FIRST:]
    return first + (folded(f"{len(rest)} more", table(header, rest, "more suspects", (2,))) if rest else "")


def _asked(kept: Kept) -> str:
    asked = kept.kept("asked.json")
    if not asked:
        return ""
    issue = asked.get("text")
    given = as_row(asked.get("options"))
    place = f"<p>About {text(given['at'])}</p>" if given.get("at") else ""
    words = place + (
        block(issue) if isinstance(issue, str) else "<p>No issue was given: the failing tests were it.</p>"
    )
    known = _LIMITS if kept.command in ("ask", "review") else {}
    options = [(known.get(name, name), value) for name, value in given.items() if value not in ("", None, False, [])]
    return words + folded("options", table(("option", "value"), options, "options"))


def _texts(value: Json) -> list[str]:
    return list(_strings(value)) if isinstance(value, list) else []


def _strings(values: Sequence[Json]) -> Iterator[str]:
    return (str(v) for v in values)
