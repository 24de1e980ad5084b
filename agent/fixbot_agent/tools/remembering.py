"""The tool that asks the past: which commits lines came with and why, what a commit changed, fixes alike, files that change together."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk, is_secret
from fixbot_agent.tools.equipment import Past
from fixbot_agent.tools.outcome import Outcome, Refused, clip
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.ports import Change
from fixbot_repair.git import BlamedLine

_WINDOW = 60  # lines asked about at once
_COMMITS = 8  # told of
_MESSAGE = 600  # characters of one message
_SAID = 300  # characters of one beside the lines that it wrote
_HUNKS = 12
_HUNK = 1200  # characters of one
_SHORT = 10  # digits of an id
_ID = re.compile(r"[0-9a-f]{7,64}")
_WHOLE = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LAYOUTS = ".git-blame-ignore-revs"  # where projects name the commits that only laid out their code
_MOST_LAYOUTS = 20
_SKIPPED = 3  # commits that are named


@dataclass(frozen=True, slots=True)
class History:
    """Arguments of history."""

    ask: str = arguments.choice(
        "'lines': the commits that lines of a file came with. 'commit': what one changed. 'fixes': bugs mended that are like 'text'. "
        "'together': files that change with a file.",
        ("lines", "commit", "fixes", "together"),
    )
    path: str = arguments.text("The file, for 'lines' and 'together'.", "")
    start_line: int = arguments.whole("First line, for 'lines', as the file is now.", 1)
    end_line: int = arguments.whole(f"Last line; at most {_WINDOW} at once.", 0)
    text: str = arguments.text("For 'fixes': what is wrong, in words or names. For 'commit': its id.", "")


def history(desk: Desk, args: History) -> Outcome:
    """Effect: asks git; nothing that is not in the past of the start state is told."""
    past = desk.equipment.past
    if past is None:
        raise Refused("there is no history here")
    try:
        rows = {"lines": _lines, "commit": _commit, "fixes": _fixes, "together": _together}[args.ask](desk, past, args)
        return Outcome("\n".join(rows))
    except FixbotError as error:
        raise Refused(f"the history cannot be read: {error.message}") from error


def _lines(desk: Desk, past: Past, args: History) -> Iterator[str]:
    now = desk.document(args.path).text.split("\n")
    last = min(args.end_line or args.start_line, args.start_line + _WINDOW - 1, len(now))
    if not 1 <= args.start_line <= last:
        raise Refused(f"{args.path} has {len(now)} lines; there is no line {args.start_line}")
    blamed = past.blame(args.path)
    places = _places(blamed, now)
    asked = {n: places[n] for n in range(args.start_line - 1, last) if n in places}
    came = _written(desk, past, args.path, asked)
    held: dict[str, list[int]] = {}
    for n in range(args.start_line - 1, last):
        held.setdefault(came.get(n, ""), []).append(n + 1)
    if new := held.pop("", []):
        yield f"{_ranges(new)}: not in HEAD"
    over = sorted({blamed[at].commit for at in asked.values()} - set(came.values()))
    known = past.commits([*held, *over])
    order = sorted(held, key=lambda commit: -known[commit].seconds if commit in known else 0)
    for commit in order[:_COMMITS]:
        change = known.get(commit)
        said = _titled(commit, change.seconds, change.message, _SAID) if change else f"{commit[:_SHORT]} is a merge"
        yield f"{_ranges(held[commit])}: {said}"
    if left := [n for commit in order[_COMMITS:] for n in held[commit]]:
        yield f"{_ranges(sorted(left))}: {len(order) - _COMMITS} older commits"
    if over:
        named = ", ".join(_dated(commit, known.get(commit)) for commit in over[:_SKIPPED])
        more = f" and {len(over) - _SKIPPED} more" if len(over) > _SKIPPED else ""
        yield f"skipped: {len(over)} commit{'s' if len(over) > 1 else ''} that only moved or laid out these lines: {named}{more}"


def _written(desk: Desk, past: Past, path: str, asked: Mapping[int, int]) -> dict[int, str]:
    """Line (from 0) as it is now -> the commit that wrote it; `asked` has its place (from 0) in the commit."""
    if not asked:
        return {}
    first, last = min(asked.values()), max(asked.values())
    told = desk.files.original(_LAYOUTS) or b""
    layouts = [line for line in told.decode("ascii", "replace").split() if _WHOLE.fullmatch(line)]
    found = past.written(path, first + 1, last + 1, layouts[:_MOST_LAYOUTS])
    return {n: found[at - first].commit for n, at in asked.items() if at - first < len(found)}


def _dated(commit: str, change: Change | None) -> str:
    day = time.strftime(" of %Y-%m-%d", time.gmtime(change.seconds)) if change else ""
    return f"{commit[:_SHORT]}{day}"


def _ranges(lines: Sequence[int]) -> str:
    """Numbers in order as a person writes them: "lines 3-5, 9"."""
    parts: list[list[int]] = []
    for n in lines:
        if parts and parts[-1][-1] == n - 1:
            parts[-1][1:] = [n]
        else:
            parts.append([n])
    return f"line{'s' if len(lines) > 1 else ''} {', '.join('-'.join(map(str, p)) for p in parts)}"


def _places(blamed: Sequence[BlamedLine], now: Sequence[str]) -> dict[int, int]:
    """Line (from 0) as it is now -> the same line in the commit."""
    matcher = SequenceMatcher(None, [line.text for line in blamed], [line.rstrip("\r") for line in now], autojunk=False)
    return {b + n: a + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _commit(_: Desk, past: Past, args: History) -> Iterator[str]:
    commit = args.text.strip().lower()
    if not _ID.fullmatch(commit):
        raise Refused("give the id of a commit in 'text', at least 7 digits of it")
    files = past.patches(commit)
    if files is None:
        raise Refused(f"no one commit of the past begins with {commit}")
    hunks = [(file.path, hunk) for file in files for hunk in file.hunks]
    for path, hunk in hunks[:_HUNKS]:
        old = [f"-{line}" for line in hunk.before.splitlines()]
        new = [f"+{line}" for line in hunk.after.splitlines()]
        yield f"{path}:{hunk.line} {hunk.header}".rstrip()
        yield clip("\n".join([*old, *new]), _HUNK)
    if len(hunks) > _HUNKS:
        yield f"… and {len(hunks) - _HUNKS} more places"
    if not hunks:
        yield "it changed nothing in text files that were there before"


def _fixes(_: Desk, past: Past, args: History) -> Iterator[str]:
    if not args.text.strip():
        raise Refused("say in 'text' what is wrong")
    found = past.fixes(args.text)[:_COMMITS]
    if not found:
        yield "no fix of the past is like that"
    for fix in found:
        yield f"{_titled(fix.commit, fix.seconds, fix.message)}\n  in {', '.join(p for p in fix.paths[:6] if not is_secret(p))}"


def _together(desk: Desk, past: Past, args: History) -> Iterator[str]:
    desk.document(args.path)
    found = [c for c in past.together(args.path) if not is_secret(c.path)]
    if not found:
        yield f"nothing changed together with {args.path}"
    for each in found[:20]:
        yield f"{each.path}: {each.commits} commit{'' if each.commits == 1 else 's'} together, weight {each.weight:.2f}"


def _titled(commit: str, seconds: int, message: str, most: int = _MESSAGE) -> str:
    day = time.strftime("%Y-%m-%d", time.gmtime(seconds))
    return f"{commit[:_SHORT]} of {day}: {clip(message.strip(), most)}"
