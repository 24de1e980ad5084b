"""The error tree that every floor's own tree grows from.

FixbotError
└── AnalysisError
    ├── SourceError          a file asked for by name cannot be read as source
    ├── QueryError           a question to the graph cannot be read, or names nothing
    └── IndexStoreError      the stored index cannot be written and there is no memory to fall back on
"""


class FixbotError(Exception):
    """Base of everything fixbot raises on purpose.

    `kind` is the stable name that ``--json`` shows; `hint` says what the user can do about it.
    """

    kind = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class AnalysisError(FixbotError):
    """Raised by the eyes; never raised itself, only its children."""

    kind = "analysis"


class SourceError(AnalysisError):
    """Raised when a file that was asked for by name is absent, unreadable, binary or over the size limit."""

    kind = "source"


class IndexStoreError(AnalysisError):
    """Raised when the index can neither be stored nor kept in memory."""

    kind = "index-store"


class QueryError(AnalysisError):
    """Raised when a question to the graph cannot be read, or names what is not there; `column` counts characters from 1."""

    kind = "query"

    def __init__(self, message: str, hint: str = "", column: int = 0) -> None:
        super().__init__(message, hint)
        self.column = column
