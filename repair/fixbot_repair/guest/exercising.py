"""Tries code on a module, each batch in a fork of a process that has imported it: what it reaches, what comes of it.

Reads JSON from stdin: first what module and how, then one request a line; answers are lines on what was stdout. With
`record` it runs tests instead and tells what of the module they reach and with which values they call it.
"""
import importlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOM = 20.0  # seconds of one batch
MOST_BYTES = 8 << 20  # of one answer
MOST_VALUES = 8  # of one parameter


def guest(name):
    """Return one of the guest's own modules, as start.py loads them."""
    start = sys.modules.get("_fixbot_guest_start")
    if start is None:
        spec = importlib.util.spec_from_file_location("_fixbot_guest_start", os.path.join(HERE, "start.py"))
        start = sys.modules["_fixbot_guest_start"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(start)
    return start.load(name)


class Notes(object):
    """The values that functions of the module are called with, as source text: by first line of the function and name."""

    def __init__(self, names):
        self._names = names
        self.seen = {}

    def called(self, frame):
        """Note the arguments of a call that begins."""
        code = frame.f_code
        count = code.co_argcount + code.co_kwonlyargcount
        for name in code.co_varnames[:count]:
            held = self.seen.setdefault((code.co_firstlineno, name), [])
            if len(held) < MOST_VALUES and name in frame.f_locals:
                self._keep(held, frame.f_locals[name])

    def _keep(self, held, value):
        try:
            text = guest("valuing").written(value, self._names())
        except Exception:  # noqa: BLE001 - the project's own repr and comparison may fail
            return
        if text is not None and text not in held:
            held.append(text)

    def rows(self):
        """[first line, name, [texts]] of every parameter."""
        return [[line, name, texts] for (line, name), texts in sorted(self.seen.items())]


class Recorder(object):
    """Listens to all tests of a run, one after the other."""

    def __init__(self, config, channel):
        self._module, self._channel = config["module"], channel
        self._notes = Notes(lambda: vars(sys.modules[config["module"]]) if config["module"] in sys.modules else {})
        self._branches = guest("branching").Branches(config["file"], config["heads"], config["spans"], self._notes.called)
        self._lines, self._outcomes = set(), set()

    def start(self):
        """Effect: begin to listen to a test."""
        self._branches.start()

    def stop(self):
        """Effect: stop, keep what was reached, and tell of it where it is more than before: what comes next may end the process."""
        self._branches.stop()
        before = len(self._lines) + len(self._outcomes)
        self._lines |= self._branches.lines
        self._outcomes |= self._branches.outcomes
        if len(self._lines) + len(self._outcomes) > before:
            self.tell()
        return {"reached": len(self._branches.lines)}

    def tell(self):
        """Effect: send all of it, and whether any test has so much as imported the module."""
        self._channel.send(
            "reached", lines=sorted(self._lines), outcomes=sorted(self._outcomes), values=self._notes.rows(),
            imported=self._module in sys.modules,
        )  # fmt: skip


def record(config):
    """Effect: run the tests and send what they reach and which values they use."""
    channel = guest("channel").Channel(config["descriptor"], config["word"])
    guest("failure")
    watchdog = guest("watchdog").Watchdog(config["seconds"])
    guest("places").leave_guest(config["original"], config["root"])
    runner = guest("run_pytest" if config["runner"] == "pytest" else "run_unittest")
    guest("places").enter_project(config["root"])
    recorder = Recorder(config, channel)
    watchdog.collecting(config["collect_seconds"])
    runner.run(config, channel, watchdog, recorder)
    recorder.tell()
    channel.send("end", code=0)


def readable(root):
    """Folders whose files are the same wherever the project is at home."""
    kinds = sys.modules.get("mimetypes")
    return [root, sys.prefix, sys.base_prefix, sys.exec_prefix] + sys.path + list(kinds.knownfiles if kinds else ())


class Bench(object):
    """The module, imported once; every request is worked on in a fork."""

    def __init__(self, config, channel):
        self.channel = channel
        self.forking = guest("forking")
        self.folder = tempfile.mkdtemp(prefix="fixbot-exercise-")
        self.seconds = config["probe_seconds"]
        branches = guest("branching").Branches(config["file"], config["heads"], config["spans"])
        branches.start()
        try:
            self.module = importlib.import_module(config["module"])
        finally:
            branches.stop()
        self.reached = {"lines": sorted(branches.lines), "outcomes": sorted(branches.outcomes)}
        self.threads = self.forking.threads()
        self.guard = guard = guest("guarding").Guard(readable(config["root"]))
        if config["elsewhere"]:
            os.chdir(tempfile.mkdtemp(prefix="fixbot-elsewhere-"))
            tempfile.tempdir = os.path.join(os.sep, "var", "passing")  # nobody may write there, and its name is another one
        probing = guest("probing")
        self.prober = probing.Prober(self.module, branches, guard, self.folder)
        self.slips = probing.Slips(config["file"])
        self.entire = guest("entire").Entire(config, guest, self.module, branches, guard, self.folder)
        self.timeout = guest("watchdog").TestTimeout

    def serve(self):
        """Effect: answer requests until there are no more."""
        self.forking.adopt()
        for line in self.forking.lines_of(0):
            request = json.loads(line)
            if request["do"] == "test":
                self.entire.ready()
            work = {"try": self.tried, "kill": self.killed, "test": self.tested}[request["do"]]
            at_once = len(request["items"]) if request["do"] == "try" else 1
            self.answer(work, request["items"], at_once)
            self.channel.send("done")
            shutil.rmtree(self.folder, ignore_errors=True)
            os.mkdir(self.folder)

    def answer(self, work, items, at_once):
        """Effect: send a row for each of `items`, so many of them from one fork; one that ends its fork is lost.

        Where they come from one fork, all have the time of one: what is left then is said to be untried.
        """
        done, deadline = 0, time.time() + (ROOM if at_once > 1 else ROOM * len(items))
        while done < len(items):
            if time.time() > deadline:
                self.channel.send("row", row={"kind": "untried"})
                done += 1
                continue
            part = items[done:done + at_once]
            said = self.in_fork(work, part)
            for row in said:
                self.channel.send("row", row=row)
            done += len(said)
            if len(said) < len(part):
                self.channel.send("row", row={"kind": "lost"})
                done += 1

    def in_fork(self, work, items):
        """Effect: the rows that a fork tells of `items`, in their order; fewer where it ended early, or something else wrote to where it tells."""
        word = os.urandom(16).hex()

        def told(end):
            self.channel.leave()
            work(items, Answer(end, word))

        self.guard.told()
        data, _ = self.forking.in_child(told, ROOM, MOST_BYTES)
        found, reached = self.rows(data, word, len(items), work == self.tested), self.guard.told()
        if reached:  # noted by the hook, whatever the fork came to say of itself
            found = [dict(found[0] if found else {"kind": "tested", "status": "lost"}, reaches=reached)]
        return found

    @staticmethod
    def rows(data, word, most, is_exact):
        """The rows of an answer, each behind the word; with anything else in it only what stands before, where it is to be exact none."""
        found = []
        for line in data.decode("utf-8", "replace").split("\n")[:-1]:
            given, _, row = line.partition(" ")
            if given != word or len(found) == most:
                return [] if is_exact else found
            try:
                found.append(json.loads(row))
            except ValueError:
                break
        return found

    def patience(self):
        """Effect: make this fork quiet and bounded; returns what limits one attempt."""
        self.forking.quiet()
        self.forking.limit_memory()
        return self.forking.Patience(self.seconds, self.timeout)

    def tried(self, items, end):
        """Effect: in a fork, try each of `items` and write what came of it."""
        patience = self.patience()
        for item in items:
            end.write(self.prober.tried(item, patience, self.timeout))

    def killed(self, items, end):
        """Effect: in a fork, make the one slip and write which cases notice."""
        patience, (item,), killers = self.patience(), items, []
        if item["edits"] == [[0, 0, ""]] or self.slips.make(item["edits"]):  # an edit of nothing: as it is
            killers = [c["id"] for c in item["cases"] if not self.prober.passes(c, patience, self.timeout)]
        end.write({"kind": "killed", "killers": killers})

    def tested(self, items, end):
        """Effect: in a fork, make the one slip, if any, and write how the test of a file ends as pytest runs it."""
        self.forking.quiet()
        self.forking.limit_memory()
        (item,) = items
        made = not item["edits"] or self.slips.make(item["edits"])
        try:
            row = self.entire.tested(item) if made else {"kind": "tested", "status": "unmade"}
        except Exception as error:  # noqa: BLE001 - what the project's plug-ins raise in pytest's own work
            row = {"kind": "tested", "status": "lost", "message": "{}: {}".format(type(error).__name__, error)}
        end.write(row)


class Answer(object):
    """Where a fork tells what came of its work: each row behind a word that what it tries is not told."""

    __slots__ = ("write",)

    def __init__(self, end, word):
        def write(row):
            data = (word + " " + json.dumps(row)).encode("utf-8", "backslashreplace") + b"\n"
            while data:
                data = data[os.write(end, data):]

        self.write = write


def serve(config):
    """Effect: import the module and answer what is asked; a module that cannot be imported is said to be one."""
    if config["elsewhere"]:
        guest("elsewhere").move(config["elsewhere"])  # first: what is loaded later keeps what it finds
    channel = guest("channel").Channel(os.dup(1), config["word"])
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    for name in ("failure", "places", "watchdog", "swapping", "valuing"):
        guest(name)
    import pytest  # noqa: F401 - before the project's folder can put another in its place

    guest("places").leave_guest(config["original"], config["root"])
    guest("places").enter_project(config["root"])
    if config["top"] not in sys.path:
        sys.path.insert(0, config["top"])
    try:
        bench = Bench(config, channel)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - importing is the project's own code
        channel.send("failed", why="{}: {}".format(type(error).__name__, error))
        return
    channel.send("ready", python=list(sys.version_info[:3]), threads=bench.threads, **bench.reached)
    bench.serve()


def main():
    """Effect: do as told."""
    first = next(guest("forking").lines_of(0))
    config = json.loads(first)
    if config["record"]:
        record(config)
    else:
        serve(config)


if __name__ == "__main__":
    main()
