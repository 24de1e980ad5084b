"""The project as completion sees it between two changes: modules, resolved names, installed packages; made once, asked often."""

from typing import TypeVar
from weakref import WeakKeyDictionary, proxy

from fixbot_agent.completing.importing.statements import Imports
from fixbot_analysis.codemodel.installed import Folders, packages_of
from fixbot_analysis.graph.modules import ModuleMap
from fixbot_analysis.graph.resolver import Resolver
from fixbot_analysis.index import Index

_Kind = TypeVar("_Kind")

_WORLDS: WeakKeyDictionary[Index, "World"] = WeakKeyDictionary()


class World:
    """An index, and what is worked out of it when asked."""

    def __init__(self, index: Index, before: "World | None" = None) -> None:
        """The index as it is now; of the world `before` its change, what does not depend on that is kept."""
        view: Index = proxy(index)  # an index that nobody holds any more is to go
        self.index = view
        self.tree = index.tree
        self.paths: tuple[str, ...] = index.paths
        is_same = before is not None and before.paths == self.paths
        self.modules: ModuleMap = before.modules if before and is_same else ModuleMap(self.paths)
        self.packages: Folders = before.packages if before else packages_of(index.tree.root)
        self.resolver = Resolver(self.modules, lambda path: view.facts(path))  # noqa: PLW0108 - a method would hold the index
        self.imports = Imports(view, self.modules, self.packages)
        self.keeping: dict[type, object] = before.keeping if before else {}  # by :meth:`kept`

    def kept(self, kind: type[_Kind]) -> _Kind:
        """The one `kind` that this project has through all changes, made when it is first asked for."""
        found = self.keeping.get(kind)
        if not isinstance(found, kind):
            found = self.keeping[kind] = kind()
        return found


def world_of(index: Index) -> World:
    """Effect: looks for installed packages the first time. The world of `index` as it is now."""
    known = _WORLDS.get(index)
    if known is None or known.tree is not index.tree:
        known = World(index, known)
        _WORLDS[index] = known
    return known
