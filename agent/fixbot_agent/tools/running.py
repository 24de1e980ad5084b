"""The tool that runs a command in the sandbox; what it does to files of the project counts as an edit, or is undone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.gate import Gate
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import Document
from fixbot_analysis.source.decoding import decode
from fixbot_repair.errors import PatchError, RepairError
from fixbot_repair.sandbox import Completed

_LONGEST_TIME = 300
_PRINTED = 5000  # characters of stdout and of stderr
_NAMED = 10  # files that an answer names
_LONGEST = 8000  # characters of a command


@dataclass(frozen=True, slots=True)
class Run:
    """Arguments of run."""

    command: str = arguments.text(
        "Shell text, run by /bin/sh at the top of the repository; 'python' is the project's.", ""
    )
    argv: tuple[str, ...] = arguments.texts("Instead of 'command': a program and its arguments, with no shell.")
    seconds: int = arguments.whole(f"How long it may take, at most {_LONGEST_TIME}.", 60)


def run(desk: Desk, gate: Gate, args: Run) -> Outcome:
    """Effect: run the command to its end, then take over or undo what it changed, and tell both."""
    shell = desk.equipment.shell
    if shell is None:
        raise Refused("commands need the sandbox, which does not work here")
    if bool(args.command.strip()) == bool(args.argv):
        raise Refused("give either 'command' or 'argv'")
    argv = [str(a) for a in args.argv] or ["/bin/sh", "-c", args.command]
    if sum(map(len, argv)) > _LONGEST or any("\0" in a for a in argv):
        raise Refused(f"a command has at most {_LONGEST} characters and no NUL")
    before = _contents(desk, desk.touched)
    known = shell.changed()
    try:
        done = shell.run(argv, float(min(max(args.seconds, 1), _LONGEST_TIME)))
    except RepairError as error:
        raise Refused(f"the command could not be run: {error.message}") from error
    said = list(_settled(desk, gate, before, known, shell.changed()))
    return Outcome("\n".join([_ended(done), *_printed(done, desk.redact), *said]))


def _contents(desk: Desk, paths: set[str]) -> dict[str, bytes | None]:
    return {path: _read(desk, path) for path in sorted(paths)}


def _read(desk: Desk, path: str) -> bytes | None:
    try:
        return desk.files.read(path)
    except PatchError:
        return None  # gone, or no plain file any more


def _settled(
    desk: Desk, gate: Gate, before: Mapping[str, bytes | None], known: frozenset[str], changed: frozenset[str]
) -> Iterator[str]:
    """Effect: take over or undo what the command did to each file; yields what became of it.

    Of the files `known` to be other than at the start those that are not `before` were left by tests: they go without a word.
    """
    made: list[str] = []
    for path in sorted(changed | known):
        old = before[path] if path in before else desk.files.original(path)
        new = _read(desk, path)
        if new == old:
            continue
        desk.files.write({path: old})
        if old is None:
            made += [] if path in known else [path]
        elif new is None:
            yield f"{path} was removed or is no plain file any more: it is put back"
        else:
            yield _taken_over(desk, gate, path, old, new)
    if made:
        more = f" and {len(made) - _NAMED} more" if len(made) > _NAMED else ""
        yield f"files that the command made are gone again: {', '.join(made[:_NAMED])}{more}; write_file makes one that stays"


def _taken_over(desk: Desk, gate: Gate, path: str, old: bytes, new: bytes) -> str:
    try:
        desk.check_writable(path)
        document: Document = decode(path, old)
        after = decode(path, new)
        if (after.encoding, after.bom) != (document.encoding, document.bom):
            return f"{path}: its encoding was changed, which is undone"
        return f"{path} was changed by the command{gate.put(document, after.data)}"
    except (Refused, SourceError) as error:
        why = error.message if isinstance(error, SourceError) else str(error)
        return f"{path} was changed by the command, which is undone: {why}"


def _ended(done: Completed) -> str:
    if done.timed_out:
        return f"ended after {done.seconds:.0f} s, its time"
    if done.stopped_for:
        return f"ended: it broke the limit on {done.stopped_for}"
    return f"exit code {done.returncode}" if done.returncode >= 0 else f"ended by signal {-done.returncode}"


def _printed(done: Completed, redact: Redactor) -> Iterator[str]:
    for name, data in (("stdout", done.stdout), ("stderr", done.stderr)):
        if text := data.decode("utf-8", "replace").rstrip():
            shown = clip(text, _PRINTED)
            yield f"{name}:\n{'(left out: a key stands in it, over several lines)' if redact.is_broken_in(shown) else shown}"
    if done.output_cut:
        yield "(it printed more than is kept)"
