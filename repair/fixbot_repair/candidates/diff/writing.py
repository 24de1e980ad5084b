r"""Writing a unified diff in git's dialect.

Source: https://git-scm.com/docs/diff-format (headers, /dev/null, quoted names, "\\ No newline at end of file").
"""

from collections.abc import Iterator, Mapping

from fixbot_repair.candidates.edit import changed_runs
from fixbot_repair.errors import PatchError

_CONTEXT = 3
_Run = tuple[int, int, int, int]  # changed lines: old[i1:i2] became new[j1:j2]
NO_NEWLINE = b"\\ No newline at end of file\n"


def unified(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """The diff from `before` to `after` (path -> the file's own bytes; an absent path is an absent file).

    Bytes that are not UTF-8 become surrogates (``diff.encode("utf-8", "surrogateescape")`` gives them back).
    Raises PatchError for a binary file.
    """
    parts = [_file(path, before.get(path), after.get(path)) for path in sorted({*before, *after})]
    return b"".join(parts).decode("utf-8", "surrogateescape")


def _file(path: str, old: bytes | None, new: bytes | None) -> bytes:
    if old == new:
        return b""
    if b"\0" in (old or b"") + (new or b""):
        raise PatchError(f"{path} is binary", "patches change text files only")
    hunks = b"".join(_hunks(_lines(old or b""), _lines(new or b"")))
    mode = b"new file mode 100644\n" if old is None else b"deleted file mode 100644\n" if new is None else b""
    names = b""
    if hunks:
        names = b"--- %s\n+++ %s\n" % (_name(old, "a/", path), _name(new, "b/", path))
    return b"diff --git %s %s\n" % (quoted("a/" + path), quoted("b/" + path)) + mode + names + hunks


def _name(data: bytes | None, prefix: str, path: str) -> bytes:
    return b"/dev/null" if data is None else quoted(prefix + path) + (b"\t" if " " in path else b"")


def quoted(name: str) -> bytes:
    """`name` as git writes it: in C quotes when it holds anything but printable ASCII without quote and backslash."""
    raw = name.encode("utf-8", "surrogateescape")
    if all(0x20 <= c < 0x7F and c not in b'"\\' for c in raw):
        return raw
    return b'"' + b"".join(_escaped(c) for c in raw) + b'"'


def _escaped(byte: int) -> bytes:
    if byte in b'"\\':
        return b"\\%c" % byte
    return b"%c" % byte if 0x20 <= byte < 0x7F else b"\\%03o" % byte


def _lines(data: bytes) -> list[bytes]:
    # Lines end at LF only: a CR belongs to its line, as git has it.
    lines = data.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    for group in _grouped([run[1:] for run in changed_runs(old, new)]):
        (first, _, first_new, _), (_, last, _, last_new) = group[0], group[-1]
        head = min(_CONTEXT, first)
        tail = min(_CONTEXT, len(old) - last)
        yield _header(first - head, last + tail, first_new - head, last_new + tail)
        yield from _body(old, new, group, first - head, last + tail)


def _grouped(runs: list[_Run]) -> Iterator[list[_Run]]:
    group: list[_Run] = []
    for run in runs:
        if group and run[0] - group[-1][1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(run)
    if group:
        yield group


def _header(i1: int, i2: int, j1: int, j2: int) -> bytes:
    return b"@@ -%s +%s @@\n" % (_range(i1, i2), _range(j1, j2))


def _range(start: int, end: int) -> bytes:
    # An empty range names the line before it; a range of one line leaves its length out.
    if end - start == 1:
        return b"%d" % (start + 1)
    return b"%d,%d" % (start if end == start else start + 1, end - start)


def _body(old: list[bytes], new: list[bytes], group: list[_Run], start: int, end: int) -> Iterator[bytes]:
    at = start
    for i1, i2, j1, j2 in group:
        yield from (_line(b" ", line) for line in old[at:i1])
        yield from (_line(b"-", line) for line in old[i1:i2])
        yield from (_line(b"+", line) for line in new[j1:j2])
        at = i2
    yield from (_line(b" ", line) for line in old[at:end])


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + NO_NEWLINE
