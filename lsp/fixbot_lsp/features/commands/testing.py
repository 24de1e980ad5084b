"""``fixbot.runTest``: one test in the sandbox, its outcome shown where it fails and taken away where it passes."""

from collections.abc import Mapping

from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.chores import Request, work
from fixbot_lsp.features.commands.asked import Answer, Asked, folder_of, trusted
from fixbot_lsp.features.commands.working import under_bar
from fixbot_lsp.server import FixbotServer


async def run_test(server: FixbotServer, asked: Asked) -> Answer:
    """``{id, uri}`` -> ``{title, passed, message, seconds}``; the test's file is taken as it is in the editor."""
    test, uri = asked.text("id"), asked.text("uri", needed=False)
    folder = folder_of(server, uri)
    trusted(server, folder, "its tests are not run")
    if test.startswith("-") or ".." in test.partition("::")[0].split("/"):
        raise CommandRefused(f"'{test[:100]}' is no test's id", "as in tests/test_cart.py::test_total")
    path = test.partition("::")[0]
    document = server.documents.at(folder.root, path)
    laid = (path, document.text.data.decode()) if document is not None and document.text is not None else ("", "")
    request = Request(str(folder.root), laid[0], laid[1], test=test)
    outcome = await under_bar(server, asked, f"fixbot: running {test.rpartition('::')[2]}", work("test", request))
    passed, message = outcome.get("passed") is True, str(outcome.get("message") or outcome.get("status") or "")
    server.background.outcome(folder.root, test, passed, message, _places(outcome))
    title = f"{test} passed" if passed else f"{test} failed: {message}"
    return {"title": title, "passed": passed, "message": message, "seconds": outcome.get("seconds")}


def _places(outcome: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    """Paths and lines (from 1) of the failure, innermost last."""
    frames = outcome.get("frames")
    found = (
        [(f.get("path"), f.get("line")) for f in frames if isinstance(f, Mapping)] if isinstance(frames, list) else []
    )
    return tuple((path, line) for path, line in found if isinstance(path, str) and isinstance(line, int))
