"""Whether what is offered after a dot exists: another language server, which reads the whole file, says what the receiver has."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_bench.editor import PATIENCE, Editor
from fixbot_bench.errors import DatasetError
from fixbot_bench.eyes.complete_servers import ask, shown
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
                labels = _members(editor, root, hole)
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


def _members(editor: Editor, root: Path, hole: Hole) -> frozenset[str]:
    """Effect: what the server offers at a hole in the whole file."""
    text = (root / hole.path).read_text("utf-8", "replace")
    uri = editor.open(root / hole.path, text)
    offered = ask(editor, uri, hole.text.decode("utf-8", "replace"), PATIENCE)
    editor.close(uri)
    return frozenset(shown(offered, hole))
