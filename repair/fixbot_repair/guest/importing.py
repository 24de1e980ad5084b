"""What gets imported, by whom, and how a fork imports it again at little cost."""

import builtins
import contextlib
import importlib
import importlib.machinery
import os
import re
import sys
import time

# A file that looks at failed assertions, not one that only raises them, may look at pytest's words for them.
LITTLE = 0.03  # seconds of CPU that each fork may spend on running modules that need not be run anew
LOOKS_AT_ASSERTIONS = re.compile(rb"(?<!raise )AssertionError|pytester|testdir")


class Imports(object):
    """Who imported whom in this process, from when it was made on, and how long each module ran."""

    def __init__(self):
        self.before = set(sys.modules)
        self.edges = set()
        self.took = {}
        self._nested = [0.0]
        loader_type = importlib.machinery.SourceFileLoader
        loader_type.exec_module = lambda loader, module: self._execute(loader, module)
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        builtins.__import__ = self._statement
        importlib.import_module = self._function

    def _execute(self, loader, module):
        """Do what the loader does, and count the seconds of CPU of the module itself: not those of compiling, nor of what it imports."""
        code = loader.get_code(module.__name__)
        self._nested.append(0.0)
        began = time.process_time()
        try:
            exec(code, module.__dict__)
        finally:
            whole = time.process_time() - began
            self.took[module.__name__] = whole - self._nested.pop()
            self._nested[-1] += whole

    def _statement(self, name, globals=None, locals=None, fromlist=(), level=0):
        if globals:
            self._note(globals, name, fromlist or (), level)
        return self._import(name, globals, locals, fromlist, level)

    def _function(self, name, package=None):
        caller = sys._getframe(1).f_globals
        level = len(name) - len(name.lstrip("."))
        self._note(dict(caller, __package__=package) if level else caller, name.lstrip("."), (), level)
        return self._import_module(name, package)

    def _note(self, caller, name, fromlist, level):
        importer = caller.get("__name__")
        package = caller.get("__package__") or ""
        if level:
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - level + 1] + ([name] if name else []))
        else:
            base = name
        names = base.split(".")
        targets = [".".join(names[: n + 1]) for n in range(len(names))]
        for target in targets + [base + "." + str(f) for f in fromlist]:
            self.edges.add((importer, target))

    def result(self):
        """What was loaded: [name, file, kind of loader] in the order of loading, and the edges between those."""
        fresh, known = [], set()
        for name, module in list(sys.modules.items()):
            if name in self.before or name.startswith("_fixbot_guest_") or name == "__main__":
                continue
            known.add(name)
            loader = getattr(getattr(module, "__spec__", None), "loader", None)
            place = getattr(module, "__file__", None)
            fresh.append([name, os.path.realpath(place) if isinstance(place, str) else "", type(loader).__name__])
        edges = [[a, b] for a, b in self.edges if a in known and b in known and a != b]
        return {"modules": fresh, "edges": edges, "path": list(sys.path), "took": self.took}


def tainted(seen, suspects):
    """Names of the modules that lie in the files `suspects`, and of all that import one of them, directly or not."""
    importers = {}
    for name, _, _ in seen["modules"]:
        if "." in name:
            importers.setdefault(name.rpartition(".")[0], set()).add(name)
    for importer, imported in seen["edges"]:
        importers.setdefault(imported, set()).add(importer)
    found = set()
    todo = [name for name, place, _ in seen["modules"] if place in suspects]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(importers.get(name, ()))
    return found


def widened(seen, suspects, root):
    """`suspects` and all of the project that can be left to each fork too at little cost: then one server does for any of its files.

    A server for each file would be started anew again and again while candidates for several files take turns.
    """
    inside = root + os.sep
    wide = set(suspects)
    for _, place, kind in seen["modules"]:
        if kind == "SourceFileLoader" and place.startswith(inside) and "site-packages" not in place:
            wide.add(place)
    added = tainted(seen, wide) - tainted(seen, suspects)
    dear = sum(seen["took"].get(name, 0.0) for name in added) > LITTLE
    return suspects if dear or any(is_conftest(name) for name in added) else wide


def is_conftest(name):
    """Whether pytest itself loads the module, before it collects."""
    return name.split(".")[-1] == "conftest"


def keep_compiled(seen, names):
    """Effect: compile the modules `names` once for all forks, which use it while the file is as it was; returns how many."""
    codes = {}
    loader_type = importlib.machinery.SourceFileLoader
    plain = loader_type.get_code
    for name, place, kind in seen["modules"]:
        if name in names and kind == "SourceFileLoader" and place.endswith(".py"):
            try:
                facts = os.stat(place)
                codes[place] = (facts.st_mtime_ns, facts.st_size, plain(loader_type(name, place), name))
            except Exception:  # noqa: BLE001 - then the fork that needs it meets the error
                pass

    def get_code(self, fullname):
        known = codes.get(self.path)
        if known is not None:
            facts = os.stat(self.path)
            if known[:2] == (facts.st_mtime_ns, facts.st_size):
                return known[2]
        return plain(self, fullname)

    loader_type.get_code = get_code
    return len(codes)


def rewrite_little(around=None):
    """Effect: let pytest rewrite only the files that may read its words for failed assertions (pytest 6 and newer).

    Nobody else does here, and rewriting takes longer than all else that a server does to get ready. `around` is a context that
    rewriting runs in: it is no code of the project's.
    """
    try:
        from _pytest.assertion import rewrite

        plain = rewrite._rewrite_test

        def compiled(fn, config):
            with open(str(fn), "rb") as file:
                source = file.read()
            if LOOKS_AT_ASSERTIONS.search(source):
                with around or contextlib.suppress():
                    return plain(fn, config)
            return os.stat(str(fn)), compile(source, str(fn), "exec", 0, True)

        if int(sys.modules["pytest"].__version__.split(".")[0]) >= 6:
            rewrite._rewrite_test = compiled
    except Exception:  # noqa: BLE001 - another pytest: it rewrites all of them
        pass


def cache_rewriting(places, config):
    """Effect: let pytest rewrite the assertions of each test file once, not once a fork (pytest 6 and newer)."""
    try:
        from pathlib import Path

        from _pytest.assertion import rewrite

        plain, known = rewrite._rewrite_test, {}

        def rewritten(fn, config):
            facts = os.stat(str(fn))
            key = (str(fn), facts.st_mtime_ns, facts.st_size)
            if key not in known:
                known[key] = plain(fn, config)
            return known[key]

        for place in places:
            rewritten(Path(place), config)
        rewrite._rewrite_test = rewritten
    except Exception:  # noqa: BLE001 - another pytest: each fork does it for itself
        pass


def explain_nothing(failure):
    """Effect: keep pytest and ourselves from explaining failures, which takes longer than most tests."""
    failure.frames = lambda value, root: []
    nodes = sys.modules.get("_pytest.nodes")
    if hasattr(getattr(nodes, "Node", None), "_repr_failure_py"):
        nodes.Node._repr_failure_py = lambda self, excinfo, style=None: "failed"
    comparing = sys.modules.get("_pytest.assertion.util")
    if hasattr(comparing, "assertrepr_compare"):
        # Empty, not None: newer releases of pytest iterate over it; older ones skip what is empty.
        comparing.assertrepr_compare = lambda *args, **kwargs: []
