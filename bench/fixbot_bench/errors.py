"""Errors of the measuring door.

FixbotError
└── BenchError
    ├── DatasetError        a dataset, predictions file or case folder cannot be read
    ├── RepositoryMissing   no repository, or not the commit, that an instance needs
    ├── BenchEnvironmentError   the environment of an instance cannot be built here
    └── ServerFailed        a language server that is measured ended or gave no answer
"""

from fixbot_analysis.errors import FixbotError


class BenchError(FixbotError):
    """Raised by the bench; never raised itself, only its children."""

    kind = "bench"


class DatasetError(BenchError):
    """Raised when a dataset, a predictions file or a case folder is absent or malformed; the message names the line."""

    kind = "dataset"


class RepositoryMissing(BenchError):
    """Raised when ``--repos`` holds no repository of an instance, or the repository lacks its base commit."""

    kind = "repository"


class BenchEnvironmentError(BenchError):
    """Raised when an instance's environment cannot be built: no specification, no interpreter, a failed install."""

    kind = "bench-environment"


class ServerFailed(BenchError):
    """Raised when a language server that is measured ends before it answers, or does not answer in time."""

    kind = "server"
