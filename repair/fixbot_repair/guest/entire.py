"""Whole tests of a file, each run by pytest in a fork of the process that has imported the module: as the project's own are, with its fixtures."""

import ast
import gc
import importlib
import inspect
import os
import signal
import sys

SECONDS = 5.0  # of one test
PRINTED = 1000000  # characters that a test may print: with more it is lost where all tests run
PYTEST = ("_pytest", "pytest", "pluggy", "builtins")
OTHERS = ("builtins", "os", "os.path", "pytest", "random", "time")  # that tests must leave as they are, beside the module
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2)
VARIABLE = "PYTEST_CURRENT_TEST"  # comes and goes with every test
LATE = (
    "_pytest.assertion.rewrite",
    "_pytest.doctest",
    "_pytest.tmpdir",
    "_pytest.monkeypatch",
    "_pytest.logging",
    "_pytest.junitxml",
)


class Heard(object):
    """A channel that keeps what is sent."""

    def __init__(self):
        self.rows = []

    def send(self, kind, **fields):
        """Keep a message."""
        self.rows.append((kind, fields))

    def last(self, kind):
        """The last message of a kind; {} for none."""
        return next((fields for known, fields in reversed(self.rows) if known == kind), {})


class Entire(object):
    """Runs tests of files on `module`; while a test's own code runs only `folder` may be written to."""

    def __init__(self, config, guest, module, branches, guard, folder):
        self._config = config
        self._guest = guest
        self._module = module
        self._branches = branches
        self._guard = guard
        self._folder = folder
        self._held = guest("probing").held

    def ready(self):
        """Effect: load what every fork would load anew."""
        self._guest("run_pytest")
        for name in LATE:
            try:
                importlib.import_module(name)
            except ImportError:
                pass  # another pytest

    def tested(self, item):
        """Effect: run the test `item["id"]`; how it ended, what it said, what of the module it reached.

        `reaches` is what its own code reached for outside of its folder; `leaves`: it left variables, the folder or the module's names changed.
        """
        import pytest

        os.chdir(self._config["root"])  # as pytest is started, wherever this process is
        place = os.path.join(self._folder, "tests")
        runner, heard = self._guest("run_pytest"), Heard()
        watchdog = self._guest("watchdog").Watchdog(SECONDS)
        arguments = list(item["options"]["arguments"]) + ["--basetemp=" + place, "--capture=sys", "-p", "no:cacheprovider"]
        config = dict(item["options"], arguments=arguments, root=self._config["root"], word=os.urandom(8).hex())
        config.update(
            files=[item["id"].partition("::")[0]], ids=[item["id"]], collect=False, fail_fast=False, output=[]
        )
        watch = watching(pytest, self)
        runner.run(config, heard, watchdog, None, [guarding(pytest, self, item), watch])
        watchdog.stop()
        gc.collect()  # what is left does what it does when it goes while the guard looks
        return self._row(heard, watch)

    def _row(self, heard, watch):
        ended = heard.last("test") or dict(heard.last("uncollected"), status="uncollected")
        several = [fields["status"] for kind, fields in heard.rows if kind == "test"]
        worst = next((s for s in several if s != "passed"), "passed") if several else ended["status"]
        if worst != ended.get("status"):
            ended = next(f for kind, f in heard.rows if kind == "test" and f["status"] == worst)
        if watch.printed > PRINTED:
            worst = "flooded"
        return {
            "kind": "tested", "status": worst, "message": ended.get("message", ""), "detail": ended.get("detail", ""),
            "reaches": self._guard.reached or "", "leaves": watch.leaves,
            "lines": sorted(watch.lines), "outcomes": sorted(watch.outcomes),
        }  # fmt: skip

    def state(self):
        """What a test must leave as it was."""
        around = dict((n, v) for n, v in os.environ.items() if n != VARIABLE)
        held = self._held
        others = [held(sys.modules[name]) for name in OTHERS if name in sys.modules]
        handlers = [signal.getsignal(number) for number in SIGNALS]
        return os.getcwd(), around, held(self._module), others, handlers, sys.getprofile(), sys.getrecursionlimit()


def spans(path, name):
    """[(first, last line)] of the test functions called `name` in a file, decorators included; all of a file that cannot be read."""
    try:
        with open(path, "rb") as file:
            nodes = list(ast.walk(ast.parse(file.read())))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return [(1, 1 << 30)]
    found = [n for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == name]
    last = [max(getattr(n, "lineno", 0) for n in ast.walk(each)) for each in found]
    return [(min([f.lineno] + [d.lineno for d in f.decorator_list]), getattr(f, "end_lineno", e)) for f, e in zip(found, last)]


def plugins(manager):
    """Files and folders of what is registered with pytest and is not its own: conftest files, plug-ins."""
    found = set()
    for each in manager.get_plugins():
        name = getattr(each, "__name__", None) if type(each) is type(sys) else type(each).__module__
        if not name or name.partition(".")[0] in PYTEST or name.startswith("_fixbot_guest_"):
            continue
        package = sys.modules.get(name.partition(".")[0])
        for place in (getattr(each, "__file__", None), getattr(sys.modules.get(name), "__file__", None), getattr(package, "__file__", None)):
            if place:
                found.add(os.path.dirname(place) if place.endswith("__init__.py") and "-packages" in place else place)
    return found


def fixtures(session):
    """Files that fixtures are defined in."""
    manager = getattr(session, "_fixturemanager", None)
    known = [each.func for those in getattr(manager, "_arg2fixturedefs", {}).values() for each in those]
    codes = [getattr(inspect.unwrap(each), "__code__", None) for each in known]
    return set(code.co_filename for code in codes if code and "_pytest" not in code.co_filename)


def guarding(pytest, entire, item):
    """A plug-in of pytest's that holds the test `item["id"]` to its folder, from its collection on."""
    guard, folder, root = entire._guard, entire._folder, entire._config["root"]
    path, _, inside = item["id"].partition("::")
    path = os.path.join(root, path)

    class Guarding(object):
        @pytest.hookimpl(tryfirst=True)
        def pytest_collection(self, session):
            own = spans(path, inside.rpartition("::")[2].partition("[")[0])
            guard.around(folder, path, root, own, item["imports"], plugins(session.config.pluginmanager))

        @pytest.hookimpl(tryfirst=True)
        def pytest_collection_finish(self, session):
            guard.fixtures(plugins(session.config.pluginmanager) | fixtures(session))

    return Guarding()


def watching(pytest, entire):
    """A plug-in of pytest's that listens to the module while a test's own code runs, and sees what it leaves changed."""
    branches, guard, folder = entire._branches, entire._guard, entire._folder

    class Watch(object):
        def __init__(self):
            self.lines, self.outcomes, self.leaves, self.printed = set(), set(), False, 0

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_protocol(self, item, nextitem):
            if item.name.startswith("test_sentinel_"):
                yield
                return
            before = entire.state()
            yield
            self.leaves = self.leaves or entire.state() != before

        def pytest_runtest_logreport(self, report):
            self.printed = max(self.printed, sum(len(text) for _, text in report.sections))

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_runtest_call(self, item):
            if item.name.startswith("test_sentinel_"):
                yield
                return
            guard.start(folder)
            branches.start()
            listening = sys.gettrace()
            try:
                yield
            finally:
                self.leaves = self.leaves or sys.gettrace() != listening
                branches.stop()
                guard.stop()
                self.lines |= branches.lines
                self.outcomes |= branches.outcomes

    return Watch()
