"""One walk over a project's folders: which regular files are source or documentation, and what was left out, and why."""

import errno
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from fixbot_analysis.source.decoding import SIZE_LIMIT
from fixbot_analysis.source.ignore import RULE_FILES, IgnoreRules, is_junk
from fixbot_analysis.source.languages import is_documentation, language_of

# Written by package managers.
LOCK_FILES = frozenset({
    "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock", "Cargo.lock",
    "composer.lock", "Gemfile.lock", "packages.lock.json", "yarn.lock", "conda-lock.yml",
})  # fmt: skip
# Folders for what others wrote and the project carries along.
_VENDORED = frozenset({
    "vendor", "vendors", "_vendor", "vendored", "_vendored", "third_party", "third-party", "thirdparty", "extern", "externals",
    "node_modules", "bower_components", "site-packages",
})  # fmt: skip
# Bytes that are no UTF-8 (as surrogates), control characters, and what else ends a line.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NAME = attrgetter("name")
_DEEPEST = 64  # folders within folders; nobody works below that


@dataclass(frozen=True, slots=True)
class FileStat:
    """What tells a changed file from an unchanged one without reading it: nanoseconds, bytes, inode."""

    mtime_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was not read, and why in a few words."""

    path: str
    why: str


@dataclass(slots=True)
class Listing:
    """What a walk found: paths are POSIX and relative to the root."""

    sources: dict[str, FileStat] = field(default_factory=dict)
    docs: dict[str, FileStat] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def is_vendored(path: str) -> bool:
    """Whether a folder around `path` is by its name one for copies of what others wrote."""
    return not _VENDORED.isdisjoint(path.split("/")[:-1])


def walk(root: Path) -> Listing:
    """Effect: list the files below `root`. Symbolic links are not followed, nothing but folders and rule files is opened."""
    listing = Listing()
    pending = [("", IgnoreRules.around(Path(os.path.realpath(root))))]
    while pending:
        folder, rules = pending.pop()
        if folder.count("/") > _DEEPEST:
            listing.skipped.append(Skipped(folder.rstrip("/"), f"more than {_DEEPEST} folders deep"))
            continue
        entries = _entries(root, folder, listing)
        rules = rules.below(folder, {e.name for e in entries}, root)
        for entry in entries:
            path = folder + entry.name
            if _leave_unwritable(path, listing):
                continue
            if entry.is_dir(follow_symlinks=False):
                if not is_junk(entry.name) and not rules.ignores(path + "/"):
                    pending.append((path + "/", rules))
            elif entry.is_symlink():
                if not rules.ignores(path) and not rules.ignores(path + "/"):
                    _leave_link(path, root, listing)
            elif _is_read(entry.name) and not rules.ignores(path):
                _take(path, entry, listing)
    return listing


def relisted(root: Path, before: Listing, path: str) -> Listing:
    """Effect: `before` with one `path` looked at again, under the rules of the folders around it."""
    listing = Listing(dict(before.sources), dict(before.docs), [s for s in before.skipped if s.path != path])
    listing.sources.pop(path, None)
    listing.docs.pop(path, None)
    rules = _rules_at(root, path)
    if rules is None or _leave_unwritable(path, listing):
        return listing
    if (root / path).is_symlink():
        if not rules.ignores(path):
            _leave_link(path, root, listing)
    elif _is_read(path) and not rules.ignores(path):
        _take(path, root / path, listing)
    return listing


def is_left_out(root: Path, path: str) -> bool:
    """Effect: whether a walk would not read `path` (there or not) by what the project ignores, where it lies, or since a link leads to it."""
    return path in left_out(root, [path])


def left_out(root: Path, paths: Iterable[str]) -> frozenset[str]:
    """Effect: those of `paths` of which :func:`is_left_out` holds; the rules of each folder are read once."""
    known: dict[str, IgnoreRules | None] = {}
    return frozenset(
        path
        for path in paths
        if (rules := _rules_at(root, path, known)) is None
        or not rules.can_tell(path)
        or rules.ignores(path)
        or (root / path).is_symlink()
    )


def _rules_at(root: Path, path: str, known: dict[str, IgnoreRules | None] | None = None) -> IgnoreRules | None:
    """Effect: read the rules of the folders around `path`, those in `known` aside; None where one of them is never looked into."""
    known = {} if known is None else known
    if "" not in known:
        known[""] = IgnoreRules.around(Path(os.path.realpath(root))).below("", RULE_FILES, root)
    folder, rules = "", known[""]
    for part in path.split("/")[:-1]:
        if rules is None:
            break
        folder += part + "/"
        if folder not in known:
            known[folder] = _rules_in(root, folder, part, rules)
        rules = known[folder]
    return rules


def _rules_in(root: Path, folder: str, name: str, above: IgnoreRules) -> IgnoreRules | None:
    """Effect: read the rules of `folder`, whose last part is `name`; None where it is never looked into."""
    if (
        is_junk(name)
        or above.ignores(folder)
        or (root / folder).is_symlink()
        or (root / folder / "pyvenv.cfg").exists()
    ):
        return None
    return above.below(folder, RULE_FILES, root)


def _leave_link(path: str, root: Path, listing: Listing) -> None:
    """Effect: say where a link leads that would have been read, or looked into: it is not followed."""
    where = root / path
    try:
        is_folder = where.is_dir()
        target = os.path.realpath(where, strict=True)
    except OSError as error:  # in Python 3.13 and later is_dir swallows what realpath still says
        target, is_folder = "", error.errno == errno.ELOOP
    if not is_folder and not _is_read(path):
        return
    inside = os.path.realpath(root) + os.sep
    if not target:
        why = "symbolic link that leads nowhere"
    elif (target + os.sep).startswith(inside):
        why = "symbolic link to what is read in its own place"
    else:
        why = "symbolic link that leaves the project"
    listing.skipped.append(Skipped(path, why))


def _is_read(path: str) -> bool:
    return language_of(path) is not None or is_documentation(path)


def _entries(root: Path, folder: str, listing: Listing) -> list[os.DirEntry[str]]:
    """Effect: what `folder` holds, sorted; nothing for a virtual environment or an unreadable folder."""
    try:
        with os.scandir(f"{root}/{folder}") as found:
            entries = sorted(found, key=_NAME)
    except OSError as error:
        listing.skipped.append(Skipped(folder.rstrip("/") or ".", f"unreadable: {error.strerror}"))
        return []
    if folder and any(e.name == "pyvenv.cfg" for e in entries):
        return []
    return entries


def _take(path: str, entry: os.DirEntry[str] | Path, listing: Listing) -> None:
    """Effect: look at one file's kind and size (lstat) and list it or say why not."""
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:  # gone since it was listed
        return
    except OSError as error:
        listing.skipped.append(Skipped(path, f"unreadable: {error.strerror}"))
        return
    if why := _unfit(status) or ("lock file" if path.rpartition("/")[2] in LOCK_FILES else ""):
        listing.skipped.append(Skipped(path, why))
    else:
        found = FileStat(status.st_mtime_ns, status.st_size, status.st_ino)
        (listing.docs if language_of(path) is None else listing.sources)[path] = found


def _unfit(status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_size > SIZE_LIMIT:
        return f"larger than {SIZE_LIMIT // 1024 // 1024} MB"
    return ""


def _leave_unwritable(path: str, listing: Listing) -> bool:
    """Whether no line of output can hold `path`, or it would be read as a file and what it defines: then it is left out.

    What is odd in it is spelled as escapes.
    """
    if "::" in path:
        listing.skipped.append(Skipped(path, "name holds '::', which parts a file from what it defines"))
        return True
    if not _UNWRITABLE.search(path):
        return False
    spelled = _UNWRITABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), path)
    listing.skipped.append(Skipped(spelled, "name is not UTF-8 or holds a control character"))
    return True
