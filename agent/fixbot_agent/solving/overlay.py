"""What the files of a run were beyond its commit, kept so that the run can be gone through again when they are others."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fixbot_agent.runs import Kept, Run
from fixbot_agent.schemas import Json
from fixbot_agent.solving.ground import Standing
from fixbot_agent.tools.desk import is_secret
from fixbot_repair.git.objects import blob_id

_EVENT = "overlay"
_MOST = 8 << 20  # bytes of all files together
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Overlay:
    """Files that a run had and its commit has not, or has otherwise. `why_not` says what is lacking; "" when that is nothing."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    why_not: str = ""

    @classmethod
    def read(cls, kept: Kept) -> "Overlay":
        """Effect: reads the run."""
        told = next((e for e in kept.events() if e.get("kind") == _EVENT), None)
        if told is None:
            return cls(why_not="the run did not keep its files")
        blobs, files, named = kept.blobs(), dict[str, bytes](), told.get("files")
        for path, name in named.items() if isinstance(named, Mapping) else ():
            data = _data(blobs.get(str(name)))
            if data is None:
                return cls(files, f"{path} cannot be read back")
            files[path] = data
        return cls(files, str(told.get("why_not", "")))


def keep(run: Run, ground: Standing, before: Kept | None = None) -> None:
    """Effect: reads the start state. Keep what the files of `ground` are beyond its commit, in so far as they hold no keys.

    Nothing where the run, as it was `before`, has that already.
    """
    if before and any(e.get("kind") == _EVENT for e in before.events()):
        return
    left: list[str] = []
    committed = {f.path: f.blob for f in ground.repository.files(ground.base)} if ground.base else {}
    present = {p for p in ground.workspace.paths if p not in ground.added}
    gone = sorted(committed.keys() - present) if ground.base else []
    files: dict[str, Json] = {}
    room = _MOST
    for path in sorted(present):
        data = ground.workspace.original(path)
        if data is None or (path in committed and blob_id(data, committed[path]) == committed[path]):
            continue  # a link, or as it was committed
        room -= len(data)
        if room < 0 or _holds_key(run, path, data):
            left.append(path)
            continue
        (files[path],) = run.blobs([_form(data)])
    why = "; ".join(filter(None, (_named("left out", left), _named("deleted in the tree", gone))))
    run.event(_EVENT, files=files, why_not=why)


def _named(what: str, paths: Iterable[str]) -> str:
    found = list(paths)
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"{what}: {', '.join(found[:_MOST_NAMED])}{more}" if found else ""


def _holds_key(run: Run, path: str, data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    return is_secret(path) or run.redact(text) != text


def _form(data: bytes) -> Json:
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _data(value: Json) -> bytes | None:
    if not isinstance(value, Mapping):
        return None
    text = value.get("text")
    return text.encode() if isinstance(text, str) else base64.b64decode(str(value.get("base64", "")))
