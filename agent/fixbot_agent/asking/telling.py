"""An answer as markdown, as a terminal shows it, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence

from fixbot_agent.asking.answer import Answer, Definition
from fixbot_agent.schemas import Json

_NOTHING = "Nothing in this project has a word or a name of that question. Name a function, a class or a file in it."


def markdown(answer: Answer) -> str:
    """One paragraph a sentence, each with its places in brackets; then the definitions as code."""
    parts = [f"{s.text} [{', '.join(map(str, s.places))}]" for s in answer.sentences] or [_NOTHING]
    parts += [f"**`{d.name or d.path}`** ({d.path}:{d.line})\n\n{_fenced(d)}" for d in answer.definitions if d.code]
    parts += [f"*{note}*" for note in answer.notes]
    return "\n\n".join(parts)


def terminal(answer: Answer) -> str:
    """The sentences, each with its places below it, then the beginnings of the definitions."""
    return "\n".join(_lines(answer))


def document(answer: Answer, question: str, seconds: float) -> Mapping[str, Json]:
    """What ``fixbot ask --json`` prints; schemas/ask.json describes it."""
    return {
        "question": question,
        "understood": {"kind": answer.kind, "names": list(answer.names)},
        "sentences": [
            {"text": s.text, "places": [{"path": p.path, "line": p.line} for p in s.places]} for s in answer.sentences
        ],
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
        "markdown": markdown(answer),
        "seconds": round(seconds, 3),
    }


def _fenced(definition: Definition) -> str:
    longest = max((len(run) for run in _runs(definition.code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{definition.code}\n{fence}"


def _runs(code: str) -> Sequence[str]:
    """The runs of backticks in `code`, which a fence must be longer than."""
    import re

    return re.findall(r"`+", code)


def _lines(answer: Answer) -> Iterator[str]:
    if not answer.sentences:
        yield _NOTHING
    for sentence in answer.sentences:
        yield sentence.text
        yield f"    {', '.join(map(str, sentence.places))}"
    for definition in answer.definitions:
        if definition.code:
            yield ""
            yield f"{definition.path}:{definition.line}"
            yield from (f"  | {line}" for line in definition.code.splitlines())
    if answer.notes:
        yield ""
        yield from (f"note: {note}" for note in answer.notes)
