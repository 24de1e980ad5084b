"""Tries many versions of a few files quickly: everything else is imported once, then one fork for each version.

Reads JSON lines from stdin (the first says what to prepare, each further one is a trial), writes lines of a Channel to
what was stdout. The files under trial are never imported here, nor what imports them: a fork imports them as they lie in
the work folder then. Says ``unsafe`` and ends where forking cannot be trusted (threads, a suspect that is loaded already).
"""
import builtins
import gc
import importlib
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_BYTES = 2 << 20  # of one trial's report
PREPARATION = 120.0  # seconds that importing everything once may take
UNCOMPILED = 103  # exit code of a fork whose changed files do not compile
ROOM = 2 << 30  # bytes of memory that a trial may take beyond what the server has


def load(name):
    """Return one of the guest's own modules, under a name that no project uses."""
    full = "_fixbot_guest_" + name
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, os.path.join(HERE, name + ".py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


class Unsafe(Exception):
    """Raised when this process must not be forked for trials."""


class Patience(object):
    """Limits each test of a fork by CPU time, and by ten times that in wall time; has the watchdog's methods."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.fired = False
        self._error = load("watchdog").TestTimeout

    def start(self):
        """Effect: begin to count."""
        self.fired = False
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, self._alarm)
        # Repeated: tested code may swallow the first one.
        signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds * 10, self.seconds)

    def stop(self):
        """Effect: stop counting."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)

    def collecting(self, seconds):
        """The server watches the whole fork."""

    def _alarm(self, number, frame):
        self.fired = True
        raise self._error("the test took longer than {} s of CPU time".format(self.seconds))


class Imports(object):
    """Who imported whom in this process, from when it was made on."""

    def __init__(self):
        self.before = set(sys.modules)
        self.edges = set()
        self._import = builtins.__import__
        self._import_module = importlib.import_module
        builtins.__import__ = self._statement
        importlib.import_module = self._function

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
            base = ".".join(parts[:len(parts) - level + 1] + ([name] if name else []))
        else:
            base = name
        names = base.split(".")
        targets = [".".join(names[:n + 1]) for n in range(len(names))]
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
        return {"modules": fresh, "edges": edges, "path": list(sys.path)}


def in_child(work, seconds):
    """Effect: run `work(write end of a pipe)` in a fork; returns (bytes it wrote, how it ended)."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(read_end)
            os.setpgid(0, 0)
            work(write_end)
            code = 0
        finally:
            os._exit(code)
    os.close(write_end)
    try:
        return gather(read_end, pid, seconds)
    finally:
        os.close(read_end)


def gather(read_end, pid, seconds):
    """Effect: read until the fork ends or its time is up, and end it with everything it started."""
    data, deadline, how = [], time.time() + seconds, ""
    size = 0
    while size < MOST_BYTES:
        left = deadline - time.time()
        ready = select.select([read_end], [], [], max(left, 0))[0]
        if not ready:
            how = "timeout"
            break
        part = os.read(read_end, 1 << 16)
        if not part:
            break
        data.append(part)
        size += len(part)
        if part.endswith(b'"kind": "done"}\n'):
            break
    status = end(pid, how == "timeout")
    if not how and status:
        how = "signal {}".format(status) if status > 0 else "uncompiled" if status == -UNCOMPILED else "exit"
    return b"".join(data), how or "ended"


def end(pid, kill):
    """Effect: reap the fork; whatever it left behind is killed. Returns its signal, or its exit code below zero."""
    if kill:
        slay(pid)
    _, status = os.waitpid(pid, 0) if kill else wait(pid)
    slay(pid, group_only=True)
    for orphan in children():
        try:
            os.kill(orphan, signal.SIGKILL)
            os.waitpid(orphan, 0)
        except OSError:
            pass
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


def wait(pid):
    """Effect: wait for a fork that is done; one that does not go within two seconds is killed."""
    for attempt in range(400):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return found, status
        time.sleep(0.0005 if attempt < 100 else 0.006)
    slay(pid)
    return os.waitpid(pid, 0)


def slay(pid, group_only=False):
    """Effect: kill a fork and its process group."""
    for kill in (os.killpg,) if group_only else (os.killpg, os.kill):
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            pass


def adopt():
    """Effect: become the parent of orphans (Linux), so that a process that left its group is found and ended."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    except Exception:  # noqa: BLE001 - another system: the sandbox ends them in the end
        pass


def children():
    """Process ids of our children, where the system tells."""
    try:
        with open("/proc/self/task/{}/children".format(os.getpid())) as file:
            return [int(word) for word in file.read().split()]
    except (OSError, ValueError):
        return []


def threads():
    """How many threads this process has."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()


class Silent(object):
    """A channel that nobody reads."""

    def send(self, kind, **fields):
        """Send nothing."""


def brief_channel(descriptor, word):
    """A channel that leaves out what trials do not need."""

    class Brief(load("channel").Channel):
        def send(self, kind, **fields):
            fields.pop("detail", None)
            if kind not in ("loaded", "note"):
                super(Brief, self).send(kind, **fields)

    return Brief(descriptor, word)


class Server(object):
    """The process that is forked. `config` is what start.py gets, and: `suspects` (paths), `warm` (bool)."""

    def __init__(self, config, channel, requests):
        self.config = config
        self.channel = channel
        self.requests = requests
        self.pid = os.getpid()
        self.runner = load("run_pytest" if config["runner"] == "pytest" else "run_unittest")
        self.suspects = set(os.path.realpath(os.path.join(config["root"], *p.split("/"))) for p in config["suspects"])
        self.request = None
        self.answers = None

    def run(self):
        """Effect: prepare, then answer until stdin ends."""
        notes = load("places").enter_project(self.config["root"])
        seen = self.probe()
        tainted = self.tainted(seen)
        warmed = self.warm(seen, tainted) if self.config["warm"] else 0
        compiled = self.compile(seen, tainted)
        self.check()
        if hasattr(gc, "freeze"):
            gc.freeze()
        inside = self.config["runner"] == "pytest" and not any(n.split(".")[-1] == "conftest" for n in tainted)
        self.channel.send(
            "ready", python=sys.version.split()[0], notes=notes, warmed=warmed, tainted=len(tainted), compiled=compiled,
            session=inside,
        )  # fmt: skip
        if inside:
            self.rewritten = [place for _, place, kind in seen["modules"] if kind == "AssertionRewritingHook"]
            self.inside_session()
        else:
            self.serve()

    def probe(self):
        """Collect the tests once in a fork, to learn what gets imported and by whom."""
        def work(write_end):
            quiet()
            imports = Imports()
            channel = Silent()
            config = dict(self.config, collect=True, ids=None)
            self.runner.run(config, channel, Patience(PREPARATION), None)
            data = json.dumps(imports.result()).encode("ascii")
            while data:
                data = data[os.write(write_end, data):]

        global MOST_BYTES
        kept, MOST_BYTES = MOST_BYTES, 64 << 20
        try:
            data, how = in_child(work, PREPARATION)
        finally:
            MOST_BYTES = kept
        if how != "ended" or not data:
            raise Unsafe("the tests cannot be collected in a fork: " + how)
        return json.loads(data.decode("ascii"))

    def tainted(self, seen):
        """Names of the suspect modules and of everything that imports one of them, directly or not."""
        importers = {}
        for name, place, _ in seen["modules"]:
            if "." in name:
                importers.setdefault(name.rpartition(".")[0], set()).add(name)
        for importer, imported in seen["edges"]:
            importers.setdefault(imported, set()).add(importer)
        found = set()
        todo = [name for name, place, _ in seen["modules"] if place in self.suspects]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo.extend(importers.get(name, ()))
        return found

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

    def compile(self, seen, tainted):
        """Effect: compile what is imported anew in each fork, but the suspects; returns how many modules."""
        codes = {}
        loader_type = importlib.machinery.SourceFileLoader
        plain = loader_type.get_code
        for name, place, kind in seen["modules"]:
            if name in tainted and place not in self.suspects and kind == "SourceFileLoader" and place.endswith(".py"):
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

    def check(self):
        """Raise Unsafe when this process may not be forked."""
        for name, module in list(sys.modules.items()):
            place = getattr(module, "__file__", None)
            if isinstance(place, str) and os.path.realpath(place) in self.suspects:
                raise Unsafe("{} is loaded already".format(name))
        if threads() > 1:
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
                    cache_rewriting(server.rewritten, session.config)
                    server.check_or_exit()
                    server.serve()
                    server.start(self)
                    return collect(server.request["files"])

                session.perform_collect = wait_and_collect

            def pytest_collection_finish(self, session):
                self.left = len(session.items)
                if not self.left:
                    server.finish(self.channel)

            def _tell(self, name, is_sentinel, lines):
                server.runner.Reporter._tell(self, name, is_sentinel, lines)
                self.left -= 1
                if not self.left or (self.stopped and not is_sentinel and self.config["fail_fast"]):
                    server.finish(self.channel)  # at once: pytest's own way of ending takes longer than most tests

        watchdog = Patience(PREPARATION)
        reporter = Waiting(dict(self.config, collect=False, ids=[]), self.channel, watchdog, None)
        self.answers = "session"
        quiet()
        import pytest

        pytest.main(self.runner.arguments(dict(self.config, files=[])), plugins=[reporter])
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
        read_end, write_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read_end)
            os.setpgid(0, 0)
            self.write_end = write_end
            compile_or_exit(self.request["changed"])
            if self.answers == "session":
                return None, ""
            self.run_alone()
        os.close(write_end)
        try:
            return gather(read_end, pid, self.request["wall"])
        finally:
            os.close(read_end)

    def start(self, reporter):
        """Effect: make the waiting reporter that of this trial."""
        quiet()
        limit_memory()
        explain_nothing()
        reporter.channel = brief_channel(self.write_end, self.config["word"])
        reporter.watchdog = Patience(self.request["seconds"])
        reporter.config = dict(reporter.config, ids=self.request["ids"], fail_fast=self.request["fail_fast"])
        reporter.wanted = set(self.request["ids"])

    def run_alone(self):
        """Effect: run the request from the very start of the test runner; does not return."""
        code = 1
        try:
            quiet()
            limit_memory()
            explain_nothing()
            channel = brief_channel(self.write_end, self.config["word"])
            config = dict(self.config, collect=False)
            config.update((k, self.request[k]) for k in ("ids", "files", "fail_fast"))
            self.runner.run(config, channel, Patience(self.request["seconds"]), None)
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


def compile_or_exit(paths):
    """Effect: end this fork when one of the changed files does not compile."""
    for path in paths:
        try:
            with open(path, "rb") as file:
                compile(file.read(), path, "exec", 0, True)
        except OSError:
            pass  # deleted
        except Exception:  # noqa: BLE001 - SyntaxError, ValueError, RecursionError, MemoryError: all the same here
            os._exit(UNCOMPILED)


def explain_nothing():
    """Effect: keep pytest and ourselves from explaining failures, which takes longer than most tests."""
    load("failure").frames = lambda value, root: []
    nodes = sys.modules.get("_pytest.nodes")
    if hasattr(getattr(nodes, "Node", None), "_repr_failure_py"):
        nodes.Node._repr_failure_py = lambda self, excinfo, style=None: "failed"
    comparing = sys.modules.get("_pytest.assertion.util")
    if hasattr(comparing, "assertrepr_compare"):
        comparing.assertrepr_compare = lambda *args, **kwargs: None


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


def limit_memory():
    """Effect: bound this process's memory, so that an endless list fails alone."""
    try:
        import resource

        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = size + ROOM if hard == resource.RLIM_INFINITY else min(hard, size + ROOM)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (ImportError, OSError, ValueError):
        pass


def quiet():
    """Effect: throw away what this process prints."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)


def lines_of(descriptor):
    """Lines of a descriptor, whole, until its end; read without a buffer that a fork would share."""
    rest = b""
    while True:
        while b"\n" in rest:
            line, _, rest = rest.partition(b"\n")
            yield line.decode("utf-8")
        part = os.read(descriptor, 1 << 16)
        if not part:
            return
        rest += part


def main():
    """Effect: serve until stdin ends."""
    import fcntl

    requests = lines_of(fcntl.fcntl(0, fcntl.F_DUPFD_CLOEXEC, 100))
    config = json.loads(next(requests))
    channel = load("channel").Channel(os.dup(1), config["word"])
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if config["autoload"]:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
    adopt()
    load("failure")
    load("places").leave_guest(config["original"], config["root"])
    server = os.getpid()
    try:
        Server(config, channel, requests).run()
    except BaseException as error:  # noqa: BLE001 - the host is told, and goes on without us
        if os.getpid() == server:
            why = str(error) if isinstance(error, Unsafe) else load("failure").describe(error)
            channel.send("unsafe", why=why)
    finally:
        os._exit(0 if os.getpid() == server else 1)


if __name__ == "__main__":
    main()
