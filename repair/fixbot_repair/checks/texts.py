"""The project's own settings files, read for what they say about tools; whatever is odd about them says nothing."""

from pathlib import Path

_LIMIT = 1 << 20  # bytes


def text(place: Path) -> str:
    """Effect: what a plain file of at most 1 MiB holds, as UTF-8; "" for anything else."""
    try:
        if not place.is_file() or place.stat().st_size > _LIMIT:
            return ""
        return place.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
