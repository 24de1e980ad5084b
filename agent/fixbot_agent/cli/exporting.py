"""A run as one file that can be given to others: without keys, without this machine's paths and environment."""

import io
import json
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from fixbot_agent.recording import Exchanges
from fixbot_agent.run_page import html
from fixbot_agent.runs import Kept, Trail
from fixbot_agent.runs.secrets import redactor
from fixbot_agent.schemas import Json

_DOCUMENTS = ("report.json", "patch.json", "check.json", "asked.json")
_TEXTS = ("patch.diff", "reproduction.py", "own_test.py")
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file, so that a run exports to the same bytes each time
# What says where a run was made, and with what: of events, of options.
_OF_THE_MACHINE = frozenset({"argv", "python", "endpoint", "to"})
_OPTIONS = frozenset({"repo", "config", "python", "trust", "sandbox"})
_COPY = re.compile(r"(?:/[\w.-]+)+/fixbot-\w+/tree(?=/|\b)")  # a private copy, wherever temporary folders are

Clean = Callable[[str], str]


def exported(kept: Kept, root: Path) -> bytes:
    """Effect: reads the run, and what keys of this user are below `root`. The bytes of a zip with all of it, and its page."""
    files = dict(_files(kept, _cleaner(kept, root)))
    with tempfile.TemporaryDirectory(
        prefix="fixbot-"
    ) as name:  # the page is made of what is exported, not of what is kept
        folder = Path(name) / kept.id
        folder.mkdir()
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
        files["page.html"] = html(Trail(Path(name)).find(kept.id))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{kept.id}/{path}", _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode("utf-8", "surrogateescape"))
    return out.getvalue()


def _files(kept: Kept, clean: Clean) -> Iterator[tuple[str, str]]:
    events = [_without(e, _OF_THE_MACHINE) for e in kept.events() if e.get("kind") != "overlay"]
    yield "events.jsonl", _jsonl(_cleaned(events, clean))
    named = _named(events, Exchanges.read(kept))
    blobs: list[Json] = [{"id": name, "value": value} for name, value in kept.blobs().items() if name in named]
    yield "blobs.jsonl", _jsonl(_cleaned(blobs, clean))
    for name in _DOCUMENTS:
        document = kept.kept(name)
        if document is not None:
            options = document.get("options")
            if isinstance(options, Mapping):
                document = {**_without(document, {"digest"}), "options": _without(options, _OPTIONS)}
            yield name, json.dumps(_cleaned(document, clean), ensure_ascii=False, indent=1)
    for name in _TEXTS:
        file = kept.folder / name
        if file.is_file():
            yield name, clean(file.read_text(encoding="utf-8", errors="surrogateescape"))


def _named(events: Sequence[Mapping[str, Json]], exchanges: Exchanges) -> set[str]:
    """Names of the contents that belong to the conversation; files that were kept for a replay do not."""
    found = {str(e.get(key)) for e in events for key in ("said", "reply", "tools")}
    return found | {name for ask in exchanges.asks for name in ask.messages}


def _without(row: Mapping[str, Json], names: "frozenset[str] | set[str]") -> Mapping[str, Json]:
    return {key: value for key, value in row.items() if key not in names}


def _jsonl(rows: Json) -> str:
    listed = rows if isinstance(rows, list) else []
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in listed)


def _cleaned(value: Json, clean: Clean) -> Json:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _cleaned(part, clean) for name, part in value.items()}
    return [_cleaned(part, clean) for part in value] if isinstance(value, Sequence) else value


def _cleaner(kept: Kept, root: Path) -> Clean:
    """What takes keys, addresses of endpoints and paths of this machine out of a text."""
    redact = redactor((), os.environ, root if root.is_dir() else None)
    names = {str(root): ".", kept.root: ".", str(kept.folder): "(run)", str(Path.home()): "~", sys.prefix: "(fixbot)"}
    names |= {str(e["endpoint"]): "(endpoint)" for e in kept.events() if e.get("endpoint")}
    places = sorted(((p, n) for p, n in names.items() if len(p) > 1), key=lambda pair: -len(pair[0]))

    def clean(text: str) -> str:
        text = _COPY.sub(".", redact(text))
        for place, name in places:
            text = text.replace(f"{place}/", f"{name}/" if name != "." else "").replace(place, name)
        return text

    return clean
