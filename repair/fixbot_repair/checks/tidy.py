"""Python text put in form: imports in order, none unused, lines as long as the project has them."""

import re
import subprocess
import sys
import tomllib

from fixbot_repair.errors import CheckFailed

_SECONDS = 30.0
_USUAL = 88  # characters of a line


def tidied(text: str, first_party: str, line_length: int = _USUAL) -> str:
    """Effect: run ruff on `text`. `first_party` is the project's package. Raises CheckFailed where it is no Python."""
    known = f'lint.isort.known-first-party=["{first_party}"]'
    shape = ["--isolated", "--no-cache", f"--config=line-length={line_length}"]
    checked = _ruff(["check", *shape, f"--config={known}", "--select=I,F401,F811", "--fix", "--exit-zero", "-"], text)
    return _ruff(["format", *shape, "-"], checked)


def _ruff(arguments: list[str], text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], input=text.encode(), capture_output=True, timeout=_SECONDS, check=False
    )  # fmt: skip
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise CheckFailed(f"ruff cannot read what was written: {said}", "please report it with the file")
    return done.stdout.decode()


def line_length(settings: bytes | None) -> int:
    """The length of lines that a ``pyproject.toml`` states for ruff or black; the usual one without."""
    try:
        tools = tomllib.loads((settings or b"").decode("utf-8", "replace")).get("tool", {})
    except tomllib.TOMLDecodeError:
        return _USUAL
    for name in ("ruff", "black"):
        found = tools.get(name, {}) if isinstance(tools, dict) else {}
        length = found.get("line-length", found.get("line_length")) if isinstance(found, dict) else None
        if isinstance(length, int) and re.fullmatch(r"[4-9]\d|[12]\d\d", str(length)):
            return length
    return _USUAL
