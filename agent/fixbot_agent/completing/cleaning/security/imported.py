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

_LOADED = re.compile(r"(?:\b__import__|\b(?:importlib\.)?import_module)\(([\"'])([\w.]+)\1\)")
_GOT = re.compile(r"\bgetattr\(([\w.]+),([\"'])(\w+)\2\)")


def spelt_out(written: str) -> str:
    """A dotted name of Python, without blanks, as it is usually written: ``__import__("os").x`` and ``getattr(os,"x")`` are ``os.x``."""
    return _GOT.sub(r"\1.\3", _LOADED.sub(r"\2", written)) if "(" in written else written


def is_imported(data: bytes, name: str) -> bool:
    """Whether a file of Python imports something under `name`."""
    return name.isidentifier() and re.search(rf"\bimport\b[^\n]*\b{name}\b".encode(), data) is not None


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
