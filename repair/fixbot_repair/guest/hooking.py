"""The audit hook of guarding.py, run in a namespace that nothing leads to: not the modules, not the guard, not the frames of a test.

It is told things by audit events of its own. What lies in its cells, and the copies of functions that it uses, a test cannot change;
that something was reached for it writes to a page that it shares with the process that forked it, which no test can take back.
"""

import _posixsubprocess
import _thread
import builtins
import mmap
import posix
import posixpath
import sys
import types

EVENT = "fixbot.guard"
WRITING = posix.O_WRONLY | posix.O_RDWR | posix.O_CREAT | posix.O_TRUNC | posix.O_APPEND
PATHS = {
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "shutil.rmtree", "shutil.move", "shutil.chown", "sqlite3.connect", "os.chdir",
}  # fmt: skip
LISTED = {"os.listdir", "os.scandir"}
EVERYWHERE = ("/usr/share/zoneinfo", "/dev/urandom", "/dev/random")  # the same on every machine, or different each time
OURS = "/proc/self/schedstat"  # which the limit of time looks at
LOOKING = ("gc.get_", "sys._getframe", "sys._current_frames", "code.__new__", "function.__new__")  # at all objects, into others' frames
LOADERS = ("importlib._bootstrap>", "importlib._bootstrap_external>", "/runpy.py", "/_pytest/assertion/rewrite.py")
PARTS = {"tb_frame", "gi_frame", "cr_frame", "ag_frame", "__code__", "__closure__"}  # that lead there
REFUSED = (
    "subprocess.", "os.system", "os.fork", "os.exec", "os.spawn", "os.posix_spawn", "os.kill", "os.startfile", "pty.",
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethost", "socket.send", "urllib.", "ftplib.",
    "smtplib.", "imaplib.", "poplib.", "http.client.", "telnetlib.", "webbrowser.", "builtins.input", "signal.",
    "ctypes.", "syslog.", "sys.addaudithook", "resource.prlimit", "sqlite3.load_extension",
)  # fmt: skip
PACKAGES = ("site-packages", "dist-packages")
TEST, OWN, FIXTURE, INSTALLED, STANDARD, NOWHERE, GUEST = range(7)  # whose code a frame runs


def copied(module, **other):
    """Functions of a module over a copy of its names, some of them `other`: what is put in their place later does not show."""
    names = dict(vars(module), __builtins__=dict(vars(builtins)), **other)
    for name, each in list(names.items()):
        if isinstance(each, types.FunctionType) and each.__globals__ is vars(module):
            names[name] = types.FunctionType(each.__code__, names, each.__name__, each.__defaults__, each.__closure__)
            names[name].__kwdefaults__ = each.__kwdefaults__
    return types.SimpleNamespace(**names)


SYSTEM = types.SimpleNamespace(**dict(vars(posixpath.os), **vars(posix)))
PATH = copied(posixpath, os=SYSTEM)
FRAME, CURRENT, IDENT = sys._getframe, sys._current_frames, _thread.get_ident
ENCODING = sys.getfilesystemencoding()


def text_of(place):
    """A path as text."""
    place = SYSTEM.fspath(place)
    return place.decode(ENCODING, "surrogateescape") if isinstance(place, bytes) else place


def is_inside(place, folder):
    """Whether something opened or named lies in `folder`, or is nowhere."""
    if not isinstance(place, (str, bytes)) and not hasattr(type(place), "__fspath__"):
        return True  # a descriptor that somebody has opened already
    name = text_of(place)
    if name.startswith("file:"):  # an address of a database
        name = ("/" if name.startswith("file:/") else "") + name[len("file:"):].partition("?")[0].lstrip("/")
    if name in ("/dev/null", ":memory:"):
        return True
    name = PATH.realpath(name)
    return name == folder or name.startswith(folder + "/")


def is_folder(place):
    """Whether a path is a folder's: what is opened below such a descriptor is named without it."""
    try:
        return (SYSTEM.stat(text_of(place)).st_mode & 0o170000) == 0o040000
    except (OSError, ValueError):
        return False


def can_be_read(place, readable):
    """Whether a path lies in one of `readable`."""
    name = PATH.realpath(text_of(place))
    return text_of(place) == OURS or any(name == root or name.startswith(root + "/") for root in readable)


def named(event, arguments):
    """The paths of an event; one that is relative to an open folder (what empties a tree gives such) as a whole."""
    found = [a for a in arguments[:2] if isinstance(a, (str, bytes)) or hasattr(type(a), "__fspath__")]
    if event in ("os.remove", "os.rmdir") and isinstance(arguments[-1], int) and arguments[-1] >= 0:
        try:
            return [SYSTEM.readlink("/proc/self/fd/{}".format(arguments[-1])) + "/" + text_of(found[0])]
        except OSError:
            pass  # another system
    return found


def is_read(event, arguments):
    """Whether an event only reads a file or folder."""
    return event in LISTED or (event == "open" and not (arguments[2] or 0) & WRITING)


def is_outside(event, arguments, folder, readable):
    """Whether an event is of something outside of `folder`, and of `readable` places where it only reads."""
    if event == "open":
        if is_inside(arguments[0], folder):
            return False
        is_below = arguments[1] is None and is_folder(arguments[0])  # a descriptor below which nobody sees what is opened
        return is_below or not (is_read(event, arguments) and can_be_read(arguments[0], readable))
    if event in LISTED:
        place = "." if arguments[0] is None else arguments[0]
        return not is_inside(place, folder) and not can_be_read(place, readable)
    if event in PATHS:
        return not all(is_inside(a, folder) for a in named(event, arguments))
    return event.startswith(REFUSED)


def owners(place):
    """What tells whose code a frame runs, of a test's `place`: its `path`, the `spans` of lines that are its own, the `imports` that came with it,
    the project's `root`, the files and folders that hold `fixtures`, the `guest`."""
    kinds, path, root = {}, PATH.realpath(place["path"]), PATH.realpath(place["root"]) + "/"
    fixtures, guest = {PATH.realpath(each) for each in place["fixtures"]}, PATH.realpath(place["guest"])
    imports = [(first, last) for first, last in place["imports"]]
    lines = imports + [(first, last) for first, last in place["spans"]]

    def of_file(name):
        if name.startswith("<frozen "):
            return STANDARD
        real = PATH.realpath(name)
        if PATH.dirname(real) == guest:
            return GUEST
        if real in fixtures or any(real.startswith(each + "/") for each in fixtures):
            return FIXTURE
        try:
            SYSTEM.stat(real)
        except (OSError, ValueError):
            return NOWHERE
        if any(part in real for part in PACKAGES):
            return INSTALLED
        return OWN if real.startswith(root) else STANDARD

    def of_name(name):
        if name not in kinds:
            kinds[name] = None if PATH.realpath(name) == path else of_file(name)
        return kinds[name]

    def kind(frame):
        which = of_name(frame.f_code.co_filename)
        return which if which is not None else TEST if stands(frame, lines) else FIXTURE

    def loads(frame):
        """Whether a frame stands at one of the imports that came with the test."""
        return frame.f_code.co_name == "<module>" and of_name(frame.f_code.co_filename) is None and stands(frame, imports)

    return kind, loads, lambda files: (fixtures.update(map(PATH.realpath, files)), kinds.clear()), of_name


def stands(frame, spans):
    """Whether a frame is at a line of one of `spans`."""
    line = frame.f_lineno or frame.f_code.co_firstlineno
    return any(first <= line <= last for first, last in spans)


def answers(frame, event, arguments, kind, loads):
    """Whether no code of the test's runs in `frame` or calls it, and fixtures do, or an installed module is loaded; None for nobody's."""
    if is_read(event, arguments) and frame.f_code.co_filename.startswith("<frozen importlib"):
        return True
    found, is_loading = None, False
    while frame is not None:
        which = kind(frame)
        if which == TEST:
            return is_loading and loads(frame)
        found = found or which == FIXTURE or None
        if which in (INSTALLED, STANDARD) and frame.f_code.co_name == "<module>":
            is_loading = is_loading or not frame.f_code.co_filename.endswith("/antigravity.py")
        frame = frame.f_back
    return found


def uses(frame, kind):
    """Whose code it is that looks at all objects, through whatever of the interpreter's or pytest's it does so."""
    while frame is not None:
        name = frame.f_code.co_filename
        if kind(frame) != STANDARD and not any(part in name for part in ("/_pytest/", "/pluggy/", "/mock/")):
            return NOWHERE if kind(frame) == GUEST else kind(frame)
        frame = frame.f_back
    return NOWHERE


def pries(event, arguments):
    """Whether an event looks at all objects, into frames, or makes code that may say it is somebody else's."""
    if event == "object.__getattr__" or event == "object.__setattr__":
        return arguments[1] in PARTS
    return event == "exec" or event.startswith(LOOKING)


def hear_forks():
    """Effect: what starts processes without an event raises one."""
    start = _posixsubprocess.fork_exec

    def fork_exec(*arguments):
        sys.audit("subprocess.fork_exec")
        return start(*arguments)

    _posixsubprocess.fork_exec = fork_exec
    if getattr(sys.modules.get("subprocess"), "_fork_exec", None) is start:
        sys.modules["subprocess"]._fork_exec = fork_exec


class State(object):
    """What the hook knows; only the hook holds one."""

    def __init__(self, readable, error):
        self.readable, self.error = readable, error
        self.reached, self.folder, self.whose, self.strict = "", None, None, False
        self.page, self.creator = mmap.mmap(-1, 256), SYSTEM.getpid()
        self.is_looking, self.main = False, IDENT()

    def caller(self, above):
        """The frame so many above this one's caller."""
        self.is_looking = True  # looking at a frame is an event itself
        try:
            return FRAME(above + 1)
        finally:
            self.is_looking = False

    def told(self, what, box=None, place=None):
        """Effect: do what an event of the guard's says. Whatever a test says, nothing more is allowed by it."""
        if what == "reached":
            box.append(self.reached)
        elif what == "page" and SYSTEM.getpid() == self.creator:
            box.append(self.page[:].rstrip(b"\0").decode("ascii", "replace"))
            self.page[:] = b"\0" * len(self.page)
        elif what == "around" and self.whose is None:
            self.folder, self.whose, self.reached = box, owners(place), ""
            hear_forks()
        elif what == "fixtures" and self.whose is not None and not self.is_of_the_test():
            self.whose[2](box)
        elif what == "start":
            self.strict = True
            if self.whose is None:
                self.folder, self.reached = box, ""
        elif what == "stop":
            self.strict, self.folder = False, self.folder if self.whose else None

    def is_of_the_test(self):
        """Whether code of the test's runs, or has called what runs."""
        frame = self.caller(2)
        while frame is not None and self.whose[0](frame) != TEST:
            frame = frame.f_back
        return frame is not None

    def is_answered_for(self, event, arguments):
        """Whether the project's fixtures are what an event comes from, in a further thread also where one waits for it; called by `is_wrong`."""
        whose = self.whose[:2]
        found = answers(self.caller(3), event, arguments, *whose)
        if found is None and IDENT() != self.main:
            self.is_looking = True
            try:
                first = CURRENT().get(self.main)
            finally:
                self.is_looking = False
            found = answers(first, event, arguments, *whose) if first is not None else None
        return found

    def is_wrong(self, event, arguments):
        """Whether an event is to be refused; called by the hook."""
        wrong = is_outside(event, arguments, self.folder, self.readable)
        if self.whose is None:
            return wrong
        if wrong and not self.strict:
            wrong = event != "os.chdir" and not self.is_answered_for(event, arguments)
        if wrong or not pries(event, arguments):
            return wrong
        kind, frame = self.whose[0], self.caller(2)
        if event == "exec":  # of code that says whose it is
            is_theirs = self.whose[3](arguments[0].co_filename) in (None, FIXTURE, OWN, GUEST)
            return is_theirs and not frame.f_code.co_filename.endswith(LOADERS) and uses(frame, kind) in (TEST, NOWHERE)
        return (uses(frame, kind) if event.startswith("gc.") else kind(frame)) in (TEST, NOWHERE)

    def note(self, event):
        """Effect: keep what was reached for; of a whole test where its parent sees it."""
        if self.whose is not None and not self.reached:
            self.page[:len(event[:250])] = event[:250].encode("ascii", "replace")
        self.reached = self.reached or event


def listen(readable, error):
    """Effect: hear all events from now on, and raise `error` where something is reached for outside of a folder."""
    state = State(readable, error)

    def heard(event, arguments):
        if event == EVENT:
            state.told(*arguments)
        elif state.folder is not None and not (state.is_looking and event in ("sys._getframe", "sys._current_frames")):
            if state.is_wrong(event, arguments):
                state.note(event)
                raise state.error(event)

    sys.addaudithook(heard)
