"""INI-like text.

``[db.pool]`` opens a section within a section, ``key = value`` sets a text, ``key[] = value`` puts
one more into a list, and an indented line continues the value before it. Comments start with
``#`` or ``;`` at the start of a line, or after white space that follows a value. Quotes keep white
space and comment characters. Keys may carry the marks of :mod:`confmerge.merge`; ``-key`` needs no
value.
"""
import re

from .errors import ConfigError

_SECTION = re.compile(r"\[\s*([^\[\]]+?)\s*\]")
_COMMENT = re.compile(r"\s[#;]")


def parse_ini(text, source="<text>"):
    """The nested mapping that an INI text stands for."""
    root = {}
    section = root
    last = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0] in " \t":
            if last is None:
                raise ConfigError("%s:%d: nothing to continue" % (source, number))
            _continue(section, last, _value(stripped))
            continue
        if stripped[0] == "[":
            section = _open_section(root, stripped, source, number)
            last = None
            continue
        last = _assign(section, stripped, source, number)
    return root


def _open_section(root, line, source, number):
    found = _SECTION.fullmatch(_without_comment(line))
    if found is None:
        raise ConfigError("%s:%d: bad section: %s" % (source, number, line))
    node = root
    for part in found.group(1).split("."):
        node = node.setdefault(part.strip(), {})
        if not isinstance(node, dict):
            raise ConfigError("%s:%d: %s is a value already" % (source, number, part))
    return node


def _assign(section, line, source, number):
    """Set one key; what comes back is where a continuation belongs."""
    key, equals, text = line.partition("=")
    key = key.strip()
    if not equals and line.startswith("-"):
        section[_without_comment(line)] = None
        return None
    if not equals or not key:
        raise ConfigError("%s:%d: expected key = value: %s" % (source, number, line))
    value = _value(text.strip())
    if key.endswith("[]"):
        key = key[:-2].rstrip()
        items = section.setdefault(key, [])
        if not isinstance(items, list):
            raise ConfigError("%s:%d: %s is no list" % (source, number, key))
        items.append(value)
    else:
        section[key] = value
    return key


def _continue(section, key, text):
    before = section[key]
    if isinstance(before, list):
        before[-1] = (before[-1] + "\n" + text).lstrip("\n")
    else:
        section[key] = (before + "\n" + text).lstrip("\n")


def _value(text):
    if text and text[0] in "\"'":
        end = text.find(text[0], 1)
        rest = text[end + 1 :].strip() if end > 0 else "?"
        if not rest or rest[0] in "#;":
            return text[1:end]
    return _without_comment(text)


def _without_comment(text):
    found = _COMMENT.search(text)
    return text if found is None else text[: found.start()].rstrip()
