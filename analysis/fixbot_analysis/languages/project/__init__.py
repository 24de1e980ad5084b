"""Project files: what go.mod, tsconfig.json, package.json and Cargo.toml say of how imports are looked up. They hold no code."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

from fixbot_analysis.languages.language import Fact, Language

_MODULE = re.compile(r"^\s*module\s+(\S+)", re.MULTILINE)
_COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_DEEPEST = 8  # conditions within conditions
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def read(data: bytes) -> tuple[Fact, ...]:
    """(name, scope, value) of what a project file says; nothing where it is none that we know, or broken.

    ``module``: the path that a Go module goes by. ``paths``: a pattern of imports (scope) and where it leads. ``baseUrl``:
    where imports that are no paths begin. ``crate``: the name of a Rust crate. ``package``: that of one of JavaScript; ``exports``: what is asked of
    it (scope: ``.``, ``./sub``) and a file that answers; ``main``: a file that is the whole.
    """
    text = data.decode("utf-8", "replace")
    try:
        if text.lstrip().startswith(("{", "//", "/*")):
            return tuple(_script(json.loads(_TRAILING_COMMA.sub(r"\1", _COMMENT.sub(lambda m: m[1] or "", text)))))
        if found := _MODULE.search(text):
            return (("module", "", found[1].strip('"')),)
        return tuple(_crate(tomllib.loads(text)))
    except (ValueError, RecursionError):
        return ()


def _script(document: object) -> Iterator[Fact]:
    if isinstance(document, Mapping) and "compilerOptions" not in document:
        yield from _package(document)
        return
    options = document.get("compilerOptions") if isinstance(document, Mapping) else None
    if not isinstance(options, Mapping):
        return
    base = options.get("baseUrl")
    if isinstance(base, str):
        yield "baseUrl", "", base
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, Mapping) else ():
        for target in targets if isinstance(targets, list) else ():
            if isinstance(target, str):
                yield "paths", str(pattern), f"{base}/{target}" if isinstance(base, str) else target


def _package(document: "Mapping[str, object]") -> Iterator[Fact]:
    """What a package.json says of how the package is imported."""
    if isinstance(name := document.get("name"), str):
        yield "package", "", name
    exports = document.get("exports")
    entries = (
        exports if isinstance(exports, Mapping) and all(str(k).startswith(".") for k in exports) else {".": exports}
    )
    for pattern, target in entries.items():
        yield from (("exports", str(pattern), leaf) for leaf in _leaves(target, 0))
    for field in ("source", "module", "main"):
        if isinstance(main := document.get(field), str):
            yield "main", "", main


def _leaves(target: object, depth: int) -> Iterator[str]:
    """The paths of an entry of exports, under whatever conditions; types are none that could be run."""
    if isinstance(target, str):
        yield target
    elif isinstance(target, Mapping) and depth < _DEEPEST:
        for condition, inner in target.items():
            if condition != "types":
                yield from _leaves(inner, depth + 1)


def _crate(document: Mapping[str, object]) -> Iterator[Fact]:
    for table in ("lib", "package"):
        said = document.get(table)
        name = said.get("name") if isinstance(said, Mapping) else None
        if isinstance(name, str):
            yield "crate", "", name.replace("-", "_")


PROJECT = Language(
    name="project",
    suffixes=(),
    filenames=("go.mod", "tsconfig.json", "jsconfig.json", "package.json", "Cargo.toml"),
    reader=read,
    version=2,
)
