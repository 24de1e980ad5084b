"""What a command was given, read with care: one object, its fields, the folder that it is about."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from fixbot_lsp.errors import CommandRefused
from fixbot_lsp.text.folders import Folder, local_path
from fixbot_lsp.text.positions import Place

if TYPE_CHECKING:
    from fixbot_lsp.server import FixbotServer

_LONGEST = 1 << 20  # characters of a field
_MOST_LINES = 1 << 31


@dataclass(frozen=True, slots=True)
class Asked:
    """A command's one argument, and the client's tokens for progress and partial results."""

    command: str
    argument: Mapping[str, object]
    work: types.ProgressToken | None = None
    partial: types.ProgressToken | None = None

    @classmethod
    def of(cls, params: types.ExecuteCommandParams) -> "Asked":
        """What a request says. Raises CommandRefused for anything but no argument, or one object."""
        given = params.arguments or []
        if len(given) > 1 or (given and not isinstance(given[0], Mapping)):
            raise CommandRefused(f"{params.command} takes one object", 'as in {"arguments": [{…}]}')
        argument = given[0] if given else {}
        assert isinstance(argument, Mapping)
        token = argument.get("partialResultToken")  # the protocol has none beside the arguments of commands
        return cls(params.command, argument, params.work_done_token, token if isinstance(token, str | int) else None)

    def text(self, name: str, *, needed: bool = True) -> str:
        """The text of a field. Raises CommandRefused where it is no text, or empty though it is `needed`."""
        value = self.argument.get(name, "")
        if not isinstance(value, str) or len(value) > _LONGEST or (needed and not value.strip()):
            raise CommandRefused(f"{self.command} needs '{name}', a text", f'as in {{"{name}": "…"}}')
        return value

    def lines(self) -> tuple[Place, Place]:
        """Start and end of the field ``range``. Raises CommandRefused where it is none."""
        raw = self.argument.get("range")
        ends = [raw.get("start"), raw.get("end")] if isinstance(raw, Mapping) else []
        numbers = [end.get(name) for end in ends if isinstance(end, Mapping) for name in ("line", "character")]
        whole = [n for n in numbers if isinstance(n, int) and not isinstance(n, bool) and 0 <= n < _MOST_LINES]
        if len(whole) != 4:
            raise CommandRefused(
                f"{self.command} needs 'range'", 'as in {"start": {"line": 0, "character": 0}, "end": {…}}'
            )
        line, character, last, after = whole
        return Place(line, character), Place(last, after)


Answer = Mapping[str, object] | None
Work = Callable[["FixbotServer", Asked], Awaitable[Answer]]


def folder_of(server: "FixbotServer", uri: str = "") -> Folder:
    """The folder that a document lies in; without `uri` the only one that is open, or the first. Raises CommandRefused where there is none."""
    if uri:
        if local_path(uri) is None:
            raise CommandRefused(f"'{uri[:200]}' is no file: URI", "name a file of the workspace")
        folder = server.folders.of(uri)
    else:
        folder = next(iter(server.folders), None)
    if folder is None:
        raise CommandRefused("no folder of the workspace holds that", "open the project's folder in the editor")
    return folder


def path_in(folder: Folder, uri: str) -> str:
    """The path of `uri` in its folder. Raises CommandRefused where it does not lie there."""
    path = folder.path_of(uri)
    if path is None:
        raise CommandRefused(f"'{uri[:200]}' lies in no folder of the workspace", "open the folder that it lies in")
    return path


def trusted(server: "FixbotServer", folder: Folder, what: str) -> None:
    """Raise CommandRefused where the editor does not trust the workspace: then nothing of it is run."""
    options = folder.options or server.options
    if options.trusted is False:
        raise CommandRefused(f"the workspace is not trusted: {what}", "trust the workspace in the editor first")
