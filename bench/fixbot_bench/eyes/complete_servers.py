"""Other language servers at the same places: each with the settings it needs to do its best, asked when it has come to rest."""

import os
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from fixbot_agent.cli.progress import Bar
from fixbot_bench.editor import Editor, Spot
from fixbot_bench.errors import DatasetError, ServerFailed
from fixbot_bench.eyes.complete_results import Result
from fixbot_bench.eyes.processes import Watch, at_rest
from fixbot_bench.eyes.sites import Hole, cut, rank_of
from fixbot_bench.framing import Message

SETTLING = 90.0  # seconds that a server is given to read the project
_ANSWER = 20.0  # seconds that an answer may take
_STARTS = 5  # of a server that ends or hangs
_MISSED = (0, _ANSWER)  # rank and seconds where there is no answer


def shown(items: Sequence[str], hole: Hole) -> list[str]:
    """Names that an editor shows at a hole, in order, of those offered in order: what does not go with the typed letters is left out.

    What begins with them comes first, then what does but for capitals, then what holds them in order: so do editors.
    """
    found: dict[str, int] = {}
    for item in items:
        name = item.partition("(")[0].strip().removesuffix("=").strip()
        name = name.rpartition(".")[2] if hole.kind == "module" else name
        if name and (tier := _goes(name, hole.prefix)) is not None:
            found.setdefault(name, tier)
    return sorted(found, key=lambda name: found[name])


def _goes(name: str, prefix: str) -> int | None:
    if name.startswith(prefix):
        return 0
    low, wanted = name.lower(), prefix.lower()
    if low.startswith(wanted):
        return 1
    rest = iter(low)
    return 2 if all(letter in rest for letter in wanted) else None


def settings_of(program: str, root: Path) -> tuple[Message, Message]:
    """What a server is told: settings by section, and options of its first message.

    Each has auto-import on, the project's interpreter, and its folder `src` where it has one, which some do not find by themselves.
    """
    found = next((root / name / "bin" / "python" for name in (".venv", "venv") if (root / name).is_dir()), None)
    python = str(found) if found else None
    extra = [str(root / "src")] if (root / "src").is_dir() else []
    analysis = {
        "autoImportCompletions": True, "autoSearchPaths": True, "useLibraryCodeForTypes": True, "diagnosticMode": "openFilesOnly",
        "indexing": True,
    }  # fmt: skip
    settings: dict[str, object] = {}
    if program.startswith(("pyright", "basedpyright", "pyrefly")):
        settings["python"] = {"analysis": analysis, **({"pythonPath": python} if python else {})}
    if program == "ty":
        settings["ty"] = {"completions": {"autoImport": True}, "diagnosticMode": "openFilesOnly"}
    options: dict[str, object] = {}
    if "pylsp" in program:
        jedi: dict[str, object] = {"extra_paths": extra, **({"environment": python} if python else {})}
        completing = {"enabled": True, "include_params": False, "fuzzy": False, "eager": False}
        plugins = {"jedi": jedi, "jedi_completion": completing, "rope_autoimport": {"enabled": True}}
        settings["pylsp"] = {"plugins": plugins}
    if "jedi" in program:
        options = {
            "completion": {"disableSnippets": True}, "diagnostics": {"enable": False},
            "workspace": {"extraPaths": extra, **({"environmentPath": python} if python else {})},
        }  # fmt: skip
    return settings, options


class Server:
    """Any language server, asked over its protocol about the project at `root`; `settling` seconds are given to each to read it."""

    def __init__(self, command: str, root: Path, settling: float = SETTLING) -> None:
        self._name, self._command, self._root, self._settling = command, shlex.split(command), root, settling
        self._ready = 0.0

    def measure(self, holes: Sequence[Hole], bar: Bar) -> Result:
        """Effect: start the server, wait until it rests, ask at every hole, close it; start it again where it ends or hangs.

        Places without an answer count as missed, and are counted; so are all that are left when it has ended too often.
        """
        found, memory, failed = list[tuple[int, float]](), 0.0, 0
        for _ in range(_STARTS):
            with self._started() as editor, Watch(editor.pid) as watch:
                asked = False
                try:
                    self._settle(editor, holes[len(found)])
                    asked = True
                    for hole in holes[len(found) :]:
                        bar.step(Path(self._command[0]).name, len(found), len(holes))
                        found.append(self._asked(editor, hole))
                except ServerFailed:
                    failed += asked
                    found += [_MISSED] * asked
                memory = max(memory, watch.peak)
            if len(found) == len(holes):
                break
        left = len(holes) - len(found)
        ranks, seconds = zip(*found, *[_MISSED] * left, strict=True)
        return Result(self._name, ranks, seconds, memory=memory, ready=self._ready, failed=failed + left)

    def _started(self) -> Editor:
        settings, options = settings_of(Path(self._command[0]).name, self._root)
        quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            return Editor(self._command, self._root, settings, options, quiet)
        except OSError as error:
            raise DatasetError(
                f"{self._command[0]} does not start: {error.strerror}", "name a language server's command"
            ) from error

    def _settle(self, editor: Editor, hole: Hole) -> None:
        """Effect: the handshake, a first question, and a wait until the server has read what it wants to read."""
        editor.initialize()
        with cut(self._root, hole):
            uri = editor.open(self._root / hole.path, hole.text.decode("utf-8", "replace"))
            ask(editor, uri, hole.text.decode("utf-8", "replace"), max(self._settling, SETTLING))
            at_rest(editor.pid, lambda: bool(editor.at_work), editor.began + self._settling)
        editor.close(uri)
        self._ready = max(self._ready, time.perf_counter() - editor.began)

    def _asked(self, editor: Editor, hole: Hole) -> tuple[int, float]:
        """Effect: the rank at a hole, and seconds from the last keystroke to the list. The file is open before that keystroke."""
        text = hole.text.decode("utf-8", "replace")
        before = text[:-1]
        with cut(self._root, hole):
            uri = editor.open(self._root / hole.path, before)
            ask(editor, uri, before, _ANSWER)
            began = time.perf_counter()
            editor.change(uri, Spot.end_of(before), Spot.end_of(before), text[-1:], text)
            offered = ask(editor, uri, text, _ANSWER)
            taken = time.perf_counter() - began
        editor.close(uri)
        return rank_of(hole.member, shown(offered, hole)), taken


def ask(editor: Editor, uri: str, text: str, patience: float) -> list[str]:
    """Effect: what a server offers at the end of an open `text`, in the order that it asks an editor to show."""
    parameters = {"textDocument": {"uri": uri}, "position": Spot.end_of(text).message()}
    result = editor.request("textDocument/completion", parameters, patience).get("result")
    items = result.get("items", []) if isinstance(result, Mapping) else result or []
    named = cast("list[Mapping[str, str]]", items)
    ordered = sorted(named, key=lambda item: ((item.get("sortText") or item["label"]).lower(), item["label"].lower()))
    return [item.get("filterText") or item["label"] for item in ordered]
