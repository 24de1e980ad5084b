"""Reading unified diffs from outside: everything about them is checked before a byte of them is used."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fixbot_repair.candidates import paths
from fixbot_repair.errors import PatchError

MAX_BYTES = 8 << 20
MAX_HUNKS = 5000
_HUNK = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_MODES = re.compile(rb"(?:new file mode|deleted file mode|old mode|new mode|index [0-9a-f]+\.\.[0-9a-f]+) (\d{6})")
_REGULAR = b"100644"
_HEADERS = (b"index ", b"new file mode ", b"deleted file mode ", b"old mode ", b"new mode ", b"similarity index ")
_REFUSED = (b"GIT binary patch", b"Binary files ", b"rename from ", b"rename to ", b"copy from ", b"copy to ")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines `old` (from line `start`, counted from 1) that become `new`; each line with its line end."""

    start: int
    old: tuple[bytes, ...]
    new: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What a diff does to one file."""

    path: str
    hunks: tuple[Hunk, ...]
    created: bool = False
    deleted: bool = False


def parse(text: str) -> tuple[FileDiff, ...]:
    """Read a unified diff (git's or plain; prose around it is passed over).

    Raises PatchError when it is malformed, too large, binary, names a path that no patch may name, renames, or sets a mode
    other than that of a regular file (links, submodules, executables). Protected paths are left to :func:`paths.check_all`.
    """
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > MAX_BYTES:
        raise PatchError(f"the diff has {len(data)} bytes, {MAX_BYTES} are allowed", "split it")
    files = tuple(_Reader(data.split(b"\n")).files())
    if not files:
        raise PatchError("no diff found in the text", "a unified diff has ---, +++ and @@ lines")
    if len({f.path for f in files}) < len(files):
        raise PatchError("the diff names a file twice", "join its parts")
    return files


def apply(diffs: tuple[FileDiff, ...], files: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Apply all of `diffs` or nothing to `files` (path -> bytes): new contents, None for a deleted file.

    A hunk that is not where its header says is looked for; it must fit in one place only.
    Raises PatchError when a file is missing, exists already, or a hunk fits nowhere or twice.
    """
    return {diff.path: _apply_file(diff, files.get(diff.path)) for diff in diffs}


def _apply_file(diff: FileDiff, data: bytes | None) -> bytes | None:
    if diff.created and data is not None:
        raise PatchError(f"{diff.path} exists already", "the diff was made for another state of the files")
    if data is None and not diff.created:
        raise PatchError(f"{diff.path} does not exist", "the diff was made for another state of the files")
    lines = (data or b"").split(b"\n")
    lines = [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    result: list[bytes] = []
    at = shift = 0
    for hunk in diff.hunks:
        place = _place(diff.path, hunk, lines, at, shift)
        shift = place - _stated(hunk)
        result += [*lines[at:place], *hunk.new]
        at = place + len(hunk.old)
    left = b"".join([*result, *lines[at:]])
    if diff.deleted:
        if left:
            raise PatchError(f"the diff deletes {diff.path} but leaves lines of it", "the diff is incomplete")
        return None
    return left


def _stated(hunk: Hunk) -> int:
    return hunk.start - 1 if hunk.old else hunk.start


def _place(path: str, hunk: Hunk, lines: list[bytes], at: int, shift: int) -> int:
    wanted = list(hunk.old)
    stated = _stated(hunk) + shift
    if at <= stated <= len(lines) and lines[stated : stated + len(wanted)] == wanted:
        return stated
    found = (
        [i for i in range(at, len(lines) - len(wanted) + 1) if lines[i : i + len(wanted)] == wanted] if wanted else []
    )
    if len(found) == 1:
        return found[0]
    why = "fits in several places" if found else "does not fit"
    raise PatchError(
        f"the hunk at line {hunk.start} of {path} {why}", "the diff was made for another state of the files"
    )


@dataclass(slots=True)
class _Reader:
    lines: list[bytes]
    at: int = 0
    hunks: int = 0
    _git: tuple[bytes, ...] = field(default=())

    def files(self) -> Iterator[FileDiff]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(b"diff --git "):
                yield self._git_file()
            elif line.startswith(b"--- ") and self._next(1).startswith(b"+++ "):
                yield self._named_file(created=False, deleted=False)
            else:
                self.at += 1

    def _next(self, ahead: int) -> bytes:
        return self.lines[self.at + ahead] if self.at + ahead < len(self.lines) else b""

    def _git_file(self) -> FileDiff:
        names = self.lines[self.at][len(b"diff --git ") :]
        self.at += 1
        created = deleted = False
        while self._next(0).startswith(_HEADERS + _REFUSED):
            line = self._next(0)
            if line.startswith(_REFUSED):
                raise PatchError(f"not a plain text change: {line.decode('utf-8', 'replace')[:80]}", _PLAIN)
            if (mode := _MODES.match(line)) and mode[1] != _REGULAR:
                raise PatchError(f"mode {mode[1].decode()}: only regular files may be changed", _PLAIN)
            if line.startswith((b"old mode", b"new mode ")):
                raise PatchError("the diff changes a file's mode", _PLAIN)
            created |= line.startswith(b"new file")
            deleted |= line.startswith(b"deleted file")
            self.at += 1
        if self._next(0).startswith(b"--- "):
            return self._named_file(created, deleted)
        return FileDiff(_both(names), (), created, deleted)

    def _named_file(self, created: bool, deleted: bool) -> FileDiff:
        old, new = _name(self._next(0)[4:]), _name(self._next(1)[4:])
        if not self._next(1).startswith(b"+++ ") or (old is None and new is None):
            raise PatchError("a --- line without its +++ line", "the diff is cut or damaged")
        self.at += 2
        path = new if new is not None else old
        if old is not None and new is not None and old != new:
            raise PatchError(f"the diff renames {old} to {new}", _PLAIN)
        hunks = tuple(self._hunks())
        return FileDiff(paths.check(path or ""), hunks, created or old is None, deleted or new is None)

    def _hunks(self) -> Iterator[Hunk]:
        while header := _HUNK.match(self._next(0)):
            self.hunks += 1
            if self.hunks > MAX_HUNKS:
                raise PatchError(f"more than {MAX_HUNKS} hunks", "split the diff")
            self.at += 1
            yield self._hunk(int(header[1]), int(header[2] or 1), int(header[4] or 1))

    def _hunk(self, start: int, olds: int, news: int) -> Hunk:
        old: list[bytes] = []
        new: list[bytes] = []
        while len(old) < olds or len(new) < news or self._next(0).startswith(b"\\"):
            if self.at >= len(self.lines):
                raise PatchError("a hunk is shorter than its header says", "the diff is cut or damaged")
            line = self.lines[self.at]
            self.at += 1
            self._take(line, old, new)
        if len(old) != olds or len(new) != news:
            raise PatchError("a hunk is not as long as its header says", "the diff is cut or damaged")
        return Hunk(start, tuple(old), tuple(new))

    def _take(self, line: bytes, old: list[bytes], new: list[bytes]) -> None:
        sign, body = line[:1], line[1:] + b"\n"
        if sign == b"\\":
            before = self.lines[self.at - 2][:1]
            for side, signs in ((old, b"- "), (new, b"+ ")):
                if side and before in (bytes((s,)) for s in signs):
                    side[-1] = side[-1].removesuffix(b"\n")
        elif sign in (b" ", b"", b"\r"):
            # Editors and mail strip the blank of an empty context line.
            old.append(body if sign == b" " else line + b"\n")
            new.append(old[-1])
        elif sign == b"-":
            old.append(body)
        elif sign == b"+":
            new.append(body)
        else:
            raise PatchError(f"not a line of a diff: {line.decode('utf-8', 'replace')[:80]!r}", "the diff is damaged")


_PLAIN = "only plain changes of regular text files are accepted"
_ESCAPES = {
    b"n": b"\n",
    b"t": b"\t",
    b"r": b"\r",
    b'"': b'"',
    b"\\": b"\\",
    b"a": b"\a",
    b"b": b"\b",
    b"f": b"\f",
    b"v": b"\v",
}


def _name(raw: bytes) -> str | None:
    raw = raw.rstrip(b"\r")
    raw = _unquoted(raw) if raw.startswith(b'"') else raw.split(b"\t")[0]
    if raw == b"/dev/null":
        return None
    return raw.removeprefix(b"a/").removeprefix(b"b/").decode("utf-8", "surrogateescape")


def _unquoted(raw: bytes) -> bytes:
    if not (match := re.match(rb'"((?:[^"\\]|\\.)*)"', raw)):
        raise PatchError("a quoted name without its end", "the diff is damaged")

    def value(escape: re.Match[bytes]) -> bytes:
        code = escape[1]
        return _ESCAPES[code] if code in _ESCAPES else bytes((int(code, 8) & 0xFF,)) if code.isdigit() else code

    return re.sub(rb"\\([0-7]{3}|.)", value, match[1])


def _both(names: bytes) -> str:
    """The one path of ``a/PATH b/PATH``, where a file is created or deleted empty and no --- line names it."""
    half = names.rstrip(b"\r")
    middle = len(half) // 2
    old, new = _name(half[:middle]), _name(half[middle + 1 :])
    if old is None or old != new:
        raise PatchError("a diff header names two files", _PLAIN)
    return paths.check(old)
