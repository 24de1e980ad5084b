"""Manifests: what is in a tree, as text.

    treesync-manifest 1
    d 755 docs
    f 644 1700000000 5 2cf24dba... docs/hello.txt
    end 2
"""

from collections import namedtuple

from .snapshot import DIR, FILE

HEADER = "treesync-manifest 1"
_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"))

# mtime, size and digest are None for folders
Record = namedtuple("Record", "kind mode mtime size digest")


class ManifestError(ValueError):
    """A text that is not a whole manifest."""


def _escape(path):
    for char, escaped in _ESCAPES:
        path = path.replace(char, escaped)
    return path


def _unescape(text):
    result = []
    chars = iter(text)
    for char in chars:
        if char == "\\":
            follows = next(chars, "")
            if follows not in ("\\", "n", "r"):
                raise ManifestError("unknown escape in {!r}".format(text))
            char = {"n": "\n", "r": "\r"}.get(follows, follows)
        result.append(char)
    return "".join(result)


def dumps(tree):
    """Write the manifest of a tree, sorted by path."""
    lines = [HEADER]
    for path, entry in tree.items():
        if entry.kind == DIR:
            lines.append("d {:o} {}".format(entry.mode, _escape(path)))
        else:
            lines.append("f {:o} {} {} {} {}".format(
                entry.mode, entry.mtime, len(entry.content), entry.digest, _escape(path)
            ))
    lines.append("end {}".format(len(tree)))
    return "\n".join(lines) + "\n"


def loads(text):
    """Read a manifest: records by path. Lines may end in LF or CRLF."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[-1]:
        lines.pop()
    if not lines or lines[0] != HEADER:
        raise ManifestError("not a manifest")
    records = {}
    for number, line in enumerate(lines[1:-1], 2):
        kind, _, rest = line.partition(" ")
        try:
            if kind == "d":
                mode, path = rest.split(" ", 1)
                record = Record(DIR, int(mode, 8), None, None, None)
            elif kind == "f":
                mode, mtime, size, digest, path = rest.split(" ", 4)
                record = Record(FILE, int(mode, 8), int(mtime), int(size), digest)
            else:
                raise ValueError(kind)
        except ValueError:
            raise ManifestError("line {} cannot be read: {!r}".format(number, line)) from None
        records[_unescape(path)] = record
    if lines[-1] != "end {}".format(len(records)):
        raise ManifestError("the manifest is cut off")
    return records


def verify(tree, records):
    """Where a tree differs from a manifest: (path, problem), sorted by path."""
    problems = [(path, "missing") for path in records if path not in tree]
    for path, entry in tree.items():
        record = records.get(path)
        if record is None:
            problems.append((path, "unexpected"))
        elif record.kind != entry.kind:
            problems.append((path, "kind"))
        elif record.kind == FILE and record.digest != entry.digest:
            problems.append((path, "content"))
        elif record.mode != entry.mode:
            problems.append((path, "mode"))
    return sorted(problems)
