"""The rest of the line, shown only where the model is confident, the file still parses and every name is known."""

import keyword
from collections.abc import Mapping, Sequence

from fixbot_agent.completing.bindings import bound, parameters
from fixbot_agent.completing.completion import Inline
from fixbot_agent.completing.place import Place
from fixbot_agent.completing.scope import Name, in_scope
from fixbot_analysis.codemodel import CodeModel, Line, continue_line, write_out
from fixbot_analysis.source import Document, Span
from fixbot_analysis.symbols import FileFacts
from fixbot_analysis.syntax import SyntaxTree

_LARGEST = 400_000  # bytes of a file that is parsed while somebody waits


def rest_of_line(model: CodeModel, document: Document, facts: FileFacts, place: Place) -> tuple[Inline, ...]:
    """At most one text that goes on from the word under way to the end of the line."""
    if len(document.data) > _LARGEST or place.naming_module or place.in_field:
        return ()
    line = _continued(model, place)
    if line is None:
        return ()
    text = _fitted(place, line.tokens)
    if (
        not text
        or not _known(place, line.tokens, in_scope(document, facts, place))
        or not _parses(document, place, text)
    ):
        return ()
    return (Inline(text, place.word, line.score, "codemodel"),)


def _continued(model: CodeModel, place: Place) -> Line | None:
    """The rest of the line from the word under way, taken for the beginning of a word, else for a whole one."""
    line = continue_line(model, place.path, place.before, prefix=place.prefix)
    if line is None and place.prefix:
        after = continue_line(model, place.path, (*place.before, place.prefix))
        line = Line((place.prefix, *after.tokens), after.score) if after and after.tokens else None
    return line if line and line.tokens else None


def _fitted(place: Place, tokens: Sequence[str]) -> str:
    """The text without what already stands after the cursor; "" where the two do not fit together."""
    text = write_out(place.before, tokens)
    if place.prefix or place.spaced:
        text = text.lstrip(" ")
    after = place.rest.strip()
    if after and not text.endswith(after):
        return ""
    return text.removesuffix(after) if after else text


def _known(place: Place, tokens: Sequence[str], names: Mapping[str, Name]) -> bool:
    """Whether every name that `tokens` read is in scope; what follows a dot or is an argument's name is not looked up."""
    new = {*bound(" ".join(tokens)), *parameters(" ".join(tokens))}
    line = [*place.before[-1:], *tokens, ""]
    for earlier, word, after in zip(line, line[1:], line[2:], strict=False):
        if not word.isidentifier() or keyword.iskeyword(word) or word in names or word in new:
            continue
        if earlier not in {".", "def", "class", "as", "import"} and not (after == "=" and earlier in {"(", ","}):
            return False
    return True


def _parses(document: Document, place: Place, text: str) -> bool:
    """Whether the file has no more syntax errors with the text than without, and none on the line itself."""
    before = SyntaxTree.parse(document.data)
    new = text.encode()
    start, end = place.word.start, place.word.end
    data = document.data[:start] + new + document.data[end:]
    after = before.edited(data, start, end, start + len(new))
    broken = after.errors()
    line = document.line_span(document.line_of(start))
    here = Span(line.start, line.end + len(new) - (end - start))
    return len(broken) <= len(before.errors()) and not any(here.start <= e.start < here.end for e in broken)
