"""An independent judge of what a name means: a language server's go-to-definition."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import cast
from urllib.parse import unquote, urlparse

from fixbot_analysis.index import Index
from fixbot_bench.editor import Editor
from fixbot_bench.eyes.holes import Hole


class Definitions:
    """One language server on one project; a context manager."""

    def __init__(self, command: Sequence[str], root: Path, index: Index) -> None:
        self._editor = Editor(command, root)
        self._root = root
        self._index = index
        self._opened: dict[str, str] = {}

    def agrees(self, hole: Hole) -> bool:
        """Effect: asks the server. Whether it finds the hole's target, by file and line, for the name at the hole."""
        uri = self._open(hole.path)
        row = self._index.tree.read(hole.path).line_text(hole.line - 1)
        character = len(row[: hole.column].encode("utf-16-le")) // 2
        answer = self._editor.request(
            "textDocument/definition",
            {"textDocument": {"uri": uri}, "position": {"line": hole.line - 1, "character": character}},
        ).get("result")
        places = answer if isinstance(answer, list) else [answer] if answer else []
        return any(self._is_target(cast("dict[str, object]", place), hole) for place in places)

    def _is_target(self, place: dict[str, object], hole: Hole) -> bool:
        uri = str(place.get("uri") or place.get("targetUri") or "")
        span = cast("dict[str, dict[str, int]]", place.get("targetSelectionRange") or place.get("range") or {})
        line = span.get("start", {}).get("line", -2) + 1
        path = Path(unquote(urlparse(uri).path))
        return path == self._root / hole.target_path and line == hole.target_line

    def _open(self, path: str) -> str:
        if path not in self._opened:
            self._opened[path] = self._editor.open(self._root / path, self._index.tree.read(path).text)
        return self._opened[path]

    def __enter__(self) -> "Definitions":
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        parameters: dict[str, object] = {
            "processId": None, "rootUri": folder["uri"], "capabilities": {}, "workspaceFolders": [folder],
        }  # fmt: skip
        self._editor.request("initialize", parameters)
        self._editor.notify("initialized", {})
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._editor.__exit__(kind, error, tb)
