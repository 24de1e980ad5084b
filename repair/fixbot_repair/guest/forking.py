"""Forks that are watched: what they write is read, their time is bounded, and nothing that they started stays behind."""
import os
import select
import signal
import time

try:
    import resource  # here, not where it is used: a fork would load it anew each time
except ImportError:
    resource = None

MOST_BYTES = 2 << 20  # of one trial's report
UNCOMPILED = 103  # exit code of a fork whose changed files do not compile
MOMENT = 0.05  # seconds in which a fork that is done should be gone
ROOM = 2 << 30  # bytes of memory that a fork may take beyond what it has at its start


def in_child(work, seconds, most):
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
        return gather(read_end, pid, seconds, most)
    finally:
        os.close(read_end)


def gather(read_end, pid, seconds, most=MOST_BYTES):
    """Effect: read until the fork ends or its time is up, and end it with everything it started."""
    data, deadline, how = [], time.time() + seconds, ""
    size = 0
    while size < most:
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
    status = end(pid, how == "timeout", read_end)
    if not how and status:
        how = "signal {}".format(status) if status > 0 else "uncompiled" if status == -UNCOMPILED else "exit"
    return b"".join(data), how or "ended"


def end(pid, kill, read_end=-1):
    """Effect: reap the fork; whatever it left behind is killed. Returns its signal, or its exit code below zero."""
    if kill:
        slay(pid)
    elif read_end >= 0:
        select.select([read_end], [], [], MOMENT)  # its end closes the pipe, sooner than a sleep would be over
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


def limit_memory():
    """Effect: bound this process's memory, so that an endless list fails alone."""
    if resource is None:
        return
    try:
        with open("/proc/self/statm") as file:
            size = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = size + ROOM if hard == resource.RLIM_INFINITY else min(hard, size + ROOM)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    except (OSError, ValueError):
        pass


def limit_time(seconds):
    """Effect: bound this process's CPU time, and that of each process it starts, by what no signal handler can put off."""
    if resource is not None:
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        most = int(seconds) + 2
        most = most if hard == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def quiet():
    """Effect: throw away what this process prints."""
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)


class Patience(object):
    """Limits each test of a fork by CPU time, and by ten times that in wall time; has the watchdog's methods.

    `error` is what it raises in the test.
    """

    def __init__(self, seconds, error, others=None):
        self.seconds = seconds
        self.fired = False
        self._error = error
        self._usual = seconds
        self._others = others or {}

    def expect(self, name):
        """The test `name` comes next: it may have a limit of its own."""
        self.seconds = self._others.get(name, self._usual)

    def start(self):
        """Effect: begin to count."""
        self.fired = False
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, self._alarm)
        # Repeated: tested code may swallow the first one.
        signal.setitimer(signal.ITIMER_PROF, self.seconds, self.seconds)
        signal.setitimer(signal.ITIMER_REAL, self.seconds * 10, self.seconds)
        # A loop in C code takes no signal of Python's: this one ends the process.
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds * 2 + MOMENT)

    def stop(self):
        """Effect: stop counting."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def collecting(self, seconds):
        """The server watches the whole fork."""

    def _alarm(self, number, frame):
        self.fired = True
        raise self._error("the test took longer than {} s of CPU time".format(self.seconds))


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
