"""Whether a project uses a tool: by its configuration, its development dependencies, its pre-commit and CI files."""

import re
from collections.abc import Iterator
from pathlib import Path

from fixbot_repair.checks.adapters.adapter import Usage
from fixbot_repair.checks.texts import text

_DEPENDENCIES = (
    "pyproject.toml", "setup.cfg", "setup.py", "Pipfile", "package.json", "requirements*.txt", "requirements/*.txt",
    "*requirements.txt",
)  # fmt: skip
_CALLERS = (
    ".pre-commit-config.yaml", "tox.ini", "noxfile.py", "Makefile", "justfile", "package.json", ".github/workflows/*.yml",
    ".github/workflows/*.yaml", ".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", ".travis.yml",
)  # fmt: skip


def uses(root: Path, usage: Usage) -> bool:
    """Effect: look through the files at the top of the project `root` that say what it is worked on with."""
    if configuration(root, usage) is not None or any(_at(root, pattern) for pattern in usage.files):
        return True
    if usage.package:
        # As a requirement ("ty>=0.1"), or a key of package.json.
        named = re.compile(
            rf"""(?:^|["'\s]){re.escape(usage.package)}(?:\[[\w,]+\])?["']?\s*(?:[<>=~!;:,"'\]]|$)""", re.MULTILINE
        )
        if any(named.search(text(place)) for pattern in _DEPENDENCIES for place in _at(root, pattern)):
            return True
    called = re.compile(usage.command) if usage.command else None
    return called is not None and any(called.search(text(f)) for pattern in _CALLERS for f in _at(root, pattern))


def configuration(root: Path, usage: Usage) -> str | None:
    """Effect: what the file at the top of `root` says that the tool is configured by, of a shared one the tool's section.

    None where there is none.
    """
    for entry in usage.configuration:
        name, _, section = entry.partition(" ")
        for place in _at(root, name):
            stated = _section(text(place), section.strip("[]")) if section else text(place)
            if stated is not None:
                return stated
    return None


def _section(stated: str, name: str) -> str | None:
    """The section `name`, up to the next one, or the first below it (``[tool.ty.rules]``)."""
    found = re.search(rf"^\s*\[{re.escape(name)}(?:[.\]])(?:.*\n(?!\s*\[))*", stated, re.MULTILINE)
    return found and found[0]


def _at(root: Path, pattern: str) -> list[Path]:
    if "*" not in pattern:
        place = root / pattern
        return [place] if place.is_file() else []
    return sorted(_files(root, pattern))[:50]


def _files(root: Path, pattern: str) -> Iterator[Path]:
    yield from (place for place in root.glob(pattern) if place.is_file())
