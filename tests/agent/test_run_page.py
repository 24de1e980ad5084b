"""The page of a run: everything there is, nothing that runs, nothing from elsewhere, whatever others wrote."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fixbot_agent.errors import ModelError
from fixbot_agent.models import Chain, Message, Reply, ToolCall, ToolSpec, Usage
from fixbot_agent.models.messages import Role
from fixbot_agent.recording import Recorded, Recorder
from fixbot_agent.run_page import html, spent_by_kind
from fixbot_agent.runs import Kept, Redactor, Run, Trail
from fixbot_agent.schemas import Json

EVIL = "</script></pre></style><script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp \x1b[31m \"' onload='x'"
PATCH = "diff --git a/calc.py b/calc.py\n--- a/calc.py\n+++ b/calc.py\n@@ -1 +1 @@\n-a - b\n+a + b </pre><script>\n"


class Evil:
    """A model that answers with markup."""

    name = f"evil{EVIL}"

    def complete(self, *_: object, **__: object) -> Reply:
        calls = (ToolCall("c1", f"view{EVIL}", '{"path": "' + "</script>" + '"}'), ToolCall("c2", "run_tests", EVIL))
        return Reply(EVIL, calls, Usage(1000, 5, 20, 0.25), self.name, reasoning=f"I think {EVIL}", first_token=0.2)


class Broken:
    """A model that does not answer."""

    name = "broken"

    def complete(self, *_: object, **__: object) -> Reply:
        raise ModelError(f"it is down {EVIL}")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    run = Run.start(tmp_path / "runs", Redactor(), pytest.fail)
    run.event("started", command="solve", root=f"/home/{EVIL}", argv=[])
    run.event("case", oracle="failing tests", failing=[f"t::{EVIL}"], tests=3)
    recorder = Recorder(run, {"broken": "http://127.0.0.1/v1"}, lambda _: None)
    model = Recorded(recorder, Chain([Broken(), Evil()], recorder.answered, "solve"))
    task = [Message(Role.SYSTEM, f"be good {EVIL}", prompt="solve_system.v9"), Message(Role.USER, f"fix {EVIL}")]
    reply = model.complete(task, [ToolSpec("view", "look")])
    out = [Message(Role.TOOL, f"<data-1>\nout {EVIL}\n</data-1>", call_id="c1")]
    model.complete([*task, reply.said, *out], [ToolSpec("view", "look")])
    for number in range(3):
        run.event("trial", source="template", verdict="unfixed", why=EVIL, note=f"number {number}")
    run.keep("patch.diff", PATCH)
    run.keep("asked.json", {"text": f"the issue {EVIL}", "options": {"model": EVIL}, "digest": ""})
    suspect = {"path": EVIL, "line": 3, "symbol": "f", "score": 0.5, "why": [EVIL]}
    made = {
        "oracle": "failing tests",
        "failed_before": ["t::a"],
        "passed_after": ["t::a"],
        "regressions": [EVIL],
        "tests_run": 3,
    }
    report: dict[str, Json] = {
        "status": "plausible",
        "note": EVIL,
        "seconds": 3.5,
        "warnings": [EVIL],
        "verification": made,
        "localisation": [suspect],
        "disputed": [{"test": f"t::pinned{EVIL}", "why": f"it demands the fault {EVIL}"}],
        "assumptions": ["an empty list stays an error", EVIL],
        "refused": {"patch": PATCH, "source": "model:m", "verdict": "unfixed", "why": f"t::b still fails {EVIL}"},
        "said": f"Decide which is right {EVIL}",
    }
    run.keep("report.json", {**report, "alternatives": [{"patch": PATCH, "note": EVIL}]})
    return Trail(tmp_path / "runs").find("last")


class Tags(HTMLParser):
    """Collects tags and words, and sees that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read(page: str) -> Tags:
    parser = Tags()
    parser.feed(page)
    assert parser.open == []
    return parser


def test_nothing_runs_and_nothing_comes_from_elsewhere(kept: Kept) -> None:
    page = html(kept)
    tags = read(page)
    assert not {"script", "img", "iframe", "link", "object", "form"} & set(tags.tags)
    names = {name for name, _ in tags.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("src", "style")]
    links = {value for name, value in tags.attributes if name == "href"}
    assert all(value and value.startswith("#") for value in links)
    assert {value[1:] for value in links if value} <= {value for name, value in tags.attributes if name == "id"}
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<U+202E>" in tags.words


def test_all_that_happened_is_on_it(kept: Kept) -> None:
    words = read(html(kept)).words
    for part in (
        "be good", "fix ", "I think", "out ", "it is down", "solve_system.v9", "3 patches tried: 3 not fixing it", "the issue",
        "+a + b", "t::a", "passes", "another patch, number 2", "http://127.0.0.1/v1", "(5 cached)", "first text after",
        "t::pinned", "it demands the fault", "t::b still fails", "Decide which is right",
            "took for granted", "an empty list stays an error",
    ):  # fmt: skip
        assert part in words, part
    assert words.count("out </script>") == 2, "as what a tool said, and in the line that can be opened"


def test_a_run_that_was_cut_short_has_a_page_too(tmp_path: Path) -> None:
    run = Run.start(tmp_path, Redactor(), pytest.fail)
    run.event("started", command="solve", root="/r")
    assert "is still going on, or was cut short" in read(html(Trail(tmp_path).find("last"))).words


def test_the_time_goes_to_what_ended_with_it() -> None:
    events = [
        {"at": 0.0, "kind": "started"}, {"at": 1.0, "kind": "ground"}, {"at": 3.0, "kind": "case"}, {"at": 3.5, "kind": "ask"},
        {"at": 7.5, "kind": "model"}, {"at": 9.5, "kind": "message", "role": "tool", "call_id": "a"},
        {"at": 10.5, "kind": "message", "role": "tool", "call_id": "b"}, {"at": 90.0, "kind": "resumed"}, {"at": 96.5, "kind": "trial"},
    ]  # fmt: skip
    spent = {s.kind: s.seconds for s in spent_by_kind(events, {"a": "run_tests", "b": "view"})}
    assert spent == {
        "getting ready": 1.0, "first run of the tests": 2.0, "the rest": 0.5, "models": 4.0, "tests": 2.0, "tools": 1.0,
        "trying and verifying": 6.5,
    }  # fmt: skip
