"""The chat client against the endpoint that is answered by hand, a process of its own: every kind of answer and of none."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from doubles import hand_model

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Message, Reply, ToolSpec
from fixbot_agent.models.client import Client
from fixbot_agent.models.dialect import Dialect
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Role
from fixbot_agent.settings import ModelSettings

pytestmark = pytest.mark.needs("shared")
VIEW = ToolSpec("view", "Shows a file.", {"type": "object", "properties": {"path": {"type": "string"}}})


@dataclass
class Hand:
    box: Path
    settings: ModelSettings

    def ask(self, *answers: object, streams: bool = True, **changes: float) -> Reply:
        """Lay the answers down, and ask."""
        begin = len(list(self.box.glob("*.request.json")))
        for place, answer in enumerate(answers, begin + 1):
            (self.box / f"{place:04d}.answer.json").write_text(json.dumps(answer))
        known = Known()
        dialect = Dialect(stream=streams, counts=streams)
        known.change(self.settings, lambda was: was.spoken(dialect))
        client = Client(replace(self.settings, **changes), {}, known)  # type: ignore[arg-type]
        return client.complete([Message(Role.USER, "hello")], [VIEW])


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    shared = Path(os.environ.get("FIXBOT_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    box = tmp_path_factory.mktemp("hand")
    with hand_model(shared, box) as url:
        yield Hand(box, ModelSettings("hand", url, "hand", timeout=20.0, retries=0))


BOTH = pytest.mark.parametrize("streams", [True, False])


@BOTH
def test_text_and_tool_calls(hand: Hand, streams: bool) -> None:
    got = hand.ask({"content": "Grüße 🙂"}, streams=streams)
    assert got.text == "Grüße 🙂"
    assert got.usage.tokens_in > 10
    calls = [{"name": "view", "arguments": {"path": "a.py"}}, {"name": "no_such_tool", "arguments": '{"path": '}]
    got = hand.ask({"content": "so", "tool_calls": calls}, streams=streams)
    assert [(c.name, c.arguments) for c in got.tool_calls] == [
        ("view", '{"path": "a.py"}'),
        ("no_such_tool", '{"path": '),
    ]
    assert len({c.id for c in got.tool_calls}) == 2, "what is no tool, or no JSON, is the toolbox's to answer"


@BOTH
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
def test_errors_are_told_with_their_status(hand: Hand, status: int, streams: bool) -> None:
    with pytest.raises(ModelError, match=f"answered {status}: .*because") as caught:
        hand.ask({"error": {"status": status, "message": "because"}}, streams=streams)
    assert caught.value.hint
    assert len(caught.value.tries) == 1
    assert caught.value.tries[0].tokens_in == 0, "what was refused costs nothing"


def test_a_busy_endpoint_is_asked_again(hand: Hand) -> None:
    busy = {"error": {"status": 429, "message": "slow down", "retry_after": 0}}
    got = hand.ask(busy, {"content": "at last"}, retries=1)
    assert got.text == "at last"
    assert [bool(t.why) for t in got.tries] == [True, False]


@BOTH
@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ({"hang": 3}, "in time"),
        ({"content": "a long answer", "cut": 5}, "broke off|cannot be reached"),
        ({"garbage": "<html>hello</html>"}, "not valid JSON"),
        ({"garbage": ""}, "empty"),
        ({"garbage": '{"error": {"message": "no memory", "code": 500}}'}, "no memory"),
        ({"garbage": 'data: {"error": {"message": "no memory", "code": 500}}'}, "no memory"),
        ({"error": {"status": 400, "message": "maximum context length is 1000 tokens"}}, "1000 tokens"),
    ],
)
def test_answers_that_are_none(hand: Hand, answer: object, what: str, streams: bool) -> None:
    with pytest.raises(ModelError, match=what):
        hand.ask(answer, answer, answer, streams=streams, timeout=0.8 if "hang" in str(answer) else 20.0)
