"""One git call: its flags, its scrubbed environment, its errors.

GitPython starts the processes (`Git.execute`), but neither its `Repo` nor its option handling is used: `Repo` reads the
configuration of a repository that may be hostile, every new `Repo` starts without flags, and its check of unsafe options
has been got round more than once (CVE-2022-24439, CVE-2023-40267). `execute` adds variables to the process's own
environment and cannot take any away, so ``env -i`` in front of git does.
"""

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from fixbot_repair import programs
from fixbot_repair.errors import GitError

if TYPE_CHECKING:
    from git.cmd import Git

_IMPORTING = threading.Lock()
_NO_GIT = {"GIT_PYTHON_REFRESH": "quiet", "GIT_PYTHON_GIT_EXECUTABLE": os.devnull}
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
    proc: "subprocess.Popen[bytes]"

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


def environment(top: Path | None) -> dict[str, str]:
    """Return git's whole environment. HOME is kept (the user's own ignore file) unless it lies in the repository."""
    result = {**ENVIRONMENT, "PATH": os.pathsep.join(programs.search_path(top))}
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
        binary, env = programs.find("git", self.top), programs.find("env", self.top)
        if binary is None or env is None:
            missing = "env" if binary else "git"
            raise GitError(f"{missing} is not installed", f"install {missing}, in a folder of PATH outside the project")
        flags = [part for key, value in FLAGS.items() for part in ("-c", f"{key}={value}")]
        place = [f"--git-dir={self.git_dir}", *([f"--work-tree={self.top}"] if self.top else [])]
        return [str(env), "-i", *(f"{k}={v}" for k, v in variables.items()), str(binary), *flags, *place, *arguments]

    def _execute(self, argv: Sequence[str], stdin: BinaryIO | None) -> "Git.AutoInterrupt":
        """Effect: start a process in the repository."""
        engine = _git_class()(str(self.top or self.git_dir))
        from git.exc import GitCommandNotFound

        try:
            return engine.execute(list(argv), istream=stdin, as_process=True)
        except (GitCommandNotFound, OSError) as error:
            raise GitError("git cannot be started", "install git and try again") from error

    def run(
        self,
        *arguments: str,
        stdin: BinaryIO | None = None,
        extra: Mapping[str, str] | None = None,
        seconds: float = SECONDS,
    ) -> bytes:
        """Effect: run git to its end and return stdout. Raises GitError with git's own words, or when it takes longer than `seconds`."""
        running = self._execute(self.argv(arguments, extra), stdin)
        process = cast("subprocess.Popen[bytes]", running.proc)
        try:  # GitPython's own time limit starts pgrep or ps, wherever on PATH they are
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise GitError(
                f"git {arguments[0]} took more than {seconds:.0f} s",
                "is the disk hanging, or is something named .gitignore a pipe? (find . -type p)",
            ) from error
        if process.returncode:
            words = err.decode("utf-8", "replace")
            raise GitError(f"git {arguments[0]} failed: {_words(words)}", _hint(words))
        return out

    def stream(self, *arguments: str, stdin: BinaryIO | None = None) -> Process:
        """Effect: start git and hand back the process, to be read from."""
        return cast("Process", self._execute(self.argv(arguments), stdin))


def _git_class() -> "type[Git]":
    """Effect: import GitPython, which would run ``git version`` with this process's own PATH and environment.

    It is told of a git that cannot be run: the real one is in each command line.
    """
    with _IMPORTING:
        before = {name: value for name, value in os.environ.items() if name.startswith("GIT_PYTHON_")}
        for name in before:
            del os.environ[name]
        os.environ.update(_NO_GIT)
        try:
            from git.cmd import Git
        finally:
            for name in _NO_GIT:
                del os.environ[name]
            os.environ.update(before)
    return Git


def _words(stderr: str) -> str:
    """What git wrote, on one line."""
    return " ".join(stderr.split())[:400] or "no message"


def _hint(stderr: str) -> str:
    if "dubious ownership" in stderr:
        return "the repository belongs to another user: git config --global --add safe.directory FOLDER if you trust it"
    if "index.lock" in stderr or "cannot lock" in stderr.lower():
        return "another git process is at work in this repository: wait for it, then try again"
    if "bad object" in stderr or "corrupt" in stderr or "unable to read" in stderr:
        return "objects are missing or broken: run git fsck in the repository"
    return "run the same command by hand to see more"
