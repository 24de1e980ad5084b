"""An answer as markdown, as a terminal shows it, and as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence

from fixbot_agent.asking.answer import Answer, Cited, Definition, Sentence, counted, listed
from fixbot_agent.asking.forms import UNDERSTOOD
from fixbot_agent.schemas import Json

_NOTHING = (
    "Nothing in this project fits that question. Name a function, a class or a file in it. "
    f"Understood without a model: {UNDERSTOOD}."
)
FOR_A_MODEL = "the question itself is for a model: this is what is known of the place"
_SPANS = re.compile(r"(`+[^`\n]+`+)")
_LIVE = re.compile(r"(?<=!)\[|(?<=\])[(\[]|<(?=[a-zA-Z/!?])")  # of images, links and tags
_UNCITED = "cites no lines, so nothing of it was checked"


def markdown(answer: Answer, why: str = "") -> str:
    """One paragraph a sentence, each with its places in brackets; then the definitions as code, and how it was come by."""
    parts = [_paragraph(s) for s in answer.sentences] or [_NOTHING]
    if not answer.by:
        parts += [f"**`{d.name or d.path}`** ({d.path}:{d.line})\n\n{_fenced(d)}" for d in answer.definitions if d.code]
    parts += [f"*{_inert(note)}*" for note in (*answer.notes, *how(answer, why))]
    return "\n\n".join(parts)


def terminal(answer: Answer, why: str = "") -> str:
    """The sentences, each with its places below it, then the beginnings of the definitions, and how it was come by."""
    return "\n".join(_lines(answer, why))


def how(answer: Answer, why: str = "") -> Sequence[str]:
    """How an answer was come by: by whom, what was checked, what was left out, or `why` it is the built-in one. Empty where nobody asks."""
    if not answer.by:
        return [f"built-in answer: {why}"] if why else []
    unchecked = "nothing of it was checked: it cites no lines of the project"
    said = [f"by {answer.by}; {unchecked}" if answer.is_unchecked else f"by {answer.by}, citations checked"]
    if answer.left_out:
        verbs = ("is", "it cites") if answer.left_out == 1 else ("are", "they cite")
        said.append(f"{counted(answer.left_out, 'sentence')} {verbs[0]} left out: what {verbs[1]} is not there")
    if strange := sum(bool(s.unknown) for s in answer.sentences):
        said.append(
            f"{counted(strange, 'sentence')} {'names' if strange == 1 else 'name'} what stands nowhere in the project: marked"
        )
    return said


def document(answer: Answer, question: str, seconds: float, why: str = "") -> Mapping[str, Json]:
    """What ``fixbot ask --json`` prints; schemas/ask.json describes it."""
    held = [s for s in answer.sentences if s.places]
    remarks: list[Json] = [
        {"text": s.text, "before": sum(bool(t.places) for t in answer.sentences[:n]), **_unknown(s)}
        for n, s in enumerate(answer.sentences)
        if not s.places
    ]
    return {
        "status": answer.status,
        "question": question,
        "understood": {"kind": answer.kind, "names": list(answer.names)},
        "by": {"engine": "model" if answer.by else "built-in", "model": answer.by or None, "why": why or None},
        "sentences": [{"text": s.text, "places": [_place(p) for p in s.places], **_unknown(s)} for s in held],
        "remarks": remarks,
        "left_out": answer.left_out,
        "definitions": [
            {
                "path": d.path,
                "name": d.name,
                "kind": d.kind,
                "line": d.line,
                "end_line": d.end_line,
                "code": d.code,
                "why": d.why,
            }
            for d in answer.definitions
        ],
        "notes": list(answer.notes),
        "markdown": markdown(answer, why),
        "seconds": round(seconds, 3),
    }


def _place(place: Cited) -> Mapping[str, Json]:
    return {"path": place.path, "line": place.line, **({"end_line": place.last} if place.last else {})}


def _paragraph(sentence: Sentence) -> str:
    cited = ", ".join(map(str, sentence.places))
    marks = "; ".join(_marks(sentence))
    return f"{_inert(sentence.text)}{f' [{_inert(cited)}]' if cited else ''}{f' *({marks})*' if marks else ''}"


def _inert(text: str) -> str:
    """The text with nothing in it that markdown would fetch, follow or take for HTML: a model, or the project, may have written it."""
    return "".join(p if n % 2 else _LIVE.sub(r"\\\g<0>", p) for n, p in enumerate(_SPANS.split(text)))


def _marks(sentence: Sentence) -> Iterator[str]:
    """What a reader must know of a sentence before believing it."""
    if not sentence.places:
        yield _UNCITED
    if sentence.unknown:
        names = listed(f"`{name}`" for name in sentence.unknown)
        yield f"{names} {'stands' if len(sentence.unknown) == 1 else 'stand'} nowhere in the project"


def _unknown(sentence: Sentence) -> Mapping[str, Json]:
    return {"unknown": list(sentence.unknown)} if sentence.unknown else {}


def _fenced(definition: Definition) -> str:
    longest = max((len(run) for run in _runs(definition.code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{definition.code}\n{fence}"


def _runs(code: str) -> Sequence[str]:
    """The runs of backticks in `code`, which a fence must be longer than."""
    return re.findall(r"`+", code)


def _lines(answer: Answer, why: str) -> Iterator[str]:
    if not answer.sentences:
        yield _NOTHING
    for sentence in answer.sentences:
        yield sentence.text
        if sentence.places:
            yield f"    {', '.join(map(str, sentence.places))}"
        yield from (f"    ({mark})" for mark in _marks(sentence))
    for definition in answer.definitions:
        if definition.code and not answer.by:
            yield ""
            yield f"{definition.path}:{definition.line}"
            yield from (f"  | {line}" for line in definition.code.splitlines())
    if answer.notes or how(answer, why):
        yield ""
        yield from (f"note: {note}" for note in answer.notes)
        yield from how(answer, why)
