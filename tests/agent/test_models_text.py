"""What is worked out without an endpoint: tokens, conversations cut to a context, shapes read from text, pictures of an issue."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_agent.cli.issue_text import unseen
from fixbot_agent.models import Message, Reply, ToolCall, ToolSpec
from fixbot_agent.models.images import named, pictures, unread
from fixbot_agent.models.messages import Role
from fixbot_agent.models.refusing import ContextOverflow
from fixbot_agent.models.spelt import with_spelt_calls
from fixbot_agent.models.structured import Misfit, is_strict, read
from fixbot_agent.models.tokens import LEFT_OUT, Counter, Sample, calibrated, features, fit

TOOL = ToolSpec("view", "Shows a file.", {"type": "object"})


@st.composite
def talks(draw: st.DrawFn) -> list[Message]:
    """A conversation with a model that uses tools."""
    texts = st.text(st.sampled_from("ab \n{}éж漢"), max_size=60).map(lambda t: t * 20)
    talk = [Message(Role.SYSTEM, "be kind"), Message(Role.USER, draw(texts))]
    for turn in range(draw(st.integers(0, 8))):
        calls = tuple(ToolCall(f"{turn}.{n}", "view", "{}") for n in range(draw(st.integers(0, 3))))
        talk.append(Message(Role.ASSISTANT, draw(texts), calls))
        talk += [Message(Role.TOOL, draw(texts), call_id=c.id) for c in calls]
        if not calls:
            talk.append(Message(Role.USER, draw(texts)))
    return talk


@settings(max_examples=60)
@given(talks(), st.integers(200, 6000))
def test_what_is_cut_fits_and_no_call_loses_its_answer(talk: list[Message], limit: int) -> None:
    counter = Counter()
    try:
        kept = fit(talk, [TOOL], limit, 50, counter)
    except ContextOverflow:
        return
    assert counter.of(kept, [TOOL]) <= limit - 50
    assert kept[0] == talk[0]
    assert any(m.role is Role.USER for m in kept)
    open_calls: list[str] = []
    for message in kept:
        if message.role is Role.TOOL:
            open_calls.remove(message.call_id)
        else:
            assert not open_calls
            open_calls = [c.id for c in message.tool_calls]
    assert not open_calls
    if counter.of(talk, [TOOL]) + len(talk) * 2 < limit - 50:
        assert kept == talk


def test_old_outputs_go_first() -> None:
    call = (ToolCall("c", "view", "{}"),)
    talk = [Message(Role.USER, "task")]
    for n in range(5):
        talk += [Message(Role.ASSISTANT, f"step {n}", call), Message(Role.TOOL, f"output {n} " * 200, call_id="c")]
    kept = fit(talk, [], Counter().of(talk) // 2 + 100, 100)
    assert [m.text for m in kept if m.role is Role.ASSISTANT] == [f"step {n}" for n in range(5)]
    left = [m.text == LEFT_OUT for m in kept if m.role is Role.TOOL]
    assert left[0]
    assert not left[-1]
    assert left == sorted(left, reverse=True)


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 3000)), min_size=1, max_size=12))
def test_a_calibrated_estimate_is_never_less_than_what_was_counted(made: list[tuple[int, int, int]]) -> None:
    samples = [Sample(k, 3, int(0.21 * k[0] + 0.5 * k[1] + 0.9 * k[2]) + 20) for k in made if sum(k)]
    counter = calibrated(samples)
    for sample in samples:
        raw = sum(w * n for w, n in zip(counter.weights, sample.kinds, strict=True)) + 8 * sample.messages
        assert raw * counter.margin >= sample.tokens


def test_calibration_comes_near_a_tokenizer_that_is_better_than_the_first_guess() -> None:
    text = [Message(Role.USER, "the quick brown fox jumps over the lazy dog\n" * 100)]
    samples = [Sample((words, 50, 0), 2, int(words * 0.2) + 40) for words in (2000, 3000, 5000, 8000)]
    first, then = Counter().of(text), calibrated(samples).of(text)
    assert then < first
    assert then >= sum(features(text)[0]) * 0.2


SHAPE = {"type": "object", "properties": {"n": {"type": "integer"}, "s": {"type": "string"}}, "required": ["n"]}


@pytest.mark.parametrize(
    "text",
    [
        '{"n": 1}',
        '```json\n{"n": 1}\n```',
        'Sure! Here is {it}:\n~~~\n{"n": 1,}\n~~~',
        'Open { brackets, and {"n": 1} too',
        'First {"x": [1, 2]} no, rather {"n": 1} I think.',
        '{"n": 1, /* one */ "s": "a // b, }",}',
        '{"n": 1, "s": "two\nlines"}',
        '[{"n": "no"}] {"n": 1}',
    ],
)
def test_shapes_are_read_from_what_models_write(text: str) -> None:
    value = read(text, SHAPE)
    assert isinstance(value, dict)
    assert value["n"] == 1


def test_what_stands_in_strings_is_not_touched() -> None:
    assert read('{"n": 1, "s": "True, ] // ,}"}', SHAPE) == {"n": 1, "s": "True, ] // ,}"}
    assert read('{"n": 1, "s": "None,]",}', SHAPE) == {"n": 1, "s": "None,]"}


@pytest.mark.parametrize("text", ["", "no", '{"n": NaN}', "__import__('os').system('id')", "{" * 100_000, '{"n": "1"}'])
def test_what_is_no_such_json_is_told_of(text: str) -> None:
    with pytest.raises(Misfit) as caught:
        read(text, SHAPE)
    assert caught.value.problems


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_read_as_it_is(value: object) -> None:
    assert read(f"It is:\n```\n{json.dumps({'v': value})}\n```", {"type": "object", "required": ["v"]}) == {"v": value}


def test_strict_shapes_are_closed_ones() -> None:
    closed = {"type": "object", "properties": {"n": {}}, "required": ["n"], "additionalProperties": False}
    assert is_strict(closed)
    assert is_strict({"type": "array", "items": closed})
    assert not is_strict({"type": "array", "items": SHAPE})


ISSUE = """It looks wrong: ![shot](shots/a.png "title") and <img width=3 src='https://x.example/b.jpg?k=v'>.
.. image:: ../c.png
![](/etc/passwd) ![again](shots/a.png) ![](fake.png)
"""


def test_pictures_of_an_issue_are_read_from_beside_it_and_from_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "issue"
    (folder / "shots").mkdir(parents=True)
    png = b"\x89PNG\r\n\x1a\n0000"
    (folder / "shots" / "a.png").write_bytes(png)
    (folder / "fake.png").write_text("no picture")
    (tmp_path / "c.png").write_bytes(png)
    assert len(named(ISSUE)) == 5
    found = pictures(ISSUE, folder)
    assert [(i.name, i.media, i.data) for i in found.read] == [("a.png", "image/png", png)]
    assert found.unread == ("b.jpg", "c.png", "passwd", "fake.png")
    assert len(pictures(ISSUE, None).unread) == 5
    (folder / "fake.png").unlink()
    (folder / "fake.png").symlink_to(tmp_path / "c.png")
    assert "fake.png" in pictures(ISSUE, folder).unread, "a link leads out of the folder"
    assert (
        unread(found.unread, "no model looked at it")
        == "4 images were not read (no model looked at it): b.jpg, c.png, passwd, fake.png"
    )
    assert unread((), "x") == ""


def test_a_report_says_which_pictures_nobody_looked_at() -> None:
    said = unseen(pictures(ISSUE, None))
    assert len(said) == 2, "those that lie elsewhere, and those that do not lie beside the issue"
    assert "nothing is fetched" in said[0]
    assert unseen(pictures("no picture", None)) == ()


EDIT = ToolSpec("edit", "Edits.", {"properties": {"text": {"type": "string"}, "line": {"type": "integer"}}})


@pytest.mark.parametrize(
    ("text", "calls", "left"),
    [
        ('I look.\n<tool_call>\n{"name": "view", "arguments": {"a": {"b": 1}}}\n</tool_call>', [("view", '{"a": {"b": 1}}')], "I look."),
        ('<tool_call>{"name": "view", "arguments": {}}</tool_call>\n<tool_call>{"name": "edit", "arguments": "{}"}', [("view", "{}"), ("edit", "{}")], ""),
        ("<tool_call>\n<function=edit>\n<parameter=text>\n1\n</parameter>\n<parameter=line>\n7\n</parameter>\n</function>\n</tool_call>",
         [("edit", '{"text": "1", "line": 7}')], ""),
        ('[TOOL_CALLS][{"name": "view", "arguments": {"path": "x"}}]', [("view", '{"path": "x"}')], ""),
    ],
)  # fmt: skip
def test_calls_that_a_server_left_in_the_text_are_read(text: str, calls: list[tuple[str, str]], left: str) -> None:
    got = with_spelt_calls(Reply(text), [TOOL, EDIT])
    assert [(c.name, c.arguments) for c in got.tool_calls] == calls
    assert got.text == left


@pytest.mark.parametrize(
    "text",
    [
        'A call is written `<tool_call>{"name": "view", "arguments": {}}</tool_call>`.',
        '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
        "<tool_call>{broken}</tool_call>",
        "<function=rm></function>",
    ],
)
def test_what_is_no_call_of_an_offered_tool_stays_text(text: str) -> None:
    assert with_spelt_calls(Reply(text), [TOOL]) == Reply(text)
    assert with_spelt_calls(Reply('<tool_call>{"name": "view"}</tool_call>'), []).tool_calls == ()
