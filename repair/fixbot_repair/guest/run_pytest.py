"""Runs pytest (3.x to 9) with a reporter of ours, which believes no exit code, no printed summary and no XML."""

import difflib  # noqa: F401 - pytest imports it late, when the project could put another in its place
import inspect
import os
import sys
import tempfile
import types
import unittest  # noqa: F401 - likewise
import warnings

import pytest

failure = sys.modules["_fixbot_guest_failure"]
places = sys.modules["_fixbot_guest_places"]
MAJOR = int(pytest.__version__.split(".")[0])
# What a project's own addopts may not decide: whether tests run at all, which of them, where reports go.
NEUTRAL = {
    "collectonly": False, "setuponly": False, "setupplan": False, "setupshow": False, "maxfail": 0, "lf": False,
    "failedfirst": False, "newfirst": False, "stepwise": False, "stepwise_skip": False, "cacheclear": False,
    "cacheshow": None, "usepdb": False, "trace": False, "help": False, "version": 0, "markers": False,
    "showfixtures": False, "show_fixtures_per_test": False, "xmlpath": None, "pastebin": None, "resultlog": None,
    "numprocesses": None, "dist": "no", "tx": [], "runxfail": False,
    "continue_on_collection_errors": True,
}  # fmt: skip


def run(config, channel, watchdog, tracer, more=()):
    """Effect: run pytest, with `more` plug-ins; returns its exit code, which nobody believes."""
    os.environ.pop("PYTEST_ADDOPTS", None)
    if config["autoload"]:
        os.environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
    else:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.argv[:] = ["pytest"]
    reporter = Reporter(config, channel, watchdog, tracer)
    return int(pytest.main(arguments(config), plugins=[reporter] + list(more)))


def arguments(config):
    """The command line for pytest."""
    cache = os.path.join(tempfile.gettempdir(), "fixbot-pytest-cache")
    result = ["--rootdir=" + config["root"], "-o", "cache_dir=" + cache]
    if MAJOR >= 6:
        result += ["-o", "faulthandler_timeout=0"]
    if config["drop_addopts"]:
        result += ["-o", "addopts="]
    if config["autoload"]:
        result += ["--no-cov"] if _installed("pytest_cov") else []
        result += ["-n0"] if _installed("xdist") else []
    return result + list(config["arguments"]) + list(config["files"])


def _installed(name):
    import importlib.util

    return importlib.util.find_spec(name) is not None


def plain_id(nodeid):
    """The node id as newer versions write it."""
    return nodeid.replace("::()::", "::")


def asked_as(name, wanted):
    """What of `wanted` asks for the test: its id, it with all its parameters, its class, its file; None where nothing does."""
    if name in wanted:
        return name
    path, _, inside = name.partition("::")
    parts = [path] + inside.partition("[")[0].split("::")
    longer = ("::".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((each for each in longer if each in wanted), None)


class Reporter(object):
    """A pytest plug-in that tells the host what happened, and holds one test that must fail."""

    def __init__(self, config, channel, watchdog, tracer):
        self.config = config
        self.channel = channel
        self.watchdog = watchdog
        self.tracer = tracer
        self.wanted = None if config["ids"] is None else set(config["ids"])
        self.sentinels = set()
        self.reports = []
        self.raised = {}
        self.stopped = False

    @pytest.hookimpl(hookwrapper=True)
    def pytest_load_initial_conftests(self):
        """Tell of a conftest.py that cannot be loaded: pytest only prints it and says that it was called wrongly."""
        outcome = yield
        error = outcome.excinfo[1] if outcome.excinfo else None
        if type(error).__name__ == "ConftestImportFailure":
            value = getattr(error, "cause", None) or error.excinfo[1]
            path = os.path.relpath(str(error.path), self.config["root"]).replace(os.sep, "/")
            found = failure.frames(value, self.config["root"])
            message = failure.cut(failure.describe(value))
            self.channel.send("uncollected", id=path, message=message, detail=failure.cut(str(error)), frames=found)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_cmdline_main(self, config):
        """Overrule what addopts may not decide."""
        for name, value in NEUTRAL.items():
            if hasattr(config.option, name):
                setattr(config.option, name, value)
        if self.config["collect"]:
            config.option.collectonly = True
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, session, config, items):
        """Select what was asked for, after everybody else has reordered."""
        yield
        if self.wanted is not None:
            items[:] = [i for i in items if asked_as(plain_id(i.nodeid), self.wanted)]
        if items and not self.config["collect"]:
            items[:0] = self._sentinel(session, items[0])

    def pytest_collection_finish(self, session):
        """Tell what is about to run, and whether it needs plug-ins."""
        ids = [plain_id(i.nodeid) for i in session.items if i.nodeid not in self.sentinels]
        self.channel.send("collected", ids=ids, needs=needs(session))
        places.tell_loaded(self.channel, self.config["root"])

    def pytest_collectreport(self, report):
        """Tell of a file that cannot be collected."""
        if report.failed:
            text = failure.cut(str(report.longrepr))
            message, found = self.raised.pop(report.nodeid, (text.strip().split("\n")[-1], []))
            self.channel.send("uncollected", id=report.nodeid, message=message, detail=text, frames=found)

    def pytest_exception_interact(self, node, call, report):
        """Keep the exception of a failed collection, which its report has only as text."""
        if getattr(report, "when", "collect") == "collect":
            value = call.excinfo.value
            if isinstance(value, pytest.Collector.CollectError):
                value = value.__cause__ or value.__context__ or value
            found = failure.frames(value, self.config["root"])
            self.raised[report.nodeid] = (failure.cut(failure.describe(value)), found)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        """Watch one test from begin to end."""
        self.reports = []
        name = plain_id(item.nodeid)
        is_sentinel = item.nodeid in self.sentinels
        if not is_sentinel:
            self.channel.send("begin", id=name)
        self.watchdog.expect(name)
        self.watchdog.start()
        if self.tracer and not is_sentinel:
            self.tracer.start()
        try:
            yield
        finally:
            lines = self.tracer.stop() if self.tracer and not is_sentinel else {}
            self.watchdog.stop()
            self._tell(name, is_sentinel, lines)
        if self.config["fail_fast"] and self.stopped:
            item.session.shouldstop = "one failed"

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """Compare what was raised with what is reported."""
        outcome = yield
        report = outcome.get_result()
        report._fixbot_raised = call.excinfo.value if call.excinfo is not None else None
        if report.outcome == "failed" and hasattr(self.tracer, "raised") and item.nodeid not in self.sentinels:
            self.tracer.raised(call.excinfo.value)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report):
        """Keep the reports of the current test."""
        if report.outcome == "rerun":
            self.reports = []
        else:
            self.reports.append(report)

    def _tell(self, name, is_sentinel, lines):
        status, report = worst(self.reports)
        if is_sentinel:
            self.channel.send("sentinel", status=status)
            return
        raised = getattr(report, "_fixbot_raised", None)
        if status in ("passed", "xpassed") and raised is not None and not failure.passed_strictly(report):
            status = "failed"
        if self.watchdog.fired and status in ("failed", "error"):
            status = "timeout"
        self.stopped = status in ("failed", "error", "timeout")
        message, detail, found, root = "", "", [], self.config["root"]
        if status != "passed" and report is not None:
            message = failure.describe(raised) if raised is not None else failure.crash(report)
            detail = str(report.longrepr or "")
        if self.stopped:
            found = failure.frames(raised, root) if raised is not None else failure.reported_frames(report, root)
        self.channel.send(
            "test", id=name, status=status, seconds=sum(getattr(r, "duration", 0) for r in self.reports),
            message=failure.cut(message), detail=failure.cut(detail), lines=lines, frames=found,
            output=failure.printed(self.config, name, status, captured(self.reports)),
        )  # fmt: skip

    def put_in_order(self, items, ids):
        """Effect: sort `items` as `ids` of tests or files are; the sentinel comes last, as nobody asks for it where a test fails."""
        asked = {name: place for place, name in enumerate(ids)}

        def place(item):
            return item.nodeid in self.sentinels, asked.get(asked_as(plain_id(item.nodeid), asked), len(asked))

        items.sort(key=place)

    def _sentinel(self, session, first):
        """A test that must fail, where the first test is, so that the same hooks apply to it."""
        word = self.config["word"]

        def test_sentinel():
            raise AssertionError("the sentinel fails, as it must: " + word)

        module = types.ModuleType("test_sentinel_" + word)
        setattr(module, "test_sentinel_" + word, test_sentinel)
        place = getattr(first, "path", None) if MAJOR >= 7 else first.fspath
        try:
            if MAJOR >= 7:
                holder = SentinelModule.from_parent(session, path=place)
            elif hasattr(pytest.Module, "from_parent"):
                holder = SentinelModule.from_parent(session, fspath=place)
            else:
                holder = SentinelModule(place, parent=session)
            holder.sentinel = module
            items = [i for i in holder.collect() if isinstance(i, pytest.Item)]
        except Exception as error:  # noqa: BLE001 - a pytest that is made otherwise: the host says what is missing
            self.channel.send("note", text="no sentinel could be made: " + failure.describe(error))
            return []
        self.sentinels = {i.nodeid for i in items}
        return items


class SentinelModule(pytest.Module):
    """A test module that exists in memory only."""

    def _getobj(self):
        return self.sentinel


def captured(reports):
    """What a test printed and logged, as far as pytest kept it; each part once, though later reports repeat it."""
    parts = []
    for report in reports:
        for title, text in getattr(report, "sections", ()):
            part = "{}:\n{}".format(title, text)
            if text and part not in parts:
                parts.append(part)
    return "\n".join(parts)


def worst(reports):
    """(status, report that decides it) of the phases and parts (subtests) of one test."""
    decided = ("error", None)
    for report in reports:
        expected = hasattr(report, "wasxfail") or failure.passed_strictly(report)
        if report.outcome == "skipped":
            status = "xfailed" if expected else "skipped"
        elif report.when == "call":
            wrong = report.outcome == "failed" and not failure.passed_strictly(report)
            status = "failed" if wrong else "xpassed" if expected else "passed"
        else:
            status = "error" if report.outcome == "failed" else None
        if status is None or (decided[1] is not None and decided[0] in ("error", "failed")):
            continue
        decided = (status, report)
    return decided


def needs(session):
    """What the tests ask for that only a plug-in can give: fixtures that nobody defines, ini keys, async tests."""
    wanted = set()
    for item in session.items:
        info = getattr(item, "_fixtureinfo", None)
        if info is not None:
            known = set(info.name2fixturedefs) | set(getattr(getattr(item, "callspec", None), "params", ()))
            wanted.update("fixture " + n for n in info.names_closure if n not in known and n != "request")
        function = getattr(item, "obj", None)
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(function):
            if not hasattr(getattr(item, "cls", None), "addCleanup"):
                wanted.add("async tests")
    config = session.config
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pytest 9.2 has something else in mind for it
        settings = getattr(config, "inicfg", None) or {}
    for key in settings:
        if key not in getattr(config._parser, "_inidict", {}):
            wanted.add("setting " + key)
    return sorted(wanted)[:20]
