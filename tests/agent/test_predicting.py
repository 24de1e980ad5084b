"""Completions by a model against a scripted endpoint over a real socket: what is sent, what is shown, what is ended and when."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.completing.cleaning import clean
from fixbot_agent.completing.predicting import (
    Answer,
    Cancel,
    Extent,
    Journal,
    Limits,
    Predictor,
    Prepared,
    predictor_of,
)
from fixbot_agent.completing.predicting.asked import Told
from fixbot_agent.completing.predicting.asking import Models
from fixbot_agent.completing.predicting.extent import Stopper, extent_of
from fixbot_agent.completing.predicting.pace import Pace
from fixbot_agent.completing.predicting.remembered import Remembered
from fixbot_agent.completing.predicting.sending import Clearance
from fixbot_agent.models import Keeping
from fixbot_agent.models.filling import Extra, Hole, Ways
from fixbot_agent.runs import Redactor
from fixbot_agent.settings import ModelSettings, Places, Settings
from fixbot_analysis.index import Index
from fixbot_analysis.source import Position
from fixbot_analysis.syntax import SyntaxTree

Script = Callable[[BaseHTTPRequestHandler], None]


class Endpoint:
    """Plays one script a request (the last again and again), keeps what it was sent and counts connections that were cut."""

    def __init__(self) -> None:
        self.scripts: list[Script] = []
        self.asked: list[dict[str, object]] = []
        self.cut = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                script = outer.scripts.pop(0) if len(outer.scripts) > 1 else outer.scripts[0]
                try:
                    script(self)
                except OSError:
                    outer.cut.set()
                self.close_connection = True

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a connection that was cut is what is tested
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def settings(self, name: str = "fast") -> ModelSettings:
        address = f"http://127.0.0.1:{self.http.server_port}/v1"
        return ModelSettings(name, base_url=address, model="m", fim="suffix", retries=0, timeout=80)

    @property
    def prompts(self) -> list[str]:
        return [str(body["prompt"]) for body in self.asked]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.http.shutdown()
    made.http.server_close()


@pytest.fixture
def second() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.http.shutdown()
    made.http.server_close()


def begin(to: BaseHTTPRequestHandler) -> None:
    to.send_response(200)
    to.send_header("Content-Type", "text/event-stream")
    to.send_header("Connection", "close")
    to.end_headers()


def event(to: BaseHTTPRequestHandler, text: str, finish: str | None = None) -> None:
    body = {"choices": [{"text": text, "finish_reason": finish}]}
    to.wfile.write(b"data: " + json.dumps(body).encode() + b"\n\n")
    to.wfile.flush()


def says(text: str) -> Script:
    def script(to: BaseHTTPRequestHandler) -> None:
        begin(to)
        for at in range(0, len(text), 4):
            event(to, text[at : at + 4])
        event(to, "", "stop")

    return script


def says_then_waits(text: str, go_on: threading.Event, rest: str = "") -> Script:
    def script(to: BaseHTTPRequestHandler) -> None:
        begin(to)
        event(to, text)
        while not go_on.wait(0.02):
            to.wfile.write(b": still here\n\n")  # notices when nobody listens any more
            to.wfile.flush()
        event(to, rest, "stop")

    return script


def answers(status: int, body: str, **headers: str) -> Script:
    def script(to: BaseHTTPRequestHandler) -> None:
        to.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body.encode())

    return script


CART = """\
from shop.money import Money

API_KEY = "sk-live-abcdefghijklmnop1234"


class Cart:
    def __init__(self) -> None:
        self.prices: list[Money] = []

    def total(self) -> Money:
        total = Money(0)
        for price in self.prices:
@
        return total
""".replace("@", " " * 12)
MONEY = '''\
class Money:
    """An amount."""

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def plus(self, other: "Money") -> "Money":
        """The sum."""
        return Money(self.cents + other.cents)
'''
HERE = Position(12, 12)


class Desk:
    """An index of a small project, and a predictor over the endpoints."""

    def __init__(self, root: Path, *endpoints: Endpoint, **limits: float) -> None:
        (root / "shop").mkdir(parents=True)
        for name, text in {
            "cart.py": CART,
            "money.py": MONEY,
            "__init__.py": "",
            "local.py": "x = 1\n",
            ".env": "A=1\n",
        }.items():
            (root / "shop" / name).write_text(text)
        (root / ".gitignore").write_text("local.py\n")
        self.index = Index.open(root)
        self.journal = Journal(root.parent / "state" / "sent.jsonl")
        settings = [e.settings(f"model{n}") for n, e in enumerate(endpoints)]
        made = {"deadline": 80.0, "patience": 80.0, "looking": 20.0, **limits}
        self.models = Models(
            settings,
            Limits(**made),
            Ways(root.parent / "filling.json"),
            self.journal,
            {},
            keeping=Keeping(root.parent / "models"),
        )  # type: ignore[arg-type]
        self.predictor = Predictor(self.models, Clearance(Redactor()), clean)
        self.predictor.link(self.index)

    def prepared(
        self, text: str = CART, position: Position = HERE, *, trusted: bool = True, path: str = "shop/cart.py"
    ) -> Prepared:
        if path == "shop/cart.py":
            self.index.update(path, text.encode())
        return self.predictor.prepare(self.index, path, position, trusted=trusted)

    def typed(self, typed: str) -> Prepared:
        lines = CART.split("\n")
        lines[HERE.line] += typed
        return self.prepared("\n".join(lines), Position(HERE.line, HERE.column + len(typed)))

    def ask(self, prepared: Prepared | None = None) -> Answer:
        prepared = prepared or self.prepared()
        return self.predictor.finish(prepared, self.predictor.predict(prepared, Cancel(), invoked=True))


@pytest.fixture
def desk(tmp_path: Path, endpoint: Endpoint) -> Iterator[Desk]:
    made = Desk(tmp_path / "project", endpoint)
    yield made
    made.predictor.close()
    made.index.close()


def lines_of(desk: Desk) -> list[dict[str, Any]]:
    """The journal."""
    return [json.loads(line) for line in desk.journal.file.read_text().splitlines()]


def shown(answer: Answer) -> str:
    assert answer.prediction is not None, answer.why
    return answer.prediction.text


def test_what_is_sent_and_what_is_shown(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says("total = total.plus(price)\n        return total\n\n    def more(self):\n")]
    answer = desk.ask()
    assert shown(answer) == "total = total.plus(price)"
    prediction = answer.prediction
    assert prediction is not None
    assert (prediction.model, prediction.way, prediction.origin, prediction.prompt) == (
        "model0",
        "suffix",
        "asked",
        "fim.v1",
    )
    body = endpoint.asked[0]
    assert "def plus" in str(body["prompt"]), "what the graph knows of Money"
    assert str(body["prompt"]).endswith("for price in self.prices:\n            ")
    assert body["suffix"] == "\n        return total\n"
    assert "sk-live" not in json.dumps(body)
    sent, answered = lines_of(desk)
    assert sent["event"] == "sent"
    assert sent["files"] == ["shop/cart.py", "shop/money.py"]
    assert sent["body"] == body
    assert (answered["event"], answered["request"]) == ("answered", sent["request"])
    assert "body" not in answered
    assert desk.journal.file.stat().st_mode & 0o777 == 0o600
    assert desk.journal.sent.requests == 1


def test_nothing_is_sent_that_must_not_leave(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says("x")]
    untrusted = desk.prepared(trusted=False)
    assert untrusted.data == b""
    cases = [
        untrusted,
        desk.prepared(path="shop/local.py", position=Position(0, 0)),
        desk.prepared(path="shop/.env", position=Position(0, 0)),
    ]
    assert [desk.ask(case).why for case in cases] == [
        "the workspace is not trusted", "the file is no source of this project", "the file is no source of this project",
    ]  # fmt: skip
    assert endpoint.asked == []
    assert not desk.journal.file.exists()


@pytest.mark.parametrize(
    "path",
    [
        "shop/local.py",
        "private/keys.py",
        "sub/mine.py",
        "excluded.py",
        ".git/hook.py",
        "node_modules/a/b.js",
        ".venv/lib/c.py",
        "environment/lib/d.py",
        "linked.py",
        f"{'n' * 120}.py",
        "shop/.env.py",
    ],
)
def test_an_open_document_that_the_project_ignores_is_not_sent(path: str, desk: Desk, endpoint: Endpoint) -> None:
    """Saved or not: what is open is in the index, whatever the project says of it."""
    root = desk.index.tree.root
    for name, text in {
        ".gitignore": "local.py\nprivate/\n",
        "sub/.gitignore": "mine.py\n",
        ".git/info/exclude": "excluded.py\n",
        "environment/pyvenv.cfg": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "linked.py").symlink_to("private/keys.py")
    endpoint.scripts = [says("x")]
    desk.index.update(path, CART.encode())
    prepared = desk.prepared(path=path)
    assert prepared.data == b""
    assert "ignored" in desk.ask(prepared).why or "secrets" in prepared.why_not
    assert endpoint.asked == []


def test_an_open_document_that_is_ignored_helps_no_other_with_its_text(desk: Desk) -> None:
    (desk.index.tree.root / ".gitignore").write_text("money.py\n")
    desk.index.update("shop/money.py", MONEY.encode())
    desk.predictor.link(desk.index)
    assert desk.prepared().hole.extras == ()


def test_other_files_that_changed_since_the_graph_was_linked_are_left_out(desk: Desk) -> None:
    """Their lines are elsewhere now; a file may also have become one that is ignored."""
    assert [e.path for e in desk.prepared().hole.extras] == ["shop/money.py"]
    desk.index.update("shop/money.py", f"SECRET = 1\n{MONEY}".encode())
    assert desk.prepared().hole.extras == ()
    desk.predictor.link(desk.index)
    assert [e.path for e in desk.prepared().hole.extras] == ["shop/money.py"]


def test_typing_on_takes_from_what_is_under_way_and_then_from_what_was_shown(desk: Desk, endpoint: Endpoint) -> None:
    go_on = threading.Event()
    endpoint.scripts = [says_then_waits("total = tot", go_on, "al.plus(price)")]
    first, answer = Cancel(), []
    waiting = threading.Thread(
        target=lambda: answer.append(desk.predictor.predict(desk.prepared(), first, invoked=True))
    )
    waiting.start()
    while not endpoint.asked:
        time.sleep(0.01)
    prepared = desk.typed("tot")
    first.set()
    waiting.join(80)
    assert answer[0].why == "cancelled"
    second: list[Answer] = []
    waiting = threading.Thread(target=lambda: second.append(desk.ask(prepared)))
    waiting.start()
    go_on.set()
    waiting.join(80)
    assert shown(second[0]) == "al = total.plus(price)"
    assert second[0].prediction is not None
    assert second[0].prediction.origin == "under way"
    for typed in ("total", "total = total.pl", "to", ""):
        answer_again = desk.ask(desk.typed(typed))
        assert typed + shown(answer_again) == "total = total.plus(price)"
        assert answer_again.prediction is not None
        assert answer_again.prediction.origin == "again"
    assert len(endpoint.asked) == 1, "all of it was one request"


def test_typing_something_else_ends_the_request_and_asks_anew(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says_then_waits("total = ", threading.Event()), says("(price)")]
    cancel = Cancel()
    waiting = threading.Thread(target=desk.predictor.predict, args=(desk.prepared(), cancel))
    waiting.start()
    while not endpoint.asked:
        time.sleep(0.01)
    assert shown(desk.ask(desk.typed("print"))) == "(price)"
    assert endpoint.cut.wait(80), "the endpoint is told that nobody listens"
    cancel.set()
    waiting.join(80)


def test_a_cancel_is_quiet_at_once_though_the_endpoint_hangs(desk: Desk, endpoint: Endpoint) -> None:
    hang = threading.Event()
    endpoint.scripts = [lambda _: hang.wait(20)]  # type: ignore[list-item, return-value]
    cancel, took, prepared = Cancel(), [], desk.prepared()

    def predict() -> None:
        desk.predictor.predict(prepared, cancel, invoked=True)
        took.append(time.monotonic())

    waiting = threading.Thread(target=predict)
    waiting.start()
    while not endpoint.asked:
        time.sleep(0.01)
    cancel.set()
    waiting.join(80)
    assert took
    desk.predictor.close()
    hang.set()


def test_a_late_answer_gives_its_whole_lines_and_the_rest_next_time(desk: Desk, endpoint: Endpoint) -> None:
    go_on, prepared = threading.Event(), desk.prepared()
    endpoint.scripts = [says_then_waits("total = total.plus(price)\n            print(to", go_on, "tal)")]
    threading.Thread(target=desk.predictor.predict, args=(prepared, Cancel()), kwargs={"invoked": True}).start()
    while not (flight := desk.predictor._flights.get(prepared.path)) or flight.answer is None:
        time.sleep(0.01)
    desk.models.limits = Limits(deadline=0.05)
    late = desk.ask(prepared)
    assert shown(late) == "total = total.plus(price)"
    assert late.prediction is not None
    assert late.prediction.is_part
    assert desk.ask(desk.typed("total")).prediction is not None
    desk.models.limits = Limits(deadline=80.0)
    go_on.set()
    assert shown(desk.ask(prepared)) == "total = total.plus(price)\n            print(total)"
    assert len(endpoint.asked) == 1
    endpoint.scripts = [says_then_waits("tot", threading.Event())]
    desk.models.limits = Limits(deadline=0.05)
    assert desk.ask(desk.typed("x = ")).why == "the model is late"


def drips(go_on: threading.Event) -> Script:
    """Something all the time, and never a line."""

    def script(to: BaseHTTPRequestHandler) -> None:
        begin(to)
        while not go_on.wait(0.01):
            event(to, "a")

    return script


def silent(go_on: threading.Event) -> Script:
    def script(_: BaseHTTPRequestHandler) -> None:
        go_on.wait(20)

    return script


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.005)


@pytest.mark.parametrize("script", [silent, drips])
def test_a_model_that_keeps_silent_is_left_alone_while_one_types(
    desk: Desk, endpoint: Endpoint, script: Callable[[threading.Event], Script]
) -> None:
    go_on = threading.Event()
    endpoint.scripts = [script(go_on)]
    desk.models.limits = Limits(deadline=0.1)
    for n in range(10):
        late = desk.predictor.predict(desk.typed(f"x{n} = "), Cancel())
        assert late.told is None
        if desk.predictor.model is None:
            break
    assert "at http://127.0.0.1:" in desk.predictor.trouble
    assert "within 0.1 s" in desk.predictor.trouble
    asked = len(endpoint.asked)
    assert asked < 8
    assert "within 0.1 s" in desk.predictor.predict(desk.typed("y = "), Cancel()).why
    assert len(endpoint.asked) == asked, "typing goes on without it"
    go_on.set()


def test_a_model_that_is_slow_and_lives_is_tried_beside_the_typing_and_used_where_its_answer_fits(
    desk: Desk, endpoint: Endpoint, tmp_path: Path
) -> None:
    go_on, rested = threading.Event(), time.time() - 400
    endpoint.scripts = [silent(go_on)]
    desk.models.limits = Limits(deadline=0.1)
    kept = {f"{endpoint.settings().base_url} m": {"failures": 4, "until": rested, "error": "late", "at": rested}}
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "resting.json").write_text(json.dumps({"version": 1, "kept": kept}))
    here = desk.prepared()
    endpoint.scripts = [says_then_waits("", go_on, "total = total.plus(price)")]
    assert desk.predictor.predict(here, Cancel()).why == "late", "nobody waits for who is only tried"
    until(lambda: bool(endpoint.asked))
    assert desk.predictor.predict(desk.typed("x = "), Cancel()).told is None
    assert len(endpoint.asked) == 1, "one tries, and typing does not end it"
    until(lambda: "within 0.1 s" in desk.predictor.trouble)
    go_on.set()
    until(lambda: desk.predictor._remembered.find(here.path, here.before, here.after) is not None)
    assert desk.predictor.model is not None
    assert desk.predictor.predict(here, Cancel()).origin == "ahead"
    assert len(endpoint.asked) == 1
    go_on.clear()
    assert desk.models.usual > 0.1
    heard = desk.predictor.predict(desk.typed("print"), Cancel())
    assert heard.why == "the model is late", "it is not waited for in vain"
    until(lambda: len(endpoint.asked) == 2)
    go_on.set()
    until(lambda: desk.predictor.predict(desk.typed("print"), Cancel()).told is not None)
    assert desk.predictor.trouble == ""


@pytest.mark.parametrize(
    ("script", "what"),
    [
        (answers(429, "slow down", Retry_After="30"), "429"),
        (answers(500, "broken"), "500"),
        (answers(200, "garbage"), "no event stream"),
        (answers(200, '{"error": {"message": "no such model"}}'), "no such model"),
        (answers(200, ""), "broke off"),
    ],
)
def test_the_next_model_takes_over(
    tmp_path: Path, endpoint: Endpoint, second: Endpoint, script: Script, what: str
) -> None:
    desk = Desk(tmp_path / "project", endpoint, second)
    endpoint.scripts, second.scripts = [script], [says("total = total.plus(price)")]
    answer = desk.ask()
    assert answer.prediction is not None
    assert (answer.prediction.model, shown(answer)) == ("model1", "total = total.plus(price)")
    ends = [(line["event"], line["outcome"]) for line in lines_of(desk) if line["event"] != "sent"]
    assert [end for end, _ in ends] == ["failed", "answered"]
    assert what in ends[0][1]
    assert ends[0][1].startswith("model 'model0' at http://127.0.0.1:"), "whatever went wrong, it says where"
    assert desk.journal.sent.requests == 2
    if what == "429":
        desk.ask(desk.typed("x = "))
        assert len(endpoint.asked) == 1, "left alone for as long as it asked for"
        assert desk.predictor.model == "model1"
        assert "429" in desk.predictor.trouble
    desk.index.close()


def test_when_nobody_answers_it_says_why_and_nothing_is_shown(desk: Desk, endpoint: Endpoint) -> None:
    def breaks(to: BaseHTTPRequestHandler) -> None:
        begin(to)
        event(to, "total = total.pl")

    endpoint.scripts = [breaks]
    answer = desk.ask()
    assert answer.prediction is None
    assert "broke off" in answer.why
    endpoint.scripts = [answers(401, "no")]
    assert "401" in desk.ask(desk.typed("y")).why
    asked = len(endpoint.asked)
    assert "401" in desk.ask(desk.typed("z")).why
    assert len(endpoint.asked) == asked, "a key that is refused is not tried at every keystroke"


def test_a_context_that_is_too_small_is_learnt(desk: Desk, endpoint: Endpoint) -> None:
    full = answers(400, '{"error": {"message": "the request exceeds the available context size (600 tokens)"}}')
    endpoint.scripts = [full, says("total = total.plus(price)")]
    assert shown(desk.ask()) == "total = total.plus(price)"
    first, again = endpoint.prompts
    assert len(again) < len(first)
    endpoint.scripts = [says("1")]
    desk.ask(desk.typed("x = "))
    assert len(endpoint.asked) == 3, "the next one fits at once"


def test_what_follows_is_worked_out_when_a_prediction_is_taken(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says("total = total.plus(price)"), says("\n            print(total)")]
    answer = desk.ask()
    assert answer.prediction is not None
    desk.predictor.accepted(answer.prediction.id)
    end = time.monotonic() + 80
    while len(endpoint.asked) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert endpoint.prompts[1].endswith("total = total.plus(price)")
    after = desk.ask(desk.typed("total = total.plus(price)"))
    assert len(endpoint.asked) == 2, after.why


def test_an_answer_cut_off_by_its_length_loses_its_last_line(desk: Desk, endpoint: Endpoint) -> None:
    def script(to: BaseHTTPRequestHandler) -> None:
        begin(to)
        event(to, "total = total.plus(price)\n            prin", "length")

    endpoint.scripts = [script]
    assert shown(desk.ask()) == "total = total.plus(price)"


def test_what_stands_for_a_secret_is_not_shown(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says('key = "[redacted: api key]"')]
    assert "secret" in desk.ask().why


def test_no_other_thread_than_the_index_s_parses(
    desk: Desk, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two threads in a grammar's parser end the process."""
    endpoint.scripts = [says("total = total.plus(price)")]
    prepared, parsed = desk.prepared(), []
    own, parse = threading.current_thread(), SyntaxTree.parse

    def noted(*given: object, **named: object) -> SyntaxTree:
        parsed.append(threading.current_thread())
        return parse(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(SyntaxTree, "parse", noted)
    answer = desk.ask(prepared)
    assert answer.prediction is not None
    desk.predictor.accepted(answer.prediction.id)
    assert set(parsed) == {own}


def test_insecure_text_of_a_model_is_not_shown(desk: Desk, endpoint: Endpoint) -> None:
    endpoint.scripts = [says("total = eval(input())")]
    answer = desk.ask()
    assert answer.prediction is None or "eval(" not in answer.prediction.text


def test_settings_make_a_service_or_none(tmp_path: Path) -> None:
    places = Places(tmp_path / "c", tmp_path / "s", tmp_path / "f")
    far = ModelSettings("far", base_url="https://models.example/v1", model="m")
    near = ModelSettings("near", base_url="http://127.0.0.1:1/v1", model="m")
    settings = Settings(models={"far": far, "near": near})
    assert predictor_of(settings, places, environ={}) is None, "no model has the role"
    made = predictor_of(settings, places, ["far", "near"], {})
    assert made is not None
    assert made.names == ("far", "near")
    offline = predictor_of(Settings(models=settings.models, offline=True), places, ["far", "near"], {})
    assert offline is not None
    assert offline.names == ("near",)
    assert predictor_of(Settings(models=settings.models, no_model=True), places, ["far"], {}) is None
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("before", "after", "language", "extent"),
    [
        ("x = ", "\ny = 1\n", "python", "line"),
        ("def f():\n    ", "\n", "python", "block"),
        ("def f():", "\n", "python", "block"),
        ("print(", ")\n", "python", "line"),
        ("d = {\n    'a':", "\n}\n", "python", "line"),
        ("x = ", " + 1\n", "python", "line"),
        ("    ", "return 1\n", "python", "line"),
        ('"""Some\n', '\n"""\n', "python", "line"),
        ("# a comment:", "\n", "python", "line"),
        ("function f() {", "\n}\n", "javascript", "block"),
        ("const x =", "\n", "javascript", "line"),
    ],
)
def test_line_or_block(before: str, after: str, language: str, extent: str) -> None:
    assert extent_of(before, after, language) == extent


@pytest.mark.parametrize(
    ("before", "after", "extent", "answer", "wanted"),
    [
        ("x = ", "\n", Extent.LINE, "1\ny = 2\n", "1"),
        ("x = ", "\n", Extent.LINE, "f(\n    1,\n)\ny = 2\n", "f(\n    1,\n)"),
        ("x = f(", ")\n", Extent.LINE, "a, b)\n", "a, b"),
        ("x = f(", "\n", Extent.LINE, "a, b)\ny", "a, b)"),
        ("def f():\n    ", "\n", Extent.BLOCK, "a = 1\n    return a\n\n\ndef g():\n", "a = 1\n    return a"),
        ("def f():\n    ", "\n", Extent.BLOCK, "a = 1\n    return a\nprint(f())\n", "a = 1\n    return a"),
        ("def f():\n    ", "\n    return total\n", Extent.BLOCK, "total = 1\n    return total\n", "total = 1"),
        ("if (x) {\n  ", "\n}\n", Extent.BLOCK, "go();\n}\nelse {", "go();"),
        ("def f():\n    ", "\n", Extent.BLOCK, "a\n\n\n\n    b", "a"),
    ],
)
def test_an_answer_is_stopped_where_it_has_said_enough(
    before: str, after: str, extent: Extent, answer: str, wanted: str
) -> None:
    stopper = Stopper(before, after, "javascript" if "{" in before else "python", extent)
    for end in range(1, len(answer) + 1):
        text, is_all = stopper.cut(answer[:end])
        if is_all:
            break
    assert is_all
    assert text == wanted


@given(
    st.text(alphabet="ab (){}[]\n\"'#:.=", max_size=40),
    st.text(alphabet="ab ()\n\"'}", max_size=20),
    st.sampled_from(Extent),
)
def test_a_stopper_keeps_the_beginning(before: str, after: str, extent: Extent) -> None:
    for answer in (before, after + before):
        text, _ = Stopper(before, after, "python", extent).cut(answer)
        assert answer.startswith(text)


def test_remembered_answers() -> None:
    kept = Remembered(most=2)
    kept.keep("a.py", "x = ", ")\nend\n", Told("call(1)", "m", "w", "p"))

    def text(before: str, after: str = ")\nend\n", path: str = "a.py") -> str | None:
        found = kept.find(path, before, after)
        return found.text if found else None

    assert text("x = ") == "call(1)"
    assert text("x = cal") == "l(1)"
    assert text("x =") == " call(1)"
    assert text("x = cat") is None
    assert text("x = call(1)") is None
    assert text("x = call(", "))\nend\n") == "1)", "the editor closed a bracket"
    assert text("x = ", ")\nanother end\n") is None
    assert text("y = ") is None
    assert text("x = ", path="b.py") is None
    kept.keep("a.py", "x = ", ")\nend\n", Told("", "m", "w", "p"))
    assert text("x = ") == "", "that there is nothing to say is remembered too"
    kept.keep("b.py", "1", "", Told("1", "m", "w", "p"))
    kept.keep("c.py", "1", "", Told("1", "m", "w", "p"))
    assert text("x = ") is None, "bounded"
    kept.forget("b.py")
    assert text("1", "", "b.py") is None


def test_pace_adapts_within_bounds() -> None:
    pace = Pace(interval=0.2, latency=0.3)
    assert pace.wait == pytest.approx(0.1)
    for n in range(60):
        pace.typed(n * 0.6)
    assert 0.6 < pace.wait < 0.9
    for _ in range(60):
        pace.answered(3.0)
    assert pace.wait == pytest.approx(0.1), "whoever has to wait for the model anyway is not kept waiting"
    slow = Pace(interval=5.0, latency=0.0)
    assert slow.wait == 1.0
    slow.typed(1000.0)
    slow.typed(1100.0)
    assert slow.interval == 5.0, "a pause is no typing"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ('PASSWORD = "hunter2-Xy7Zq9Lw"', "hunter2-Xy7Zq9Lw"),
        ('{"api_key": "Zk39xQ7bL2mN8vR4"}', "Zk39xQ7bL2mN8vR4"),
        ("db_password: str = 'a1B2c3D4e5F6g7'", "a1B2c3D4e5F6g7"),
        ('aws = "AKIAABCDEFGHIJKLMNOP"', "AKIAABCDEFGHIJKLMNOP"),
        ('headers = {"Authorization": "Bearer abcdefghijklmnopqrst12"}', "abcdefghijklmnopqrst12"),
    ],
)
def test_secrets_in_code_are_taken_out(text: str, secret: str) -> None:
    cleared = Clearance(Redactor())
    assert secret not in cleared(text)
    assert "redacted" in cleared(text)
    assert cleared(cleared(text)) == cleared(text)


@pytest.mark.parametrize(
    "text",
    [
        'password = "correct horse battery"', 'token = "identifier"', 'TOKEN_URL = "https://x.example/v1/a2b3c4d5e6"',
        'secret_name = "projects/one/secrets"', "password = get_password(user)", 'api_key = "${API_KEY_1A2B3C4D}"',
    ],
)  # fmt: skip
def test_words_are_no_secrets(text: str) -> None:
    assert Clearance(Redactor())(text) == text


def test_what_is_a_secret_at_one_place_is_hidden_wherever_it_stands() -> None:
    value = "Tr0ub4dor-and-3-horses"
    prefix = f"password = '{value}'\n"
    extra = Extra("db.py", f"connect(('db', 'me', '{value}'))\n")
    hole = Clearance(Redactor()).cleared(Hole("a.py", prefix, f"login({value!r})\n", (extra,)))
    assert value not in hole.prefix + hole.suffix + hole.extras[0].text


def test_the_password_in_an_address_is_hidden_and_its_host_is_not() -> None:
    cleared = Clearance(Redactor())
    text = cleared("DB = 'postgres://user:hunter2-Correct@host/db'\nREDIS = \"redis://:p4ssw0rd@cache:6379\"\n")
    assert "hunter2" not in text
    assert "p4ssw0rd" not in text
    assert "@host/db" in text
    assert "@cache:6379" in text
    assert cleared(text) == text
    for plain in (
        "http://host:8080/a@b",
        "postgres://user:password@host",
        "f'https://{user}:{token}@host'",
        "git@host:a/b",
    ):
        assert cleared(plain) == plain


def test_a_request_counts_as_sent_once_it_was_written_and_not_where_nobody_listens(
    desk: Desk, endpoint: Endpoint
) -> None:
    go_on, told = threading.Event(), threading.Event()
    desk.journal.listen(told.set)
    endpoint.scripts = [says_then_waits("total = total.plus(price)", go_on)]
    asking = threading.Thread(target=desk.ask)
    asking.start()
    assert told.wait(80)
    assert [line["event"] for line in lines_of(desk)] == ["sent"], "while the answer is on its way"
    assert desk.journal.sent.requests == 1
    go_on.set()
    asking.join()
    assert [line["event"] for line in lines_of(desk)] == ["sent", "answered"]

    endpoint.http.shutdown()
    endpoint.http.server_close()
    assert "cannot be reached" in desk.ask(desk.typed("x = ")).why
    assert desk.journal.sent.requests == 1
    last = lines_of(desk)[-1]
    assert last["event"] == "not sent"
    assert "cannot be reached" in last["outcome"]
    assert not {"body", "files"} & last.keys()


def test_a_line_cut_by_a_full_disk_does_not_take_the_next_one_with_it(desk: Desk, endpoint: Endpoint) -> None:
    desk.journal.file.parent.mkdir(parents=True)
    desk.journal.file.write_text('{"at": "20')
    endpoint.scripts = [says("total = 1")]
    desk.ask()
    cut, *whole = desk.journal.file.read_text().splitlines()
    assert cut == '{"at": "20'
    assert [json.loads(line)["event"] for line in whole] == ["sent", "answered"]


def test_the_journal_is_capped(tmp_path: Path, desk: Desk, endpoint: Endpoint) -> None:
    desk.journal.file.parent.mkdir(parents=True, exist_ok=True)
    desk.journal.file.write_bytes(b"x" * (2 << 20))
    endpoint.scripts = [says("total = 1")]
    desk.ask()
    assert desk.journal.file.stat().st_size < 100_000
    assert desk.journal.file.with_name("sent.jsonl.1").stat().st_size == 2 << 20
