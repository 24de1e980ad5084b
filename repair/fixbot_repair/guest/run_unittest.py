"""Runs tests with unittest alone, for interpreters that have no pytest; ids look like pytest's."""
import fnmatch
import importlib
import io
import os
import sys
import time
import traceback
import unittest

failure = sys.modules["_fixbot_guest_failure"]
places = sys.modules["_fixbot_guest_places"]
SKIPPED_FOLDERS = ("node_modules", "venv", "env", "build", "dist", "__pycache__", "site-packages")


def run(config, channel, watchdog, tracer):
    """Effect: run the tests; returns 0."""
    tests = collected(config, channel)
    if not config["collect"]:
        run_all(tests, Result(config, channel, watchdog, tracer), config["word"])
    return 0


def collected(config, channel):
    """Effect: import the test files and tell of what they hold; returns [(id, test case)], those asked for."""
    root = config["root"]
    tests = []
    for path in config["files"] or test_files(root):
        try:
            tests += tests_of(root, path)
        except unittest.SkipTest:
            continue
        except BaseException as error:  # noqa: BLE001 - importing a test module runs the project's code
            found = failure.frames(error, root)
            text = traceback.format_exc()
            channel.send("uncollected", id=path, message=failure.describe(error), detail=text, frames=found)
    if config["ids"] is not None:
        wanted = set(config["ids"])
        tests = [
            (name, test)
            for name, test in tests
            if not wanted.isdisjoint((name, name.partition("::")[0], name.rpartition("::")[0]))
        ]
    channel.send("collected", ids=[name for name, _ in tests], needs=[])
    places.tell_loaded(channel, root)
    return tests


def run_all(tests, result, word):
    """Effect: run [(id, test case)] in this order, the sentinel first."""
    result.expect_sentinel(word)
    suite = unittest.TestSuite([result.sentinel] + [test for _, test in tests])
    result.names = {id(test): name for name, test in tests}
    suite._cleanup = False
    suite.run(result)


def test_files(root):
    """Test files below `root`, relative and sorted, found by name."""
    found = []
    for folder, names, files in os.walk(root):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in SKIPPED_FOLDERS)
        for name in sorted(files):
            if any(fnmatch.fnmatch(name, p) for p in ("test*.py", "*_test.py", "tests.py")):
                found.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
    return found


def tests_of(root, path):
    """[(id, test case)] of one file, which is imported under the name that its packages give it."""
    module = importlib.import_module(_module_name(root, path))
    place = os.path.abspath(getattr(module, "__file__", "") or "")
    if place != os.path.join(root, *path.split("/")):
        raise ImportError("{} was imported from {}".format(path, place))
    found = []
    for test in _flat(unittest.defaultTestLoader.loadTestsFromModule(module)):
        method = getattr(test, "_testMethodName", None)
        if method:
            found.append(("{}::{}::{}".format(path, type(test).__name__, method), test))
    return found


def _module_name(root, path):
    parts = path[:-3].split("/")
    start = len(parts) - 1
    while start > 0 and os.path.isfile(os.path.join(root, *(parts[:start] + ["__init__.py"]))):
        start -= 1
    folder = os.path.join(root, *parts[:start])
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return ".".join(parts[start:])


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            for inner in _flat(test):
                yield inner
        else:
            yield test


class Result(unittest.TestResult):
    """Tells the host what each test did, and holds one test that must fail."""

    def __init__(self, config, channel, watchdog, tracer):
        unittest.TestResult.__init__(self)
        self.config = config
        self.channel = channel
        self.watchdog = watchdog
        self.tracer = tracer
        self.names = {}
        self.sentinel = None
        self._status = ("passed", "", None)
        self._begun = 0.0
        self._begun_test = None  # the one that runs, the sentinel aside
        self._kept = None  # stdout and stderr, while a test has others

    def expect_sentinel(self, word):
        """Make the test that must fail."""

        class Sentinel(unittest.TestCase):
            def runTest(self):
                raise AssertionError("the sentinel fails, as it must: " + word)

        self.sentinel = Sentinel()

    def startTest(self, test):
        """Begin to watch."""
        unittest.TestResult.startTest(self, test)
        self._status = ("passed", "", None)
        self._begun_test = test if test is not self.sentinel else None
        if test is not self.sentinel:
            self.channel.send("begin", id=self.names[id(test)])
            if self.tracer:
                self.tracer.start()
        if self.config.get("output"):
            self._kept = sys.stdout, sys.stderr
            sys.stdout = sys.stderr = io.StringIO()
        self._begun = time.time()
        self.watchdog.expect(self.names.get(id(test), ""))
        self.watchdog.start()

    def stopTest(self, test):
        """Tell how it went."""
        self.watchdog.stop()
        printed = self._released()
        seconds = time.time() - self._begun
        lines = self.tracer.stop() if self.tracer and test is not self.sentinel else {}
        status, message, value = self._status
        if test is self.sentinel:
            self.channel.send("sentinel", status=status)
            return
        if self.watchdog.fired and status in ("failed", "error"):
            status = "timeout"
        detail = ""
        if value is not None:
            detail = "".join(traceback.format_exception(type(value), value, value.__traceback__))
        self.channel.send(
            "test", id=self.names[id(test)], status=status, seconds=seconds, message=failure.cut(message),
            detail=failure.cut(detail), lines=lines, output=failure.printed(self.config, self.names[id(test)], status, printed),
            frames=failure.frames(value, self.config["root"]) if value is not None else [],
        )  # fmt: skip
        if self.config["fail_fast"] and status in ("failed", "error", "timeout"):
            self.stop()

    def _released(self):
        """Effect: give stdout and stderr back; returns what was printed meanwhile."""
        if self._kept is None:
            return ""
        text = sys.stdout.getvalue() if isinstance(sys.stdout, io.StringIO) else ""
        (sys.stdout, sys.stderr), self._kept = self._kept, None
        return text

    def _failed(self, status, error):
        self._status = (status, failure.describe(error[1]), error[1])
        if hasattr(self.tracer, "raised") and self._begun_test is not None:
            self.tracer.raised(error[1])

    def addFailure(self, test, err):
        """Note a failed assertion."""
        self._failed("failed", err)

    def addError(self, test, err):
        """Note any other exception; one in setUpClass or setUpModule has no test of its own."""
        name = self.names.get(id(test))
        if name is None and test is not self.sentinel:
            text = "".join(traceback.format_exception(*err))
            found = failure.frames(err[1], self.config["root"])
            self.channel.send("unready", what=str(test), message=failure.describe(err[1]), detail=text, frames=found)
            return
        self._failed("failed", err)

    def addSubTest(self, test, subtest, err):
        """Note a failed part of a test."""
        if err is not None:
            self._failed("failed", err)

    def addSkip(self, test, reason):
        """Note a skipped test; a class that is skipped as a whole may come without startTest."""
        self._status = ("skipped", reason, None)

    def addExpectedFailure(self, test, err):
        """Note a failure that was announced."""
        self._status = ("xfailed", failure.describe(err[1]), None)

    def addUnexpectedSuccess(self, test):
        """Note a success where a failure was announced."""
        self._status = ("xpassed", "", None)
