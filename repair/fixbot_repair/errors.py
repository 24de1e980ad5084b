"""Errors of the hands.

FixbotError
└── RepairError
    ├── GitError              git refused, or the folder is not a repository
    ├── EnvironmentFailure    no usable interpreter, or tests cannot run at base
    ├── SandboxError          a sandbox was asked for that does not work here, or broke while working
    │   └── Untrusted         nothing can contain the project's code and the workspace is not trusted
    ├── PatchError            a patch does not apply, is malformed, or touches what no patch may touch
    ├── CheckFailed           a checking tool is missing or broke (not: it found something)
    └── DirtyTree             writing would touch a file with uncommitted changes
"""

from fixbot_analysis.errors import FixbotError


class RepairError(FixbotError):
    """Raised by the hands; never raised itself, only its children."""

    kind = "repair"


class GitError(RepairError):
    """Raised when git refuses, or the folder is not (in) a repository."""

    kind = "git"


class EnvironmentFailure(RepairError):
    """Raised when no interpreter is found for the project, or its tests cannot run at base."""

    kind = "environment"


class SandboxError(RepairError):
    """Raised when the sandbox that was asked for does not work here, or breaks while working."""

    kind = "sandbox"


class Untrusted(SandboxError):
    """Raised when no sandbox works and the workspace is not trusted: the project's code is not run."""

    kind = "untrusted"


class PatchError(RepairError):
    """Raised when a patch is malformed, does not apply, or touches a path that no patch may touch."""

    kind = "patch"


class CheckFailed(RepairError):
    """Raised when a checking tool is missing or breaks; findings are not errors."""

    kind = "check"


class DirtyTree(RepairError):
    """Raised when a write would touch a file that has uncommitted changes."""

    kind = "dirty-tree"
