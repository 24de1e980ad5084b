"""Read bibliography entries from plain text and format citations."""

from .entry import Entry, PageRange, parse_pages
from .library import CiteError, DuplicateKey, Library, UnknownKey
from .names import Name, parse_name, split_names
from .reader import ParseError, load, loads
from .sorting import sort_entries
from .styles import AuthorYear, Numeric

__all__ = [
    "AuthorYear",
    "CiteError",
    "DuplicateKey",
    "Entry",
    "Library",
    "Name",
    "Numeric",
    "PageRange",
    "ParseError",
    "UnknownKey",
    "load",
    "loads",
    "parse_name",
    "parse_pages",
    "sort_entries",
    "split_names",
]
