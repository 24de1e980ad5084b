"""Whole tests of a file, each run by pytest in a fork of the process that has imported the module: as the project's own are, with its fixtures."""

import importlib
import os

SECONDS = 5.0  # of one test
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
        config = dict(item["options"], arguments=arguments, root=self._config["root"], word=self._config["word"])
        config.update(
            files=[item["id"].partition("::")[0]], ids=[item["id"]], collect=False, fail_fast=False, output=[]
        )
        watch = watching(pytest, self)
        runner.run(config, heard, watchdog, None, [watch])
        watchdog.stop()
        return self._row(heard, watch)

    def _row(self, heard, watch):
        ended = heard.last("test") or dict(heard.last("uncollected"), status="uncollected")
        several = [fields["status"] for kind, fields in heard.rows if kind == "test"]
        worst = next((s for s in several if s != "passed"), "passed") if several else ended["status"]
        if worst != ended.get("status"):
            ended = next(f for kind, f in heard.rows if kind == "test" and f["status"] == worst)
        return {
            "kind": "tested", "status": worst, "message": ended.get("message", ""), "detail": ended.get("detail", ""),
            "reaches": self._guard.reached or "", "leaves": watch.leaves,
            "lines": sorted(watch.lines), "outcomes": sorted(watch.outcomes),
        }  # fmt: skip

    def state(self):
        """What a test must leave as it was."""
        around = dict((n, v) for n, v in os.environ.items() if n != VARIABLE)
        return os.getcwd(), around, self._guest("probing").held(self._module)


def watching(pytest, entire):
    """A plug-in of pytest's that listens to the module while a test's own code runs, and holds it to its folder."""
    branches, guard, folder = entire._branches, entire._guard, entire._folder

    class Watch(object):
        def __init__(self):
            self.lines, self.outcomes, self.leaves = set(), set(), False

        @pytest.hookimpl(hookwrapper=True)
        def pytest_runtest_protocol(self, item, nextitem):
            if item.name.startswith("test_sentinel_"):
                yield
                return
            before = entire.state()
            yield
            self.leaves = self.leaves or entire.state() != before

        @pytest.hookimpl(hookwrapper=True, trylast=True)
        def pytest_runtest_call(self, item):
            if item.name.startswith("test_sentinel_"):
                yield
                return
            if not guard.reached:  # what one of several rows of parameters reached stays said
                guard.start(folder)
            branches.start()
            try:
                yield
            finally:
                branches.stop()
                guard.stop()
                self.lines |= branches.lines
                self.outcomes |= branches.outcomes

    return Watch()
