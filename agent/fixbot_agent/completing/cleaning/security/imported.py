"""What names stand for by the imports of a file, read from its text."""

import re
from collections.abc import Iterator

_FROM = re.compile(rb"[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;]+)")
_IMPORT = re.compile(rb"[ \t]*import[ \t]+([^\n#;(\"'{*]+)")
_NAMES = re.compile(rb"([\w.]+)(?:[ \t]+as[ \t]+(\w+))?")
_BRACED = re.compile(
    rb"(?:import[ \t]*|(?:const|let|var)[ \t]+)(?:(\w+)[ \t]*,?[ \t]*)?(?:\{([^}]*)\})?(?:\*[ \t]*as[ \t]+(\w+))?[ \t]*(?:from[ \t]*|=[ \t]*require\()[\"'](?:node:)?([^\"']+)[\"']"
)
_BRACED_NAMES = re.compile(rb"(\w+)(?:[ \t]*(?::|[ \t]as[ \t])[ \t]*(\w+))?")


def python_imports(data: bytes) -> Iterator[tuple[str, str]]:
    """Names that a file of Python imports under another path than their own, and what they stand for, dotted."""
    at = data.find(b"import ")
    while at >= 0:
        line = data.rfind(b"\n", 0, at) + 1
        if found := _FROM.match(data, line):
            for name, alias in _NAMES.findall(found[2]):
                yield (alias or name).decode(), f"{found[1].decode()}.{name.decode()}"
        elif found := _IMPORT.match(data, line):
            for name, alias in _NAMES.findall(found[1]):
                if alias:
                    yield alias.decode(), name.decode()
        at = data.find(b"import ", at + 7)


def script_imports(data: bytes) -> Iterator[tuple[str, str]]:
    """Names that a file of JavaScript imports or requires, and what they stand for, dotted."""
    for default, names, star, module in _BRACED.findall(data):
        for whole in (default, star):
            if whole:
                yield whole.decode(), module.decode()
        for name, alias in _BRACED_NAMES.findall(names):
            yield (alias or name).decode(), f"{module.decode()}.{name.decode()}"
