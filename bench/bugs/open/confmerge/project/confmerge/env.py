"""A layer out of environment variables: ``APP_DB__HOST`` is ``db.host`` for the prefix ``APP``."""
import json


def read_env(environ, prefix):
    """The nested mapping of the variables that start with the prefix and an underscore.

    Two underscores lead one level down, names become lower case. A value that is a JSON list, object
    or quoted text is read as such, any other stays a text. A variable for something within a
    section counts more than one for the section as a whole.
    """
    start = prefix + "_"
    found = []
    for name, text in environ.items():
        if not name.startswith(start):
            continue
        parts = tuple(name[len(start) :].lower().split("__"))
        if all(parts):
            found.append((parts, _value(text)))
    result = {}
    for parts, value in sorted(found, key=lambda item: item[0]):
        node = result
        for part in parts[:-1]:
            child = node.get(part)
            if not isinstance(child, dict):
                child = node[part] = {}
            node = child
        node[parts[-1]] = value
    return result


def _value(text):
    if text.strip()[:1] in ("[", "{", '"'):
        try:
            return json.loads(text)
        except ValueError:
            pass
    return text
