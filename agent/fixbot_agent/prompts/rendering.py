"""Prompts filled in: every placeholder must have its value, every value its placeholder."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

# Name -> the version in use.
PROMPTS = {
    "solve_system": 7, "solve_task": 5, "use_a_tool": 1, "refused": 2, "stuck": 1, "fresh_start": 1,
    "sample_system": 1, "sample_task": 2, "judge_system": 1, "judge_task": 1,
    "accept_system": 1, "accept_task": 1, "accept_again": 1, "accept_look": 1, "disagrees": 1,
    "ask_system": 2, "ask_task": 2, "ask_place": 1, "ask_more": 1, "ask_again": 2, "ask_now": 1,
    "rerank_system": 1, "rerank_task": 1,
    "review_system": 1, "review_task": 1, "review_again": 2, "review_now": 1,
    "cover_system": 2, "cover_task": 1, "cover_again": 1,
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Own:
    """A text that somebody puts in the place of the prompt `name`; `version` tells it from others: "solve_system.mine-1f2e3d4c"."""

    name: str
    version: str
    text: str


_OWN: ContextVar[Mapping[str, Own]] = ContextVar("prompts that somebody put in the place of built-in ones")


@contextmanager
def using(own: Iterable[Own]) -> Iterator[None]:
    """Within it, and in no other thread, :func:`render` and :func:`version` take the texts of `own` where they have one."""
    before = _OWN.set({one.name: one for one in own})
    try:
        yield
    finally:
        _OWN.reset(before)


def render(name: str, **values: str) -> str:
    """Return the prompt `name` with each ``{{placeholder}}`` replaced; what stands in a value is never replaced again.

    Raises KeyError for a prompt nobody declared, ValueError when placeholders and values do not match.
    """
    own = _OWN.get({}).get(name)
    text = own.text if own else built_in(name)
    wanted = placeholders(text)
    if wanted != set(values):
        missing, unknown = sorted(wanted - set(values)), sorted(set(values) - wanted)
        raise ValueError(f"prompt {name}: missing {missing}, unknown {unknown}")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def version(name: str) -> str:
    """The prompt `name` and its version in use, as the trail of a run calls it: "solve_system.v2"."""
    own = _OWN.get({}).get(name)
    return own.version if own else f"{name}.v{PROMPTS[name]}"


def placeholders(text: str) -> set[str]:
    """The names that stand in `text` to be replaced."""
    return set(_PLACEHOLDER.findall(text))


def built_in(name: str) -> str:
    """Effect: the text of the prompt `name` in the version in use. Raises KeyError for a prompt nobody declared."""
    path = Path(__file__).parent / f"{name}.v{PROMPTS[name]}.md"
    return path.read_text("utf-8")
