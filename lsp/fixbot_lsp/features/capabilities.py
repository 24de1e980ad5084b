"""Getting to know the client: what it can do, what it wants, and what is offered to it in return."""

import asyncio
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from fixbot_analysis import languages
from fixbot_analysis.source import RULE_FILES
from fixbot_lsp.features.offering import offer_completion, register_completion
from fixbot_lsp.features.pulling import offer_diagnostics
from fixbot_lsp.features.syncing import settings_changed
from fixbot_lsp.options import Options, read_options
from fixbot_lsp.server import FixbotServer
from fixbot_lsp.status import wants_status
from fixbot_lsp.text.folders import local_path
from fixbot_lsp.text.positions import Encoding


def register(server: FixbotServer) -> None:
    """Add the features of the life cycle to `server`."""
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configure)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(change_folders)


def initialize(server: FixbotServer, params: types.InitializeParams) -> None:
    """Read the client's wishes; register what depends on its abilities."""
    server.documents.encoding = Encoding(server.workspace.position_encoding or Encoding.UTF16)
    for root, name in folders_of(params):
        server.enter(root, name)
    server.given, problems = read_options(params.initialization_options)
    server.options = server.given
    for problem in problems:
        server.show(problem)
    server.speaks_inline = speaks_inline(params.capabilities)
    offer_completion(server, params.capabilities)
    offer_diagnostics(server, params.capabilities)
    asyncio.get_running_loop().call_soon(server.begin)


async def initialized(server: FixbotServer, _params: types.InitializedParams) -> None:
    """Ask the client for its settings, and to be told when they or files on disk change, where it can be asked."""
    server.counting.is_on = server.options.statistics
    server.status.is_wanted = wants_status(server.client_capabilities)
    if server.status.is_wanted:  # our own extension and plug-in, which say what was taken
        server.counting.tells()
    server.status.set(trusted=server.options.trusted)
    await register_completion(server)
    workspace = server.client_capabilities.workspace
    wishes = []
    if workspace is not None and (changes := workspace.did_change_configuration) and changes.dynamic_registration:
        options = types.DidChangeConfigurationRegistrationOptions(section="fixbot")
        wishes.append(types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if workspace is not None and (files := workspace.did_change_watched_files) and files.dynamic_registration:
        watch = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(p) for p in _watched()])
        wishes.append(types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watch))
    if wishes:
        await server.registrations.add(wishes)
    if workspace is not None and workspace.configuration:
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
        for folder in server.folders:
            folder.options = None
        await _apply(server)
    elif _tells_settings(server):
        await _pull(server)


async def change_folders(server: FixbotServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """Take in folders that were opened and closed in the window."""
    for closed in params.event.removed:
        if (root := local_path(closed.uri)) is not None:
            server.leave(root)
    for opened in params.event.added:
        if (root := local_path(opened.uri)) is not None:
            server.enter(root, opened.name)
    if params.event.added and _tells_settings(server):
        await _pull(server)


def _tells_settings(server: FixbotServer) -> bool:
    workspace = server.client_capabilities.workspace
    return workspace is not None and bool(workspace.configuration)


async def _pull(server: FixbotServer) -> None:
    """Effect: ask for the settings of the window, and for those of each folder."""
    folders = tuple(server.folders)
    scopes = [None, *(folder.root.as_uri() for folder in folders)]
    wanted = types.ConfigurationParams([types.ConfigurationItem(scope, "fixbot") for scope in scopes])
    try:
        answer = await server.workspace_configuration_async(wanted)
    except JsonRpcException as error:
        server.say(f"fixbot: the client does not tell its settings ({error}); the ones before stay")
        return
    if answer:
        _take(server, answer[0])
        for folder, raw in zip(folders, answer[1:], strict=False):
            folder.options = _read(server, raw, server.options) if raw is not None else None
        await _apply(server)


async def _apply(server: FixbotServer) -> None:
    """Effect: let changed settings count at once."""
    server.counting.is_on = server.options.statistics
    server.status.set(trusted=server.options.trusted)
    settings_changed(server)
    await register_completion(server)


def _take(server: FixbotServer, raw: object) -> None:
    """Effect: set the window's settings: what `raw` does not name is as the client began with, whatever was set since."""
    server.options = _read(server, raw, server.given)


def _read(server: FixbotServer, raw: object, before: Options) -> Options:
    """Effect: the settings `before` with what `raw` sets; each problem is shown once."""
    options, problems = read_options(raw, before)
    for problem in problems:
        server.show_once(problem)
    return options


def speaks_inline(capabilities: types.ClientCapabilities) -> bool:
    """Whether the client asks for inline completions by the protocol's own method."""
    document = capabilities.text_document
    return document is not None and document.inline_completion is not None


def folders_of(params: types.InitializeParams) -> tuple[tuple[Path, str], ...]:
    """The workspace folders with their names, or the root by its older names; nothing when the client opened single files."""
    found = [(path, f.name) for f in params.workspace_folders or [] if (path := local_path(f.uri)) is not None]
    if not found and params.root_uri and (path := local_path(params.root_uri)) is not None:
        found = [(path, "")]
    if not found and params.root_path and Path(params.root_path).is_absolute():
        found = [(Path(params.root_path), "")]
    return tuple(found)
