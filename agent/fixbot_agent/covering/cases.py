"""Tests as statements: a probe, and assertions on what came of it."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fixbot_agent.covering.names import GIVEN, Names
from fixbot_agent.covering.probe import Probe
from fixbot_agent.covering.search import Found
from fixbot_agent.covering.targets import Kind
from fixbot_repair.exercising import Outcome

_MOST_FACTS = 4
_LONGEST_MATCH = 60


@dataclass(frozen=True, slots=True)
class Case:
    """One test before it has a name: `body` without imports, `imports`."""

    found: Found
    body: tuple[str, ...]
    imports: tuple[str, ...]

    @property
    def fixtures(self) -> tuple[str, ...]:
        """The fixtures that it takes."""
        used = {n.id for n in ast.walk(ast.parse("\n".join(self.body))) if isinstance(n, ast.Name)}
        return tuple(sorted(GIVEN & used))

    @property
    def source(self) -> str:
        """All of it as statements that can be run by themselves."""
        return "\n".join([*self.imports, *self.body])


def case(found: Found, names: Names) -> Case | None:
    """The test that a probe makes; None where nothing can be said of what it does."""
    body = tuple(_body(found.probe, found.outcome))
    if not body:
        return None
    error = found.outcome.error
    more = []
    if found.outcome.kind == "raises" and error[0] != "builtins" and not found.outcome.knows_type:
        more = [f"from {error[0]} import {error[1]}"]
    try:
        imports = names.imports("\n".join(body), [error[1]] if more else [])
    except (LookupError, SyntaxError):
        return None
    return Case(found, body, tuple(sorted({*imports, *more})))


def _body(probe: Probe, outcome: Outcome) -> Iterator[str]:
    setup, call = probe.parts()
    if outcome.kind == "raises":
        yield from setup
        match = _match(outcome.message)
        yield f"with pytest.raises({outcome.error[1]}{match}):\n    {_statement(probe, call)}"
        return
    checks = list(_checks(probe, call, outcome))
    if checks:
        yield from setup
        yield from checks


def _statement(probe: Probe, call: str) -> str:
    """The call where nothing is asked of its result: setting or deleting an item as it is written, not by its method."""
    step = probe.step
    if step.target.last in ("__setitem__", "__delitem__") and probe.receiver and not probe.binds:
        return step.target.statement(probe.receiver, step.values, step.arguments())
    return call


def _match(message: str) -> str:
    """The part of ``pytest.raises`` that says which message; only words that are stable to read."""
    message = message.partition("\n")[0].strip()
    if len(message) > _LONGEST_MATCH:
        message = message[:_LONGEST_MATCH].rpartition(" ")[0]
    if not message:
        return ""
    escaped = re.sub(r"\\([ '\"#&~,:;<>=@%!/`-])", r"\1", re.escape(message))
    if "\\" in escaped and '"' not in escaped:
        return f', match=r"{escaped}"'
    return f", match={_quoted(escaped)}"


def _checks(probe: Probe, call: str, outcome: Outcome) -> Iterator[str]:
    """The call with its assertions; nothing where there is nothing to assert."""
    after = [_told(_part(name, suffix), text) for name, suffix, text in outcome.after[:_MOST_FACTS]]
    printed = [f"assert capsys.readouterr().out == {_quoted(outcome.printed)}"] if outcome.printed else []
    if outcome.value is not None:
        if outcome.value == "None" and (after or printed) and _is_statement(probe):
            yield _statement(probe, call)
        else:
            yield _told(call, outcome.value)
        yield from [*after, *printed]
        return
    name = _result(probe, call)
    about_result = [
        (s, t) for s, t in _telling(outcome.facts) if not (probe.step.target.kind is not Kind.MAKING and after)
    ]
    facts = [f"assert {_part(name, suffix)} {_equal(text)}" for suffix, text in about_result]
    if not facts and outcome.knows_type and not after:
        facts = [f"assert isinstance({call}, {outcome.type})"]
        yield from [*facts, *printed]
    elif facts or after or printed:
        yield f"{name} = {call}" if facts else call
        yield from [*facts, *after, *printed]


def _telling(facts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """The facts that say most: what is None says something only where nothing else does."""
    said = [fact for fact in facts if fact[1] != "None"]
    return (said or list(facts))[:_MOST_FACTS]


def _told(call: str, value: str) -> str:
    """The assertion that a call, or a part of something, gives a value."""
    if call.endswith(".exists()"):
        return f"assert {call}" if value == "True" else f"assert not {call}"
    if isinstance(ast.parse(call, mode="eval").body, ast.Compare):
        return {"True": f"assert {call}", "False": f"assert not ({call})"}.get(
            value, f"assert ({call}) {_equal(value)}"
        )
    return f"assert {call} {_equal(value)}"


def _result(probe: Probe, call: str) -> str:
    """The name for what the call gives, that the call itself does not mention."""
    return "made" if probe.step.target.kind is Kind.MAKING and "made" not in call else "result"


def _is_statement(probe: Probe) -> bool:
    return probe.step.target.kind in (Kind.METHOD, Kind.FUNCTION, Kind.STATIC)


def _part(name: str, suffix: str) -> str:
    if suffix.startswith("."):
        return f"{name}{suffix}"
    return f"{suffix[:-2]}({name})" if suffix.endswith("()") else f"{name}.{suffix.lstrip('.')}" if suffix else name


def _equal(text: str) -> str:
    """How a value is compared, and with what."""
    if text in ("True", "False", "None"):
        return f"is {text}"
    if re.fullmatch(r"-?\d+\.\d{5,}(e-?\d+)?|-?\d+(\.\d+)?e-?\d+", text):
        return f"== pytest.approx({text})"
    return f"== {text}"


def _quoted(text: str) -> str:
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted else quoted
