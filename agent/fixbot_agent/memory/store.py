"""The memory of one repository on disk: a private folder with one small text file an entry."""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection
from pathlib import Path

from fixbot_agent.memory.entry import Entry, read

_MOST = 200  # entries of one repository
_LARGEST = 8192  # bytes of a file that is read
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


class Memory:
    """What is remembered of the repository at `root`, below the folder `state`. A file that cannot be read is as if it were not there."""

    def __init__(self, state: Path, root: Path) -> None:
        name = _PLAIN.sub("-", root.name)[:40] or "root"
        self.folder = (
            state / f"{name}-{hashlib.blake2b(str(root).encode('utf-8', 'replace'), digest_size=6).hexdigest()}"
        )

    def all(self) -> list[Entry]:
        """Effect: reads the folder. All entries, the newest first."""
        found = []
        for path in self._files():
            with contextlib.suppress(OSError):
                if path.is_file() and path.stat().st_size <= _LARGEST:
                    found.append(read(path.stem, path.read_text("utf-8", "replace")))
        return sorted((e for e in found if e), key=lambda e: (e.run, e.id), reverse=True)

    def keep(self, entry: Entry, clean: Callable[[str], str] = str) -> Entry:
        """Effect: write `entry`, without what `clean` takes out; the oldest go where there are too many. Raises OSError."""
        made = entry.named()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self.folder / f".{made.id}.{secrets.token_hex(4)}"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as out:
                out.write(clean(made.spelled()))
            beside.replace(self.folder / f"{made.id}.txt")
        finally:
            beside.unlink(missing_ok=True)
        self.forget({e.id for e in self.all()[_MOST:]})
        return made

    def forget(self, ids: Collection[str]) -> list[str]:
        """Effect: remove the entries of these ids; returns those that there were."""
        gone = []
        for path in self._files():
            if path.stem in ids:
                path.unlink(missing_ok=True)
                gone.append(path.stem)
        return gone

    def _files(self) -> list[Path]:
        try:
            return sorted(self.folder.glob("*.txt"))
        except OSError:
            return []
