"""All tools behind one call: whatever a model writes is answered, never raised; what is not there is not offered."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from fixbot_agent.models import ToolCall, ToolSpec
from fixbot_agent.tools import arguments
from fixbot_agent.tools.checking import Check, check, unsaid
from fixbot_agent.tools.defining import InsertCode, ReplaceSymbol, insert_code, replace_symbol
from fixbot_agent.tools.desk import Desk
from fixbot_agent.tools.editing import Edit, WriteFile, edit, write_file
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.gate import Gate
from fixbot_agent.tools.inspecting import Inspect, inspect
from fixbot_agent.tools.looking import View, view
from fixbot_agent.tools.outcome import End, Outcome, Refused, clip
from fixbot_agent.tools.planning import Plan, SetPlan, planned
from fixbot_agent.tools.remembering import History, history
from fixbot_agent.tools.running import Run, run
from fixbot_agent.tools.searching import Search, search
from fixbot_agent.tools.testing import RunTests, run_tests
from fixbot_agent.tools.texts import Texts

_LONGEST = 12_000  # characters of one answer
_EDITS = ("edit", "replace_symbol", "insert_code", "write_file")


@dataclass(frozen=True, slots=True)
class Finish:
    """Arguments of finish."""

    summary: str = arguments.text("What was wrong and what the change does, in one or two sentences.", "")
    assumptions: tuple[str, ...] = arguments.texts(
        "What you took for granted where the issue is silent, if anything, a sentence each."
    )
    learned: tuple[str, ...] = arguments.texts(
        "What the next one at work here should know, if anything, each as 'path::name: one sentence', of code that you looked at."
    )
    outdated_tests: tuple[str, ...] = arguments.texts(
        "Tests that demand what the issue calls wrong, or that no right repair can pass, each as 'id: why'. They refuse nothing then, "
        "but the patch is not called verified: a person decides."
    )


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Arguments of give_up."""

    reason: str = arguments.text("Why, and what would be needed.")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what a model is told of it, what it takes, and what does it. `changes`: it is not carried out after a refused one.

    `runs`: its answer holds what programs print, and so folders of this machine; what files hold is shown as it is.
    """

    description: str
    takes: type
    act: "Callable[[Toolbox, Any], Outcome]"
    changes: bool = False
    runs: bool = False
    is_there: Callable[[Desk], object] = lambda _: True


def _finish(box: "Toolbox", args: Finish) -> Outcome:
    if not box.desk.changed:
        raise Refused("no file was changed yet; make the repair first, or call give_up")
    if said := unsaid(box.desk, box.definitions):
        listed = "\n".join(f"- {w}" for w in said)
        return Outcome(f"Not finished yet. This is new; mend what you caused, then call finish again:\n{listed}")
    box.learned = tuple(said for said in args.learned if _is_of_what_was_seen(box, said))
    box.assumed = args.assumptions
    box.disputed = dict(map(_test_and_why, args.outdated_tests))
    left = len(args.learned) - len(box.learned)
    unseen = f"; {left} of what you learned will not be remembered: it names no code that you looked at" if left else ""
    return Outcome(f"noted{unseen}", end=End.FINISHED, said=args.summary)


def _is_of_what_was_seen(box: "Toolbox", said: str) -> bool:
    """Whether a lesson ("path::name: words") is of a definition, or a file, that was looked at in this run."""
    name = said.partition(": ")[0].replace(" ", "")
    path, _, qualname = name.partition("::")
    if not qualname:
        return box.desk.was_seen(path)
    found = [s for s in box.definitions.of(path) if s.qualname == qualname] if box.desk.exists(path) else []
    return any(box.desk.was_seen(path, s.line, s.end_line) for s in found)


def _test_and_why(said: str) -> tuple[str, str]:
    test, _, why = said.partition(": ")
    return test.strip(), " ".join(why.split())


def _give_up(_: "Toolbox", args: GiveUp) -> Outcome:
    return Outcome("noted", end=End.GAVE_UP, said=args.reason)


def _plan(box: "Toolbox", args: SetPlan) -> Outcome:
    box.plan, outcome = planned(args, box.plan)
    return outcome


TOOLS: Mapping[str, Tool] = {
    "view": Tool(
        "Show lines of a file, or a definition, with line numbers; a long file by its outline first.", View,
        lambda b, a: view(b.desk, b.definitions, a),
    ),
    "search": Tool(
        'Find text, a pattern, definitions, or who calls, implements, imports or tests a definition. Example: {"query": "Cart.total", "kind": "callers"}',
        Search, lambda b, a: search(b.desk, b.texts, b.definitions, a),
    ),
    "edit": Tool(
        "Replace one piece of text in a file. A change that brings syntax errors, undefined names or calls that cannot work is "
        "undone, and you are told why; edits of one answer are looked at together.",
        Edit, lambda b, a: edit(b.desk, b.gate, a), changes=True,
    ),
    "replace_symbol": Tool(
        'Replace a whole function, method or class. Example: {"symbol": "shop/cart.py::Cart.total", "text": "def total(self):\\n    return 0"}',
        ReplaceSymbol, lambda b, a: replace_symbol(b.desk, b.gate, b.definitions, a), changes=True,
    ),
    "insert_code": Tool(
        "Insert code before or after a function, method or class, or at the end of a class.",
        InsertCode, lambda b, a: insert_code(b.desk, b.gate, b.definitions, a), changes=True,
    ),
    "write_file": Tool(
        "Make a file, or replace all that it holds.", WriteFile, lambda b, a: write_file(b.desk, b.gate, a), changes=True,
    ),
    "run_tests": Tool(
        "Run tests and show how they end; what ran already on the very same files is not run again.",
        RunTests, lambda b, a: run_tests(b.desk, a), runs=True,
    ),
    "inspect": Tool(
        "Run one test in a debugger: stop at a line, at a function or where it fails, and see frames, locals and values; or watch "
        'values each time a line is reached. Example: {"test": "tests/test_cart.py::test_total", "at": "shop/cart.py:28", "expressions": '
        '["found", "type(self.rate)"]}',
        Inspect, lambda b, a: inspect(b.desk, b.definitions, a), runs=True, is_there=lambda d: d.equipment.debugger,
    ),
    "run": Tool(
        "Run a command in the sandbox, in the copy of the project: no network, bounded in time. What it changes in files of the "
        'project passes the same checks as an edit, or is undone. Example: {"command": "python -m shop --help"}',
        Run, lambda b, a: run(b.desk, b.gate, a), changes=True, runs=True, is_there=lambda d: d.equipment.shell,
    ),
    "history": Tool(
        "Ask the repository's past: why lines are as they are, what a commit changed, fixes of bugs like this one, files that change together. "
        'Example: {"ask": "lines", "path": "shop/cart.py", "start_line": 20, "end_line": 28}',
        History, lambda b, a: history(b.desk, a), is_there=lambda d: d.equipment.past,
    ),
    "check": Tool(
        "What compiler, linter, type checker and Semgrep say of files that they did not say at the start, and what was copied.",
        Check, lambda b, a: check(b.desk, b.definitions, a), runs=True, is_there=lambda d: d.equipment.checks,
    ),
    "plan": Tool(
        'Write down or revise your plan, in the same answer as another call. Two steps of it done: {"done": 2}', SetPlan, _plan,
    ),
    "finish": Tool(
        "Say that the repair is done; everything that judges it is then run.", Finish, _finish, changes=True,
    ),
    "give_up": Tool("Say that no repair can be made.", GiveUp, _give_up),
}  # fmt: skip


class Toolbox:
    """The tools over one desk, or those of them that `only` names. `refused` counts calls that could not be done."""

    desk: Desk
    gate: Gate
    definitions: Definitions
    texts: Texts

    def __init__(self, desk: Desk, only: Collection[str] = TOOLS) -> None:
        self.desk = desk
        self.definitions = Definitions(desk)
        self.texts = Texts(desk)
        self.gate = Gate(desk, self.definitions)
        self.refused = 0
        self.plan = Plan()
        self.learned: tuple[str, ...] = ()  # what is worth remembering, as the model says
        self.assumed: tuple[str, ...] = ()  # what it took for granted where the issue is silent
        self.disputed: dict[str, str] = {}  # tests that it holds to be wrong, each with why
        self._tools = {name: tool for name, tool in TOOLS.items() if name in only and tool.is_there(desk)}
        self.specs: tuple[ToolSpec, ...] = tuple(
            arguments.spec(name, tool.description, tool.takes) for name, tool in self._tools.items()
        )

    def use_all(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Effect: do what the `calls` of one answer ask, in order; after a change that was refused no other is made.

        Edits that follow each other are looked at together: what one lacks, a later one may bring.
        """
        outcomes: list[Outcome] = []
        broken = ""
        for are_edits, group in groupby(calls, key=lambda call: call.name in _EDITS):
            part = list(group)
            done = self._together(part) if are_edits and not broken else self._in_turn(part, broken)
            for call, outcome in zip(part, done, strict=True):
                tool = self._tools.get(call.name)
                broken = broken or (call.name if not outcome.ok and tool is not None and tool.changes else "")
                outcomes.append(outcome)
        return outcomes

    def _in_turn(self, calls: Sequence[ToolCall], broken: str) -> Iterator[Outcome]:
        for call in calls:
            tool = self._tools.get(call.name)
            changes = tool is not None and tool.changes
            outcome = self._left(broken) if broken and changes else self.use(call)
            broken = broken or (call.name if not outcome.ok and changes else "")
            yield outcome

    def _together(self, calls: Sequence[ToolCall]) -> list[Outcome]:
        """Effect: make as many of the edits, from the first on, as can stand together; the next one is told why not all can."""
        if len(calls) == 1:
            return [self.use(calls[0])]
        count, whys = len(calls), list[str]()
        while count:
            done, why = self._tried(calls[:count])
            if not why:
                break
            whys.append(why)
            count = sum(o.ok for o in done) - 1
        done = done if count else []
        if whys and all(o.ok for o in done):
            self.refused += 1
            also = f"\nAll edits of the answer together: {whys[0]}" if whys[0] != whys[-1] else ""
            done.append(Outcome(f"Refused: {whys[-1]}{also}", ok=False))
        broken = calls[len(done) - 1].name
        return [*done, *(self._left(broken) for _ in calls[len(done) :])]

    def _tried(self, calls: Sequence[ToolCall]) -> tuple[list[Outcome], str]:
        """Effect: make edits up to one that cannot be made, and look at what is there then; all is undone where that is refused, and why is told."""
        done: list[Outcome] = []
        refused = self.refused
        self.gate.hold()
        try:
            for call in calls:
                done.append(self.use(call))
                if not done[-1].ok:
                    break
            made, began = sum(o.ok for o in done), time.monotonic()
            said = self.gate.let_go()
        except Refused as error:
            self.refused = refused
            return done, str(error)
        finally:
            self.gate.put_back()
        if made:
            last, took = done[made - 1], time.monotonic() - began
            done[made - 1] = replace(last, text=last.text + said, seconds=last.seconds + took)
        return done, ""

    def _left(self, broken: str) -> Outcome:
        self.refused += 1
        why = f"not carried out, because {broken} before it in the same answer was refused; look at that first"
        return Outcome(f"Refused: {why}", ok=False)

    def use(self, call: ToolCall) -> Outcome:
        """Effect: do what `call` asks. A call that cannot be done is answered with the reason."""
        began = time.monotonic()
        try:
            outcome = self._done(call)
        except Refused as error:
            self.refused += 1
            outcome = Outcome(f"Refused: {error}", ok=False)
        tool = self._tools.get(call.name)
        text = self._without_paths(outcome.text) if tool is not None and tool.runs else outcome.text
        return replace(outcome, text=clip(text, _LONGEST), seconds=time.monotonic() - began)

    def _without_paths(self, text: str) -> str:
        """`text` without the folders of this machine."""
        for place, shown in self.desk.equipment.hidden:
            text = text.replace(place, shown)
        return text

    def _done(self, call: ToolCall) -> Outcome:
        tool = self._tools.get(call.name)
        if tool is None:
            raise Refused(f"there is no tool {call.name[:60]!r}; there are: {', '.join(self._tools)}")
        return tool.act(self, arguments.parse(tool.takes, call.arguments))
