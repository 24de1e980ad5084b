"""Commits made without touching anybody's checkout or index."""

from collections.abc import Mapping
from typing import BinaryIO, cast

from fixbot_repair import temporary
from fixbot_repair.errors import GitError
from fixbot_repair.git.command import Runner, check_path, check_ref
from fixbot_repair.git.objects import FileAt, contents


def check_branch(git: Runner, name: str) -> str:
    """Effect: return the full name of the branch `name`, which must be allowed and new. Raises GitError."""
    ref = f"refs/heads/{check_ref(name)}"
    try:
        git.run("check-ref-format", ref)
    except GitError as error:
        raise GitError(f"{name!r} cannot name a branch", "use letters, digits, - and /") from error
    if git.run("for-each-ref", "--format=%(refname)", ref).strip():
        raise GitError(f"there is a branch {name!r} already", "choose another name")
    return ref


def commit(
    git: Runner, parent: str, before: Mapping[str, FileAt], files: Mapping[str, bytes | None], message: str
) -> str:
    """Effect: store a commit on top of `parent` ("" for a first one) in which `files` are changed (None deletes).

    `before` are the parent's files. Only objects are written, through an index of our own. Returns the commit's id.
    """
    with temporary.Folder() as folder:
        extra = {"GIT_INDEX_FILE": str(folder.path / "index")}
        if parent:
            git.run("read-tree", parent, extra=extra)
        lines = "".join(_index_line(git, check_path(p), data, before.get(p)) for p, data in files.items())
        git.run(
            "update-index", "-z", "--index-info", stdin=_file(lines.encode("utf-8", "surrogateescape")), extra=extra
        )
        tree = git.run("write-tree", extra=extra).decode().strip()
        parents = ("-p", parent) if parent else ()
        who = {**extra, **_identity(git)}
        out = git.run("commit-tree", tree, *parents, stdin=_file(message.encode("utf-8", "replace")), extra=who)
    return out.decode().strip()


def _index_line(git: Runner, path: str, data: bytes | None, before: FileAt | None) -> str:
    if data is None:
        return f"0 {'0' * 40}\t{path}\0"
    if before and b"\r\n" in data:  # a checkout with CRLF of a file that git stores with LF
        ((_, stored),) = contents(git, [before])
        data = data if b"\r\n" in stored else data.replace(b"\r\n", b"\n")
    blob = git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=_file(data)).decode().strip()
    return f"{before.mode if before else 0o100644:o} {blob}\t{path}\0"


def _identity(git: Runner) -> dict[str, str]:
    """Name and address for a commit where git knows none of the user's own."""
    try:
        git.run("var", "GIT_COMMITTER_IDENT")
    except GitError:
        who = {"NAME": "fixbot", "EMAIL": "fixbot@localhost"}
        return {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in who.items()}
    return {}


def _file(data: bytes) -> BinaryIO:
    """A file that git can have as its stdin (a pipe would need a thread to fill it)."""
    file = temporary.file()  # it is closed with its last reference, when git has read it
    file.write(data)
    file.seek(0)
    return cast("BinaryIO", file)
