"""One git call: its flags, its scrubbed environment, its errors.

GitPython starts the processes (`Git.execute`), but neither its `Repo` nor its option handling is used: `Repo` reads the
configuration of a repository that may be hostile, every new `Repo` starts without flags, and its check of unsafe options
has been got round more than once (CVE-2022-24439, CVE-2023-40267). `execute` adds variables to the process's own
environment and cannot take any away, so ``env -i`` in front of git does.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

from fixbot_repair.errors import GitError

if TYPE_CHECKING:
    from git.cmd import Git

SECONDS = 600.0  # a local git call that takes longer hangs

# What git may run or reach because of a repository's own configuration, each switched off.
FLAGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.sshCommand": "false",
    "core.gitProxy": "false",
    "core.alternateRefsCommand": "false",
    "core.attributesFile": os.devnull,
    "core.editor": "false",
    "core.pager": "cat",
    "core.askPass": "false",
    "core.quotePath": "false",
    "core.splitIndex": "false",
    "core.untrackedCache": "false",
    "core.autocrlf": "false",
    "credential.helper": "",
    "diff.external": "",
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.ignoreSubmodules": "all",
    "color.ui": "false",
    "log.showSignature": "false",
    "commit.gpgSign": "false",
    "gpg.program": "false",
    "gpg.ssh.program": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "submodule.recurse": "false",
}

ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_ALLOW_PROTOCOL": "none",  # a partial clone would fetch what it lacks from where its configuration says
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ATTR_NOSYSTEM": "1",
}


class Process(Protocol):
    """A git process that is read from while it runs (GitPython's AutoInterrupt)."""

    stdout: BinaryIO

    def wait(self) -> int:
        """Effect: wait for the end; raises when it failed."""
        ...


def check_ref(ref: str) -> str:
    """Return `ref` if it can be handed to git as a revision; raises GitError for what git might take as an option."""
    if not ref or ref.startswith("-") or any(c.isspace() or ord(c) < 32 or ord(c) == 127 for c in ref):
        raise GitError(f"not a revision: {ref!r}", "name a branch, a tag or a commit")
    return ref


def check_path(path: str) -> str:
    """Return `path` if it is a relative POSIX path below the root and outside .git; raises GitError otherwise."""
    parts = PurePosixPath(path).parts
    bad_part = any(p == ".." or p.lower().rstrip(". ") in (".git", "git~1") for p in parts)
    if not parts or path.startswith("/") or "\0" in path or bad_part:
        raise GitError(f"not a path inside the repository: {path!r}", "give a path relative to the repository's top")
    return path


def _search_path(inside: Path | None) -> str:
    folders = [f for f in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(f).is_absolute()]
    return os.pathsep.join(f for f in folders if inside is None or not Path(f).is_relative_to(inside))


def environment(top: Path | None) -> dict[str, str]:
    """Return git's whole environment. HOME is kept (the user's own ignore file) unless it lies in the repository."""
    result = {**ENVIRONMENT, "PATH": _search_path(top)}
    for name in ("HOME", "XDG_CONFIG_HOME"):
        value = os.environ.get(name, "")
        if value and Path(value).is_absolute() and not (top and Path(value).is_relative_to(top)):
            result[name] = value
    if "HOME" not in result:
        result["GIT_CONFIG_GLOBAL"] = os.devnull
    return result


class Runner:
    """Runs git in one repository. `git_dir` is explicit, so git never looks for a repository by itself."""

    def __init__(self, git_dir: Path, top: Path | None = None) -> None:
        self.git_dir = git_dir
        self.top = top

    def argv(self, arguments: Sequence[str], extra: Mapping[str, str] | None = None) -> list[str]:
        """Return the whole command line for ``git *arguments``; `extra` are further environment variables."""
        variables = {**environment(self.top), **(extra or {})}
        binary = shutil.which("git", path=variables["PATH"])
        if binary is None:
            raise GitError("git is not installed", "install git and try again")
        flags = [part for key, value in FLAGS.items() for part in ("-c", f"{key}={value}")]
        place = [f"--git-dir={self.git_dir}", *([f"--work-tree={self.top}"] if self.top else [])]
        return ["env", "-i", *(f"{k}={v}" for k, v in variables.items()), binary, *flags, *place, *arguments]

    def _engine(self) -> "Git":
        from git.cmd import Git

        return Git(str(self.top or self.git_dir))

    def run(self, *arguments: str, stdin: BinaryIO | None = None, extra: Mapping[str, str] | None = None) -> bytes:
        """Effect: run git to its end and return stdout. Raises GitError with git's own words."""
        from git.exc import GitCommandError, GitCommandNotFound

        options: dict[str, Any] = {"stdout_as_string": False, "strip_newline_in_stdout": False}
        try:
            out = self._engine().execute(
                self.argv(arguments, extra), istream=stdin, kill_after_timeout=SECONDS, **options
            )
        except GitCommandNotFound as error:
            raise GitError("git cannot be started", "install git and try again") from error
        except GitCommandError as error:
            raise GitError(f"git {arguments[0]} failed: {_words(error.stderr)}", _hint(error.stderr)) from error
        return cast("bytes", out)

    def stream(self, *arguments: str, stdin: BinaryIO | None = None) -> Process:
        """Effect: start git and hand back the process, to be read from."""
        return cast("Process", self._engine().execute(self.argv(arguments), istream=stdin, as_process=True))


def _words(stderr: str) -> str:
    """The part of GitPython's message that git itself wrote, on one line."""
    text = stderr.partition("stderr: '")[2] or stderr
    return " ".join(text.strip().strip("'").split())[:400] or "no message"


def _hint(stderr: str) -> str:
    if "dubious ownership" in stderr:
        return "the repository belongs to another user: git config --global --add safe.directory FOLDER if you trust it"
    if "index.lock" in stderr or "cannot lock" in stderr.lower():
        return "another git process is at work in this repository: wait for it, then try again"
    if "bad object" in stderr or "corrupt" in stderr or "unable to read" in stderr:
        return "objects are missing or broken: run git fsck in the repository"
    return "run the same command by hand to see more"
