"""``fixbot.ask`` and ``fixbot.explain``: answers of a model or from facts, worked out by ``fixbot ask`` in a child."""

import asyncio
import contextlib
import json
import re
import shutil
import sys
from pathlib import Path

from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.features.commands.asked import Answer, Asked, folder_of, path_in
from fixbot_lsp.features.commands.working import under_bar
from fixbot_lsp.jobs import run_json
from fixbot_lsp.rounds.fixes import read_file
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.folders import Folder

_RULE = re.compile(r"[A-Z]{1,5}\d{2,5}")
_MOST_SAID = 2000  # characters of what findings say of a place
_RULE_SECONDS = 10.0


async def ask(server: FixbotServer, asked: Asked) -> Answer:
    """``{question, continue?}`` -> ``{markdown}``. In a workspace that is not trusted no model is asked, so nothing of it leaves."""
    question, continues = asked.text("question"), asked.argument.get("continue") is True
    folder = folder_of(server, asked.text("uri", needed=False))
    more = ["--continue", "last"] if continues else []
    told = await under_bar(
        server, asked, "fixbot: looking", _told([*_may(server, folder), *more, "--", question], folder.root)
    )
    return {"markdown": told}


async def explain(server: FixbotServer, asked: Asked) -> Answer:
    """``{uri, range}`` -> ``{markdown}``: what the lines are part of, what is said of them, where their values come from; by a model where one may be asked."""
    uri = asked.text("uri")
    start, end = asked.lines()
    folder = folder_of(server, uri)
    path = path_in(folder, uri)
    document = server.documents.get(uri)
    marks = server.board.around(uri, start.line, end.line)
    if (
        document is not None and document.text is not None and start != end
    ):  # of several on a line, those that are meant
        first, behind = (document.text.offset(each, server.documents.encoding) for each in (start, end))
        marks = tuple(m for m in marks if m.span.start < behind and first < m.span.end) or marks
    said = " ".join(dict.fromkeys(" ".join(mark.message.split()) for mark in marks))[:_MOST_SAID]
    last = (
        end.line if end.character or end.line == start.line else end.line - 1
    )  # a selection of whole lines ends before the next
    place = ["--at", f"{path}:{start.line + 1}-{max(start.line, last) + 1}", *(["--about", said] if said else [])]
    for test in dict.fromkeys(mark.test for mark in marks if mark.test):
        place += [f"--frame={where}:{line}" for where, line in server.background.frames(folder.root, test)]
    told = _told([*_may(server, folder), *place], folder.root)
    parts = [await under_bar(server, asked, "fixbot: looking", told)]
    parts += [rule for mark in marks if mark.tool == "ruff" and (rule := await _ruff_rule(mark.rule))]
    if document is not None and document.text is not None and read_file(folder.root, path) != document.text.data:
        parts.append("*The document is not saved: this is about the file as it is on disk.*")
    return {"markdown": "\n\n".join(dict.fromkeys(parts))}


def _may(server: FixbotServer, folder: Folder) -> list[str]:
    """Whether models may be asked about a folder."""
    trusted = (folder.options or server.options).trusted
    return [] if trusted else ["--no-model"] if trusted is False else ["--only-trusted"]


async def _told(arguments: list[str], root: Path) -> str:
    """Effect: run ``fixbot ask``. Raises ChildFailed with its own words where it has no answer."""
    document = await run_json(["ask", "--json", "--repo", str(root), *arguments], root)
    told = document.get("markdown")
    if isinstance(told, str):
        return told
    error = document.get("error")
    message = error.get("message") if isinstance(error, dict) else ""
    hint = error.get("hint") if isinstance(error, dict) else ""
    raise ChildFailed(str(message or "there is no answer"), str(hint or ""))


async def _ruff_rule(code: str) -> str:
    """Effect: run ``ruff rule``. The text of a rule of ruff's as markdown; ``""`` where it has none."""
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is None or not _RULE.fullmatch(code):
        return ""
    pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        ruff, "rule", code, "--output-format", "json", stdin=none, stdout=pipe, stderr=none
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), _RULE_SECONDS)
        rule = json.loads(out)
        return f"## {rule['code']} ({rule['name']})\n\n{rule['explanation']}"
    except (TimeoutError, ValueError, KeyError, TypeError):
        return ""
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
