"""Prompts filled in: every placeholder must have its value, every value its placeholder."""

import re
from pathlib import Path

# Name -> the version in use.
PROMPTS = {
    "solve_system": 5, "solve_task": 4, "use_a_tool": 1, "refused": 2, "stuck": 1, "fresh_start": 1,
    "sample_system": 1, "sample_task": 2, "judge_system": 1, "judge_task": 1,
    "accept_system": 1, "accept_task": 1, "accept_again": 1, "accept_look": 1, "disagrees": 1,
}  # fmt: skip
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def render(name: str, **values: str) -> str:
    """Return the prompt `name` with each ``{{placeholder}}`` replaced; what stands in a value is never replaced again.

    Raises KeyError for a prompt nobody declared, ValueError when placeholders and values do not match.
    """
    text = _text(name)
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != set(values):
        missing, unknown = sorted(wanted - set(values)), sorted(set(values) - wanted)
        raise ValueError(f"prompt {name}: missing {missing}, unknown {unknown}")
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)


def version(name: str) -> str:
    """The prompt `name` and its version in use, as the trail of a run calls it: "solve_system.v2"."""
    return f"{name}.v{PROMPTS[name]}"


def _text(name: str) -> str:
    path = Path(__file__).parent / f"{name}.v{PROMPTS[name]}.md"
    return path.read_text("utf-8")
