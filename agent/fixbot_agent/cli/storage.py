"""Where the disk refuses: what is said of it, which is no bug of ours, and files that are written whole or not at all."""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from fixbot_agent.errors import UsageFailure
from fixbot_agent.settings.places import Places

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)


def refusal(error: OSError) -> UsageFailure | None:
    """The error to show for `error`; None where neither the room on the disk nor a folder of fixbot's own is the cause."""
    places = Places.current()
    own = (places.cache, places.state, places.config)
    file = Path(os.fsdecode(error.filename)) if isinstance(error.filename, (str, bytes)) else None
    why = error.strerror or type(error).__name__
    if error.errno in _FULL:
        where = f" ({file})" if file else ""
        return UsageFailure(
            f"there is no room: {why}{where}",
            f"make room where fixbot keeps its files ({places.state}, {places.cache}) and in {tempfile.gettempdir()},"
            " or set FIXBOT_HOME and TMPDIR to folders that have some",
        )
    if file is not None and any(file.is_relative_to(folder) for folder in own):
        return UsageFailure(f"{file} cannot be used: {why}", hint(file))
    return None


def hint(file: Path) -> str:
    """Effect: looks at the folders above `file`, one of fixbot's own. What can be done so that it can be used."""
    there = next((p for p in (file, *file.parents) if p.exists()), file)
    if not there.is_dir() and there != file:
        return f"{there} is no folder: move it away, or set FIXBOT_HOME to a folder"
    return f"make {there} readable and writable for you, or set FIXBOT_HOME to a folder that is"


def write(path: Path, data: bytes) -> None:
    """Effect: write a file that the user named, whole or not at all where the folder allows it. Raises OSError; what was there is there then.

    A link, a pipe or a device is written as it is.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        found = None
    if (found and not stat.S_ISREG(found.st_mode)) or not os.access(path.parent, os.W_OK):
        path.write_bytes(data)
        return
    partial = path.with_name(f".{path.name[:200]}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        if found:
            partial.chmod(stat.S_IMODE(found.st_mode))
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
