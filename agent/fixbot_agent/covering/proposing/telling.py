"""What a model is told of one function: its code, what is open in it, what was tried, what it leans on; and why tests did not hold."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.covering.goals import Goal, Goals, Span
from fixbot_agent.covering.ground import Ground
from fixbot_agent.covering.proposing.surroundings import fixtures, head, head_end, numbered, style
from fixbot_agent.covering.search import Search
from fixbot_agent.models import Message
from fixbot_agent.models.messages import Role
from fixbot_agent.prompts import fenced, render, version
from fixbot_analysis.context import Context, Focus
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position
from fixbot_repair.exercising import Crew, Outcome
from fixbot_repair.slips import Slip

MOST = 6  # tests of one answer
_LONGEST = 300  # lines of one function
_ROOM = 1500  # tokens of what it leans on
_CALLS, _CALL = 6, 160  # that the search tried, and characters of each
_OPEN, _MISSED = 20, 8  # that are listed
_MAKING = 40  # lines of how an object is made


@dataclass(frozen=True, slots=True)
class Open:
    """A function with what is open in it: goals that nothing reaches, slips in what runs that nothing notices."""

    span: Span
    goals: frozenset[Goal]
    slips: tuple[Slip, ...] = ()


def opening(here: Ground, each: Open, tried: str, index: Index | None) -> list[Message]:
    """Effect: reads files. What a conversation about a function begins with; what all functions of the module share stands first."""
    text = here.source.decode("utf-8", "replace")
    task = render(
        "cover_task",
        module=here.subject.path,
        imported_as=here.subject.module,
        style=fenced("tests", style(here) or "(none: plain functions of pytest)"),
        fixtures=fenced("fixtures", fixtures(here) or "(none beside pytest's own)"),
        head=fenced("module", head(here.source) or "(nothing)"),
        function=each.span.name,
        code=fenced("code", numbered(text, each.span.first, min(each.span.last, each.span.first + _LONGEST))),
        around=fenced("code", around(here, each.span, index) or "(nothing)"),
        open=fenced("open", "\n".join(open_lines(here.goals, each, text))),
        tried=fenced("tried", tried or "(nothing)"),
        most=str(MOST),
    )
    return [
        Message(Role.SYSTEM, render("cover_system"), prompt=version("cover_system")),
        Message(Role.USER, here.keys.clean(task), prompt=version("cover_task")),
    ]


def again(refused: Sequence[str], each: Open, here: Ground) -> Message:
    """What a model is told whose tests did not all hold: why, and what is still open."""
    text = here.source.decode("utf-8", "replace")
    rows = list(open_lines(here.goals, each, text))
    told = render("cover_again", refused=fenced("tests", "\n".join(refused)), open=fenced("open", "\n".join(rows)))
    return Message(Role.USER, here.keys.clean(told), prompt=version("cover_again"))


def open_lines(goals: Goals, each: Open, text: str) -> Iterator[str]:
    """What is open in a function, a row each, in the order of its lines."""
    lines = text.split("\n")
    if -each.span.body in each.goals:
        yield f"- {each.span.name} is never called"
    ways = sorted((goal for goal in each.goals if goal >= 0), key=lambda g: (goals.line_of(g), g))
    for goal in ways[:_OPEN]:
        way = goals.exits[goal]
        leads = (
            f"never goes on to line {way.to} `{_line(lines, way.to)}`"
            if way.to > 0
            else "never leads out of the function"
        )
        yield f"- line {way.line} `{_line(lines, way.line)}` {leads}"
    if len(ways) > _OPEN:
        yield f"- … and {len(ways) - _OPEN} more"
    for slip in each.slips[:_MISSED]:
        yield f"- no test notices this change: {slip.name}"


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number - 1].strip()[:100] if 0 < number <= len(lines) else ""


def around(here: Ground, span: Span, index: Index | None) -> str:
    """Effect: reads files. The class of a method, as far as it says how its objects are made, and the definitions that the function leans on."""
    parts = list(_class(here.source.decode("utf-8", "replace"), span))
    known = {int(row.split()[0]) for part in parts for row in part.split("\n") if row.strip()}
    if index is not None:
        try:
            found = Context.build(index, Focus(here.subject.path, Position(span.body - 1, 0)), _ROOM)
        except FixbotError:
            return "\n\n".join(parts)
        own, above = range(span.first, span.last + 1), head_end(here.source)
        parts += [
            f"{s.path}, lines {s.start_line} to {s.end_line} ({s.why}):\n{s.text.rstrip()}"
            for s in found.snippets
            if s.path != here.subject.path
            or not (s.start_line in own or s.start_line in known or s.start_line <= above)
        ]
    return "\n\n".join(parts)


def _class(text: str, span: Span) -> Iterator[str]:
    """Of a method's class: its head, how its objects are made, the first line of its other members."""
    names = span.name.split(".")[:-1]
    body: list[ast.stmt] = ast.parse(text).body
    for name in names:
        found = next(
            (n for n in ast.walk(ast.Module(body, [])) if isinstance(n, ast.ClassDef) and n.name == name), None
        )
        if found is None:
            return
        rows = [numbered(text, found.lineno, found.body[0].lineno - 1) or numbered(text, found.lineno, found.lineno)]
        for node in found.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                rows.append(numbered(text, node.lineno, min(node.end_lineno or node.lineno, node.lineno + 3)))
            elif node.lineno != span.first and node.body[0].lineno != span.body:
                last = min(node.end_lineno or 0, node.lineno + _MAKING) if node.name == "__init__" else node.lineno
                rows.append(numbered(text, min([node.lineno, *(d.lineno for d in node.decorator_list)]), last))
        yield "\n".join(rows)
        body = found.body


def tried(here: Ground, search: Search, each: Open, exercise: Crew) -> str:
    """Effect: makes some of the search's calls again. What they were and what came, a row each."""
    rows: list[str] = []
    probes, attempts = [], []
    for probe in search.samples(each.span.name, each.goals, _CALLS):
        try:
            attempts.append(probe.attempt(here.names))
        except (LookupError, SyntaxError):
            continue
        probes.append(probe)
    root = str(here.workspace.root)
    for attempt, outcome in zip(attempts, exercise.attempt(attempts), strict=True):
        call = "; ".join([*attempt.setup, attempt.call])
        if root not in call:  # a value that a test had, true on this machine only
            rows.append(f"- {call[:_CALL]}{'…' if len(call) > _CALL else ''}: {_came(outcome)}")
    return "\n".join(dict.fromkeys(rows))


def _came(outcome: Outcome) -> str:
    if outcome.kind == "returns":
        return f"gave {(outcome.value or f'an object of {outcome.type}')[:_CALL]}"
    if outcome.kind == "raises":
        said = outcome.message.split("\n")[0][:_CALL]
        return f"raised {outcome.error[1]}{f': {said}' if said else ''}"
    return {
        "broken": "what comes before the call failed",
        "reaches": "reached for files outside, processes or the network, or left something changed, and was stopped",
        "slow": "took too long",
    }.get(outcome.kind, "came to no end that could be told")
