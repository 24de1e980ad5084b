"""Breaking the text of a cell into lines."""

from .width import char_width, display_width, split_cells


def wrap(text, width):
    """Lines of at most ``width`` cells, broken at spaces where possible.

    Line breaks in the text are kept, empty lines too. Words that are too long are cut. The result has at least one line.
    """
    if width < 1:
        raise ValueError("width must be at least 1")
    lines = []
    for paragraph in text.replace("\r\n", "\n").split("\n"):
        lines.extend(_wrap_paragraph(paragraph, width))
    return lines


def _wrap_paragraph(text, width):
    if display_width(text) <= width:
        return [text.rstrip()]
    lines = []
    line = ""
    for word in text.split():
        candidate = line + " " + word if line else word
        if display_width(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        pieces = _cut(word, width)
        lines.extend(pieces[:-1])
        line = pieces[-1]
    if line or not lines:
        lines.append(line)
    return lines


def _cut(word, width):
    """A word in pieces that fit. A character that is wider than ``width`` stands alone."""
    pieces = []
    while display_width(word) > width:
        head, rest = split_cells(word, width)
        if not display_width(head):
            first = next(i for i, char in enumerate(word) if char_width(char) > width)
            head, rest = word[: first + 1], word[first + 1 :]
        pieces.append(head)
        word = rest
    if word or not pieces:
        pieces.append(word)
    return pieces


def longest_word(text):
    """Cells of the longest word: the width below which words are cut."""
    return max((display_width(word) for word in text.split()), default=0)
