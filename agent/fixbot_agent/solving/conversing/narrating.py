"""What a model does, step by step, in lines for people."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from fixbot_agent.models import Reply, ToolCall
from fixbot_agent.prompts import visible
from fixbot_agent.runs import words
from fixbot_agent.solving.proving.case import Case
from fixbot_agent.solving.reproducing.forms import CONFIRMS
from fixbot_agent.tools import Outcome

_LONGEST_WHY = 400  # characters of a model's own words in a line
_LONGEST_LINE = 200  # of what was found or refused
_CALLS = 6  # calls of one answer that are told
_GOAL = ("demanded: ", "now: ", "a guess: ")  # lines of a goal, as a reproduction tells it
_SHOWN = 3  # lines of what was refused or found
_NAMED = 4  # tests
_LONGEST = 70  # of a name, a text or a command
_IS_A_START = re.compile(
    r"^\s*(?:#|\w+$|sys\.path|import\b|from\b|set -|cd\b|[\w./-]+ *=|[{}()\[\];]*$)"
)  # lines of a script that say little
_HERE = re.compile(r"<<-?\s*['\"]?(\w+)['\"]?")  # begins a text that stands within a command
_WHICH = {
    "failing": "the tests to mend",
    "impacted": "the tests that the changes can affect",
    "all": "all tests",
}
_KINDS = {
    "callers": "who calls {}",
    "callees": "what {} calls",
    "implementers": "what implements {}",
    "overrides": "what overrides {}",
    "importers": "who imports {}",
    "tests": "the tests of {}",
    "symbol": "the definition of {}",
}

Arguments = Mapping[str, object]


def step(number: int, of: int, reply: Reply, *, mends: bool = True) -> Iterator[str]:
    """One answer: "step 7 of 40: reads src/x.py 10–60", and below it why, in the model's words; `mends`: whether a test fails that is to pass."""
    head = f"step {number} of {of}" if of else f"step {number}"
    done = list(_folded([did(call, mends=mends) for call in reply.tool_calls]))
    more = f" and {len(done) - _CALLS} more" if len(done) > _CALLS else ""
    yield f"{head}: {', '.join(done[:_CALLS]) or 'calls no tool'}{more}"
    if why := _cut_at_word(reply.text.strip(), _LONGEST_WHY):
        yield f"    “{why}”"


def _folded(said: Sequence[str]) -> Iterator[str]:
    """Equal calls once, with how often; the verb once where calls that follow each other share it."""
    verb = ""
    for each, times in Counter(said).items():
        first = each.partition(" ")[0]
        yield (each.removeprefix(f"{first} for ").removeprefix(f"{first} ") if first == verb else each) + (
            f" ({times} times)" if times > 1 else ""
        )
        verb = first


def told(case: Case) -> Iterator[str]:
    """What is to be mended, in lines: what the tests' first run gave, and what a patch is held against."""
    ran = [o for o in case.feedback.outcomes if o.test not in case.labels]  # without what was written from the issue
    failing = set(case.feedback.failing).intersection(o.test for o in ran)
    passing = sum(o.ok for o in ran)
    others = len(ran) - passing - len(failing)
    skipped = f", {others} skipped" if others else ""
    yield f"    {len(ran)} {'test' if len(ran) == 1 else 'tests'}: {passing} pass, {len(failing)} fail already{skipped}"
    if not case.failing:
        yield from _unproven(case)
        return
    yield f"what is to be mended ({words.oracle(case.oracle)}):"
    if case.goal:
        if any(test in case.labels for test in case.failing):
            yield "    a test that was written from the issue:"
        yield from _goal(case.goal)
    named = case.named(t for t in case.failing if not case.goal or t not in case.labels)
    yield from (f"    {_cut(name, 2 * _LONGEST)}" for name in named[:_NAMED])
    if len(named) > _NAMED:
        yield f"    and {len(named) - _NAMED} more"


def _unproven(case: Case) -> Iterator[str]:
    """Where nothing shows what is wrong: what was tried for it."""
    if case.issue is None:
        yield "    nothing to mend"
    elif case.attempted:
        yield (
            "    the issue's example gives here what it reports; what it should give is not stated, so nothing that is tried can be proven:"
            if CONFIRMS in case.attempted
            else "    a test written from the issue does not show it, so nothing that is tried can be proven:"
        )
        yield from (
            f"      {_cut(line, _LONGEST_LINE)}" for line in case.attempted.splitlines() if line.startswith(_GOAL)
        )
    else:
        yield "    the issue gives nothing that can be run, and no failing test shows it: nothing that is tried can be proven"


def _goal(told: str) -> Iterator[str]:
    lines = dict.fromkeys(line for line in told.splitlines() if line.startswith(_GOAL))  # several may end alike
    yield from (f"      {_cut(line, _LONGEST_LINE)}" for line in lines)


def came(call: ToolCall, outcome: Outcome) -> Iterator[str]:
    """What came of a call, in lines; none where that is what one expects of it."""
    first, *rest = outcome.text.strip().split("\n")
    if not outcome.ok:
        yield f"    {_cut(first[:1].lower() + first[1:], _LONGEST_LINE)}"
        yield from _below(rest) if first.endswith(":") else ()
    elif call.name in ("run_tests", "check"):
        yield from (f"    {_cut(line, _LONGEST_LINE)}" for line in outcome.people or (first,))
    elif call.name == "finish" and outcome.end is None:
        yield "    not finished yet, it is told:"
        yield from _below([first, *rest])


def _below(lines: Sequence[str]) -> Iterator[str]:
    said = [line for line in lines if line.strip()]
    yield from (f"      {_cut(line, _LONGEST_LINE)}" for line in said[:_SHOWN])
    if len(said) > _SHOWN:
        yield f"      … and {len(said) - _SHOWN} more"


def did(call: ToolCall, *, mends: bool = True) -> str:
    """What a call asks for, in words."""
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        given = None
    tell = _TOLD.get(call.name)
    if tell is None or not isinstance(given, dict):
        return f"calls {_cut(call.name)}"
    said = tell(given)
    return said if mends else said.replace(_WHICH["failing"], "its own test")


def _view(given: Arguments) -> str:
    if given.get("symbol"):
        return f"reads {_said(given, 'symbol')}"
    first, last = given.get("start_line"), given.get("end_line")
    ranges = given.get("ranges")
    if isinstance(ranges, list) and ranges:
        where = f" {', '.join(map(str, ranges[:4]))}"
    else:
        where = f" {first}–{last}" if first and last else f" from line {first}" if first else ""
    return f"reads {_said(given, 'path')}{where}"


def _search(given: Arguments) -> str:
    query, kind = _said(given, "query"), str(given.get("kind", "text"))
    below = f" in {_said(given, 'path')}" if given.get("path") else ""
    return f"looks for {_KINDS[kind].format(query)}{below}" if kind in _KINDS else f"looks for “{query}”{below}"


def _tests(given: Arguments) -> str:
    named = given.get("tests")
    if isinstance(named, list) and named:
        return f"runs {_listed(named)}"
    return f"runs {_WHICH.get(str(given.get('which', 'failing')), 'tests')}"


def _inspect(given: Arguments) -> str:
    wanted = given.get("expressions")
    asked = f" for {_listed(wanted)}" if isinstance(wanted, list) and wanted else ""
    where = _said(given, "at") or "where it fails"
    return f"looks into {_said(given, 'test')} at {where}{asked}"


def _run(given: Arguments) -> str:
    argv = given.get("argv")
    command = str(given.get("command") or (" ".join(map(str, argv)) if isinstance(argv, list) else ""))
    lines = [line for line in command.splitlines() if line.strip()]
    if len(lines) < 2:
        return f"runs “{_cut(command)}”"
    return f"runs {_program(lines[0])} of {len(lines)} lines: “{_cut(_telling(lines))}”"


def _program(first: str) -> str:
    """What reads the lines of a script: "a python script", else "a command"."""
    head = first.split(maxsplit=1)[0].rpartition("/")[2]
    return f"a {head} script" if _HERE.search(first) and head in ("python", "python3", "sh", "bash") else "a command"


def _telling(lines: Sequence[str]) -> str:
    """The first line of a script that does something: no import, no assignment, not the line that begins it."""
    inside = lines[1:] if _HERE.search(lines[0]) else lines
    return next((line for line in inside if not _IS_A_START.match(line)), lines[0])


def _history(given: Arguments) -> str:
    of = {
        "lines": f"where {_said(given, 'path')} {given.get('start_line', '')} comes from",
        "commit": f"what the commit {_said(given, 'text')} changed",
        "fixes": f"for fixes like “{_said(given, 'text')}”",
        "together": f"what changes together with {_said(given, 'path')}",
    }
    return f"asks the past {of.get(str(given.get('ask')), '')}".rstrip()


def _plan(given: Arguments) -> str:
    steps, done = given.get("steps"), given.get("done")
    count = len(steps) if isinstance(steps, list) else 0
    if done:
        return f"has done {done}{f' of {count}' if count else ''} {'step' if done == 1 and not count else 'steps'} of the plan"
    return f"plans {count} {'step' if count == 1 else 'steps'}"


_TOLD: Mapping[str, Callable[[Arguments], str]] = {
    "view": _view,
    "search": _search,
    "edit": lambda a: f"changes {_said(a, 'path')}",
    "replace_symbol": lambda a: f"rewrites {_said(a, 'symbol')}",
    "insert_code": lambda a: f"adds code at {_said(a, 'symbol')}",
    "write_file": lambda a: f"writes {_said(a, 'path')}",
    "run_tests": _tests,
    "try_test": lambda _: "tries a test before the change and with it",
    "inspect": _inspect,
    "run": _run,
    "history": _history,
    "check": lambda _: "checks for new findings",
    "plan": _plan,
    "finish": lambda _: "says that it is done",
    "give_up": lambda _: "gives up",
}


def _said(given: Arguments, name: str) -> str:
    return _cut(str(given.get(name, "")))


def _listed(values: Sequence[object]) -> str:
    more = f" and {len(values) - 2} more" if len(values) > 2 else ""
    return ", ".join(_cut(str(v)) for v in values[:2]) + more


def _cut_at_word(text: str, most: int) -> str:
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]}…"


def _cut(text: str, most: int = _LONGEST) -> str:
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"
