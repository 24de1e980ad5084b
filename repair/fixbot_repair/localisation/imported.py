"""Files of which no line ran in a test, that hold what the code that ran imports: constants, tables, defaults."""

import ast
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

from fixbot_repair.localisation.outline import Outline

_MOST = 400  # places that are looked at


def holders(known: Mapping[str, Outline], outline: Callable[[str], Outline | None]) -> dict[str, Outline]:
    """Effect: asks for files. Those beside the `known` ones that bind a name, on import, which one of these imports."""
    asked: dict[str, Outline | None] = {}
    found: dict[str, Outline] = {}
    for path, own in known.items():
        for imported in _imports(own):
            for place in _places(path, imported):
                if place in known or place in found or len(asked) >= _MOST:
                    continue
                if place not in asked:
                    asked[place] = outline(place)
                held = asked[place]
                if held is not None and _binds(held, imported, place):
                    found[place] = held
    return found


def _imports(outline: Outline) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in outline.statements:
        if statement.kind == "import":
            try:
                tree = ast.parse(outline.text(statement).strip())
            except (SyntaxError, ValueError):
                continue
            yield from (node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))


def _places(path: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Where the module may lie, told from the place of the file that imports it."""
    folders = path.split("/")[:-1]
    if isinstance(node, ast.Import):
        modules, tops = [alias.name for alias in node.names], _above(folders)
    else:
        base = node.module or ""
        modules = [base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)]
        tops = [folders[: len(folders) - node.level + 1]] if node.level else _above(folders)
    is_near = isinstance(node, ast.ImportFrom) and node.level > 0
    for module in modules:
        parts = module.split(".") if module else []
        if not is_near and (not parts or parts[0] in sys.stdlib_module_names):
            continue
        for top in tops:
            whole = "/".join([*top, *parts])
            yield from ((f"{whole}.py", f"{whole}/__init__.py") if parts else (f"{whole}/__init__.py".lstrip("/"),))


def _above(folders: list[str]) -> list[list[str]]:
    return [folders[:n] for n in range(len(folders), -1, -1)]


def _binds(outline: Outline, node: ast.Import | ast.ImportFrom, place: str) -> bool:
    """Whether the file binds what is imported by name, or is itself what is imported and binds anything."""
    bound = set(_bound(outline))
    module = place.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
    last = {alias.name.rpartition(".")[2] for alias in node.names}
    return bool(bound) if module in last else bool(last & bound)


def _bound(outline: Outline) -> Iterable[str]:
    for statement in outline.statements:
        if not statement.within and statement.kind == "assignment":
            yield outline.text(statement).split("=", maxsplit=1)[0].split(":", maxsplit=1)[0].strip()
