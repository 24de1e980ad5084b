"""Prompts of the user's own: read from files, and held against the built-in ones before anything is asked."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.prompts.rendering import PROMPTS, Own, built_in, placeholders

_LIMIT = 256 << 10  # bytes of a prompt
_NO_WORD = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_STEM = 32


def read_own(given: Sequence[str]) -> tuple[Own, ...]:
    """Effect: read the files of `given`, each NAME=FILE with a whole path; one that holds what is built in is left out.

    Raises UsageFailure that names the prompt, the file and what is wrong with it.
    """
    made: dict[str, Own] = {}
    for one in given:
        name, _, path = one.partition("=")
        if not path:
            raise UsageFailure(
                f"'{one[:80]}' names no prompt and file", "write NAME=FILE: solve_system=/home/me/mine.md"
            )
        file = Path(path).expanduser()
        if not file.is_absolute():
            raise UsageFailure(
                f"the file of the prompt '{name}' is not a whole path: {path}",
                "begin it with / or ~: what stands in the project's folder would be the project's word",
            )
        made[name] = own_of(name, file)
    return tuple(own for own in made.values() if own.text != built_in(own.name))


def own_of(name: str, file: Path) -> Own:
    """Effect: read `file` as the prompt `name`. Raises UsageFailure where it cannot be read, or cannot be filled in."""
    text = _text(file)
    check(name, text, str(file))
    stem = _NO_WORD.sub("-", file.stem).strip("-")[:_LONGEST_STEM] or "own"
    return Own(name, f"{name}.{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}", text)


def check(name: str, text: str, where: str) -> None:
    """Raise UsageFailure where `text`, from `where`, cannot take the place of the prompt `name`."""
    if name not in PROMPTS:
        raise UsageFailure(f"there is no prompt '{name[:60]}'", f"there are: {', '.join(PROMPTS)}")
    if not text.strip():
        raise UsageFailure(f"{where} is empty", f"it is to be the prompt '{name}'")
    said, wanted = placeholders(text), placeholders(built_in(name))
    faults = [f"lacks {_shown(wanted - said)}"] if wanted - said else []
    faults += [f"holds {_shown(said - wanted)}, which nobody fills in"] if said - wanted else []
    if faults:
        takes = (
            f"the prompt '{name}' takes {_shown(wanted)}" if wanted else f"the prompt '{name}' takes no placeholders"
        )
        raise UsageFailure(f"{where} {' and '.join(faults)}", takes)


def _shown(names: set[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in sorted(names))


def _text(file: Path) -> str:
    try:
        if not file.is_file():  # a pipe would never end
            raise UsageFailure(f"there is no file {file}", "name a file that holds a prompt")
        data = file.read_bytes()
    except OSError as error:
        raise UsageFailure(f"{file} cannot be read: {error.strerror}", "make it readable") from error
    if len(data) > _LIMIT:
        raise UsageFailure(f"{file} is larger than {_LIMIT} bytes", "is this the right file?")
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageFailure(f"{file} is no UTF-8 text", "save it as UTF-8") from error
