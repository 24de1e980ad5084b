"""Which workspaces the user trusts: a list of absolute paths in the state folder, never anything in the workspace itself."""

import json
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.errors import SettingsError
from fixbot_agent.settings.places import Places

_LIMIT = 1 << 20  # bytes of the file


@dataclass(frozen=True, slots=True)
class TrustStore:
    """The trusted workspaces. Trust is for one folder exactly: it reaches neither up nor into nested repositories."""

    file: Path

    @classmethod
    def at(cls, places: Places) -> "TrustStore":
        """The store of this user."""
        return cls(places.state / "trust.json")

    def listed(self) -> tuple[Path, ...]:
        """Effect: read the trusted workspaces, sorted.

        Raises SettingsError when the file is not the user's own, or is not what fixbot wrote.
        """
        try:
            info = self.file.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        if not stat.S_ISREG(info.st_mode) or not _only_ours(info):
            raise self._broken("is not a file that only you can write")
        return self._parsed(info.st_size)

    def holds(self, root: Path) -> bool:
        """Effect: whether `root` itself was trusted; what lies above or below it does not count."""
        return root.resolve() in self.listed()

    def add(self, root: Path) -> Path:
        """Effect: trust `root`; returns the path as stored. Raises SettingsError when it cannot be written."""
        resolved = root.resolve()
        self._write({*self.listed(), resolved})
        return resolved

    def remove(self, root: Path) -> bool:
        """Effect: end the trust in `root` (which need not exist any more); returns whether there was any."""
        resolved, before = root.resolve(), set(self.listed())
        if resolved not in before:
            return False
        self._write(before - {resolved})
        return True

    def _parsed(self, size: int) -> tuple[Path, ...]:
        try:
            stored = json.loads(self.file.read_text("utf-8")) if size <= _LIMIT else None
        except (OSError, ValueError, RecursionError) as error:
            raise self._broken("cannot be read") from error
        paths = stored.get("trusted") if isinstance(stored, dict) else None
        if not isinstance(paths, list) or not all(isinstance(p, str) and Path(p).is_absolute() for p in paths):
            raise self._broken("is not what fixbot wrote")
        return tuple(sorted(Path(p) for p in paths))

    def _write(self, roots: Iterable[Path]) -> None:
        text = json.dumps({"schema": 1, "trusted": sorted(str(r) for r in roots)}, indent=1)
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
                out.write(text)
            fresh.replace(self.file)
        except (OSError, UnicodeEncodeError) as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            why = error.strerror if isinstance(error, OSError) else error
            raise SettingsError(
                f"cannot write {self.file}: {why}",
                "nothing was changed; make room and the folder writable, or set FIXBOT_HOME to a folder that is",
            ) from error

    def _broken(self, what: str) -> SettingsError:
        return SettingsError(f"{self.file} {what}", "look at it; removing it ends all trust")


def _only_ours(info: os.stat_result) -> bool:
    """Whether nobody else can have written the file; where the platform has no user ids, the profile folder says so."""
    return not hasattr(os, "getuid") or (info.st_uid == os.getuid() and not info.st_mode & 0o022)
