"""Run as a script: records the calls that tests make into files, mutates them, and compares two versions of the files.

Prints one line of JSON: {"calls": N, "parted": null | "function(arguments): one != other"}.
"""

import copy
import importlib.util
import inspect
import itertools
import json
import os
import random
import re
import resource
import signal
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

PER_FUNCTION = 40  # calls recorded
MUTANTS = 12  # of each recorded call
SECONDS = 1.0  # of CPU a call may take: what the clock says depends on what else the machine is doing
MOST_SECONDS = 120  # of CPU for all calls
ASLEEP = 20.0  # seconds by the clock
ITEMS = 200  # of a generator are compared
DEPTH = 60  # of nested objects are compared

TIMERS = ((signal.ITIMER_PROF, SECONDS), (signal.ITIMER_REAL, ASLEEP))

ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
VERSION = re.compile(r"\b(?:patched|fixed)_(?=\w+\.)")

Call = tuple[str, str, tuple[object, ...]]  # file, function, arguments


def record(root: Path, files: list[str]) -> list[Call]:
    """Effect: run the tests below `root` and return the calls into top-level functions of `files`."""
    import pytest

    wanted = {str(root / file): file for file in files}
    calls: dict[tuple[str, str], list[Call]] = {}

    def watch(frame: types.FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or code.co_filename not in wanted or code.co_qualname != code.co_name:
            return
        seen = calls.setdefault((wanted[code.co_filename], code.co_name), [])
        if len(seen) >= PER_FUNCTION or code.co_name.startswith("<"):
            return
        try:
            names = inspect.getargs(code).args
            seen.append(
                (wanted[code.co_filename], code.co_name, copy.deepcopy(tuple(frame.f_locals[n] for n in names)))
            )
        except Exception:  # noqa: BLE001 - what cannot be copied cannot be compared
            return

    sys.path.insert(0, str(root))
    sys.setprofile(watch)
    try:
        with redirect_stdout(sys.stderr):
            pytest.main(["-q", "-x", "-p", "no:cacheprovider", str(root)])
    finally:
        sys.setprofile(None)
    return list(itertools.chain.from_iterable(calls.values()))


def mutate(value: object, dice: random.Random) -> object:
    """A neighbour of `value`: same type, something small changed."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return dice.choice([value + 1, value - 1, -value, 0, 1, value * 2])
    if isinstance(value, float):
        return dice.choice([value + 0.5, -value, 0.0, value * 2])
    if isinstance(value, str):
        return dice.choice([value[:-1], value[1:], value + value[:1], value[::-1], ""])
    if isinstance(value, list | tuple):
        return type(value)(_mutate_items(list(value), dice))
    if isinstance(value, dict) and value:
        key = dice.choice(list(value))
        return {**value, key: mutate(value[key], dice)}
    return value


def _mutate_items(items: list[object], dice: random.Random) -> list[object]:
    if not items:
        return items
    at = dice.randrange(len(items))
    choice = dice.randrange(4)
    if choice == 0:
        return items[:at] + items[at + 1 :]
    if choice == 1:
        return [*items[:at], items[at], *items[at:]]
    if choice == 2:
        return dice.sample(items, len(items))
    return [*items[:at], mutate(items[at], dice), *items[at + 1 :]]


def mutants(call: Call, dice: random.Random) -> Iterator[Call]:
    """The call itself, then calls with one argument changed."""
    file, name, arguments = call
    yield call
    for _ in range(MUTANTS if arguments else 0):
        at = dice.randrange(len(arguments))
        yield file, name, (*arguments[:at], mutate(copy.deepcopy(arguments[at]), dice), *arguments[at + 1 :])


def load(root: Path, file: str, label: str) -> types.ModuleType:
    """Effect: import `file` of the tree `root` under a name of its own."""
    spec = importlib.util.spec_from_file_location(f"{label}_{Path(file).stem}", root / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def behaviour(function: Callable[..., object], arguments: tuple[object, ...]) -> str | None:
    """What a call does, as text: its value or the type of its exception; None when it takes too long."""
    own = copy.deepcopy(arguments)
    for timer, seconds in TIMERS:
        signal.setitimer(timer, seconds)
    try:
        value = function(*own)
        if inspect.isgenerator(value):
            value = list(itertools.islice(value, ITEMS))
        shown = f"{shape(value)} after {shape(own)}"
    except TimeoutError:
        return None
    except Exception as error:  # noqa: BLE001 - any exception is a behaviour
        return f"raises {type(error).__name__}"
    finally:
        for timer, _ in TIMERS:
            signal.setitimer(timer, 0)
    return shown


def shape(value: object, above: tuple[int, ...] = ()) -> str:
    """`value` as text that two versions of a module share: plain objects by their attributes, cycles cut."""
    if id(value) in above or len(above) > DEPTH:
        return "..."
    within = (*above, id(value))
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(shape(v, within) for v in value)})"
    if isinstance(value, set | frozenset):
        return f"set({', '.join(sorted(shape(v, within) for v in value))})"
    if isinstance(value, dict):
        return f"dict({', '.join(f'{shape(k, within)}: {shape(v, within)}' for k, v in value.items())})"
    if type(value).__repr__ is object.__repr__:
        return f"{type(value).__name__}({shape(vars(value) if hasattr(value, '__dict__') else {}, within)})"
    # Where an object lies, and under which name its version was loaded, is no behaviour.
    return VERSION.sub("", ADDRESS.sub("", repr(value)))


def too_long(_signal: int, _frame: object) -> None:
    """Turn the timer into an exception."""
    raise TimeoutError


def main() -> None:
    """Effect: print the comparison of the two trees named in the argument."""
    patched, fixed, files = json.loads(sys.argv[1])
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, too_long)
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.chdir(fixed)
    dice, count = random.Random(0), 0
    calls = record(Path(fixed), files)
    versions = {file: (load(Path(patched), file, "patched"), load(Path(fixed), file, "fixed")) for file in files}
    for file, name, arguments in itertools.chain.from_iterable(mutants(call, dice) for call in calls):
        ours, theirs = (getattr(module, name, None) for module in versions[file])
        if not callable(ours) or not callable(theirs):
            continue
        expected = behaviour(theirs, arguments)
        # Where the reference raises or hangs, the input is outside what the function promises anything about.
        if expected is None or expected.startswith("raises "):
            continue
        count += 1
        if (actual := behaviour(ours, arguments)) != expected:
            parted = f"{name}{arguments!r}: {actual} != {expected}"
            print(json.dumps({"calls": count, "parted": parted}))  # noqa: T201 - the script's answer
            return
    print(json.dumps({"calls": count, "parted": None}))  # noqa: T201 - the script's answer


if __name__ == "__main__":
    main()
