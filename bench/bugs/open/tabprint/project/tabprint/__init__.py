"""Tables for terminals and plain text, with CSV and Markdown in and out."""

from .csvio import read_csv, write_csv  # noqa: F401
from .markdown import read_markdown, write_markdown  # noqa: F401
from .numbers import NumberFormat, human_size  # noqa: F401
from .table import Column, Table  # noqa: F401
from .width import display_width, pad, truncate  # noqa: F401
from .wrap import wrap  # noqa: F401
