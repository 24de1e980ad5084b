"""Snapshots: a tree of files held in memory."""

import hashlib
import unicodedata

FILE = "file"
DIR = "dir"


class SnapshotError(Exception):
    """A change that the tree does not allow."""


def normalise(path):
    """One spelling for each path: slashes between names, composed characters."""
    parts = [part for part in unicodedata.normalize("NFC", path).split("/") if part not in ("", ".")]
    if not parts or ".." in parts or path.startswith("/"):
        raise SnapshotError("not a path inside of the tree: {!r}".format(path))
    return "/".join(parts)


def parent(path):
    """The folder of a path; empty for the top."""
    return path.rpartition("/")[0]


def sort_key(path):
    """Folders come before what is in them."""
    return path.split("/")


class Entry:
    """A file or a folder. Entries are not changed once they are in a tree."""

    __slots__ = ("kind", "content", "mode", "mtime")

    def __init__(self, kind, content=b"", mode=None, mtime=0):
        self.kind = kind
        self.content = content
        self.mode = mode if mode is not None else (0o644 if kind == FILE else 0o755)
        self.mtime = mtime

    @property
    def digest(self):
        return hashlib.sha256(self.content).hexdigest()

    def same_content(self, other):
        return self.kind == other.kind and self.content == other.content

    def __eq__(self, other):
        """Times do not count: a file that was only touched is the same file."""
        if not isinstance(other, Entry):
            return NotImplemented
        return self.same_content(other) and self.mode == other.mode

    __hash__ = None

    def __repr__(self):
        return "Entry({}, {!r}, {:o})".format(self.kind, self.content[:20], self.mode)


class Snapshot:
    """A tree. Folders above a file are made as needed."""

    def __init__(self, entries=()):
        self._entries = {}
        items = entries.items() if hasattr(entries, "items") else entries
        for path, value in items:
            if isinstance(value, Entry):
                self.put(path, value)
            elif value is None:
                self.put(path, Entry(DIR))
            else:
                self.put(path, Entry(FILE, value.encode("utf-8") if isinstance(value, str) else value))

    def put(self, path, entry):
        """Add or replace. A file does not take the place of a folder, nor the other way round."""
        path = normalise(path)
        old = self._entries.get(path)
        if old is not None and old.kind != entry.kind:
            raise SnapshotError("{!r} is a {} already".format(path, old.kind))
        above = parent(path)
        if above:
            self._make_parents(above)
        self._entries[path] = entry

    def _make_parents(self, path):
        names = path.split("/")
        for count in range(1, len(names) + 1):
            folder = "/".join(names[:count])
            found = self._entries.setdefault(folder, Entry(DIR))
            if found.kind != DIR:
                raise SnapshotError("{!r} is not a folder".format(folder))

    def remove(self, path):
        """Remove a file or an empty folder, and give it back."""
        path = normalise(path)
        if path not in self._entries:
            raise SnapshotError("no such path: {!r}".format(path))
        if self.children(path):
            raise SnapshotError("{!r} is not empty".format(path))
        return self._entries.pop(path)

    def move(self, source, target):
        """Rename a file. What is at the target is never overwritten."""
        source, target = normalise(source), normalise(target)
        entry = self._entries.get(source)
        if entry is None or entry.kind != FILE:
            raise SnapshotError("no such file: {!r}".format(source))
        if target in self._entries:
            raise SnapshotError("{!r} exists already".format(target))
        self.put(target, entry)
        del self._entries[source]

    def get(self, path, default=None):
        return self._entries.get(normalise(path), default)

    def __contains__(self, path):
        return normalise(path) in self._entries

    def __getitem__(self, path):
        entry = self.get(path)
        if entry is None:
            raise KeyError(path)
        return entry

    def children(self, path):
        """Names of what is directly in a folder."""
        start = normalise(path) + "/"
        return sorted(
            name[len(start):] for name in self._entries
            if name.startswith(start) and "/" not in name[len(start):]
        )

    def __iter__(self):
        return iter(sorted(self._entries, key=sort_key))

    def items(self):
        return [(path, self._entries[path]) for path in self]

    def files(self):
        return [path for path in self if self._entries[path].kind == FILE]

    def copy(self):
        other = Snapshot()
        other._entries = dict(self._entries)
        return other

    def __len__(self):
        return len(self._entries)

    def __eq__(self, other):
        if not isinstance(other, Snapshot):
            return NotImplemented
        return self._entries == other._entries

    __hash__ = None
