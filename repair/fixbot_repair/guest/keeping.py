"""A fork server that keeps everything loaded and collected: trials change functions in place, in a fork.

What cannot be proven safe (swapping.py) is answered with ``refused``; then another server loads the files anew.
"""
import gc
import os
import sys

brief = sys.modules["_fixbot_guest_brief"]
importing = sys.modules["_fixbot_guest_importing"]
start = sys.modules["_fixbot_guest_start"]
swapping = start.load("swapping")


class Keeper(object):
    """Prepares the server's process, and knows what each request is to change."""

    def __init__(self, server, notes):
        self._server = server
        self._notes = notes
        self._functions = None
        self._plans = []
        self._tried = {}  # shapes of code -> number of the request that tried it

    def run(self):
        """Effect: import and collect everything, then answer requests; does not return."""
        witness = swapping.Witness(self._server.config["root"])
        if self._server.config["runner"] == "pytest":
            self._in_session(witness)
        else:
            self._alone(witness)

    def _ready(self, witness, ids):
        server = self._server
        server.check_or_exit()
        gc.collect()
        self._functions = swapping.Functions(server.config["root"], witness.result())
        if hasattr(gc, "freeze"):
            gc.freeze()
        server.answers = "session"
        server.channel.send("ready", python=sys.version.split()[0], notes=self._notes, ids=ids)

    def known(self, request):
        """What is known of a request without a fork: "refused: why", "uncompiled", "equal", "same N", or ""."""
        try:
            self._plans = [self._functions.plan(change) for change in request["swaps"]]
        except swapping.Refused as error:
            return "refused: " + str(error)
        except Exception:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError, MemoryError: all the same here
            return "uncompiled"
        if not request["first"]:
            return ""
        shapes = tuple((id(fs[0]), swapping.shape(code)) for fs, code in self._plans)
        if all(swapping.shape(fs[0].__code__) == swapping.shape(code) for fs, code in self._plans):
            return "equal"
        before = self._tried.setdefault(shapes, request["number"])
        return "" if before == request["number"] else "same {}".format(before)

    def swap(self):
        """Effect: give the functions of the request their new bodies (in a fork)."""
        for functions, code in self._plans:
            for function in functions:
                function.__code__ = code

    def _in_session(self, witness):
        keeper, server = self, self._server
        pytest = server.runner.pytest

        class Holding(server.runner.Reporter):
            @pytest.hookimpl(tryfirst=True)
            def pytest_runtestloop(self, session):
                names = [(server.runner.plain_id(i.nodeid), i) for i in session.items]
                tests = dict(n for n in names if n[1].nodeid not in self.sentinels)
                sentinel = [i for i in session.items if i.nodeid in self.sentinels]
                keeper._ready(witness, list(tests))
                server.serve()
                server.start(self)
                # The sentinel comes last: where a test fails, nobody asks whether failures show.
                session.items[:] = [tests[i] for i in server.request["ids"] if i in tests] + sentinel
                self.left = len(session.items)

            def _tell(self, name, is_sentinel, lines):
                server.runner.Reporter._tell(self, name, is_sentinel, lines)
                self.left -= 1
                if not self.left or (self.stopped and not is_sentinel and self.config["fail_fast"]):
                    server.finish(self.channel)

        importing.rewrite_little(witness)
        watchdog = server.collecting()
        reporter = Holding(dict(server.config, collect=False, ids=None), brief.Silent(), watchdog, None)
        server.in_pytest(reporter, server.config["files"])

    def _alone(self, witness):
        server = self._server
        sys.modules["_fixbot_guest_forking"].quiet()
        tests = dict(server.runner.collected(dict(server.config, ids=None), brief.Silent()))
        self._ready(witness, list(tests))
        server.serve()
        channel = server.begin_fork()
        config = dict(server.config, fail_fast=server.request["fail_fast"])
        result = server.runner.Result(config, channel, server.patience(), None)
        try:
            server.runner.run_all([(i, tests[i]) for i in server.request["ids"] if i in tests], result, config["word"])
        finally:
            server.finish(channel)
