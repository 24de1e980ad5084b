"""Whether what is offered after a dot exists: another language server, which reads the whole file, says what the receiver has."""

import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from fixbot_agent.cli.progress import Bar
from fixbot_bench.editor import Editor
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.sites import Hole

FIRST = 5  # items of a list that are judged


def judged(command: str, root: Path, holes: Sequence[Hole], bar: Bar) -> list[frozenset[str]]:
    """Effect: start the server `command`, ask at every hole, close it. What the receiver at each has; nothing where the server does not know it.

    The files below `root` are whole. A server that does not name the member that really stands there does not know the receiver.
    """
    found = []
    try:
        with Editor(shlex.split(command), root) as editor:
            editor.initialize()
            for done, hole in enumerate(holes):
                bar.step("judging", done, len(holes))
                labels = frozenset(asked(editor, root, hole, (root / hole.path).read_bytes())[0])
                found.append(labels if hole.member in labels else frozenset[str]())
    except OSError as error:
        raise DatasetError(f"{command} does not start: {error.strerror}", "name a language server's command") from error
    return found


def strays(offered: Sequence[Sequence[str]], members: Sequence[frozenset[str]]) -> Mapping[str, object]:
    """Of lists, the best first, beside what each receiver has: shares of places with a stray first, and with one among the first five."""
    known = [(labels[:FIRST], has) for labels, has in zip(offered, members, strict=True) if has and labels]
    first = sum(labels[0] not in has for labels, has in known)
    among = sum(not has.issuperset(labels) for labels, has in known)
    alone = sum(len(set(labels) - has) for labels, has in known)
    shown = sum(len(labels) for labels, _ in known)
    return {
        "judged": len(known),
        "stray_first": round(first / max(len(known), 1), 4),
        "stray_in_5": round(among / max(len(known), 1), 4),
        "stray_share": round(alone / max(shown, 1), 4),
    }


def asked(editor: Editor, root: Path, hole: Hole, data: bytes) -> tuple[list[str], float]:
    """Effect: what a server offers at a hole in the file that holds `data`, in the order that it asks an editor to show, and seconds taken."""
    line, column = (
        hole.position.line,
        len(hole.text.decode("utf-8", "replace").rpartition("\n")[2].encode("utf-16-le")) // 2,
    )
    uri = editor.open(root / hole.path, data.decode("utf-8", "replace"))
    began = time.perf_counter()
    place = {"line": line, "character": column}
    answer = editor.request("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
    taken = time.perf_counter() - began
    editor.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    result = answer.get("result")
    items = result.get("items", []) if isinstance(result, dict) else result or []
    items = cast("list[Mapping[str, str]]", items)
    shown = sorted(items, key=lambda item: item.get("sortText") or item["label"])
    return [(item.get("filterText") or item["label"]).partition("(")[0].strip() for item in shown], taken
