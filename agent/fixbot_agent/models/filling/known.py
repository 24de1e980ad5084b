"""Which way each endpoint's model was seen to understand, remembered on disk."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

from fixbot_agent.errors import ModelError
from fixbot_agent.models.client import Client
from fixbot_agent.models.filling.filler import Filler
from fixbot_agent.models.filling.probing import Finding, Way, find_way
from fixbot_agent.models.filling.requests import WAYS
from fixbot_agent.models.keeping.file import signed
from fixbot_agent.models.model import Endpoint

VERSION = 1  # goes up when ways or probes change: what was found before is found anew
_LIMIT = 1 << 18  # bytes of the file
_GOOD, _BAD = (
    30 * 86400.0,
    86400.0,
)  # seconds that a finding holds; a model that fills none may have been changed by tomorrow
_LISTING = 5.0  # seconds


class Ways:
    """What is known of endpoints, in `file` (made when there is something to keep). A file that cannot be read or written is lived without."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def known(self, endpoint: Endpoint) -> Way | None:
        """Effect: reads the file. The way of `endpoint`: as it was seen, else as the settings say; None where it has to be found out."""
        found = self._all().get(_key(endpoint))
        way = _read(found) if isinstance(found, dict) else None
        if way is None or time.time() - way.at > (_GOOD if way.fills else _BAD):
            return Way(endpoint.fim, is_set=True) if endpoint.fim != "auto" else None
        return way

    def of(
        self, endpoint: Endpoint, filler: Filler, environ: Mapping[str, str] | None = None, *, again: bool = False
    ) -> Way:
        """Effect: the way of `endpoint`, found out by asking it where it is not known. Raises Transient where it cannot be reached."""
        way = None if again else self.known(endpoint)
        if way is None:
            try:
                served = Client(endpoint, environ).served(min(_LISTING, endpoint.timeout))
            except ModelError:  # some list nothing; whether it can be reached the probes will tell
                served = []
            way = find_way(filler, served, endpoint.fim)
            self._keep(endpoint, way)
        return way

    def _all(self) -> dict[str, object]:
        try:
            if self._file.stat().st_size > _LIMIT:
                return {}
            stored = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        fits = isinstance(stored, dict) and stored.get("version") == VERSION
        return dict(stored["ways"]) if fits and isinstance(stored.get("ways"), dict) else {}

    def _keep(self, endpoint: Endpoint, way: Way) -> None:
        findings = [{"way": f.way, "fills": f.fills, "said": f.said} for f in way.findings]
        entry = {"way": way.way, "findings": findings, "at": way.at, "is_set": way.is_set}
        text = json.dumps({"version": VERSION, "ways": {**self._all(), _key(endpoint): entry}}, indent=1)
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
                out.write(text)
            fresh.replace(self._file)
        except OSError:
            fresh.unlink(missing_ok=True)


def _key(endpoint: Endpoint) -> str:
    return f"{endpoint.gguf or endpoint.base_url} {endpoint.model} {endpoint.fim}"


def _read(entry: Mapping[str, object]) -> Way | None:
    """A stored entry, None where it is not one of ours."""
    way, at, findings = entry.get("way"), signed(entry.get("at")), entry.get("findings")
    if not isinstance(way, str) or at is None or not isinstance(findings, list) or (way and way not in WAYS):
        return None
    made = tuple(_finding(f) for f in findings if isinstance(f, dict))
    return Way(way, made, at, is_set=entry.get("is_set") is True)


def _finding(entry: Mapping[str, object]) -> Finding:
    fills = entry.get("fills")
    return Finding(str(entry.get("way")), fills if isinstance(fills, bool) else None, str(entry.get("said")))
