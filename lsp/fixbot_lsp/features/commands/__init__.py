"""workspace/executeCommand: what editors call by name. Each command takes one object; a wrong one is a clear error, a cancelled one leaves nothing."""

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from fixbot_agent.cli.envelope import printable
from fixbot_analysis.errors import FixbotError
from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.features.commands.answering import ask, explain
from fixbot_lsp.features.commands.asked import Asked, Work
from fixbot_lsp.features.commands.fixing import fix_all, show_fix
from fixbot_lsp.features.commands.keeping import accepted, show_sent, stats, status
from fixbot_lsp.features.commands.solving import solve
from fixbot_lsp.features.commands.testing import run_test
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.talking.protocol import Plain

log = logging.getLogger(__name__)

COMMANDS: dict[str, Work] = {
    "fixbot.solve": solve,
    "fixbot.ask": ask,
    "fixbot.explain": explain,
    "fixbot.fixAll": fix_all,
    "fixbot.showFix": show_fix,
    "fixbot.runTest": run_test,
    "fixbot.showSent": show_sent,
    "fixbot.stats": stats,
    "fixbot.status": status,
    "fixbot.accepted": accepted,
}


def register(server: FixbotServer) -> None:
    """Add the commands to `server`."""

    async def execute(params: types.ExecuteCommandParams) -> object:
        """Carry out one command."""
        return await _execute(server, params)

    for name in COMMANDS:
        server.command(name)(_announced)
    # pygls hands a command its arguments only; tokens of progress and partial results stand beside them.
    server.protocol.fm.add_builtin_feature(types.WORKSPACE_EXECUTE_COMMAND, execute)


def _announced() -> None:
    """Stands for a command in what is announced; :func:`_execute` carries it out."""


async def _execute(server: FixbotServer, params: types.ExecuteCommandParams) -> object:
    invalid, failed = types.ErrorCodes.InvalidParams, types.LSPErrorCodes.RequestFailed
    try:
        answer = await _work(params.command)(server, Asked.of(params))
    except CommandRefused as error:
        raise JsonRpcException(_said(error), invalid) from None
    except FixbotError as error:
        raise JsonRpcException(_said(error), failed) from None
    except (OSError, ValueError) as error:
        log.warning("%s: %s", params.command, error)
        raise JsonRpcException(printable(f"{params.command} failed: {error}"), failed) from None
    return Plain(answer) if answer is not None else None


def _work(command: str) -> Work:
    if command not in COMMANDS:
        raise CommandRefused(f"there is no command '{command[:100]}'", f"known are {', '.join(COMMANDS)}")
    return COMMANDS[command]


def _said(error: FixbotError) -> str:
    return printable(f"{error.message}. {error.hint}" if error.hint else error.message)
