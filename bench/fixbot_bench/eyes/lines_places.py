"""Lines of code that may be asked for: where they begin and of what kind they are."""

import ast
import io
from collections.abc import Iterator

from fixbot_analysis.codemodel import tokenize
from fixbot_analysis.errors import SourceError
from fixbot_analysis.source import SourceTree, language_of

_LEAST, _MOST = 3, 40  # tokens of a line that is asked for
_KEYWORDS = frozenset(
    {"if", "elif", "else", "for", "while", "return", "raise", "with", "try", "except", "import", "from", "def", "class"}
    | {"assert", "yield", "del", "await", "async", "const", "let", "var", "function", "func", "fn", "type", "struct"}
    | {"use", "pub", "static", "private", "public", "switch", "case", "default"}
)


def shape(line: str) -> tuple[int, str] | None:
    """Indentation (columns) and kind of a line; None for what has too few or too many tokens, or is a comment or text."""
    body = line.strip()
    words = tokenize(body)
    if not _LEAST <= len(words) <= _MOST or body.startswith(("#", "//", "/*", "*", '"', "'")):
        return None
    assigns = "=" in words and "(" not in words[: words.index("=")]
    kind = words[0] if words[0] in _KEYWORDS else "assignment" if assigns else "other"
    return len(line.expandtabs()) - len(line.expandtabs().lstrip()), kind


def code_lines(tree: SourceTree, path: str) -> Iterator[tuple[int, str, tuple[int, str]]]:
    """(character where it begins, text, shape) of each line that may be asked for: of Python, where a statement begins."""
    try:
        text = tree.read(path).data.decode("utf-8", "replace")
        begins = _statements(text) if language_of(path) == "python" else None
    except (SourceError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    start = 0
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if (begins is None or number in begins) and (found := shape(line)):
            yield start, line.rstrip("\r\n"), found
        start += len(line)


def _statements(text: str) -> set[int]:
    """Numbers of the lines on which statements begin."""
    return {node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)}
