"""Mutants of one module: small slips in its functions made by ourselves, and those that a run of mutmut 3 has left."""

import ast
import json
import random
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fixbot_bench.errors import DatasetError
from fixbot_repair.slips import EXCHANGED, slips

_MADE = re.compile(r"(?P<function>x.+)__mutmut_(?P<number>\d+)")
_SURVIVED = frozenset({0, 33})  # mutmut's exit codes: all tests passed, no test runs it


@dataclass(frozen=True, slots=True)
class Mutant:
    """The whole file after one slip; `killed` is what mutmut says of it, None when nobody has been asked."""

    name: str
    data: bytes
    killed: bool | None = None


def own(source: bytes) -> list[Mutant]:
    """Every slip of one operator or number in a function of `source`, by place. Raises DatasetError."""
    try:
        found = slips(source, EXCHANGED)
    except (SyntaxError, ValueError) as error:
        raise DatasetError(
            f"the module cannot be parsed: {error}", "name a module that this Python can read"
        ) from error
    return [Mutant(slip.name, slip.applied(source)) for slip in found]


def some_functions(source: bytes, count: int | None) -> frozenset[str]:
    """`count` functions of `source` (all when None) under the names that mutmut makes of theirs, by chance, always the same."""
    names = sorted(name for name, _ in _functions(ast.parse(source)))
    return frozenset(names if count is None else random.Random(1).sample(names, min(count, len(names))))


def of_mutmut(source: bytes, folder: Path, module: str, functions: Collection[str] = ()) -> list[Mutant]:
    """Effect: read the mutants of `module` that mutmut 3 has left in `folder`, with its verdicts. Raises DatasetError.

    Only those of `functions` where some are named, and of functions that are found in `source` in the same way; one whose verdict
    is missing is left out.
    """
    try:
        mutated = (folder / module).read_bytes()
        meta = json.loads((folder / f"{module}.meta").read_text())
        codes = {str(k).rpartition(".")[2]: v for k, v in meta["exit_code_by_key"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DatasetError(
            f"{folder} holds no finished run of mutmut: {error}", "let 'mutmut run' end first"
        ) from error
    made = _read(source, mutated, codes)
    return [m for m in made if not functions or m.name.rpartition("__mutmut_")[0] in functions]


def _read(source: bytes, mutated: bytes, codes: Mapping[str, int | None]) -> Iterator[Mutant]:
    places = dict(_functions(ast.parse(source)))
    text, lines = mutated.decode().splitlines(keepends=True), source.decode().splitlines(keepends=True)
    for node in ast.walk(ast.parse(mutated)):
        made = _MADE.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if not made or not isinstance(node, ast.FunctionDef):
            continue
        place, code = places.get(made["function"]), codes.get(node.name)
        if place is None or code is None:
            continue
        body = "".join(text[node.lineno - 1 : node.end_lineno]).replace(node.name, place.name, 1)
        after = "".join(lines[: place.lineno - 1]) + body + "".join(lines[place.end_lineno :])
        yield Mutant(node.name, after.encode(), code not in _SURVIVED)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods under the names that mutmut makes of theirs."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield f"x_{node.name}", node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"xǁ{node.name}ǁ{inner.name}", inner
