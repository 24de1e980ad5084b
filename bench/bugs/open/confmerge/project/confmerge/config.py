"""A configuration of layers, each of which goes before those that were added earlier."""
import copy
import json
import os

from . import values
from .env import read_env
from .errors import ConfigError, MissingKey
from .ini import parse_ini
from .interpolate import as_text, find, resolve
from .merge import APPEND, DELETE, PREPEND, SET, merge, plain, split_mark

_REQUIRED = object()


def _path(key):
    return tuple(key.split("."))


class Config:
    """Values by dotted keys, with their references replaced when they are asked for."""

    def __init__(self):
        self._tree = {}
        self._origins = {}

    # -- layers

    def add(self, layer, source="<code>"):
        """Merge a mapping over what is there."""
        merged = merge(self._tree, layer)
        self._record((), layer, source)
        self._tree = merged
        return self

    def load(self, path, optional=False):
        """Add a file, by its ending as JSON or as INI; one that is optional may be missing."""
        if optional and not os.path.exists(path):
            return self
        with open(path, encoding="utf-8-sig") as stream:
            text = stream.read()
        name = os.path.basename(path)
        if name.endswith(".json"):
            try:
                layer = json.loads(text)
            except ValueError as error:
                raise ConfigError("%s: %s" % (name, error)) from None
            if not isinstance(layer, dict):
                raise ConfigError("%s: not an object" % name)
        else:
            layer = parse_ini(text, name)
        return self.add(layer, name)

    def load_env(self, prefix, environ=None):
        """Add the environment variables that start with a prefix."""
        return self.add(read_env(os.environ if environ is None else environ, prefix), "environment")

    def copy(self):
        """A configuration of its own that starts out with the same values."""
        other = type(self)()
        other._tree = copy.deepcopy(self._tree)
        other._origins = dict(self._origins)
        return other

    # -- single values

    def set(self, key, value, source="<code>"):
        """Set one value in place; sections on the way to it are made."""
        path = _path(key)
        node = self._tree
        for depth, part in enumerate(path[:-1], 1):
            if not isinstance(node.get(part), dict):
                self._forget(path[:depth])
                node[part] = {}
            node = node[part]
        node[path[-1]] = plain(value)
        self._forget(path)
        if isinstance(value, dict):
            self._record(path, value, source)
        else:
            self._origins[path] = [source]

    def remove(self, key):
        """Remove a value or a section; one that is not there is no error."""
        path = _path(key)
        try:
            node = find(self._tree, path[:-1])
        except MissingKey:
            return
        if isinstance(node, dict):
            node.pop(path[-1], None)
            self._forget(path)

    def get(self, key, default=_REQUIRED):
        """The value of a key; without a default a missing one raises MissingKey."""
        path = _path(key)
        try:
            find(self._tree, path)
        except MissingKey:
            if default is _REQUIRED:
                raise
            return default
        return resolve(self._tree, path)

    def __contains__(self, key):
        try:
            find(self._tree, _path(key))
        except MissingKey:
            return False
        return True

    def as_dict(self):
        return resolve(self._tree)

    # -- typed values

    def _typed(self, convert, key, default):
        if default is not _REQUIRED and key not in self:
            return default
        try:
            return convert(self.get(key))
        except ConfigError as error:
            raise ConfigError("%s: %s" % (key, error)) from None

    def get_bool(self, key, default=_REQUIRED):
        return self._typed(values.to_bool, key, default)

    def get_int(self, key, default=_REQUIRED):
        return self._typed(values.to_int, key, default)

    def get_float(self, key, default=_REQUIRED):
        return self._typed(values.to_float, key, default)

    def get_list(self, key, default=_REQUIRED):
        return self._typed(values.to_list, key, default)

    def get_duration(self, key, default=_REQUIRED):
        """Milliseconds; a default is given in milliseconds, too."""
        return self._typed(values.to_duration, key, default)

    def get_size(self, key, default=_REQUIRED):
        """Bytes; a default is given in bytes, too."""
        return self._typed(values.to_size, key, default)

    # -- where values come from

    def where(self, key):
        """The sources of a value, several for a list that was added to; none for what is not set."""
        return list(self._origins.get(_path(key), []))

    def explain(self):
        """One line for each value, by key, with its sources."""
        lines = []
        for path in sorted(self._origins):
            value = find(self._tree, path)
            shown = json.dumps(value) if isinstance(value, (list, dict)) else as_text(value)
            lines.append("%s = %s  (%s)" % (".".join(path), shown, ", ".join(self._origins[path])))
        return lines

    def _record(self, path, layer, source):
        for key, value in layer.items():
            name, action = split_mark(key)
            here = path + (name,)
            if action == DELETE:
                self._forget(here)
            elif action in (APPEND, PREPEND):
                self._origins[here] = self._origins.get(here, []) + [source]
            elif isinstance(value, dict):
                if action != SET or here in self._origins:
                    self._forget(here)
                self._record(here, value, source)
            else:
                self._forget(here)
                self._origins[here] = [source]

    def _forget(self, path):
        for known in [p for p in self._origins if p[: len(path)] == path]:
            del self._origins[known]
