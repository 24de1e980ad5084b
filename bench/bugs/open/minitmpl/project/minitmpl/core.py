"""Errors that know their place, escaping, and the undefined value."""
from __future__ import annotations

from typing import Any, Iterator, Optional


class TemplateError(Exception):
    """Anything that goes wrong; says in which template and line."""

    def __init__(self, message: str, line: Optional[int] = None, name: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.name = name

    def locate(self, line: Optional[int], name: Optional[str]) -> None:
        """Fill in what is not known yet; the innermost place wins."""
        if self.line is None:
            self.line = line
        if self.name is None:
            self.name = name

    def __str__(self) -> str:
        place = self.name or "<template>"
        if self.line is not None:
            place += ":{}".format(self.line)
        return "{}: {}".format(place, self.message)


class TemplateSyntaxError(TemplateError):
    """The source cannot be parsed."""


class UndefinedError(TemplateError):
    """Something is used that does not exist."""


class FilterError(TemplateError):
    """A filter is unknown, or cannot handle what it was given."""


class TemplateNotFound(TemplateError):
    """The loader does not know the template."""


class Undefined:
    """What a template names but nobody gave: empty, false, prints nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __str__(self) -> str:
        return ""


class Markup(str):
    """A string that is safe as it is."""

    def __html__(self) -> str:
        return str(self)


def text_of(value: Any) -> str:
    """How a value is printed: none is nothing."""
    return "" if value is None else str(value)


def escape(value: Any) -> Markup:
    """The text of value, safe in HTML text and in quoted attributes."""
    if hasattr(value, "__html__"):
        return Markup(value.__html__())
    text = text_of(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(text.replace('"', "&#34;").replace("'", "&#39;"))
