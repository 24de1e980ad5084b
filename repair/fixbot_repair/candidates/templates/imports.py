"""Names of the standard library as a file has them: what an expression stands for, and how to write one that may need an import."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from tree_sitter import Node

from fixbot_analysis.source import Span
from fixbot_repair.candidates.code import Code
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import walk
from fixbot_repair.candidates.scope import Scope, scope_node
from fixbot_repair.candidates.templates.base import Site

Change = tuple[Span, str]
# Modules whose members say enough without them: those are imported, as most code does.
_BY_NAME = frozenset(("bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "fractions", "heapq", "itertools"))  # fmt: skip
_PACKAGES = frozenset(("urllib.parse", "urllib.request", "os.path", "xml.sax.saxutils", "email.utils", "http.cookies"))


@dataclass(frozen=True, slots=True)
class Imports:
    """What the imports of a file bind, anywhere in it: local name -> dotted name."""

    bound: Mapping[str, str]
    scopes: Mapping[str, set[int]]  # by local name, the functions or the module (their nodes' ids) that import it
    stars: tuple[str, ...]  # modules all of whose names are imported
    place: int  # offset for one more import

    def full(self, written: str) -> str:
        """The dotted name of what is written as `written`; "" where no import leads to it."""
        head, dot, rest = written.partition(".")
        base = self.bound.get(head, "")
        return f"{base}{dot}{rest}" if base else ""

    def stands_for(self, written: str, dotted: str) -> bool:
        """Whether what is written as `written` may be the library's `dotted`."""
        base = self.full(written)
        return base == dotted or (not base and any(f"{module}.{written}" == dotted for module in self.stars))

    def reference(self, dotted: str, site: Site) -> tuple[str, tuple[Change, ...]]:
        """How `site` writes the member `dotted` of a module, and the import that it needs."""
        holders = [(base, name) for name, base in self.bound.items() if f"{dotted}.".startswith(f"{base}.")]
        holders = [(base, name) for base, name in holders if self._reaches(name, site)]
        if holders:
            base, name = max(holders)
            return name + dotted[len(base) :], ()
        module, member = module_of(dotted), dotted[len(module_of(dotted)) + 1 :]
        if module in self.stars:
            return member, ()
        taken, at, eol = site.scope.kinds, Span(self.place, self.place), site.code.newline
        first, dot, rest = member.partition(".")
        if module.partition(".")[0] not in taken and (module not in _BY_NAME or first in taken):
            return dotted, ((at, f"import {imported(module)}{eol}"),)
        if first not in taken:
            return member, ((at, f"from {module} import {first}{eol}"),)
        own = f"{module.replace('.', '_')}_{first}"
        return own + dot + rest, ((at, f"from {module} import {first} as {own}{eol}"),)

    def _reaches(self, name: str, site: Site) -> bool:
        """Whether `name` is at `site` what an import made of it, and neither another function's nor bound again here."""
        scope: Scope | None = site.scope
        while scope is not None and (
            name not in scope.names or (scope.node.type == "class_definition" and scope is not site.scope)
        ):
            scope = scope.outer
        return scope is not None and scope.node.id in self.scopes[name]


def spelled(site: Site, dotted: str) -> tuple[str, tuple[Change, ...]]:
    """How to write the member `dotted` of a library's module at `site`, and the edit that imports it where the file does not."""
    return imports_of(site.code).reference(dotted, site)


def module_of(dotted: str) -> str:
    """The module of a dotted name of the standard library; "" where it is none."""
    head, _, rest = dotted.partition(".")
    if head not in sys.stdlib_module_names:
        return ""
    nested = [package for package in _PACKAGES if f"{head}.{rest}.".startswith(f"{package}.")]
    return nested[0] if nested else head


def imported(module: str) -> str:
    """What is imported for a module: ``os`` brings ``os.path`` along."""
    return "os" if module == "os.path" else module


_known: WeakKeyDictionary[Code, Imports] = WeakKeyDictionary()


def imports_of(code: Code) -> Imports:
    """The imports of a file; read once."""
    if code not in _known:
        _known[code] = _read(code.root)
    return _known[code]


def _read(root: Node) -> Imports:
    bound, scopes, stars = dict[str, str](), dict[str, set[int]](), list[str]()
    for node in walk(root):
        if node.type not in ("import_statement", "import_from_statement"):
            continue
        module = node.child_by_field_name("module_name")
        base = f"{text_of(module)}." if module is not None else ""
        if node.named_children[-1].type == "wildcard_import":
            stars.append(base[:-1])
        for name in node.children_by_field_name("name") if not base.startswith(".") else ():
            alias, real = name.child_by_field_name("alias"), name.child_by_field_name("name") or name
            whole = text_of(real) if base or alias is not None else text_of(real).partition(".")[0]
            local = text_of(alias) if alias is not None else whole
            bound[local] = base + whole
            scopes.setdefault(local, set()).add(scope_node(node).id)
    return Imports(bound, scopes, tuple(stars), _place(root))


def _place(root: Node) -> int:
    """Offset before the first statement that is neither the docstring nor an import from ``__future__``."""
    for node in root.named_children:
        is_doc = (
            node.type == "expression_statement"
            and bool(node.named_children)
            and node.named_children[0].type == "string"
        )
        if not is_doc and node.type not in ("comment", "future_import_statement"):
            return node.start_byte
    return root.end_byte
