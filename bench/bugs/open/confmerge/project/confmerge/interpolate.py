"""References within values.

``${db.host}`` stands for another value, ``${.host}`` for one of the same section, and
``${db.port:-5432}`` for a value or, where there is none, the text given. A text that is nothing but
one reference takes the type of its value. ``$${`` is a plain ``${``.
"""
import re

from .errors import ConfigError, CycleError, MissingKey

_REFERENCE = re.compile(r"(\$?)\$\{([^{}]*)\}")


def find(tree, path):
    """The value at a path of a tree."""
    node = tree
    for part in path:
        if not isinstance(node, dict) or part not in node:
            raise MissingKey(path)
        node = node[part]
    return node


def resolve(tree, path=()):
    """The value at a path, a copy in which all references are replaced."""
    return _Resolver(tree).value(find(tree, path), tuple(path))


class _Resolver:
    def __init__(self, tree):
        self._tree = tree
        self._active = []

    def value(self, value, path):
        """A value that stands at a path, with its references replaced."""
        if isinstance(value, dict):
            return {key: self.value(item, path + (key,)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item, path) for item in value]
        if isinstance(value, str) and "${" in value:
            return self._text(value, path)
        return value

    def _text(self, text, path):
        whole = _REFERENCE.fullmatch(text)
        if whole is not None and not whole.group(1):
            return self._target(whole.group(2), path)

        def fill(found):
            if found.group(1):
                return found.group(0)[1:]
            value = self._target(found.group(2), path)
            if isinstance(value, (dict, list)):
                raise ConfigError("%s: ${%s} is no single value" % (".".join(path), found.group(2)))
            return as_text(value)

        return _REFERENCE.sub(fill, text)

    def _target(self, reference, path):
        name, has_default, default = reference.partition(":-")
        name = name.strip()
        if name.startswith("."):
            target = path[:-1] + tuple(name[1:].split("."))
        else:
            target = tuple(name.split("."))
        if target in self._active:
            raise CycleError(self._active[self._active.index(target) :] + [target])
        try:
            found = find(self._tree, target)
        except MissingKey:
            if has_default:
                return default
            raise
        self._active.append(target)
        try:
            return self.value(found, target)
        finally:
            self._active.pop()


def as_text(value):
    """A single value as it would be written in a file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
