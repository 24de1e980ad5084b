"""``fixbot.solve``: the solver of the command line as a child; what it verified goes on offer, nothing is written."""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from lsprotocol import types

from fixbot_agent.settings import Places
from fixbot_agent.watching.events import Solved
from fixbot_agent.watching.offer import why_not
from fixbot_analysis.source import language_of
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.commands.asked import Answer, Asked, folder_of, trusted
from fixbot_lsp.features.commands.showing import written
from fixbot_lsp.features.commands.working import bar_of, under_bar
from fixbot_lsp.jobs import run_json
from fixbot_lsp.rounds.bars import Bar
from fixbot_lsp.rounds.fixes import Fix
from fixbot_lsp.rounds.mending import fix_of
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.folders import Folder, local_path

_LOOK = 3.0  # seconds between two looks at how far a run is
_TITLE = "fixbot: solving"


async def solve(server: FixbotServer, asked: Asked) -> Answer:
    """``{issue}`` or ``{uri}`` -> ``{run, status, title, report, fix}``: a file with the report, and the id of the fix on offer."""
    folder, issue = _issue(server, asked)
    trusted(server, folder, "its tests are not run, so nothing could be verified")
    options = folder.options or server.options
    began, bar = time.time_ns(), bar_of(server, asked)
    arguments = [
        "solve",
        *issue,
        "--repo",
        str(folder.root),
        "--json",
        "--timeout",
        str(options.background_seconds),
    ]
    telling = asyncio.create_task(_tell(server, asked, folder.root, bar), name="solving")
    try:
        report = await under_bar(server, asked, _TITLE, run_json(arguments, folder.root), bar)
    finally:
        telling.cancel()
    fix = fix_of(Solved(report, str(await _top(folder.root))), folder.root, server.documents, began, stored=True)  # type: ignore[arg-type]
    offered = fix is not None and server.fixes.offer(fix)
    title = _title(report, fix if offered else None)
    server.say(f"fixbot: {title}")
    file = written("report.md", _markdown(title, report))
    return {
        "run": str(report.get("run") or ""),
        "status": str(report.get("status") or "error"),
        "title": title,
        "report": file.read_text(encoding="utf-8"),
        "path": str(file),
        "fix": fix.id if offered and fix is not None else None,
    }


def _issue(server: FixbotServer, asked: Asked) -> tuple[Folder, tuple[str, ...]]:
    """Effect: the folder to be worked on, and a file that holds the issue: the document as it is in the editor, or the text given.

    Source code is no issue: then the failing tests are.
    """
    text, uri = asked.text("issue", needed=False), asked.text("uri", needed=False)
    if bool(text.strip()) == bool(uri):
        raise CommandRefused("fixbot.solve needs 'issue', a text, or 'uri', a document", 'as in {"issue": "…"}')
    if not uri:
        return folder_of(server), (str(written("issue.md", text)),)
    file, document = local_path(uri), server.documents.get(uri)
    folder = server.folders.of(uri) or folder_of(server)
    if language_of(file.name if file is not None else ""):
        return folder, ()
    if document is not None and document.text is not None:
        return folder, (str(written("issue.md", document.text.data.decode())),)
    if file is None or not file.is_file():
        raise CommandRefused(f"'{uri[:200]}' is no file", "name a file with the issue, or give its text as 'issue'")
    return folder, (str(file),)


async def _top(root: Path) -> Path:
    """Effect: run git. The folder of the repository, from which patches name files."""
    from fixbot_repair.errors import GitError
    from fixbot_repair.git import Repository

    try:
        return await asyncio.to_thread(lambda: Repository.open(root).top)
    except GitError:
        return root


async def _tell(server: FixbotServer, asked: Asked, root: Path, bar: Bar) -> None:
    """Effect: for ever, say how far the run is: as steps of the bar, and as partial results where the client wants those."""
    since, before = time.time(), ""
    while True:
        await asyncio.sleep(_LOOK)
        run, stage = await asyncio.to_thread(_stage, root, since)
        said = f"{stage or 'starting'}, {time.time() - since:.0f} s"
        bar.step(said, 0, 0)
        if asked.partial is not None and stage != before:
            before = stage
            value = {"run": run, "status": "running", "title": said}
            server.protocol.notify(types.PROGRESS, types.ProgressParams(asked.partial, value))


def _stage(root: Path, since: float) -> tuple[str, str]:
    """Effect: read the audit trail. Id and last event of the newest run of the folder that was begun after `since` (epoch)."""
    from fixbot_agent.runs import Trail

    try:
        runs = Trail(Places.current().runs).listed()
    except OSError:  # nothing is kept there, so nothing can be told
        return "", ""
    for kept in runs:
        if (
            kept.status == "running"
            and kept.command == "solve"
            and Path(kept.root) == root
            and kept.seconds <= time.time() - since + 1
        ):
            kinds = [str(event.get("kind") or "") for event in kept.events()]
            return kept.id, kinds[-1] if kinds else ""
    return "", ""


def _title(report: Mapping[str, object], fix: Fix | None) -> str:
    if fix is not None:
        return f"{fix.title}. It is on offer; nothing was written."
    if report.get("status") == "plausible" and report.get("patch"):
        return "A verified patch was found; files have changed since, or are not saved, so it is in the report only."
    return why_not(report)  # type: ignore[arg-type]


def _markdown(title: str, report: Mapping[str, object]) -> str:
    """The report in words, for a client without a view of its own."""
    raw = report.get("verification")
    how: Mapping[str, object] = raw if isinstance(raw, Mapping) else {}
    rows = [(name, how.get(key)) for name, key in _ROWS] + [
        ("found by", report.get("source")),
        ("ran in", report.get("sandbox")),
    ]
    shown = [f"- {name}: {_value(value)}" for name, value in rows if value not in (None, "", [], 0)]
    raw_suspects = report.get("localisation")
    suspects = raw_suspects if isinstance(raw_suspects, list) else []
    patch = str(report.get("patch") or "")
    parts = [f"# {title}", "\n".join(shown)]
    if patch:
        parts.append(f"````diff\n{patch.rstrip()}\n````")
    elif suspects:
        lines = [
            f"- {s.get('path')}:{s.get('line')} {s.get('symbol')}" for s in suspects[:10] if isinstance(s, Mapping)
        ]
        parts.append("Suspects:\n\n" + "\n".join(lines))
    return "\n\n".join(filter(None, parts)) + "\n"


_ROWS = (
    ("checked against", "oracle"),
    ("failed before", "failed_before"),
    ("pass now", "passed_after"),
    ("newly fail", "regressions"),
    ("tests run", "tests_run"),
)


def _value(value: object) -> str:
    return ", ".join(f"`{each}`" for each in value) if isinstance(value, list) else str(value)
