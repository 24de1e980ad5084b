"""What was offered, what of it was taken, and what of that is still there: in the document, in the next commit, after 14 days."""

import json
import os
import stat
import subprocess
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.schemas import load
from fixbot_analysis.source import Span
from fixbot_lsp.statistics.command import command
from fixbot_lsp.statistics.events import Accepted, Event, Partly, Shown, Survived, Withheld, decode, encode
from fixbot_lsp.statistics.lasting import Past, standing
from fixbot_lsp.statistics.log import Log
from fixbot_lsp.statistics.tables import table
from fixbot_lsp.statistics.tracking import Tracker, kept
from fixbot_lsp.text.documents import Splice

DAY = 86_400
START = 20_000  # days since the epoch
URI = "file:///project/cart.py"
TEXT = "price = item.price * count"


def offer(
    name: str = "1", at: float = 0.0, engine: str = "built-in", project: str = "/project", **other: object
) -> Shown:
    model = str(other.get("model", ""))
    return Shown(name, at, project, "cart.py", "python", engine, model, "", "inline", len(TEXT), 12.0)


class Desk:
    """One open document, its tracker and a clock that is set by hand."""

    def __init__(self, text: str) -> None:
        self.data: bytes | None = text.encode()
        self.now = 0.0
        self.events: list[Event] = []
        self.tracker = Tracker(self.events.append, lambda _: self.data, lambda: self.now)

    def show(self, text: str, at: str, typed: int = 0) -> None:
        assert self.data is not None
        start = self.data.index(at.encode()) + len(at.encode())
        span = Span(start, start + len(text[:typed].encode()))
        self.tracker.shown(offer(at=self.now), URI, span, text, typed)

    def edit(self, old: str, new: str, minimal: bool = True) -> None:
        """Replace `old`, where it stands first, as one edit; not `minimal`: what both begin with is sent, too."""
        assert self.data is not None
        start = self.data.index(old.encode())
        same = len(old) if minimal and new.startswith(old) else 0  # the texts here are ASCII
        span, data = Span(start + same, start + len(old)), new[same:].encode()
        self.data = self.data[: span.start] + data + self.data[span.end :]
        self.tracker.edited(URI, [Splice(span, data)])

    def type_after(self, anchor: str, text: str) -> None:
        for letter in text:
            self.edit(anchor, anchor + letter)
            anchor += letter

    def said(self) -> list[str]:
        return [event.kind for event in self.events]

    def splice(self, *splices: tuple[int, int, str]) -> None:
        """One notice of edits (start, end, new text)."""
        told = []
        for start, end, text in splices:
            data = self.data or b""
            span = Span(min(start, len(data)), min(end, len(data)))
            self.data = data[: span.start] + text.encode() + data[span.end :]
            told.append(Splice(span, text.encode()))
        self.tracker.edited(URI, told)

    def taken(self) -> list[tuple[str, bool]]:
        return [(e.text, e.inferred) for e in self.events if isinstance(e, Accepted | Partly)]


@pytest.mark.parametrize("minimal", [True, False])
def test_one_edit_that_puts_the_text_there_is_inferred_to_be_an_acceptance(minimal: bool) -> None:
    desk = Desk("total = 0\n    \nprint(total)\n")
    desk.show(TEXT, "total = 0\n    ")
    desk.edit("    \n", f"    {TEXT}\n", minimal)
    assert desk.taken() == [(TEXT, True)]
    desk.tracker.accepted("1")  # the client says so too
    desk.tracker.accepted("1")
    assert desk.taken() == [(TEXT, True), (TEXT, False)]
    assert desk.tracker.following == 1


def test_what_the_client_says_before_its_edit_counts_once_and_is_followed() -> None:
    desk = Desk("x = \nend\n")
    desk.show(TEXT, "x = ")
    desk.tracker.accepted("1")
    desk.edit("x = ", f"x = {TEXT}")
    desk.now = 31
    desk.tracker.look()
    assert [e for e in desk.events if isinstance(e, Survived)] == [Survived("1", 31, 30, 1.0)]
    assert desk.taken() == [(TEXT, False)]


def test_where_the_client_tells_edits_are_no_acceptances() -> None:
    desk = Desk("x = \ny = \n")
    desk.show("price", "y = ")
    desk.tracker.accepted("1")
    desk.tracker.shown(offer("2"), URI, Span(4, 4), TEXT, 0)
    desk.edit("x = ", f"x = {TEXT}")
    assert desk.taken() == [("price", False)]


def test_a_text_sent_whole_tells_no_acceptance() -> None:
    desk = Desk("x = \n")
    desk.show(TEXT, "x = ")
    desk.splice((0, len(desk.data or b""), f"x = {TEXT}\n"))
    assert desk.taken() == []


def test_taken_away_and_put_there_in_one_notice_is_one_edit() -> None:
    desk = Desk("x = pr\n")
    desk.show(TEXT, "x = ", typed=2)
    desk.splice((4, 6, ""), (4, 4, TEXT))
    assert desk.taken() == [(TEXT, True)]


@pytest.mark.parametrize("also", [(0, 0, "import os\n"), (4, 4, "a")])
def test_after_another_edit_the_same_text_is_no_acceptance(also: tuple[int, int, str]) -> None:
    desk = Desk("x = \n")
    desk.show(TEXT, "x = ")
    desk.splice(also)
    start = (desk.data or b"").index(b"x = ") + 4
    desk.splice((start, start, TEXT))
    assert desk.taken() == []


def test_another_offer_takes_the_place_of_the_one_before() -> None:
    desk = Desk("x = \ny = \n")
    desk.show("price", "x = ")
    desk.tracker.shown(offer("2"), URI, Span(9, 9), "count", 0)
    desk.edit("x = ", "x = price")
    assert desk.taken() == []


def test_an_offer_that_is_made_again_is_the_same_and_may_be_taken() -> None:
    desk = Desk("x = \n")
    desk.show(TEXT, "x = ")
    desk.splice((0, 0, "\n"), (0, 1, ""))
    assert desk.tracker.goes_on(URI, Span(4, 4), TEXT, 0) == "1"
    desk.type_after("x = ", "pri")
    assert desk.tracker.goes_on(URI, Span(4, 7), TEXT, 3) == "1"
    desk.edit("x = pri", f"x = {TEXT}")
    assert desk.taken() == [(TEXT, True)]


def test_typing_the_text_by_hand_is_no_acceptance() -> None:
    desk = Desk("x = \n")
    desk.show("price", "x = ")
    desk.type_after("x = ", "price")
    assert desk.said() == ["shown"]


def test_words_taken_one_by_one() -> None:
    desk = Desk("x = \n")
    desk.show("item.price * count", "x = ")
    desk.edit("x = ", "x = item")
    desk.edit("x = item", "x = item.pr")  # no word's end
    desk.edit("x = item.pr", "x = item.price")
    assert desk.taken() == [("item", True), ("item.price", True)]
    desk.edit("x = item.price", "x = item.price * count")
    assert desk.said()[-1] == "accepted"


def test_an_offer_that_the_text_left_is_passed_over() -> None:
    desk = Desk("x = pr\n")
    desk.show("price", "x = ", typed=2)
    desk.edit("x = pr", "x = qr")
    desk.edit("x = qr", "x = price")
    assert desk.said() == ["shown"]


@given(
    st.text("apri.( )\n", max_size=12),
    st.integers(0, 3),
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from([*"apric.( )\n", ""])), max_size=30),
)
def test_typing_a_character_at_a_time_never_counts(text: str, typed: int, keys: list[tuple[int, str]]) -> None:
    desk = Desk(f"x = {text[:typed]}\nend\n")
    desk.show(text, "x = ", typed=min(typed, len(text)))
    for place, key in keys:  # a letter, or one taken away; at the cursor, or anywhere
        cursor = 4 + min(typed, len(text)) if place > 15 else place
        desk.splice((cursor, cursor + (not key), key))
    for letter in text:
        desk.splice((4, 4, letter))
    assert desk.taken() == []


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.text("price =\n", max_size=6)), max_size=20))
def test_what_counts_stands_there(edits: list[tuple[int, int, str]]) -> None:
    desk = Desk("x = \nend\n")
    desk.show("price = price", "x = ")
    for start, length, text in edits:
        before = len(desk.taken())
        desk.splice((start, start + length, text))
        for taken, _ in desk.taken()[before:]:
            assert (desk.data or b"").find(taken.encode()) == 4
            assert len(text) > 1


def test_what_stands_after_30_seconds_and_5_minutes() -> None:
    desk = Desk("\nx = \nend\n")
    desk.show("alpha + beta", "x = ")
    desk.edit("x = ", "x = alpha + beta")
    desk.edit("\nx", "\n# a remark above\nx")
    desk.now = 30
    desk.tracker.look()
    desk.edit("alpha + ", "")
    desk.now = 300
    desk.tracker.look()
    assert [(e.after, round(e.share, 2)) for e in desk.events if isinstance(e, Survived)] == [(30, 1.0), (300, 0.33)]
    assert desk.tracker.following == 0


def test_a_closed_document_is_not_followed() -> None:
    desk = Desk("x = \n")
    desk.show(TEXT, "x = ")
    desk.edit("x = ", f"x = {TEXT}")
    desk.tracker.closed(URI)
    desk.now = 400
    desk.tracker.look()
    assert desk.said() == ["shown", "accepted"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10), st.text(max_size=8)), max_size=12))
def test_any_edits_leave_a_share_between_none_and_all(edits: list[tuple[int, int, str]]) -> None:
    desk = Desk("x = \nend\n")
    desk.show("alpha + beta", "x = ")
    desk.edit("x = ", "x = alpha + beta")
    for start, length, text in edits:
        data = desk.data or b""
        span = Span(min(start, len(data)), min(start + length, len(data)))
        new = text.encode("utf-8", "replace")
        desk.data = data[: span.start] + new + data[span.end :]
        desk.tracker.edited(URI, [Splice(span, new)])
    desk.now = 1000
    desk.tracker.look()
    shares = [e.share for e in desk.events if isinstance(e, Survived)]
    assert len(shares) == 2
    assert all(0 <= share <= 1 for share in shares)


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_text_stands_wholly_in_what_holds_it(text: str, other: str) -> None:
    assert kept(text, other + text) == 1.0
    assert 0 <= kept(text, other) <= 1


EVENTS = (
    offer(), Accepted("1", 5.0, "é\n"), Accepted("1", 5.0, "e", inferred=True), Partly("1", 6.0, "a"), Survived("1", 7.0, 30, 0.5), Withheld(8.0, "model", "fast", "late"),
)  # fmt: skip


def test_events_come_back_as_they_were_written(tmp_path: Path) -> None:
    log = Log(tmp_path / "statistics")
    assert all(log.write(event) for event in EVENTS)
    assert tuple(log.read()) == EVENTS
    (file,) = (tmp_path / "statistics").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b'{"v":1}', b'{"v":2,"kind":"accepted","id":"1","at":1,"text":""}', b"[" * 5000, b"\xff",
     b'{"v":1,"kind":"accepted","id":"1","at":1,"text":"","inferred":1}', b'{"v":1,"kind":"accepted","id":"1","at":NaN,"text":""}', b'{"v":1,"kind":"accepted","id":1,"at":1,"text":""}'],
)  # fmt: skip
def test_damaged_lines_are_passed_over(line: bytes, tmp_path: Path) -> None:
    assert decode(line) is None
    log = Log(tmp_path)
    log.write(EVENTS[0])
    with next(tmp_path.iterdir()).open("ab") as file:
        file.write(line + b"\n" + encode(EVENTS[1]))
    assert tuple(log.read()) == EVENTS[:2]


def test_an_event_cut_by_a_full_disk_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    log = Log(tmp_path)
    assert log.write(EVENTS[0])
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: len(whole) // 2])
    assert log.write(EVENTS[0])
    assert tuple(log.read()) == (EVENTS[0], EVENTS[0])


def test_a_folder_that_cannot_be_written_loses_events_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Log(tmp_path / "file" / "statistics").write(EVENTS[0])
    assert tuple(Log(tmp_path / "nowhere").read()) == ()
    os.mkfifo(tmp_path / "1970-01.jsonl")
    assert not Log(tmp_path).write(EVENTS[0])
    assert tuple(Log(tmp_path).read()) == ()


def commit(top: Path, text: str, at: int) -> None:
    (top / "cart.py").write_text(text)
    when = {"GIT_AUTHOR_DATE": f"{at} +0000", "GIT_COMMITTER_DATE": f"{at} +0000"}
    who = ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run(["git", *who, "add", "."], cwd=top, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "x"], cwd=top, check=True, env={**os.environ, **when})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A file with commits on the days 100, 102, 110 and 130; the text that is asked for came between the first two."""
    top = tmp_path / "project"
    top.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    commit(top, "def cost(item, count):\n    return 0\n", (START + 100) * DAY)
    commit(top, f"def cost(item, count):\n    {TEXT}\n    total = price + 1\n    return total\n", (START + 102) * DAY)
    commit(top, f"def cost(item, count):\n    {TEXT}\n    return price\n", (START + 110) * DAY)
    commit(top, "def cost(item, count):\n    return item.cost(count)\n", (START + 130) * DAY)
    return top


def test_what_was_committed_and_what_was_there_14_days_later(project: Path) -> None:
    taken = f"{TEXT}\n    total = price + 1\n"
    lasting = Past((START + 200) * DAY).of(str(project), "cart.py", taken, (START + 101) * DAY)
    assert lasting.committed == 1.0
    assert lasting.later == pytest.approx(len(TEXT) / (len(TEXT) + len("total = price + 1")))


def test_what_git_cannot_know_yet_is_not_said(project: Path) -> None:
    past = Past((START + 140) * DAY)
    assert past.of(str(project), "cart.py", TEXT, (START + 135) * DAY).committed is None
    assert past.of(str(project), "cart.py", TEXT, (START + 129) * DAY).later is None  # not 14 days ago
    assert past.of(str(project), "other.py", TEXT, (START + 101) * DAY).committed is None
    assert past.of(str(project.parent), "cart.py", TEXT, (START + 101) * DAY).committed is None  # no repository


def test_lines_that_stood_before_are_not_counted_as_kept(project: Path) -> None:
    assert (
        Past((START + 200) * DAY).of(str(project), "cart.py", "def cost(item, count):", (START + 101) * DAY).committed
        == 0.0
    )


def test_nothing_worth_asking_for() -> None:
    assert standing(")\n]\n", [")"]) is None


def test_rows_by_engine_model_and_prompt(project: Path) -> None:
    at = float((START + 101) * DAY)
    events = [
        offer("a", at, project=str(project)), offer("b", at), offer("c", at, "model", model="fast"), Withheld(at, "model", "fast", "late"),
        Accepted("a", at, TEXT), Partly("a", at + 9, "p", inferred=True), Partly("c", at, "pri"), Partly("c", at + 1, "price"), Survived("a", at + 30, 30, 0.5), Accepted("?", at, "x"),
    ]  # fmt: skip
    built_in, model = table(events, Past((START + 200) * DAY)).rows
    assert (built_in.engine, built_in.shown, built_in.accepted, built_in.partly) == ("built-in", 2, 1, 0)
    assert {stage: built_in.standing(stage) for stage in ("30 s", "5 min", "commit", "14 days")} == {
        "30 s": 0.5, "5 min": None, "commit": 1.0, "14 days": 1.0,
    }  # fmt: skip
    assert (model.model, model.accepted, model.partly, model.characters) == ("fast", 0, 1, len("price"))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path / "home"))
    return Log(tmp_path / "home" / "state" / "statistics")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), standalone_mode=False, catch_exceptions=False)
    return result.output


def test_the_command_shows_counts_and_writes_a_page(home: Log, tmp_path: Path) -> None:
    import time

    assert "nothing was offered yet" in run()
    now = time.time()
    for event in (
        offer("a", now, "<b>"),
        Accepted("a", now, TEXT, inferred=True),
        Survived("a", now, 30, 0.25),
        Withheld(now, "<b>", "", "unsure"),
    ):
        home.write(event)
    text = run("--page", str(tmp_path / "stats.html"))
    assert "25%" in text
    assert "1 unsure" in text
    assert "1 of those taken, whole or in part, were inferred" in text
    page = (tmp_path / "stats.html").read_text()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "http" not in page.replace("http-equiv", "")
    document = json.loads(run("--json"))
    jsonschema.validate(document, load("stats"), jsonschema.Draft202012Validator)
    assert document["rows"][0]["accepted"] == 1
    assert document["rows"][0]["inferred"] == 1
    assert "1 files deleted" in run("--clear")
    assert "nothing was offered yet" in run()
