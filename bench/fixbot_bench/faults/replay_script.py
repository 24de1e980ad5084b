"""Run as a script: records what tests call a project with, or says what a project does when it is called with that, changed a little.

``replay_script.py record CALLS FILES TESTS`` (JSON lists) runs the tests of the project in the current folder and keeps, in the
file CALLS, each call that they make into it from outside and that enters one of FILES' functions. ``… replay CALLS OUT`` makes
these calls, and for each some with one argument changed, and writes the list of what they did.
"""

import importlib
import inspect
import io
import json
import os
import pickle
import random
import re
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from itertools import islice
from pathlib import Path
from typing import cast

from fixbot_bench.judging.compare_script import ITEMS, MUTANTS, behaviour, mutate, too_long

PER_FUNCTION = 40  # calls kept
LARGEST = 200_000  # bytes of a call's arguments
REPLAY_SECONDS = 30.0  # for all calls
_PLAIN = (bool, int, float, str, list, tuple, dict)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")

Arguments = tuple[list[object], dict[str, object]]
Call = tuple[str, str, bytes]  # module, qualified name of the function, its pickled arguments
Wanted = set[tuple[str, str]]  # path of a file, qualified name of a function in it; "" for any


class Watch:
    """The profiler that keeps calls from outside of the project that enter a wanted function."""

    def __init__(self, root: Path, wanted: Wanted) -> None:
        self.root, self.wanted = f"{root}{os.sep}", wanted
        self.kept: dict[tuple[str, str], list[Call]] = {}
        self._outer: types.FrameType | None = None
        self._call: Call | None = None
        self._entered = False

    def __call__(self, frame: types.FrameType, event: str, _argument: object) -> None:
        """Effect: look at one event of the interpreter."""
        if event == "return" and frame is self._outer:
            self._leave()
        elif event == "call" and (path := self._path(frame.f_code)):
            if self._outer is None:
                self._outer, self._call, self._entered = frame, taken(frame), False
            name = frame.f_code.co_qualname
            self._entered = self._entered or bool({(path, name), (path, "")} & self.wanted)

    def _leave(self) -> None:
        call, self._outer = self._call, None
        if call is not None and self._entered:
            seen = self.kept.setdefault(call[:2], [])
            if len(seen) < PER_FUNCTION and call not in seen:
                seen.append(call)

    def _path(self, code: types.CodeType) -> str:
        """The file of the project's sources that `code` is of, ``""`` for tests and everything outside."""
        if not code.co_filename.startswith(self.root):
            return ""
        path = code.co_filename[len(self.root) :].replace(os.sep, "/")
        *folders, name = path.split("/")
        is_test = {"test", "tests"} & set(folders) or name.startswith("test") or name == "conftest.py"
        return "" if is_test or "<" in code.co_name else path


def taken(frame: types.FrameType) -> Call | None:
    """The call that `frame` is the beginning of, None where it cannot be made again."""
    code = frame.f_code
    if "<locals>" in code.co_qualname:
        return None
    found = inspect.getargvalues(frame)
    positional = code.co_varnames[: code.co_argcount]
    keyword = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    try:
        args = [found.locals[n] for n in positional] + list(found.locals[found.varargs] if found.varargs else ())
        named = {n: found.locals[n] for n in keyword} | (found.locals[found.keywords] if found.keywords else {})
        data = pickle.dumps((args, named))
    except Exception:  # noqa: BLE001 - what cannot be kept cannot be compared
        return None
    return (frame.f_globals["__name__"], code.co_qualname, data) if len(data) <= LARGEST else None


def record(calls: str, wanted: Wanted, tests: list[str]) -> None:
    """Effect: run the tests and write the calls."""
    import pytest

    watch = Watch(Path.cwd(), wanted)
    sys.path.insert(0, str(Path.cwd()))
    with redirect_stdout(sys.stderr):
        sys.setprofile(watch)
        try:
            pytest.main(["-q", "-p", "no:cacheprovider", *tests])
        finally:
            sys.setprofile(None)
    Path(calls).write_bytes(pickle.dumps([call for each in watch.kept.values() for call in each]))


def replay(calls: str, out: str) -> None:
    """Effect: make the calls and write what each did: [[number, change (0: none), shown, did], …]."""
    sys.path[:0] = [str(Path.cwd()), *([str(Path.cwd() / "src")] if Path("src").is_dir() else [])]
    signal.signal(signal.SIGALRM, too_long)
    until = time.monotonic() + REPLAY_SECONDS
    done: list[tuple[int, int, str, str | None]] = []
    with redirect_stdout(io.StringIO()):
        for number, (module, name, data) in enumerate(pickle.loads(Path(calls).read_bytes())):  # noqa: S301 - written by us
            for change, (shown, did) in enumerate(_tried(module, name, data, random.Random(number))):
                if time.monotonic() < until:
                    done.append((number, change, _ADDRESS.sub("", shown), did and _ADDRESS.sub("", did)))
    Path(out).write_text(json.dumps(done))


def _tried(module: str, name: str, data: bytes, dice: random.Random) -> Iterator[tuple[str, str | None]]:
    try:
        function = resolved(module, name)
        pickle.loads(data)  # noqa: S301 - written by us
    except Exception as error:  # noqa: BLE001 - a version that lacks the function or a class, or does not load
        yield f"{module}.{name}", f"cannot be called: {type(error).__name__}"
        return

    def called(args: list[object], named: dict[str, object]) -> object:
        try:
            did = function(*args, **named)
            return (
                list(islice(did, ITEMS)) if isinstance(did, Iterator) else did
            )  # what an iterator holds is what it gives
        except SystemExit as left:
            raise RuntimeError(str(left)) from left  # a behaviour like any other

    for change in range(MUTANTS + 1):
        args, named = cast("Arguments", pickle.loads(data))  # noqa: S301 - written by us
        try:
            if change and args:
                at = dice.randrange(len(args))
                args[at] = varied(args[at], dice)
            shown = name if name.endswith("__init__") else f"{name}{tuple(args)!r}"[:300]
            did = behaviour(called, (args, named))
        except Exception:  # noqa: BLE001 - an object that cannot be changed, shown or copied
            shown, did = name, None
        yield shown, did


def varied(value: object, dice: random.Random) -> object:
    """A neighbour of `value`: a plain one changed, an object with one of its public plain attributes changed."""
    known = getattr(value, "__dict__", None)
    if not isinstance(known, dict) or isinstance(value, type | types.ModuleType | types.FunctionType):
        return mutate(value, dice)
    names = sorted(n for n, v in known.items() if isinstance(v, _PLAIN) and not n.startswith("_"))
    if names:
        name = dice.choice(names)
        known[name] = mutate(known[name], dice)
    return value


def resolved(module: str, name: str) -> Callable[..., object]:
    """The plain function of a qualified name, decorators that say what they wrap taken off. Raises what importing raises."""
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = inspect.getattr_static(found, part)
        if isinstance(found, classmethod | staticmethod):
            found = found.__func__
        elif isinstance(found, property):
            found = found.fget
    plain = inspect.unwrap(cast("Callable[..., object]", found))
    if not isinstance(plain, types.FunctionType):
        raise TypeError(f"{name} is no function")
    return plain


def main() -> None:
    """Effect: what the command line asks for."""
    what, calls, *rest = sys.argv[1:]
    if what == "record":
        record(calls, {(path, name) for path, name in json.loads(rest[0])}, json.loads(rest[1]))
    else:
        replay(calls, rest[0])


if __name__ == "__main__":
    main()
