"""A model's answer read tolerantly: as the tool's arguments, as JSON in its text, or as prose with places in brackets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.models import ToolSpec
from fixbot_agent.models.structured import Misfit, read

_MOST = 60  # sentences of one answer
_LONGEST = 1500  # characters of one sentence
_PLACES = 12  # of one sentence
_LONGEST_ANSWER = 40_000  # characters
_SCHEMA = {
    "type": "object",
    "properties": {"sentences": {"type": "array"}},
    "required": ["sentences"],
}
ANSWER = ToolSpec(
    "answer",
    "Give the answer. It ends your work, so look first.",
    {
        "type": "object",
        "properties": {
            "sentences": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "text": {
                            "type": "string",
                            "description": "One statement, names of code in backticks as they stand on the cited lines.",
                        },
                        "places": {
                            "type": "array",
                            "items": {"type": "string"},
                            "description": "The few lines that show it: 'path:12' or 'path:12-20'. Empty only where it names nothing of the code.",
                        },
                    },
                    "required": ["text", "places"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["sentences"],
        "additionalProperties": False,
    },
)
_TEXTS, _CITES = ("text", "sentence", "statement", "claim"), ("places", "citations", "cites", "sources", "references")
_FILES, _FIRSTS = ("path", "file", "filename"), ("line", "start_line", "first", "start", "lines")
_LASTS = ("end_line", "last", "end")
_NAME = r"[^\s\[\](){}<>（）【】、。,;:`\"'|#]"
_RANGE = r"L?\d{1,12}(?:\s?[-–—]\s?L?\d{1,12})?(?!\d)"
_PLACE = rf"(?<!{_NAME}){_NAME}{{1,240}}(?::|\#L){_RANGE}"
_BARE = re.compile(_PLACE)
_NUMBERS = re.compile(_RANGE)
_ITEM = rf"`?(?:{_PLACE}|(?<!{_NAME}){_RANGE})`?"
_GROUP = re.compile(rf"[\[(（【]\s?(`?{_PLACE}`?(?:(?:\s?[,;、]\s?|\s)(?:and\s|und\s)?{_ITEM}){{0,20}})\s?[\])）】]")
_LINK = re.compile(rf"\[`?({_PLACE})`?\]\([^()\s]{{0,300}}\)")
_SPAN = re.compile(r"`[^`\n]{1,300}`|``[^\n]{1,300}?``")
_JSON = re.compile(r"\s*(?:```\w*\s*)?(?:\{|\[\s*[\[{\"])")
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_END = re.compile(
    r"(?<!e\.g\.)(?<!i\.e\.)(?<!z\.B\.)((?<=[.!?…])(?:\s*\x00\d+\x00)*(?=\s+[^\Wa-zäöü]|\s+\x01|\s*$)|(?<=[。！？])(?:\s*\x00\d+\x00)*)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of a model, and the places it cites, each as it wrote it."""

    text: str
    cited: tuple[str, ...] = ()


def claims(written: str) -> tuple[Claim, ...]:
    """The sentences of what a model wrote: arguments of the tool ``answer``, or a text. Empty where it says nothing."""
    written = written[:_LONGEST_ANSWER]
    try:
        value = read(written, _SCHEMA)
    except Misfit:
        found = iter(()) if _JSON.match(written) else _of_text(written)
    else:
        found = _of_rows(value)
    return tuple(claim for claim, _ in zip(found, range(_MOST), strict=False))


def _of_rows(value: object) -> Iterator[Claim]:
    rows = value.get("sentences") if isinstance(value, Mapping) else None
    for row in rows if isinstance(rows, list) else []:
        text = row if isinstance(row, str) else _first(row, _TEXTS)
        if not isinstance(text, str) or not text.strip():
            continue
        given = _first(row, _CITES) if isinstance(row, Mapping) else None
        apart = tuple(_named(given))
        inside = _claim(text)
        yield Claim(inside.text, tuple(dict.fromkeys((*apart, *inside.cited)))[:_PLACES])


def _first(row: object, names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if name in row), None) if isinstance(row, Mapping) else None


def _named(given: object) -> Iterator[str]:
    """The places in whatever shape they were given."""
    if isinstance(given, str):
        yield from (part for part in (p.strip() for p in re.split(r"[,;\n]", given)) if part)
    elif isinstance(given, list):
        for each in given:
            yield from _named(each)
    elif isinstance(given, Mapping):
        path, first, last = _first(given, _FILES), _first(given, _FIRSTS), _first(given, _LASTS)
        if isinstance(first, list):
            first, last = (*first, "", "")[:2]
        yield f"{path}:{first}{f'-{last}' if last else ''}"


def _of_text(text: str) -> Iterator[Claim]:
    """Each sentence of prose; headings and blocks of code say nothing that could be held against lines."""
    for row in _FENCE.sub("\n", text).splitlines():
        line = _MARK.sub("", row).strip()
        if line and not line.startswith("#") and set(line) - set("-=*_ "):
            yield from (claim for claim in map(_claim, _sentences(line)) if claim.text)


def _sentences(line: str) -> Iterator[str]:
    held: list[str] = []

    def hold(sign: str, match: re.Match[str]) -> str:
        held.append(match[0])
        return f"{sign}{len(held) - 1}{sign}"

    masked = _GROUP.sub(lambda m: hold("\x00", m), _LINK.sub(r"[\1]", line.replace("\x00", "").replace("\x01", "")))
    masked = _SPAN.sub(lambda m: hold("\x01", m), masked)
    at = 0
    for end in (*(m.end() for m in _END.finditer(masked)), len(masked)):
        part = masked[at:end].strip()
        at = end
        if part:
            yield re.sub(r"[\x00\x01](\d+)[\x00\x01]", lambda m: held[int(m[1])], part)


def _claim(text: str) -> Claim:
    """A sentence without the places in its brackets; those that it names in passing stay in it, and count, too."""
    plain = _LINK.sub(r"[\1]", " ".join(text.split())[: _LONGEST * 2])
    cited: list[str] = []

    def take(match: re.Match[str]) -> str:
        cited.extend(_spelled(match[1]))
        return ""

    left = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_GROUP.sub(take, plain).split())).strip()
    cited += [m[0] for m in _BARE.finditer(left)]
    return Claim(left[:_LONGEST], tuple(dict.fromkeys(cited))[:_PLACES])


def _spelled(group: str) -> Iterator[str]:
    """The places of one bracket; a number alone is of the file before it."""
    path = ""
    for found in re.finditer(rf"{_PLACE}|{_RANGE}", group):
        if _NUMBERS.fullmatch(found[0]):
            yield f"{path}:{found[0]}"
        else:
            path = re.split(r"#L|:", found[0])[0]
            yield found[0]
