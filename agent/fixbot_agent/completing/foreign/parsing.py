"""Whether a text of another language than Python still parses with a suggestion in it: no error on its lines, and none more elsewhere."""

from collections.abc import Sequence

from fixbot_analysis.languages import get
from fixbot_analysis.receivers import NAME, mended
from fixbot_analysis.source import Document, Span, language_of
from fixbot_analysis.symbols import Symbol
from fixbot_analysis.syntax import SyntaxTree

_LARGEST = 240_000  # bytes of a file that is parsed while somebody waits
_GOING_ON = (
    b",",
    b"=",
    b"+",
    b"-",
    b"*",
    b"/",
    b"&",
    b"|",
    b"?",
    b":",
    b">",
    b"<",
    b"return",
)  # what a line that ends so goes on with
_CLOSED = (b"", b";")  # what may end a statement where none of it follows


def fits_in(document: Document, word: Span, text: str, symbols: Sequence[Symbol] = ()) -> bool:
    """Whether `text` in the place of the bytes `word` brings no syntax error.

    What it opens, and what is open where the document ends, is thought to be closed; what it leaves unfinished to go on. `symbols` are the
    definitions of the document: bodies of functions far away are not parsed.
    """
    if len(document.data) > _LARGEST:
        return False
    line = document.data.rfind(b"\n", 0, word.start) + 1
    margin = word.start - line
    written = text.rstrip().encode()
    ends = [b" " + NAME] if written.endswith(_GOING_ON) else []
    told = []
    for end in (*_CLOSED, *ends):
        told.append(_errors(document, word, written + end, symbols, margin))
        if told[-1] == (0, 0):
            return True
    here, everywhere = _errors(document, word, NAME, symbols, margin)
    return any((not there or here) and errors <= everywhere for there, errors in told)


def _errors(document: Document, word: Span, text: bytes, symbols: Sequence[Symbol], margin: int) -> tuple[int, int]:
    """How many errors there are with `text` on its lines, and in all."""
    language = get(language_of(document.path) or "")
    whole = mended(document.data, word, language.name, symbols, text)
    data = language.readable(whole.data)[0] if language.readable else whole.data
    errors = SyntaxTree.parse(data, language.name).errors()
    begin, end = whole.at - margin, whole.at + len(text)
    return sum(each.start <= end and each.end >= begin for each in errors), len(errors)
