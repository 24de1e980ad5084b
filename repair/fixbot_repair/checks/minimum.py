"""The oldest Python that a project says it runs on; an older interpreter cannot judge its syntax."""

import re
import tomllib
from pathlib import Path

from fixbot_repair.checks.texts import text

_AT_LEAST = re.compile(r"(?:>=|\^|~=|~|==)\s*3\.(\d{1,2})")


def minimum_python(root: Path) -> tuple[int, int] | None:
    """Effect: read what pyproject.toml or setup.cfg at `root` asks for; None where they say nothing that is read here."""
    match = _AT_LEAST.search(_from_pyproject(root) or _from_setup(root))
    return (3, int(match[1])) if match else None


def _from_pyproject(root: Path) -> str:
    try:
        stated = tomllib.loads(text(root / "pyproject.toml"))
        project, tool = stated.get("project", {}), stated.get("tool", {})
        poetry = tool.get("poetry", {}).get("dependencies", {})
        return str(project.get("requires-python") or poetry.get("python") or "")
    except (ValueError, AttributeError, RecursionError):
        return ""


def _from_setup(root: Path) -> str:
    match = re.search(r"^python_requires\s*=\s*(.{1,80})$", text(root / "setup.cfg"), re.MULTILINE)
    return match[1] if match else ""
