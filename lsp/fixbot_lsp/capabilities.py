"""Getting to know the client: what it can do, what it wants, and what is offered to it in return."""

import asyncio
import contextlib
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from fixbot_analysis import languages
from fixbot_analysis.source import RULE_FILES
from fixbot_lsp.completion import complete_inline
from fixbot_lsp.documents import local_path
from fixbot_lsp.options import read_options
from fixbot_lsp.positions import Encoding
from fixbot_lsp.server import FixbotServer


def register(server: FixbotServer) -> None:
    """Add the features of the life cycle to `server`."""
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configure)


def initialize(server: FixbotServer, params: types.InitializeParams) -> None:
    """Read the client's wishes; register what depends on its abilities."""
    server.documents.encoding = Encoding(server.workspace.position_encoding or Encoding.UTF16)
    server.documents.root = root_of(params)
    server.options, problems = read_options(params.initialization_options)
    for problem in problems:
        server.show(problem)
    # Only registering it with options advertises the method; without, it is answered to those who ask all the same.
    offered = types.InlineCompletionOptions() if speaks_inline(params.capabilities) else None
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, offered)(complete_inline)
    asyncio.get_running_loop().call_soon(server.begin)


async def initialized(server: FixbotServer, _params: types.InitializedParams) -> None:
    """Ask the client for its settings, and to be told when they or files on disk change, where it can be asked."""
    workspace = server.client_capabilities.workspace
    if workspace is None:
        return
    changes, files = workspace.did_change_configuration, workspace.did_change_watched_files
    wishes = []
    if changes is not None and changes.dynamic_registration:
        options = types.DidChangeConfigurationRegistrationOptions(section="fixbot")
        wishes.append(types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if files is not None and files.dynamic_registration:
        watch = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(p) for p in _watched()])
        wishes.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watch))
    if wishes:
        with contextlib.suppress(JsonRpcException):  # a client may refuse what it announced
            await server.client_register_capability_async(types.RegistrationParams(wishes))
    if workspace.configuration:
        await _pull(server)


def _watched() -> tuple[str, str]:
    """Patterns of the files that the index reads, and of those that say what it leaves out."""
    known = languages.registry().languages.values()
    suffixes = sorted({suffix for each in known for suffix in each.suffixes})
    names = sorted({*RULE_FILES, *(name for each in known for name in each.filenames)})
    return f"**/*{{{','.join(suffixes)}}}", f"**/{{{','.join(names)}}}"


async def configure(server: FixbotServer, params: types.DidChangeConfigurationParams) -> None:
    """Take settings that were pushed, or ask for them where the client only says that they changed."""
    if params.settings:
        _take(server, params.settings)
    elif (workspace := server.client_capabilities.workspace) is not None and workspace.configuration:
        await _pull(server)


async def _pull(server: FixbotServer) -> None:
    wanted = types.ConfigurationParams([types.ConfigurationItem(section="fixbot")])
    try:
        answer = await server.workspace_configuration_async(wanted)
    except JsonRpcException as error:
        server.say(f"fixbot: the client does not tell its settings ({error}); the ones before stay")
        return
    _take(server, answer[0] if answer else None)


def _take(server: FixbotServer, raw: object) -> None:
    server.options, problems = read_options(raw, server.options)
    for problem in problems:
        server.show(problem)


def speaks_inline(capabilities: types.ClientCapabilities) -> bool:
    """Whether the client asks for inline completions by the protocol's own method."""
    document = capabilities.text_document
    return document is not None and document.inline_completion is not None


def root_of(params: types.InitializeParams) -> Path | None:
    """The first workspace folder, or the root by its older names; None when the client opened single files."""
    uris = [folder.uri for folder in params.workspace_folders or []]
    if params.root_uri:
        uris.append(params.root_uri)
    paths = [path for uri in uris if (path := local_path(uri)) is not None]
    if not paths and params.root_path and Path(params.root_path).is_absolute():
        paths = [Path(params.root_path)]
    return next((p for p in paths if p.is_dir()), None)
