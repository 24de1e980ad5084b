"""The fences that linters cannot say: lengths, names, the guest's syntax, licences. Run: python tools/fences.py."""

import ast
import statistics
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("lsp", "agent", "analysis", "repair", "bench")
GUEST = ROOT / "repair" / "fixbot_repair" / "guest"
WRITTEN_BUGS = ROOT / "bench" / "bugs"
LONGEST_FUNCTION = 40  # lines, docstring aside
LONGEST_MODULE = 300  # lines, data tables aside
MEDIAN_FUNCTION = 10
NO_SHEDS = {"utils", "util", "common", "helpers", "types", "misc", "shared", "core"}

# What the guest may import: the standard library of Python 3.6, and what it finds in the project's own environment.
GUEST_FOREIGN = {"pytest", "_pytest", "django"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Effect: print every broken fence; returns 1 when there is one."""
    broken = [*modules(), *guest(), *licences(), *median()]
    for line in broken:
        print(line)
    print(f"fences: {len(broken)} broken" if broken else "fences: all hold")
    return 1 if broken else 0


def sources() -> Iterator[Path]:
    """Every module that ships; written bugs are data."""
    for floor in FLOORS:
        yield from sorted(path for path in (ROOT / floor).rglob("*.py") if not path.is_relative_to(WRITTEN_BUGS))


def modules() -> Iterator[str]:
    """Modules too long, functions too long, sheds, untyped dictionaries across a boundary."""
    for path in sources():
        name = path.relative_to(ROOT)
        tree = ast.parse(path.read_bytes())
        if path.stem in NO_SHEDS or path.parent.name in NO_SHEDS:
            yield f"{name}: a shed; put it where its idea lives"
        length = len(path.read_text().splitlines()) - data_lines(tree)
        if length > LONGEST_MODULE:
            yield f"{name}: {length} lines, at most {LONGEST_MODULE}"
        for function in functions(tree):
            if (size := code_lines(function)) > LONGEST_FUNCTION:
                yield f"{name}:{function.lineno}: {function.name} has {size} lines, at most {LONGEST_FUNCTION}"
            if not function.name.startswith("_") and "dict[str, Any]" in signature(function):
                yield f"{name}:{function.lineno}: {function.name} passes dict[str, Any] across a boundary"


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def code_lines(function: Function) -> int:
    """Lines from the def to the end, docstring aside."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0)


def data_lines(tree: ast.Module) -> int:
    """Lines of module-level tables: assignments of literals or calls longer than ten lines."""
    sizes = (
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
    )
    return sum(size for size in sizes if size > 10)


def signature(function: Function) -> str:
    """Annotations of a function as text."""
    return ast.unparse(function.args) + (ast.unparse(function.returns) if function.returns else "")


def median() -> Iterator[str]:
    """The middle function is short."""
    sizes = [code_lines(f) for path in sources() for f in functions(ast.parse(path.read_bytes()))]
    middle = statistics.median(sizes or [0])
    if middle >= MEDIAN_FUNCTION:
        yield f"the median function has {middle} lines, under {MEDIAN_FUNCTION} wanted"


def guest() -> Iterator[str]:
    """The guest speaks Python 3.6 and leans on nothing."""
    allowed = set(sys.stdlib_module_names) | GUEST_FOREIGN | {path.stem for path in GUEST.glob("*.py")}
    for path in sorted(GUEST.glob("*.py")):
        name = path.relative_to(ROOT)
        try:
            tree = ast.parse(path.read_bytes(), feature_version=(3, 6))
        except SyntaxError as error:
            yield f"{name}:{error.lineno}: not Python 3.6: {error.msg}"
            continue
        yield from (f"{name}: imports {m}, which the guest may not lean on" for m in imported(tree) - allowed)


def imported(tree: ast.AST) -> set[str]:
    """Top-level names of everything imported."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in names}


def licences() -> Iterator[str]:
    """Nothing installed beside us binds our users."""
    for distribution in distributions():
        if "AFFERO" in licence(distribution).upper() or "AGPL" in licence(distribution).upper():
            yield f"{distribution.metadata['Name']}: {licence(distribution)[:60]} binds users"


def licence(distribution: Distribution) -> str:
    """What a distribution says of its licence: expression, field and classifiers."""
    meta = distribution.metadata
    fields = [
        meta.get("License-Expression") or "",
        (meta.get("License") or "")[:200],
        *(meta.get_all("Classifier") or []),
    ]
    return "; ".join(field for field in fields if "icen" in field or "::" not in field)


if __name__ == "__main__":
    sys.exit(main())
