"""Makes this process look like one of another day and another machine: what a test says must hold there, too.

Clock, cores, memory, host, process, user, interpreter's path, arguments and the table of file types are put in place of the real ones, by
name; the class `datetime` stays the same one (its own table of methods is changed), so that no isinstance comes out otherwise.
"""
import gc
import os
import re
import sys
import time

# Days far from each other: years, ends of months, weekdays and times of day (UTC), as seconds since 1970.
DAYS = (1956527940.0, 949363201.0, 1835352000.0)  # 2031-12-31 23:59, 2000-02-01 00:00:01, 2028-02-28 12:00
CORES = (1, 3, 96)
SECONDS = ("st_atime", "st_mtime", "st_ctime")


def move(number):
    """Effect: from now on this is another day and machine, the `number`-th, from 1. To be called before anything of the project's is loaded."""
    which = (number - 1) % len(DAYS)
    offset = float(int(DAYS[which] - time.time()))
    for work in (of_time, of_dates, of_files):
        attempt(work, offset)
    for work in (of_machine, of_process, of_tables):
        attempt(work, which)


def attempt(work, argument):
    """Effect: do it; what this interpreter does not let anybody change stays as it is."""
    try:
        work(argument)
    except (AttributeError, ImportError, KeyError, TypeError, ValueError, IndexError, OSError):
        pass


def of_time(offset):
    """Effect: shift :mod:`time`."""
    now, now_ns, local, utc, told, spoken = time.time, time.time_ns, time.localtime, time.gmtime, time.ctime, time.strftime
    time.time = lambda: now() + offset
    time.time_ns = lambda: now_ns() + int(offset) * 10 ** 9
    time.localtime = lambda seconds=None: local(time.time() if seconds is None else seconds)
    time.gmtime = lambda seconds=None: utc(time.time() if seconds is None else seconds)
    time.ctime = lambda seconds=None: told(time.time() if seconds is None else seconds)
    time.strftime = lambda text, when=None: spoken(text, time.localtime() if when is None else when)
    clock = time.clock_gettime
    time.clock_gettime = lambda which: clock(which) + (offset if which == time.CLOCK_REALTIME else 0)


def of_dates(offset):
    """Effect: let :mod:`datetime` ask the shifted :mod:`time`."""
    import ctypes
    import datetime

    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    def utcnow(cls):
        return cls.fromtimestamp(time.time(), datetime.timezone.utc).replace(tzinfo=None)

    def today(cls):
        return cls.fromtimestamp(time.time())

    for kind, methods in ((datetime.datetime, (now, utcnow)), (datetime.date, (today,))):
        held = gc.get_referents(kind.__dict__)[0]
        if type(held) is dict:
            for method in methods:
                held[method.__name__] = classmethod(method)
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def of_files(offset):
    """Effect: files were written on the other day, too."""
    whole = int(offset)
    others = [name for name in ("st_blksize", "st_blocks", "st_rdev") if hasattr(os.stat_result, name)]

    def shifted(work):
        def stat(*given, **named):
            found = work(*given, **named)
            more = dict((name, getattr(found, name)) for name in others)
            for name in SECONDS:
                more[name] = getattr(found, name) + offset
                more[name + "_ns"] = getattr(found, name + "_ns") + whole * 10 ** 9
            return os.stat_result(tuple(found[:7]) + tuple(seconds + whole for seconds in found[7:10]), more)
        return stat

    for name in ("stat", "lstat", "fstat"):
        setattr(os, name, shifted(getattr(os, name)))


def of_machine(which):
    """Effect: other cores, memory, host."""
    import platform
    import socket
    import uuid

    cores, name = CORES[which], "host{}".format(which)
    os.cpu_count = lambda: cores
    if hasattr(os, "process_cpu_count"):
        os.process_cpu_count = lambda: cores
    os.sched_getaffinity = lambda process: set(range(cores))
    os.getloadavg = lambda: (7.5 + which, 6.5, 5.5)
    sysconf, uname = os.sysconf, os.uname
    os.sysconf = lambda what: cores if "NPROC" in str(what) else sysconf(what) // (2 + which) if "PAGES" in str(what) else sysconf(what)
    os.uname = lambda: os.uname_result((uname()[0], name, "9.{}.1-other".format(which), "#9 other") + tuple(uname()[4:]))
    socket.gethostname = lambda: name
    platform._uname_cache = None
    uuid._node = 0x020000000001 + which


def of_process(which):
    """Effect: another process id, user, interpreter, command line."""
    process, parent = os.getpid, os.getppid
    os.getpid = lambda: process() + 100003 * (which + 1)
    os.getppid = lambda: parent() + 100003 * (which + 1)
    for name in ("getuid", "geteuid", "getgid", "getegid"):
        setattr(os, name, lambda: 2001 + which)
    os.getlogin = lambda: "user{}".format(which)
    sys.executable = "/opt/python-{}/bin/python".format(which)
    sys.version = re.sub(r"^(\d+\.\d+)\.\d+", lambda found: "{}.{}".format(found.group(1), 90 + which), sys.version)
    sys.argv = ["pytest", "-q", "tests"][:which + 1]


def of_tables(which):
    """Effect: the machine has no table of file types of its own."""
    import mimetypes

    mimetypes.init([])
