"""Text that others wrote, marked as data in a prompt."""

import hashlib
import unicodedata

# Categories that show nothing on a screen: format characters (tags, zero width, bidi), private use, surrogates, unassigned.
_HIDDEN = ("Cf", "Co", "Cs", "Cn")
_FILLERS = "\u115f\u1160\u3164\uffa0\u034f\u180e\u2800"  # letters and marks by category that look like nothing


def fenced(label: str, text: str) -> str:
    """Return `text` between two lines that name it as data and that it cannot contain.

    The mark is a hash of the text: a text would have to hold its own hash to close the fence from inside.
    Hidden characters are spelled out, see :func:`visible`.
    """
    shown = visible(text)
    mark = hashlib.blake2b(shown.encode("utf-8"), digest_size=6).hexdigest()
    return f"<data-{mark} source={label!r}>\n{shown.rstrip()}\n</data-{mark}>"


def visible(text: str) -> str:
    """Return `text` with each character that a reader would not see written as ``<U+200B>``; line ends and tabs stay."""
    return "".join(_spelled(c) if _is_hidden(c) else c for c in text)


def _is_hidden(char: str) -> bool:
    if char.isascii():
        return not (char.isprintable() or char in "\n\t\r")
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return variation or char in _FILLERS or unicodedata.category(char) in (*_HIDDEN, "Cc")


def _spelled(char: str) -> str:
    return f"<U+{ord(char):04X}>"
