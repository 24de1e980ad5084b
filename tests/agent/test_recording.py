"""Calls of models are kept as they happen, and a run that is killed goes on without paying for an answer twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from doubles import Scripted
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fixbot_agent.errors import AllModelsFailed, ModelError, Try
from fixbot_agent.models import Call, Chain, Message, Model, Reply, ToolCall, ToolSpec, Usage
from fixbot_agent.models.messages import Image, Role
from fixbot_agent.recording import Exchanges, Recorded, Recorder
from fixbot_agent.runs import Redactor, Run, Trail

TALK = Path(__file__).with_name("talk.py")
KILLS = int(os.environ.get("FIXBOT_TEST_KILLS", "2"))  # runs that are killed for real; more of them take longer
SCRIPT = [
    {"tool": "view", "with": {"path": "calc.py"}},
    {"tool": "run_tests", "with": {}},
    {"tool": "edit", "with": {"path": "calc.py", "search": "a - b", "replace": "a + b"}},
    {"tool": "run_tests", "with": {}},
    {"tool": "give_up", "with": {"reason": "done \u2028 all the same"}},
]
RESULT = "gave up: done \u2028 all the same\ndef add(a, b):\n    return a + b\n"
SYSTEM, TASK = Message(Role.SYSTEM, "be good", prompt="s.v1"), Message(Role.USER, "fix it")
TOOLS = (ToolSpec("view", "look", {"type": "object"}),)


def said(text: str, *calls: str) -> Reply:
    made = tuple(ToolCall(f"c{n}", name, "{}") for n, name in enumerate(calls))
    return Reply(text, made, Usage(10, 2, 3, 0.5), "m", reasoning="because", seconds=1.5)


class Talk:
    """A conversation that is kept below one folder, gone through as often as one likes."""

    def __init__(self, runs: Path, redact: Redactor | None = None) -> None:
        self.runs = runs
        self.redact = redact or Redactor()
        self.told: list[Call] = []

    def begin(self, *models: Model, replays: bool = False) -> Recorded:
        self.told = []
        before = Trail(self.runs).listed()
        kept = Exchanges.read(before[0]) if before else Exchanges((), {})
        self.run = (
            Run.resume(before[0].folder, self.redact, pytest.fail)
            if before
            else Run.start(self.runs, self.redact, pytest.fail)
        )
        recorder = Recorder(self.run, {"m": "http://127.0.0.1:1/v1"}, self.told.append, first=kept.last + 1)
        return Recorded(recorder, None if replays else Chain(models, recorder.answered, "solve"), kept)

    def end(self) -> None:
        self.run.close()

    def kept(self) -> Exchanges:
        return Exchanges.read(Trail(self.runs).find("last"))


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    return Talk(tmp_path / "runs")


def test_a_call_is_kept_with_all_that_belongs_to_it(talk: Talk) -> None:
    broken = ModelError("it broke")
    broken.tries = (Try("busy", 0.5, 7, 0, 0.25),)
    other = Scripted(said("hello", "view"), said("bye"))
    other.name = "other"
    model = talk.begin(Scripted(broken), other)
    image = Message(Role.USER, "look", images=(Image(b"\x89PNG", "image/png", "shot.png"),))
    assert model.complete([SYSTEM, image], TOOLS).text == "hello"
    again = [SYSTEM, image, said("hello", "view").said, Message(Role.TOOL, "x" * 5000, call_id="c0")]
    model.complete(again, TOOLS)
    first, second = talk.kept().asks
    assert [a.error for a in first.answers] == ["it broke", ""]
    assert first.answers[0].tries[0]["why"] == "busy"
    assert first.answers[0].usage.tokens_in == 7
    assert first.reply
    assert replace(first.reply, seconds=1.5) == said("hello", "view")
    assert (first.prompts, first.answers[1].endpoint) == (("s.v1",), "")
    assert [talk.kept().message(name).text for name in second.messages] == [m.text for m in again]
    assert (second.fresh, second.tools) == (2, first.tools)
    assert talk.run.folder
    assert (talk.run.folder / "blobs.jsonl").stat().st_mode & 0o777 == 0o600
    assert (talk.run.folder / "blobs.jsonl").read_text().count("x" * 5000) == 1


def test_what_is_asked_is_on_disk_before_it_is_sent(talk: Talk) -> None:
    class Looking(Scripted):
        def complete(self, *args: Any, **more: Any) -> Reply:
            (ask,) = talk.kept().asks
            assert (ask.reply, len(ask.messages)) == (None, 2)
            return super().complete(*args, **more)

    talk.begin(Looking(said("hi"))).complete([SYSTEM, TASK])
    assert talk.kept().asks[0].reply is not None


def test_answers_on_disk_are_not_asked_for_again_and_their_cost_counts(talk: Talk) -> None:
    talk.begin(Scripted(said("one", "view"), said("two"))).complete([SYSTEM, TASK], TOOLS)
    talk.end()
    rest = Scripted(said("two"))
    model = talk.begin(rest)
    heard: list[str] = []
    assert model.complete([SYSTEM, TASK], TOOLS, listen=heard.append).text == "one"
    assert (rest.sent, heard, model.name) == ([], ["one"], "m")
    assert [c.usage.cost for c in talk.told] == [0.5]
    longer = [SYSTEM, TASK, said("one", "view").said, Message(Role.TOOL, "out", call_id="c0")]
    assert model.complete(longer, TOOLS).text == "two"
    assert len(rest.sent) == 1
    assert "1 answer of models was on disk" in model.notes[0]
    assert [a.number for a in talk.kept().asks] == [1, 2]


def test_a_tool_that_says_other_words_costs_no_answer_but_is_told(talk: Talk) -> None:
    def messages(out: str, more: str = "") -> list[Message]:
        whole = [SYSTEM, TASK, said("one", "view").said, Message(Role.TOOL, out, call_id="c0")]
        return [*whole, said("two", "view").said, Message(Role.TOOL, more, call_id="c0")] if more else whole

    model = talk.begin(Scripted(said("one", "view"), said("two", "view"), said("three")))
    for asked in ([SYSTEM, TASK], messages("at 0x7f001122aa"), messages("at 0x7f001122aa", "1 passed")):
        model.complete(asked, TOOLS)
    talk.end()
    rest = Scripted(said("four"))
    model = talk.begin(rest)
    for asked in ([SYSTEM, TASK], messages("at 0x7f331122bb"), messages("at 0x7f331122bb", "1 failed")):
        model.complete(asked, TOOLS)
    assert rest.sent == []
    (difference,) = model.divergences
    assert (difference.ask, difference.message, difference.about) == (3, 5, "what a tool said")
    assert "-1 passed\n+1 failed" in difference.diff
    assert "reads otherwise" in model.notes[1]


def test_another_conversation_is_asked_anew_from_there_on(talk: Talk) -> None:
    model = talk.begin(Scripted(said("one", "view"), said("two")))
    model.complete([SYSTEM, TASK])
    model.complete([SYSTEM, TASK, said("one", "view").said, Message(Role.TOOL, "out", call_id="c0")])
    talk.end()
    rest = Scripted(said("else"), said("more"))
    model = talk.begin(rest)
    assert model.complete([SYSTEM, TASK]).text == "one"
    assert model.complete([SYSTEM, TASK, Message(Role.USER, "stop")]).text == "else"
    assert "asked for anew" in model.notes[-1]
    talk.end()
    last = Scripted()
    model = talk.begin(last)
    assert model.complete([SYSTEM, TASK]).text == "one"
    assert model.complete([SYSTEM, TASK, Message(Role.USER, "stop")]).text == "else"
    assert last.sent == []


def test_an_answer_that_held_a_key_is_asked_for_again(talk: Talk) -> None:
    key = "sk-abcdefghijklmnopqrstuvwxyz012345"
    assert key in talk.begin(Scripted(said(f"use {key}"))).complete([SYSTEM, Message(Role.USER, f"mine is {key}")]).text
    talk.end()
    rest = Scripted(said("again"))
    model = talk.begin(rest)
    assert model.complete([SYSTEM, Message(Role.USER, f"mine is {key}")]).text == "again"
    assert key not in repr(rest.sent)
    assert "held keys" in model.notes[0]
    folder = Trail(talk.runs).find("last").folder
    assert key not in "".join(p.read_text() for p in folder.iterdir())


def test_a_replay_asks_nobody_and_ends_as_it_ended(talk: Talk) -> None:
    model = talk.begin(Scripted(said("one", "view"), ModelError("gone")))
    model.complete([SYSTEM, TASK])
    longer = [SYSTEM, TASK, said("one", "view").said, Message(Role.TOOL, "out", call_id="c0")]
    with pytest.raises(AllModelsFailed, match="gone"):
        model.complete(longer)
    talk.end()
    model = talk.begin(replays=True)
    assert model.complete([SYSTEM, TASK]).text == "one"
    with pytest.raises(AllModelsFailed, match="gone"):
        model.complete(longer)
    assert model.left == 0
    with pytest.raises(AllModelsFailed, match="kept no answer"):
        model.complete([*longer, TASK])


def test_questions_asked_at_once_are_kept_apart(talk: Talk) -> None:
    many = [f"sample {number}" for number in range(8)]

    def ask_all(models: dict[str, Recorded]) -> dict[str, str]:
        said: dict[str, str] = {}

        def ask(role: str) -> None:
            first = models[role].complete([SYSTEM, TASK], TOOLS)
            second = models[role].complete([SYSTEM, TASK, first.said, Message(Role.USER, "go on")], TOOLS)
            said[role] = f"{first.text}, {second.text}"

        threads = [threading.Thread(target=ask, args=(role,)) for role in many]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return said

    talk.begin()
    recorder = Recorder(talk.run, {}, talk.told.append)
    chains = {r: Chain([Scripted(said(f"{r} one"), said(f"{r} two"))], recorder.answered, r) for r in many}
    first = ask_all({r: Recorded(recorder, chains[r], role=r) for r in many})
    assert first == {r: f"{r} one, {r} two" for r in many}
    talk.end()
    kept = talk.kept()
    assert {len(a.messages) for a in kept.asks} == {2, 4}
    assert all(a.messages[0] == kept.asks[0].messages[0] and a.reply for a in kept.asks)
    talk.begin(replays=True)
    again = Recorder(talk.run, {}, talk.told.append, first=kept.last + 1)
    assert ask_all({r: Recorded(again, None, kept, r) for r in many}) == first
    assert len(talk.told) == 16


class Killed(BaseException):
    """What a process that is killed does not live to see."""


def go(talk: Talk, until: int, cut: int) -> tuple[str, int]:
    """Go through a conversation of six answers; die at the write number `until`, with `cut` bytes of it lost. The end, and writes."""
    replies = [said(f"answer {n}", "view") for n in range(5)] + [said("end")]
    asked = Asked(*replies)
    talk.asked = [*getattr(talk, "asked", []), asked]  # type: ignore[attr-defined]
    model = talk.begin(asked)
    writes, write = 0, talk.run._write

    def dying(name: str, text: str, how: int, *, sync: bool = True) -> None:
        nonlocal writes
        writes += 1
        if writes == until:
            write(name, text[: len(text) - 1 - cut % len(text)] if cut else text, how, sync=sync)
            raise Killed
        write(name, text, how, sync=sync)

    talk.run._write = dying  # type: ignore[method-assign]
    messages = [SYSTEM, TASK]
    try:
        while True:
            reply = model.complete(messages, TOOLS)
            messages += [reply.said]
            if not reply.tool_calls:
                return "\n".join(m.text for m in messages), writes
            messages += [Message(Role.TOOL, f"out {len(messages)} \x85 \u2028", call_id="c0")]
    finally:
        talk.end()


class Asked(Scripted):
    """Answers by how far the conversation is."""

    def complete(self, messages: Sequence[Message], *_: Any, **__: Any) -> Reply:
        self.sent.append(list(messages))
        return self.replies[sum(m.role is Role.ASSISTANT for m in messages)]  # type: ignore[return-value]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder where waiting for the disk costs nothing, where there is one."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory)) if memory.is_dir() else tmp_path_factory.mktemp("quick")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@settings(max_examples=50 * KILLS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 24), st.integers(0, 400)), max_size=4))
def test_wherever_it_is_killed_no_answer_on_disk_is_asked_for_again(quick: Path, kills: list[tuple[int, int]]) -> None:
    shutil.rmtree(quick / "runs", ignore_errors=True)
    talk = Talk(quick / "runs")
    for until, cut in kills:
        answered = {a.request for a in Exchanges.read(k).asks if a.reply} if (k := _last(talk)) else set()
        with suppress(Killed):
            go(talk, until, cut)
        sent = talk.asked[-1].sent  # type: ignore[attr-defined]
        assert not answered & {_digest(talk, m) for m in sent}
    whole, _ = go(talk, 0, 0)
    expected = [SYSTEM.text, TASK.text]
    for n in range(5):
        expected += [f"answer {n}", f"out {3 + 2 * n} \x85 \u2028"]
    assert whole == "\n".join([*expected, "end"])
    assert all(a.reply for a in talk.kept().asks if a.number == talk.kept().last)


def _last(talk: Talk) -> Any:
    return next(iter(Trail(talk.runs).listed()), None)


def _digest(talk: Talk, messages: list[Message]) -> str:
    memory = Run.start(talk.runs / "x" / "y", Redactor(), lambda _: None, forbidden=talk.runs)
    return Recorder(memory, {}, lambda _: None).prepared("solve", messages, TOOLS).request


def start(folder: Path, url: str) -> "subprocess.Popen[str]":
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONIOENCODING": "utf-8"}
    argv = [sys.executable, str(TALK), str(folder / "project"), str(folder / "runs"), url]
    return subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environ
    )


@settings(max_examples=max(KILLS // 2, 1), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(kills=st.lists(st.tuples(st.integers(1, 3), st.floats(0, 0.15), st.booleans()), min_size=2, max_size=2))
def test_a_process_that_is_killed_for_real_goes_on_and_ends_the_same(
    kills: list[tuple[int, float, bool]],
    tmp_path_factory: pytest.TempPathFactory,
    endpoint: Callable[[Sequence[Any]], Any],
) -> None:
    """Killed at chance moments after a request: while it is under way (it may get no answer), while a tool works, while a file is written."""
    folder = tmp_path_factory.mktemp("killed")
    (folder / "project").mkdir()
    served = endpoint(SCRIPT)
    served.pause = 0.03
    for later, moment, is_held in kills:
        wanted = len(served.raw) + later
        served.holds = lambda n, w=wanted, held=is_held: held and n == w
        process = start(folder, served.url)
        _until(lambda s=served, p=process, w=wanted: len(s.raw) >= w or p.poll() is not None)
        threading.Event().wait(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    served.holds = lambda _: False
    on_disk = _answered(folder)
    before = len(served.raw)
    out, err = start(folder, served.url).communicate(timeout=60)
    assert (out.rstrip("\n"), err) == (RESULT.rstrip("\n"), "")
    assert len(served.raw) - before == len(SCRIPT) - on_disk, "what was answered is not asked for again"
    kept = Exchanges.read(Trail(folder / "runs").find("last"))
    assert [a.reply.tool_calls[0].name for a in kept.asks if a.reply] == [str(s["tool"]) for s in SCRIPT]
    bodies = [json.loads(body) for body in served.answered]
    depths = [sum(m["role"] == "assistant" for m in body["messages"]) for body in bodies]
    assert len(depths) - len(set(depths)) <= len(kills), "answers that were on their way when a process died"


def _answered(folder: Path) -> int:
    """How many answers are on disk."""
    found = Trail(folder / "runs").listed()
    return sum(a.reply is not None for a in Exchanges.read(found[0]).asks) if found else 0


def _until(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until
        time.sleep(0.005)
