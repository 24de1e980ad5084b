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
from fixbot_repair.candidates.templates.base import Site

Change = tuple[Span, str]
_PACKAGES = frozenset(("urllib.parse", "urllib.request", "os.path", "xml.sax.saxutils", "email.utils", "http.cookies"))


@dataclass(frozen=True, slots=True)
class Imports:
    """What the imports of a file bind, anywhere in it (local name -> dotted name), and the offset for one more."""

    bound: Mapping[str, str]
    place: int

    def full(self, written: str) -> str:
        """The dotted name of what is written as `written`; "" where no import leads to it."""
        head, dot, rest = written.partition(".")
        base = self.bound.get(head, "")
        return f"{base}{dot}{rest}" if base else ""

    def reference(self, dotted: str, site: Site) -> tuple[str, tuple[Change, ...]] | None:
        """How `site` writes the member `dotted` of a module, with the import it needs; None where its names are taken."""
        holders = [(base, name) for name, base in self.bound.items() if f"{dotted}.".startswith(f"{base}.")]
        if holders:
            base, name = max(holders)
            return name + dotted[len(base) :], ()
        module, member = module_of(dotted), dotted[len(module_of(dotted)) + 1 :]
        taken = site.scope.kinds
        eol = site.code.newline
        if module.partition(".")[0] not in taken:
            return dotted, ((Span(self.place, self.place), f"import {imported(module)}{eol}"),)
        first = member.partition(".")[0]
        if first in taken:
            return None
        return member, ((Span(self.place, self.place), f"from {module} import {first}{eol}"),)


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
    found = _known.get(code)
    if found is None:
        found = _known[code] = Imports(_bound(code.root), _place(code.root))
    return found


def _bound(root: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in walk(root):
        if node.type not in ("import_statement", "import_from_statement"):
            continue
        module = node.child_by_field_name("module_name")
        base = f"{text_of(module)}." if module is not None else ""
        for name in node.children_by_field_name("name") if not base.startswith(".") else ():
            alias, real = name.child_by_field_name("alias"), name.child_by_field_name("name") or name
            if alias is not None:
                found[text_of(alias)] = base + text_of(real)
            else:
                local = text_of(real) if base else text_of(real).partition(".")[0]
                found[local] = base + local
    return found


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
