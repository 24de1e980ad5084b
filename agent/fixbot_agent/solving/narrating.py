"""What a model does, step by step, in lines for people."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from fixbot_agent.models import Reply, ToolCall
from fixbot_agent.prompts import visible
from fixbot_agent.solving.case import Case
from fixbot_agent.tools import Outcome

_LONGEST_WHY = 100  # characters of a model's own words in a line
_NAMED = 4  # tests
_LONGEST = 70  # of a name, a text or a command
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s")
_WHICH = {
    "failing": "the failing tests",
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


def step(number: int, of: int, reply: Reply) -> str:
    """One answer in a line: "step 7 of 40: reads src/x.py 10–60 (look for the caller)"."""
    head = f"step {number} of {of}" if of else f"step {number}"
    done = ", ".join(did(call) for call in reply.tool_calls) or "calls no tool"
    why = _first_sentence(reply.text)
    return f"{head}: {done}{f' ({why})' if why else ''}"


def told(case: Case) -> Iterator[str]:
    """What is to be mended, in lines: what the tests' first run gave, and what a patch is held against."""
    failing, ran = case.feedback.failing, case.feedback.outcomes
    yield f"    {len(ran) - len(failing)} pass, {len(failing)} fail"
    if not case.failing:
        yield (
            "    none of them shows what is wrong: nothing that is tried can be proven"
            if case.issue
            else "    nothing to mend"
        )
        return
    yield f"what is to be mended ({case.oracle}):"
    named = case.named(case.failing)
    yield from (f"    {_cut(name, 2 * _LONGEST)}" for name in named[:_NAMED])
    if len(named) > _NAMED:
        yield f"    and {len(named) - _NAMED} more"


def came(call: ToolCall, outcome: Outcome) -> str:
    """What came of a call, in a line; "" where that is what one expects of it."""
    first = outcome.text.strip().partition("\n")[0]
    if not outcome.ok:
        return f"    {_cut(first[:1].lower() + first[1:], 2 * _LONGEST)}"
    if call.name in ("run_tests", "check"):
        return f"    {_cut(first, 2 * _LONGEST)}"
    return "    not yet: new findings" if call.name == "finish" and outcome.end is None else ""


def did(call: ToolCall) -> str:
    """What a call asks for, in words."""
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        given = None
    tell = _TOLD.get(call.name)
    if tell is None or not isinstance(given, dict):
        return f"calls {_cut(call.name)}"
    return tell(given)


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
    return f"runs “{_said(given, 'command') or _cut(' '.join(map(str, argv)) if isinstance(argv, list) else '')}”"


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
        return f"has done {done} of {count} steps of the plan"
    return f"plans {count} {'step' if count == 1 else 'steps'}"


_TOLD: Mapping[str, Callable[[Arguments], str]] = {
    "view": _view,
    "search": _search,
    "edit": lambda a: f"changes {_said(a, 'path')}",
    "replace_symbol": lambda a: f"rewrites {_said(a, 'symbol')}",
    "insert_code": lambda a: f"adds code at {_said(a, 'symbol')}",
    "write_file": lambda a: f"writes {_said(a, 'path')}",
    "run_tests": _tests,
    "inspect": _inspect,
    "run": _run,
    "history": _history,
    "check": lambda _: "checks for new findings",
    "plan": _plan,
    "finish": lambda _: "calls it done",
    "give_up": lambda _: "gives up",
}


def _said(given: Arguments, name: str) -> str:
    return _cut(str(given.get(name, "")))


def _listed(values: Sequence[object]) -> str:
    more = f" and {len(values) - 2} more" if len(values) > 2 else ""
    return ", ".join(_cut(str(v)) for v in values[:2]) + more


def _first_sentence(text: str) -> str:
    return _cut(_SENTENCE.split(" ".join(text.split()), 1)[0].rstrip(".。"), _LONGEST_WHY)


def _cut(text: str, most: int = _LONGEST) -> str:
    line = visible(" ".join(text.split()))
    return line if len(line) <= most else line[: most - 1] + "…"
