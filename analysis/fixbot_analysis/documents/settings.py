"""Settings of linters, formatters and editors, as the tables that concern one file; read as text, nothing is obeyed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import PurePosixPath

from fixbot_analysis.documents.guides import Part

_HEAD = re.compile(r"[ \t]*\[\[?([^\[\]\n]+)\]\]?[ \t]*(?:[#;].*)?$")
_PYTHON = re.compile(
    r"(?:tool[.:])?(?:ruff|black|isort|mypy|flake8|pycodestyle|pydocstyle|pylint|pyright|yapf|autopep8|bandit|"
    r"pytest|coverage|docformatter|interrogate|codespell|ty|pyrefly|basedpyright)\b", re.IGNORECASE
)  # fmt: skip
_PYLINT = re.compile(r"(?:tool\.pylint|pylint|format|basic|design|messages control|main|master)", re.IGNORECASE)
_EVERY = re.compile("")
_WEB = frozenset({"javascript", "typescript", "tsx"})
_C = frozenset({"c", "cpp"})
_ANY: frozenset[str] = frozenset()

# Name -> (which tables matter, of which languages it speaks; none: of all).
SETTINGS: Mapping[str, tuple[re.Pattern[str], frozenset[str]]] = {
    ".editorconfig": (_EVERY, _ANY),
    ".pre-commit-config.yaml": (_EVERY, _ANY),
    "pyproject.toml": (_PYTHON, frozenset({"python"})),
    "ruff.toml": (_EVERY, frozenset({"python"})),
    ".ruff.toml": (_EVERY, frozenset({"python"})),
    "setup.cfg": (_PYTHON, frozenset({"python"})),
    "tox.ini": (_PYTHON, frozenset({"python"})),
    ".flake8": (_EVERY, frozenset({"python"})),
    "mypy.ini": (_EVERY, frozenset({"python"})),
    ".pylintrc": (_PYLINT, frozenset({"python"})),
    "pytest.ini": (_EVERY, frozenset({"python"})),
    "pyrightconfig.json": (_EVERY, frozenset({"python"})),
    ".prettierrc": (_EVERY, _WEB), ".prettierrc.json": (_EVERY, _WEB), ".eslintrc.json": (_EVERY, _WEB),
    ".eslintrc": (_EVERY, _WEB), "biome.json": (_EVERY, _WEB), "tsconfig.json": (_EVERY, _WEB),
    "eslint.config.js": (_EVERY, _WEB), "eslint.config.mjs": (_EVERY, _WEB),
    ".golangci.yml": (_EVERY, frozenset({"go"})), ".golangci.yaml": (_EVERY, frozenset({"go"})),
    "rustfmt.toml": (_EVERY, frozenset({"rust"})), "clippy.toml": (_EVERY, frozenset({"rust"})),
    ".clang-format": (_EVERY, _C | {"java"}), ".clang-tidy": (_EVERY, _C), "checkstyle.xml": (_EVERY, frozenset({"java"})),
}  # fmt: skip
_HEADLESS = frozenset({"ruff.toml", ".ruff.toml", "rustfmt.toml", "clippy.toml"})
_TABLED = (".toml", ".cfg", ".ini", ".flake8", ".pylintrc", ".editorconfig")
_HOOK = re.compile(
    r"^\s*-?\s*(?:repo|id|args|files|exclude|language_version|additional_dependencies|types\w*):.*$", re.MULTILINE
)
_BRACES = re.compile(r"\{([^{}]*)\}")
_PER_FILE = "per-file-ignores"
_KEY = re.compile(r"[ \t]*[\"']?([^\"'=:\s]+)[\"']?[ \t]*[=:]")
_MANY = 64  # ways in which the braces of one pattern are filled


def tables(name: str, text: str, path: str, language: str) -> Iterator[Part]:
    """The parts of the settings file `name` that concern `path` (relative to that file's folder; "" is any) of `language`."""
    pattern, languages = SETTINGS[name]
    if languages and language and language not in languages:
        return
    if name == ".pre-commit-config.yaml":
        yield from _whole(name, "\n".join(match[0] for match in _HOOK.finditer(text)), text)
    elif not name.endswith(_TABLED):
        yield from _whole(name, text, text)
    else:
        wanted = _concerns(path) if name == ".editorconfig" else pattern.match
        yield from _tables(name, text, path, wanted)


def _names(rows: Sequence[str], path: str) -> bool:
    """Whether a row of exceptions by file (``"tests/*" = […]``) is for `path`."""
    keys = (found[1] for row in rows if (found := _KEY.match(row)))
    return any(_fits(path, key) or _fits(path, f"{key.rstrip('/')}/*") for key in keys)


def _whole(name: str, shown: str, text: str) -> Iterator[Part]:
    if shown.strip():
        yield Part(1, text.rstrip("\n").count("\n") + 1, name, shown.strip("\n"))


def _tables(name: str, text: str, path: str, wanted: Callable[[str], object]) -> Iterator[Part]:
    """Tables with a head in brackets; what stands before the first one counts where a file may do without heads."""
    lines = text.rstrip("\n").split("\n")
    heads = [at for at, line in enumerate(lines) if _HEAD.match(line)]
    first = heads[0] if heads else len(lines)
    if name in _HEADLESS and first:
        yield from _table(name, lines, 0, _before_comments(lines, first))
    for at, following in pairwise([*heads, len(lines)]):
        found = _HEAD.match(lines[at])
        if found and wanted(head := found[1].strip()):
            if head.endswith(_PER_FILE) and path and not _names(lines[at + 1 : following], path):
                continue
            end = _before_comments(lines, following) if following < len(lines) else following
            yield from _table(f"{name} [{head}]", lines, at, end)


def _table(title: str, lines: Sequence[str], begin: int, end: int) -> Iterator[Part]:
    body = [line for line in lines[begin:end] if line.strip()]
    if any(not _HEAD.match(line) for line in body):
        yield Part(begin + 1, end, title, "\n".join(body))


def _before_comments(lines: Sequence[str], at: int) -> int:
    """Where the comment above a head, which speaks of what comes, begins."""
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip()[:1] in ("#", ";")):
        at -= 1
    return at


def _concerns(path: str) -> Callable[[str], object]:
    """Whether a section of an .editorconfig (editorconfig.org's globs) speaks of `path`."""

    def fits(glob: str) -> bool:
        return not path or any(_fits(path, one) for one in _filled(glob))

    return fits


def _filled(glob: str) -> list[str]:
    """`glob` with each of its braces' choices put in."""
    globs = [glob]
    while (found := _BRACES.search(globs[0])) and len(globs) < _MANY:
        choices = found[1].split(",")
        globs = [
            one[: at.start()] + choice + one[at.end() :]
            for one in globs
            if (at := _BRACES.search(one))
            for choice in choices
        ]
    return globs[:_MANY]


def _fits(path: str, glob: str) -> bool:
    if len(glob) > 200 or glob.count("*") > 4:
        return False
    subject = path if "/" in glob else PurePosixPath(path).name
    return fnmatchcase(subject, glob.lstrip("/"))
