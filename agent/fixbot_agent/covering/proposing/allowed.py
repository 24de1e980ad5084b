"""What a proposed test may lean on: modules that are harmless, or in use already.

A list of what is bad is never whole, so this is one of what is good.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fixbot_agent.covering.proposing.patching import aliases, words

HARMLESS = words("""
    __future__ abc argparse array ast asyncio base64 binascii bisect calendar cmath collections collections.abc colorsys configparser
    contextlib contextvars copy csv dataclasses datetime decimal difflib email email.header email.message email.mime.multipart email.mime.text
    email.policy email.utils enum errno fractions functools graphlib hashlib heapq hmac html html.entities html.parser http http.cookies
    inspect io ipaddress itertools json json.decoder keyword locale logging math mimetypes ntpath numbers operator os os.path pathlib posixpath pprint pytest
    queue quopri random re secrets shlex statistics string struct sys tempfile textwrap threading time tomllib types typing
    unicodedata unittest unittest.mock urllib urllib.error urllib.parse uuid warnings weakref zlib zoneinfo
""")  # fmt: skip
NEEDED = words("""
    _ctypes _posixsubprocess antigravity bdb cffi code codeop concurrent.futures.process cProfile ctypes dbm doctest ensurepip gc imp importlib
    marshal multiprocessing pdb pkgutil profile pty py_compile readline runpy shelve sqlite3 subprocess timeit trace venv webbrowser
    xmlrpc zipapp zipimport
""")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """`own` are top names of the project's own packages, `needed` modules that the one under test imports, `used` those of its tests.

    `names` are all names that the module under test uses.
    """

    own: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def allows(self, module: str) -> bool:
        """Whether a test may import a module."""
        top, parents = module.partition(".")[0], _parents(module)
        if top in self.own or top == "pytest" or self.needed & {*parents, top}:
            return True
        if set(parents) & NEEDED:
            return False
        return (
            module in HARMLESS or module in self.used or (not is_standard(top) and top in {_top(m) for m in self.used})
        )


def known(paths: Sequence[str], tops: Sequence[str], module: bytes, tests: Sequence[bytes]) -> Known:
    """What a project's files say: `tops` are folders that modules are imported from, `tests` its files of tests that are near."""
    own = set()
    for top in tops:
        inside = (PurePosixPath(p).relative_to(top or ".") for p in paths if p.endswith(".py") and _is_below(p, top))
        own |= {p.parts[0].removesuffix(".py") for p in inside}
    tree = ast.parse(module)
    names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {
        a.name.rpartition(".")[2] for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names
    }
    defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    used = frozenset[str]().union(*map(_modules_of, tests))
    return Known(
        frozenset(n for n in own if not is_standard(n)), frozenset(_modules(tree)), used, frozenset(names | defined)
    )


def needed(code: str, imports: Sequence[str]) -> tuple[str, ...]:
    """Of the `imports` of an answer those that give a name which `code` uses."""
    names = {n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name)}
    names |= {
        t.value.split(".")[0].split("[")[0]
        for t in ast.walk(ast.parse(code))
        if isinstance(t, ast.Constant) and isinstance(t.value, str)
    }
    return tuple(line for line in imports if names & aliases(ast.parse(line)).keys() or "*" in line)


def imported(code: str, imports: Sequence[str], known: Known) -> str:
    """What a test imports that it may not, as a sentence; "" for nothing."""
    for node in ast.walk(ast.parse("\n".join([*imports, code]))):
        if isinstance(node, ast.Import | ast.ImportFrom) and (bad := _not_allowed(node, known)):
            return bad
    return ""


def _not_allowed(node: ast.Import | ast.ImportFrom, known: Known) -> str:
    """Why an import is not allowed, "" where it is."""
    if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
        return f"it imports everything of {node.module}: name what it needs"
    if isinstance(node, ast.ImportFrom) and node.level:
        return ""
    told = next(
        (
            m
            for m in (_from(node) if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
            if not known.allows(m)
        ),
        "",
    )
    return f"it imports {told}, which neither the module nor the project's tests use" if told else ""


def _from(node: ast.ImportFrom) -> Iterator[str]:
    """The modules that a statement reaches: the one that it names, or what it takes from it where that is one itself."""
    module = node.module or ""
    for alias in node.names:
        full = f"{module}.{alias.name}"
        yield full if full in HARMLESS or full in sys.modules else module


def is_standard(top: str) -> bool:
    """Whether a top name is the standard library's."""
    return top in sys.stdlib_module_names


def _is_below(path: str, top: str) -> bool:
    return not top or path.startswith(f"{top}/")


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _top(module: str) -> str:
    return module.partition(".")[0]


def _modules_of(data: bytes) -> frozenset[str]:
    try:
        return frozenset(_modules(ast.parse(data)))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()


def _modules(tree: ast.AST) -> Iterator[str]:
    """The modules that a file imports, and what it takes from them, which may be modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
