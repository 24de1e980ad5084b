"""Reading what the user says the issue is: a file, an address, standard input, a failing run's log."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixbot_agent.errors import UsageFailure

if TYPE_CHECKING:
    from fixbot_agent.models.images import Pictures

_LARGEST_ISSUE = 1 << 20  # bytes
_LARGEST_LOG = 16 << 20  # of which the reader takes what it can


def issue_text(issue: str | None, log: Path | None, *, offline: bool) -> str | None:
    """Effect: the text of the `issue` (a file, an address, - for stdin) or of a `log`, which may talk to the network.

    None when there is neither: failing tests are the issue. Raises UsageFailure for what cannot be read or is no text.
    """
    from fixbot_agent.solving import addresses
    from fixbot_repair.issue_logs import as_issue

    if log is not None:
        return as_issue(_text(log, _LARGEST_LOG))
    if issue is None:
        return None
    if issue == "-":
        return _decoded(sys.stdin.buffer.read(_LARGEST_ISSUE + 1), "stdin")
    if addresses.is_address(issue):
        if offline:
            raise UsageFailure("an address cannot be read offline", "save the issue's text to a file and name that")
        return _decoded(addresses.fetch(issue, _LARGEST_ISSUE), issue)
    return _text(Path(issue))


@dataclass(frozen=True, slots=True)
class Read:
    """An issue as it was read: its text, None where failing tests are the issue, and the pictures that it shows."""

    text: str | None
    pictures: "Pictures"


def issue_of(issue: str | None, log: Path | None, *, offline: bool) -> Read:
    """Effect: as :func:`issue_text`, with the pictures that lie beside the issue where it is a file, or stand in its text."""
    from fixbot_agent.models.images import pictures, shortened
    from fixbot_agent.solving import addresses

    text = issue_text(issue, log, offline=offline)
    beside = issue is not None and issue != "-" and not addresses.is_address(issue)
    found = pictures(text or "", Path(issue).parent if beside and issue is not None else None)
    return Read(shortened(text) if text else text, found)


def unseen(found: "Pictures", *, asked: bool = True) -> tuple[str, ...]:
    """What is to be said of the pictures that cannot be shown to anybody, and why; without a model that is `asked` nobody looks at any."""
    from fixbot_agent.models.images import unread

    if not asked:
        return tuple(
            filter(None, [unread(tuple(i.name for i in found.read), "no model was asked, and a search reads text")])
        )
    left = [name for name in found.unread if name not in found.remote]
    lines = (
        unread(found.remote, "nothing is fetched; save them beside the issue"),
        unread(left, "no picture of that name lies beside the issue, or it is too large"),
    )
    return tuple(filter(None, lines))


def _text(path: Path, largest: int = _LARGEST_ISSUE) -> str:
    try:
        if not path.is_file():
            raise UsageFailure(f"{path} is not a file", "name a file with the issue's text, or - for stdin")
        with path.open("rb") as source:
            return _decoded(source.read(largest + 1), str(path), largest)
    except OSError as error:
        raise UsageFailure(f"{path} cannot be read: {error.strerror}", "make it readable") from error


def _decoded(data: bytes, name: str, largest: int = _LARGEST_ISSUE) -> str:
    if len(data) > largest:
        raise UsageFailure(f"{name} is larger than {largest >> 20} MiB", "cut it down to what describes the problem")
    if b"\0" in data:
        raise UsageFailure(f"{name} is not text", "name a file with the issue's text")
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if not text.strip():
        raise UsageFailure(f"{name} is empty", "write down what goes wrong, or leave ISSUE out to mend failing tests")
    return text
