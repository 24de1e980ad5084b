"""Tries many versions of a few files quickly: everything else is imported once, then one fork for each version.

Reads JSON lines from stdin (the first says what to prepare, each further one is a trial), writes lines of a Channel to
what was stdout. The files under trial are never imported here, nor what imports them: a fork imports them as they lie in
the work folder then. Says ``unsafe`` and ends where forking cannot be trusted (threads, a suspect that is loaded already).
"""

import gc
import importlib
import importlib.util
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PREPARATION = 120.0  # seconds that importing everything once may take
MOST_BYTES = 64 << 20  # of what is learned about imports


def guest(name):
    """Return one of the guest's own modules, as start.py loads them."""
    start = sys.modules.get("_fixbot_guest_start")
    if start is None:
        spec = importlib.util.spec_from_file_location("_fixbot_guest_start", os.path.join(HERE, "start.py"))
        start = sys.modules["_fixbot_guest_start"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(start)
    return start.load(name)


forking, importing = guest("forking"), guest("importing")
guest("channel")
brief = guest("brief")


class Unsafe(Exception):
    """Raised when this process must not be forked for trials."""


def patience(seconds, others=None):
    """The watchdog of a fork; `others` are limits of single tests."""
    return forking.Patience(seconds, guest("watchdog").TestTimeout, others)


class Server(object):
    """The process that is forked. `config` is what start.py gets, and: `suspects` (paths), `warm` (bool), `keep` (bool).

    With `keep` everything is imported and collected, suspects too, and trials change functions in place (keeping.py).
    """

    def __init__(self, config, channel, requests):
        self.config = config
        self.channel = channel
        self.requests = requests
        self.pid = os.getpid()
        self.runner = guest("run_pytest" if config["runner"] == "pytest" else "run_unittest")
        self.suspects = set(os.path.realpath(os.path.join(config["root"], *p.split("/"))) for p in config["suspects"])
        self.request = None
        self.answers = None
        self.keeper = None

    def run(self):
        """Effect: prepare, then answer until stdin ends."""
        notes = guest("places").enter_project(self.config["root"])
        if self.config.get("keep"):
            self.keeper = guest("keeping").Keeper(self, notes)
            self.keeper.run()
            return
        if self.config["runner"] == "pytest":
            importing.rewrite_little()
        seen = self.probe()
        self.suspects = importing.widened(seen, self.suspects, self.config["root"])
        tainted = importing.tainted(seen, self.suspects)
        warmed = self.warm(seen, tainted) if self.config["warm"] else 0
        compiled = importing.keep_compiled(seen, tainted)
        self.check()
        if hasattr(gc, "freeze"):
            gc.freeze()
        inside = self.config["runner"] == "pytest" and not any(importing.is_conftest(n) for n in tainted)
        self.channel.send(
            "ready", python=sys.version.split()[0], notes=notes, warmed=warmed, tainted=len(tainted), compiled=compiled,
            session=inside, suspects=sorted(os.path.relpath(place, self.config["root"]) for place in self.suspects),
        )  # fmt: skip
        if inside:
            self.rewritten = [place for _, place, kind in seen["modules"] if kind == "AssertionRewritingHook"]
            self.inside_session()
        else:
            self.serve()

    def probe(self):
        """Collect the tests once in a fork, to learn what gets imported and by whom."""

        def work(write_end):
            forking.quiet()
            imports = importing.Imports()
            channel = brief.Silent()
            config = dict(self.config, collect=True, ids=None)
            self.runner.run(config, channel, patience(PREPARATION), None)
            data = json.dumps(imports.result()).encode("ascii")
            while data:
                data = data[os.write(write_end, data) :]

        data, how = forking.in_child(work, PREPARATION, MOST_BYTES)
        if how != "ended" or not data:
            raise Unsafe("the tests cannot be collected in a fork: " + how)
        return json.loads(data.decode("ascii"))

    def warm(self, seen, tainted):
        """Effect: import what the tests import, but nothing tainted and no test; returns how many modules."""
        own_path, own_modules = list(sys.path), len(sys.modules)
        sys.path[:] = seen["path"]
        try:
            for name, place, kind in seen["modules"]:
                if name in tainted or name in sys.modules or kind == "AssertionRewritingHook":
                    continue
                if place.startswith(self.config["root"] + os.sep) and os.path.basename(place) == "conftest.py":
                    continue
                try:
                    importlib.import_module(name)
                except BaseException:  # noqa: BLE001 - then the fork that needs it meets the error
                    pass
        finally:
            sys.path[:] = own_path
        return len(sys.modules) - own_modules

    def check(self):
        """Raise Unsafe when this process may not be forked."""
        for name, module in list(sys.modules.items()):
            place = getattr(module, "__file__", None)
            if isinstance(place, str) and os.path.realpath(place) in self.suspects:
                raise Unsafe("{} is loaded already".format(name))
        if forking.threads() > 1:
            raise Unsafe("importing the project starts threads")

    def check_or_exit(self):
        """Effect: tell the host and end where pytest itself, or a conftest, made forking unsafe."""
        try:
            self.check()
        except Unsafe as error:
            self.channel.send("unsafe", why=str(error))
            os._exit(0)

    def inside_session(self):
        """Effect: start pytest up to the point where it would collect, and answer from there."""
        server = self

        class Waiting(self.runner.Reporter):
            def pytest_sessionstart(self, session):
                collect = session.perform_collect

                def wait_and_collect(*args, **kwargs):
                    importing.cache_rewriting(server.rewritten, session.config)
                    server.check_or_exit()
                    server.serve()
                    server.start(self)
                    return collect(server.request["files"])

                session.perform_collect = wait_and_collect

            def pytest_collection_finish(self, session):
                self.put_in_order(session.items, server.request["ids"])
                self.left = len(session.items)
                if not self.left:
                    server.finish(self.channel)

            def _tell(self, name, is_sentinel, lines):
                server.runner.Reporter._tell(self, name, is_sentinel, lines)
                self.left -= 1
                if not self.left or (self.stopped and not is_sentinel and self.config["fail_fast"]):
                    server.finish(self.channel)  # at once: pytest's own way of ending takes longer than most tests

        reporter = Waiting(dict(self.config, collect=False, ids=[]), self.channel, patience(PREPARATION), None)
        self.answers = "session"
        self.in_pytest(reporter, [])

    def in_pytest(self, reporter, files):
        """Effect: start pytest with a reporter that answers requests on the way; does not return."""
        forking.quiet()
        self.runner.pytest.main(self.runner.arguments(dict(self.config, files=files)), plugins=[reporter])
        if os.getpid() != self.pid:
            self.finish(reporter.channel)
        raise Unsafe("pytest ended before it collected")

    def serve(self):
        """Effect: answer requests until stdin ends. In mode "session" this returns, but only in a fork, to run its tests."""
        for line in self.requests:
            self.request = json.loads(line)
            began = time.time()
            data, how = self.trial()
            if data is None:
                return
            self.channel.send(
                "trial", number=self.request["number"], how=how, seconds=time.time() - began,
                report=data.decode("utf-8", "replace"),
            )  # fmt: skip
        if os.getpid() == self.pid:
            os._exit(0)

    def trial(self):
        """Effect: run one request in a fork. In the fork itself, in mode "session", returns (None, "")."""
        known = self.keeper.known(self.request) if self.keeper else ""
        if known:
            return b"", known
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            os.setpgid(0, 0)
            self.write_end = write_end
            if self.keeper:
                self.keeper.swap()
            else:
                forking.compile_or_exit(self.request["changed"])
            if self.answers == "session":
                return None, ""
            self.run_alone()
        os.close(write_end)
        try:
            return forking.gather(read_end, pid, self.request["wall"])
        finally:
            os.close(read_end)

    def start(self, reporter):
        """Effect: make the waiting reporter that of this trial."""
        reporter.channel = self.begin_fork()
        reporter.watchdog = self.patience()
        reporter.config = dict(reporter.config, ids=self.request["ids"], fail_fast=self.request["fail_fast"])
        reporter.wanted = set(self.request["ids"])

    def begin_fork(self):
        """Effect: make this process one in which a trial may run; returns its channel."""
        forking.quiet()
        forking.limit_memory()
        limits, usual = self.request.get("limits") or {}, self.request["seconds"]
        forking.limit_time(2 * sum(limits.get(i, usual) for i in self.request["ids"]))
        importing.explain_nothing(guest("failure"))
        return brief.Brief(self.write_end, self.config["word"])

    def collecting(self):
        """The watchdog while there is no request yet."""
        return patience(PREPARATION)

    def patience(self):
        """The watchdog for the tests of the request."""
        return patience(self.request["seconds"], self.request.get("limits"))

    def run_alone(self):
        """Effect: run the request from the very start of the test runner; does not return."""
        code = 1
        try:
            channel = self.begin_fork()
            config = dict(self.config, collect=False)
            config.update((k, self.request[k]) for k in ("ids", "files", "fail_fast"))
            self.runner.run(config, channel, self.patience(), None)
            channel.send("done")
            code = 0
        finally:
            os._exit(code)

    def finish(self, channel):
        """Effect: end a fork in mode "session"."""
        try:
            channel.send("done")
        finally:
            os._exit(0)


def main():
    """Effect: serve until stdin ends."""
    import fcntl

    requests = forking.lines_of(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 100))
    config = json.loads(next(requests))
    channel = guest("channel").Channel(os.dup(1), config["word"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if config["autoload"]:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    forking.adopt()
    guest("failure")
    guest("places").leave_guest(config["original"], config["root"])
    server = os.getpid()
    try:
        Server(config, channel, requests).run()
    except BaseException as error:  # noqa: BLE001 - the host is told, and goes on without us
        if os.getpid() == server:
            why = str(error) if isinstance(error, Unsafe) else guest("failure").describe(error)
            channel.send("unsafe", why=why)
    finally:
        os._exit(0 if os.getpid() == server else 1)


if __name__ == "__main__":
    main()
