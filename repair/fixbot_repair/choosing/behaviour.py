"""What versions of the code do: the calls that tests make, recorded once, and made again on each version.

Source of the idea: Xiong, Liu, Zeng, Zhang, Huang, "Identifying Patch Correctness in Test-Based Program Repair", ICSE 2018
(behaviour on passing and failing inputs); the further inputs are mutations of those that the tests use.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from fixbot_repair.checks.guest_report import Pipe
from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.sandbox import Limits
from fixbot_repair.workspace import GUEST, Workspace

_COLLECT_SECONDS = 60.0
_TEST_SECONDS = 3.0  # of one test while its calls are recorded
_CALL_SECONDS = 0.5  # of CPU for one call
_GRACE = 2.0  # seconds in which the last call of a replay ends
_MOST_CALLS = 60
_VARIANTS = 8  # of each call
_NEAR_VARIANTS = 24  # of each call that a test to be mended makes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A function whose calls are to be kept, whoever makes them: its path, its name, its lines (from 1)."""

    path: str
    name: str
    first: int
    last: int


Where = tuple[int, int | str]
"""An argument of a call: (0, number) of a positional one, (1, name) of another."""
Shape = str | Sequence[object] | None
"""Of which type an argument is, as ``guest/shaping.py`` says it."""


@dataclass(frozen=True, slots=True)
class Made:
    """Arguments made outside of the guest, written as literals of Python: some of a recorded call's, or, with names alone, all of a call's.

    `source` says who made them.
    """

    places: tuple[tuple[Where, str], ...]
    source: str
    is_whole: bool = False

    def as_json(self) -> object:
        """It, as the guest reads it."""
        if self.is_whole:
            return {str(name): text for (_, name), text in self.places}
        return [[list(where), text] for where, text in self.places]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a test made it. `data` are its arguments in the guest's own form; `test` is the id of the test.

    `shapes` are those of its arguments that are known.
    """

    module: str
    name: str
    data: str
    test: str
    is_entry: bool
    shapes: tuple[tuple[Where, Shape], ...] = ()


@dataclass(frozen=True, slots=True)
class Calls:
    """Recorded calls, and where the interpreter that made them looked for modules."""

    calls: tuple[Call, ...] = ()
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file (from 1, the last one included) as it was, that a patch edits."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of every version: `calls` and variants of them, more of those whose numbers are in `near`.

    `constants` are values that the versions compare with, `modules` those whose data is looked at. `made` are further arguments, by the
    number of the call that they are for.
    """

    calls: Calls
    near: frozenset[int] = frozenset()
    constants: tuple[float | str, ...] = ()
    modules: tuple[str, ...] = ()
    made: Mapping[int, Sequence[Made]] = field(default_factory=dict)

    def variants(self, number: int) -> int:
        """How many variants of a call the guest makes itself; behind these stand those that were made outside."""
        return _NEAR_VARIANTS if number in self.near else _VARIANTS

    def source(self, key: "Key") -> str:
        """Who made the arguments of a call, "" for a test and for the guest itself."""
        number, variant = key
        at = variant - self.variants(number) - 1
        return self.made[number][at].source if at >= 0 else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one call did: `digest` is equal where all that can be seen is, "" where nothing is known; `what` and `text` are for people.

    `relations` say how a result stands to the arguments, by name. `wilful` says that a raise of the project's own ended it, `leaves` that an argument or data of a module is not what it was; `reached` are numbers of places and
    `steps` lines of the project that ran, both None where that took too long to look at.
    """

    digest: str
    what: str = ""
    text: str = ""
    seconds: float = 0.0
    relations: Mapping[str, bool] = field(default_factory=dict)
    wilful: bool = False
    leaves: bool = False
    reached: tuple[int, ...] | None = None
    steps: int | None = None

    @property
    def fails(self) -> bool:
        """Whether it raised, hung or ended its process."""
        return not self.what.startswith("returns ")


Key = tuple[int, int]
"""(number of the call, 0 for the call as it was made or the number of its variant)."""
Behaviour = Mapping[Key, Seen]


class Behaviours:
    """Records and replays calls in one workspace, with the interpreter and the settings that `runner` uses."""

    def __init__(self, workspace: Workspace, runner: TestRunner) -> None:
        self._workspace = workspace
        self._runner = runner

    def record(self, tests: Sequence[str], wanted: Sequence[Wanted], seconds: float) -> Calls:
        """Effect: run `tests` on the code as it is and return the calls they make; `seconds` bound the whole."""
        files = list(dict.fromkeys(t.partition("::")[0] for t in tests))
        messages = self._guest(
            {
                "record": True,
                "files": files,
                "ids": list(tests),
                "tests": files,
                "wanted": [[w.path, w.name, w.first, w.last] for w in wanted],
                "collect": False,
                "seconds": _TEST_SECONDS,
                "collect_seconds": _COLLECT_SECONDS,
                "fail_fast": False,
            },
            seconds,
        )
        return _calls(messages)

    def replay(
        self,
        asked: Questions,
        contents: Mapping[str, bytes | None],
        seconds: float,
        places: Sequence[Place] = (),
    ) -> dict[Key, Seen]:
        """Effect: what the calls of `asked` and variants of them do when the files are `contents`; afterwards they are as before.

        After `seconds` no further call is made. Where there are `places`, it is also seen which of them each call reaches.
        """
        config = {
            "record": False,
            "path": list(asked.calls.path),
            "calls": [
                {
                    "module": c.module,
                    "name": c.name,
                    "data": c.data,
                    "variants": asked.variants(n),
                    "made": [m.as_json() for m in asked.made.get(n, ())],
                }
                for n, c in enumerate(asked.calls.calls)
            ],
            "constants": list(asked.constants),
            "modules": list(asked.modules),
            "places": [[p.path, p.first, p.last] for p in places],
            "seconds": _CALL_SECONDS,
            "room": seconds,
        }
        try:
            self._workspace.write(contents)
            messages = self._guest(config, seconds + _GRACE)
        finally:
            self._workspace.reset()
        return dict(map(_seen, (m for m in messages if m.get("kind") == "seen")))

    def _guest(self, config: Mapping[str, object], seconds: float) -> list[Mapping[str, object]]:
        """Effect: run the guest's script once and return its messages."""
        word = secrets.token_hex(8)
        workspace = self._workspace
        with Pipe() as pipe:
            limits = Limits(wall_seconds=seconds, cpu_seconds=int(seconds) + 1)
            policy = replace(workspace.policy(limits), fds=(pipe.write_end,))
            whole = {
                **self._runner.guest_options(),
                **config,
                "descriptor": pipe.write_end,
                "word": word,
                "root": str(workspace.sandbox.where(policy)),
                "original": str(workspace.root),
            }
            argv = [str(workspace.environment.python), "-B", str(GUEST / "behave.py")]
            workspace.sandbox.run(argv, policy, stdin=json.dumps(whole).encode())
            return _messages(pipe.finish(), f"{word} ".encode())


def _seen(message: Mapping[str, object]) -> tuple[Key, Seen]:
    reached, steps = message.get("reached"), message.get("steps")
    return (int(cast("int", message["call"])), int(cast("int", message["variant"]))), Seen(
        str(message["digest"]),
        str(message["what"]),
        str(message["text"]),
        float(cast("float", message.get("seconds", 0.0))),
        dict(cast("Mapping[str, bool]", message.get("relations", {}))),
        message.get("wilful") is True,
        message.get("leaves") is True,
        tuple(cast("list[int]", reached)) if isinstance(reached, list) else None,
        steps if isinstance(steps, int) else None,
    )


def _messages(data: bytes, start: bytes) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for line in data.split(b"\n"):
        if line.startswith(start):
            try:
                message = json.loads(line[len(start) :])
            except ValueError:
                continue
            if isinstance(message, dict):
                found.append(message)
    return found


def _calls(messages: Sequence[Mapping[str, object]]) -> Calls:
    """The calls of `messages`, those that tests make themselves first, as many of each function."""
    path: tuple[str, ...] = ()
    test, found = "", []
    for message in messages:
        if message.get("kind") == "begin":
            test = str(message.get("id"))
        elif message.get("kind") == "call":
            path = tuple(str(p) for p in cast("list[object]", message["path"]))
            shapes = cast("list[tuple[list[int | str], Shape]]", message.get("shapes", []))
            found.append(
                Call(
                    str(message["module"]),
                    str(message["name"]),
                    str(message["data"]),
                    test,
                    bool(message["entry"]),
                    tuple((cast("Where", tuple(where)), shape) for where, shape in shapes),
                )
            )
    return Calls(tuple(_spread(found)), path)


def _spread(found: Sequence[Call]) -> list[Call]:
    """At most so many calls, of each function in turn."""
    by_function: dict[tuple[str, str], list[Call]] = {}
    for call in found:
        by_function.setdefault((call.module, call.name), []).append(call)
    taken: list[Call] = []
    turn = 0
    while len(taken) < min(_MOST_CALLS, len(found)):
        taken += [calls[turn] for calls in by_function.values() if turn < len(calls)]
        turn += 1
    return taken[:_MOST_CALLS]
