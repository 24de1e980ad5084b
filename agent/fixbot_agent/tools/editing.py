"""Tools that change text: one exact replacement, or a file as a whole; kept only when the gate lets it through."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from fixbot_agent.tools import arguments
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.gate import Gate
from fixbot_agent.tools.outcome import Outcome, Refused
from fixbot_analysis.source import Document

_AROUND = 3  # lines shown around a change
_MOST_LINES = 4000  # of a file in which the nearest text is looked for


@dataclass(frozen=True, slots=True)
class Edit:
    """Arguments of edit."""

    path: str = arguments.text("The file, relative to the repository.")
    search: str = arguments.text(
        "The text to replace, exactly as it is in the file, whitespace included; it must occur once. Empty: make a new file."
    )
    replace: str = arguments.text("What stands there afterwards.")


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Arguments of write_file."""

    path: str = arguments.text("The file, relative to the repository.")
    text: str = arguments.text("Its whole content.")


def edit(desk: Desk, gate: Gate, args: Edit) -> Outcome:
    """Effect: replace one piece of text. Refused when it does not occur exactly once, or the gate refuses the file."""
    desk.check_writable(args.path)
    if not args.search:
        if desk.exists(args.path) and not desk.is_scratch(args.path):
            raise Refused(f"{args.path} exists; give the text to replace in 'search'")
        return write_file(desk, gate, WriteFile(args.path, args.replace))
    document = desk.document(args.path)
    crlf = is_crlf(document)
    search, replace = (as_bytes(part, crlf) for part in (args.search, args.replace))
    search = desk.unmasked_part(document, search)
    start = _only_place(document, search)
    return replaced(gate, document, start, start + len(search), replace)


def write_file(desk: Desk, gate: Gate, args: WriteFile) -> Outcome:
    """Effect: make a file, or replace all of it; line ends and encoding of one that is there stay."""
    desk.check_writable(args.path)
    is_new = not desk.exists(args.path)
    document = Document(args.path, b"") if is_new else desk.document(args.path)
    data = desk.unmasked(document, as_bytes(args.text, is_crlf(document)))
    if data == document.data and not is_new:
        raise Refused("the text is what the file holds already: nothing would change")
    said = gate.put(document, data)
    return Outcome(f"{args.path} is {'made' if is_new else 'replaced'} ({data.count(10)} lines){said}")


def replaced(gate: Gate, document: Document, start: int, end: int, text: bytes) -> Outcome:
    """Effect: put `text` in the place of the bytes from `start` to `end`, through the gate, and show what is there now."""
    data = gate.desk.unmasked(document, document.data[:start] + text + document.data[end:])
    if data == document.data:
        raise Refused("the replacement is the same as the text: nothing would change")
    said = gate.put(document, data)
    return Outcome(f"{document.path} is changed:\n{_shown(data, start, len(text))}{said}")


def is_crlf(document: Document) -> bool:
    """Whether most lines of the file end in CRLF."""
    return document.data.count(b"\r\n") * 2 > document.data.count(b"\n")


def as_bytes(text: str, crlf: bool) -> bytes:
    """What a model wrote, in UTF-8 with the line ends of the file. Raises Refused for half a character."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Refused("the text holds half a character (a lone surrogate)") from error
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if crlf else data


def _only_place(document: Document, search: bytes) -> int:
    first = document.data.find(search)
    if first < 0:
        raise Refused(f"the text is not in {document.path}.{_did_you_mean(document, search)}")
    places = [first]
    while (following := document.data.find(search, places[-1] + 1)) >= 0 and len(places) < 10:
        places.append(following)
    if len(places) > 1:
        lines = ", ".join(str(document.line_of(p) + 1) for p in places)
        raise Refused(
            f"the text occurs {len(places)} times in {document.path} (lines {lines}); take more lines around it"
        )
    return first


def _did_you_mean(document: Document, search: bytes) -> str:
    """The lines of the file that are most like what was looked for, exactly as they are."""
    lines = document.text.splitlines()[:_MOST_LINES]
    wanted = [w.strip() for w in search.decode("utf-8").splitlines() if w.strip()]
    if not wanted or not lines:
        return ""
    matcher = SequenceMatcher(b=wanted[0])
    scores = []
    for number, line in enumerate(lines):
        matcher.set_seq1(line.strip())
        if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6:
            scores.append((matcher.ratio(), -number))
    best, at = max(scores, default=(0.0, 0))
    if best < 0.6:
        return " No line of it is like the first line of the text; view the file again."
    near = lines[-at : -at + min(len(search.splitlines()), 20)]
    shown = "\n".join(near)
    return f" Did you mean this, from line {1 - at} (copy it exactly, whitespace included)?\n{shown}"


def _shown(data: bytes, start: int, length: int) -> str:
    lines = data.decode("utf-8").splitlines()
    first = data[:start].count(b"\n")
    last = first + data[start : start + length].count(b"\n")
    window = range(max(first - _AROUND, 0), min(last + _AROUND + 1, len(lines), first + 60))
    return "\n".join(f"{n + 1:>5}  {lines[n][:400]}" for n in window)
