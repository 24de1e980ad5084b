"""Names for tests that say what is checked."""

import ast
import builtins
import re

from fixbot_agent.covering.cases import Case
from fixbot_agent.covering.targets import Kind

_MOST_WORDS = 7
_LONGEST = 60  # characters


def name(case: Case) -> str:
    """What a single case is called."""
    target, outcome = case.found.probe.step.target, case.found.outcome
    what = subject(case)
    if outcome.kind == "raises":
        said = _words(outcome.message)
        return _joined(what, "refuses", *said) if said else _joined(what, "raises", *_words(_spaced(outcome.error[1])))
    if outcome.printed:
        return _joined(what, "prints", *(_words(outcome.printed) or ["a", "line"]))
    if target.kind is Kind.MAKING:
        return _joined(what, "keeps", *(suffix for suffix, _ in outcome.facts[:2] if suffix.isidentifier()))
    if outcome.after and outcome.value in (None, "None"):
        return _joined(
            what, "changes", *dict.fromkeys(suffix.strip(".()") or "it" for _, suffix, _ in outcome.after[:2])
        )
    given = _value(outcome.value)
    return _joined(what, *_given(case), *(["gives", *given] if given else []))


def subject(case: Case) -> str:
    """What is tested, in a test's words."""
    target = case.found.probe.step.target
    if target.kind is Kind.MAKING:
        return _snake(target.holder)
    return _snake(target.name.replace(".", "_"))


def _given(case: Case) -> list[str]:
    """What the last of a few arguments is, where it is one word."""
    given = case.found.probe.step.given
    if not given or len(given) > 3:
        return []
    words = _value(given[-1][1])
    return ["of" if len(given) == 1 else f"with_{_snake(given[-1][0].name)}", *words] if words else []


def _value(text: str | None) -> list[str]:
    """A short value in words; none where it is no short one."""
    if text is None or len(text) > 40:
        return []
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    if value in ("", b"", [], {}, ()) and not isinstance(value, bool | int | float):
        return ["empty", type(value).__name__ if not isinstance(value, str) else "text"]
    if isinstance(value, bool) or value is None:
        return [str(value).lower()]
    if isinstance(value, int | float):
        return [("minus_" if value < 0 else "") + str(abs(value)).replace(".", "_").replace("-", "_").replace("+", "")]
    return _words(value)[:3] if isinstance(value, str) else []


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())[:_MOST_WORDS]


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)


def _snake(name: str) -> str:
    return re.sub(r"_+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()


def _joined(*words: str) -> str:
    name = "test"
    for word in words:
        if word and len(name) + len(word) < _LONGEST:
            name += f"_{word}"
    return name


def distinct(name: str, taken: set[str]) -> str:
    """`name`, or with a number behind it where it is taken; effect: it is taken now."""
    found = next(
        n for n in (name, *(f"{name}_{i}" for i in range(2, 1000))) if n not in taken and not hasattr(builtins, n)
    )
    taken.add(found)
    return found
