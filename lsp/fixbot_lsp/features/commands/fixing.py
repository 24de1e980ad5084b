"""``fixbot.fixAll`` and ``fixbot.showFix``: all verified fixes as one edit, after asking; one fix as a diff before it is made."""

import time
from collections.abc import Mapping

from lsprotocol import types

from fixbot_agent.watching.offer import Offer
from fixbot_lsp.errors import ChildFailed, CommandRefused
from fixbot_lsp.features.commands.asked import Answer, Asked, folder_of, path_in
from fixbot_lsp.features.commands.showing import show as show_file
from fixbot_lsp.features.commands.showing import shows_itself, written
from fixbot_lsp.features.commands.working import under_bar
from fixbot_lsp.jobs import run_json
from fixbot_lsp.rounds.fixes import Fix
from fixbot_lsp.rounds.mending import patched
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.text.folders import Folder

APPLY = "Apply"


async def fix_all(server: FixbotServer, asked: Asked) -> Answer:
    """``{uri?}`` -> ``{title, applied, fixed, files, run}``: what tools offer fixes for, each verified, made in one edit if the user agrees."""
    uri = asked.text("uri", needed=False)
    folder = folder_of(server, uri)
    options = folder.options or server.options
    where = [path_in(folder, uri)] if uri else []
    tests = ["--tests", "none"] if options.trusted is False else []
    began = time.time_ns()
    arguments = ["check", "--fix", "--json", "--timeout", str(options.background_seconds), *tests, "--", *where]
    report = await under_bar(server, asked, "fixbot: fixing what can be verified", run_json(arguments, folder.root))
    if isinstance(error := report.get("error"), Mapping):
        raise ChildFailed(str(error.get("message")), str(error.get("hint") or ""))
    rows = report.get("fixed")
    fixed = len(rows) if isinstance(rows, list) else 0
    fix = _fix(server, folder, report, fixed, began)
    if fix is None:
        title = "files have changed since, or are not saved: nothing was done" if fixed else "no fix could be verified"
        applied = False
    else:
        applied = await _agreed(server, fix) and await apply(server, fix)
        title = f"{fix.title}: done" if applied else f"{fix.title}: not done"
    files = sorted(fix.before) if fix is not None else []
    return {"title": title, "applied": applied, "fixed": fixed, "files": files, "run": str(report.get("run") or "")}


def _fix(server: FixbotServer, folder: Folder, report: Mapping[str, object], fixed: int, began: int) -> Fix | None:
    patch = report.get("patch")
    if not fixed or not isinstance(patch, str) or not patch:
        return None
    raw = report.get("tests")
    run = raw.get("run") if isinstance(raw, Mapping) else 0
    held = f"{run} tests pass with all of them" if run else "no test was held against them"
    files = patch.count("\n+++ ")
    title = f"Fix {fixed} finding{'' if fixed == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
    evidence = f"Each applies and compiles, its finding is gone and nothing is new; {held}."
    offer = Offer(title, evidence, patch, str(report.get("run") or ""))
    return patched(offer, folder.root, folder.root, server.documents, began, stored=True)


async def _agreed(server: FixbotServer, fix: Fix) -> bool:
    """Effect: ask the user. A client that asks nobody gets nothing done."""
    answer = await server.window_show_message_request_async(
        types.ShowMessageRequestParams(
            types.MessageType.Info,
            f"fixbot: {fix.title}? {fix.evidence}",
            [types.MessageActionItem(APPLY), types.MessageActionItem("Leave it")],
        )
    )
    return answer is not None and answer.title == APPLY


async def apply(server: FixbotServer, fix: Fix) -> bool:
    """Effect: let the client make the fix as one edit, where every text is still what it was made for."""
    if not server.fixes.holds(fix):
        return False
    versioned, annotated = abilities(server)
    edit = server.fixes.workspace_edit(fix, versioned, annotated)
    answer = await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, f"fixbot: {fix.title}"))
    return bool(answer and answer.applied)


def abilities(server: FixbotServer) -> tuple[bool, bool]:
    """Whether the client knows versions of documents in edits, and labels of changes."""
    workspace = server.client_capabilities.workspace
    edits = workspace.workspace_edit if workspace else None
    versioned = bool(edits and edits.document_changes)
    return versioned, versioned and bool(edits and edits.change_annotation_support)


async def show_fix(server: FixbotServer, asked: Asked) -> Answer:
    """``{id}`` -> ``{title, evidence, files: [{uri, before, after}]}``; opened as a .diff file where the client shows no diffs itself."""
    wanted, fix = asked.text("id"), server.fixes.offered
    if fix is None or fix.id != wanted:
        raise CommandRefused("this fix is not on offer any more", "save the file, and one is looked for again")
    if not shows_itself(server):
        from fixbot_repair.candidates.diff import unified

        after = {path: fix.after(path) for path in fix.before}
        head = f"{fix.title}\n{fix.evidence}\n\n"
        await show_file(server, written("fix.diff", head + unified(dict(fix.before), after)))
    files = [
        {"uri": server.fixes.uri(fix, path), "before": before.decode(), "after": fix.after(path).decode()}
        for path, before in sorted(fix.before.items())
    ]
    return {"title": fix.title, "evidence": fix.evidence, "files": files}
