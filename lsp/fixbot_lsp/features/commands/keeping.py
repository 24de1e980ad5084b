"""What is kept on this machine, shown: the log of what was sent to models, statistics, and what the server is doing."""

from fixbot_agent.settings import Places
from fixbot_lsp.errors import ChildFailed
from fixbot_lsp.features.commands.asked import Answer, Asked
from fixbot_lsp.features.commands.showing import show, written
from fixbot_lsp.features.commands.working import under_bar
from fixbot_lsp.jobs import run_json
from fixbot_lsp.server import FixbotServer


async def show_sent(server: FixbotServer, _: Asked) -> Answer:
    """``{}`` -> ``{path}`` of the log of what was sent to models, or ``{markdown}`` where nothing was."""
    log = Places.current().sent
    if not log.is_file():
        return {"markdown": "Nothing was sent to a model from this machine: the log does not exist."}
    await show(server, log)
    return {"path": str(log)}


async def stats(server: FixbotServer, asked: Asked) -> Answer:
    """``{}`` -> ``{path}`` of a page with the statistics of what was offered and accepted."""
    page = written("statistics.html", "")
    root = next((folder.root for folder in server.folders), page.parent)
    report = await under_bar(
        server, asked, "fixbot: counting", run_json(["stats", "--json", "--page", str(page)], root)
    )
    if isinstance(error := report.get("error"), dict):
        raise ChildFailed(str(error.get("message")), str(error.get("hint") or ""))
    await show(server, page, external=True)
    return {"path": str(page)}


async def status(server: FixbotServer, _: Asked) -> Answer:
    """``{}`` -> what the server is doing, with which engine, and what was sent."""
    return server.status.now.message()


async def accepted(server: FixbotServer, asked: Asked) -> Answer:
    """``{id}`` -> nothing: the offer of that name was taken."""
    server.counting.accepted(asked.text("id"))
    return None
