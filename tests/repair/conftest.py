"""Repositories and a sandbox that contains nothing, for tests of the hands."""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Completed, Policy, Promise, Session


class PlainSandbox:
    """Runs commands as they are: quick, and the same everywhere. The real ones have tests of their own."""

    name = "plain"

    def __init__(self, bytecode: Path) -> None:
        self.bytecode = bytecode

    def promises(self) -> frozenset[Promise]:
        return frozenset()

    def where(self, policy: Policy) -> Path:
        return policy.workdir

    def run(self, argv: Sequence[str], policy: Policy, stdin: bytes = b"") -> Completed:
        begun = time.monotonic()
        variables = {"HOME": "/nonexistent", **policy.environment}
        if argv[0] == str(
            Path(sys.executable)
        ):  # compiled once for all tests: starting pytest takes a third of the time
            argv = [word for word in argv if word != "-B"]
            variables |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(self.bytecode)}
        done = subprocess.run(
            argv,
            cwd=policy.workdir / policy.cwd,
            env=variables,
            input=stdin,
            capture_output=True,
            pass_fds=policy.fds,
            check=False,
        )
        return Completed(done.returncode, done.stdout, done.stderr, time.monotonic() - begun)

    def spawn(self, argv: Sequence[str], policy: Policy) -> Session:
        raise NotImplementedError


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    """The user's own git, as it comes."""
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **{
            f"GIT_{role}_{what}": "someone@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=variables, capture_output=True, text=True, check=check)
    return done.stdout


def write(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(textwrap.dedent(text))


@pytest.fixture
def plain_git() -> Callable[..., str]:
    return git


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> PlainSandbox:
    return PlainSandbox(tmp_path_factory.mktemp("bytecode"))


def repository(top: Path, files: Mapping[str, str]) -> Path:
    """A repository in the new folder `top` with one commit that holds the files."""
    top.mkdir()
    write(top, files)
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--allow-empty", "--message=first")
    return top


@pytest.fixture(scope="session")
def plain_repository() -> Callable[[Path, Mapping[str, str]], Path]:
    """Make a repository anywhere, for what is shared by several tests."""
    return repository


@pytest.fixture
def make_repository(tmp_path: Path) -> Callable[[Mapping[str, str]], Path]:
    """Make a repository with one commit that holds the files."""

    def make(files: Mapping[str, str], name: str = "project") -> Path:
        return repository(tmp_path / name, files)

    return make


@pytest.fixture(scope="session")
def own_environment() -> Environment:
    """The interpreter that runs these tests: it has pytest."""
    return Environment.find(Path("/nonexistent"), Path(sys.executable))


def interpreters() -> list[Path]:
    """Every Python 3.6 to 3.14 on this machine, found by name on PATH or kept by pyenv."""
    versions = [f"3.{minor}" for minor in range(6, 15)]
    named = [shutil.which(f"python{v}") for v in versions]
    kept = [p for v in versions for p in sorted((Path.home() / ".pyenv" / "versions").glob(f"{v}.*/bin/python"))]
    found = {p.resolve(): p for p in [*(Path(n) for n in named if n and "shims" not in n), *kept]}
    return sorted(found.values())
