"""The engine without its process: questions, news of documents, folders; told by the messages that the server sends."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixbot_analysis.codemodel import CodeModel
from fixbot_analysis.symbols import extract
from fixbot_analysis.syntax import SyntaxTree
from fixbot_lsp.engine import telling
from fixbot_lsp.engine.engine import Compilers, Engine, Mouth
from fixbot_lsp.engine.inbox import Edit, Inbox
from fixbot_lsp.engine.live import Live, Recent
from fixbot_lsp.engine.wire import (
    Begin,
    Bring,
    Brought,
    Cancel,
    Closed,
    Compile,
    Compiled,
    Complete,
    Completed,
    Cut,
    Edited,
    Failed,
    Leave,
    Lost,
    Message,
    Opened,
    Prepare,
    Ready,
    Touched,
    decode,
    encode,
)
from fixbot_lsp.text.documents import Change, Documents
from fixbot_lsp.text.positions import Place


class Heard(Mouth):
    """Keeps what the engine says."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())
        self.said: list[Message] = []

    def say(self, message: Message) -> None:
        self.said.append(message)


class Desk:
    """An engine in this process, and the server's side of it."""

    def __init__(self, home: Path) -> None:
        self.mouth = Heard()
        self.inbox = Inbox(io.BytesIO(), lost=self.mouth.say)
        self.engine = Engine(self.inbox, self.mouth, pause=0)
        self.inbox.receive(Begin(str(home / "cache")))
        self._asked = 0

    def tell(self, *messages: Message) -> None:
        for message in messages:
            self.inbox.receive(message)

    def settle(self) -> None:
        """Let the engine do all that it finds to do."""
        wait: float | None = 0
        while wait is not None:
            self.engine.turn(wait)
            wait = self.engine.patience()

    def ask(self, uri: str, revision: int, offset: int) -> int:
        self._asked += 1
        self.inbox.receive(Complete(self._asked, uri, revision, offset))
        return self._asked

    def live(self, told: Opened) -> Live:
        live = self.engine._projects[told.root].live(told.path)
        assert live
        return live

    def words(self, told: Opened) -> list[str]:
        """The tokens of a document that are counted."""
        model = self.engine._projects[told.root]._model
        assert model
        return [model.counting.words[token] for token in model.counting.learnt(told.path).tokens]

    def answer(self, number: int) -> Message:
        """What the engine says to a question."""
        for _ in range(20):
            found = [m for m in self.mouth.said if isinstance(m, Completed | Brought | Failed) and m.id == number]
            if found:
                assert len(found) == 1
                return found[0]
            self.engine.turn(0)
        raise AssertionError(f"no answer to {number}: {self.mouth.said}")

    def labels(self, uri: str, revision: int, offset: int) -> set[str]:
        answer = self.answer(self.ask(uri, revision, offset))
        assert isinstance(answer, Completed), answer
        return {item.label for item in answer.completion.items}


Make = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write files below a folder, and name it."""

    def write(files: Mapping[str, str]) -> Path:
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        return tmp_path

    return write


CART = "class Cart:\n    def {}(self):\n        pass\n"
USE = "from cart import Cart\n\ncart = Cart()\ncart.\n"
END = len(USE) - 1


def opened(root: Path | None, path: str, text: str, revision: int = 0) -> Opened:
    return Opened(f"file:///{path}", str(root or ""), path.rpartition("/")[2], "python", revision, text)


def test_folders_are_indexed_at_their_first_document_and_not_mixed(desk: Desk, make: Make) -> None:
    home = make({"one/cart.py": CART.format("first"), "two/cart.py": CART.format("second")})
    desk.tell(opened(home / "one", "one/main.py", USE))
    desk.settle()
    ready = [m.root for m in desk.mouth.said if isinstance(m, Ready)]
    assert ready == [str(home / "one")]
    desk.tell(opened(home / "two", "two/main.py", USE))
    desk.settle()
    assert "first" in (labels := desk.labels("file:///one/main.py", 0, END))
    assert "second" not in labels
    assert "second" in (labels := desk.labels("file:///two/main.py", 0, END))
    assert "first" not in labels
    desk.tell(Leave(str(home / "one")))
    assert isinstance(desk.answer(desk.ask("file:///one/main.py", 0, END)), Failed)


def test_a_document_without_a_folder_knows_itself_and_no_other(desk: Desk, make: Make) -> None:
    make({})
    text = "class Cart:\n    def mine(self):\n        pass\n\ncart = Cart()\ncart.\n"
    desk.tell(opened(None, "x/cart.py", CART.format("theirs")), opened(None, "y/main.py", text))
    desk.settle()
    assert "mine" in (labels := desk.labels("file:///y/main.py", 0, len(text) - 1))
    assert "theirs" not in labels


def test_a_file_that_was_written_and_one_that_was_closed_count_as_they_are_on_disk(desk: Desk, make: Make) -> None:
    home = make({"cart.py": CART.format("first"), "main.py": USE})
    desk.tell(Prepare(str(home)), opened(home, "main.py", USE), opened(home, "cart.py", CART.format("typed")))
    desk.settle()
    assert "typed" in desk.labels("file:///main.py", 0, END)
    desk.tell(Closed("file:///cart.py"), Edited("file:///main.py", 1, (Cut(0, 0, "#\n"),)))
    assert "first" in desk.labels("file:///main.py", 1, END + 2)
    make({"cart.py": CART.format("written")})
    desk.tell(Touched(str(home), ("cart.py",)), Edited("file:///main.py", 2, (Cut(0, 0, "#\n"),)))
    assert "written" in desk.labels("file:///main.py", 2, END + 4)


def test_while_one_folder_is_indexed_another_is_answered_for(desk: Desk, make: Make) -> None:
    home = make({"one/cart.py": CART.format("first"), "two/a.py": "", "two/b.py": "x = 1\n"})
    desk.tell(opened(home / "one", "one/main.py", USE))
    desk.settle()
    desk.tell(Prepare(str(home / "two")))
    project = desk.engine._project(str(home / "two"))
    project.step = lambda *_: desk.ask("file:///one/main.py", 0, END)  # type: ignore[method-assign,assignment,misc]  # progress is said before a batch
    desk.settle()
    order = [type(m) for m in desk.mouth.said if isinstance(m, Completed | Ready)]
    assert order == [Ready, Completed, Ready]


def test_a_question_that_was_taken_back_or_whose_text_has_changed_is_not_computed(desk: Desk, make: Make) -> None:
    home = make({"cart.py": CART.format("first")})
    desk.tell(opened(home, "main.py", USE))
    desk.settle()
    number = desk.ask("file:///main.py", 0, END)
    desk.tell(Cancel(number))
    desk.engine.turn(0)
    assert not [m for m in desk.mouth.said if isinstance(m, Completed | Failed)]
    number = desk.ask("file:///main.py", 0, END)
    desk.tell(Edited("file:///main.py", 1, (Cut(0, 0, "\n"),)))
    assert desk.answer(number) == Failed(number, "the document has changed")


def test_after_a_missed_edit_the_text_is_asked_for_once_and_right_again(desk: Desk, make: Make) -> None:
    home = make({"cart.py": CART.format("first")})
    desk.tell(opened(home, "main.py", "x = 1\n"))
    desk.tell(*(Edited("file:///main.py", revision, (Cut(0, 0, "y"),)) for revision in (1, 3, 4, 5)))
    assert [m for m in desk.mouth.said if isinstance(m, Lost)] == [Lost("file:///main.py")]
    desk.tell(opened(home, "main.py", USE, 5), Edited("file:///main.py", 6, (Cut(0, 0, "# 🦊\n"),)))
    desk.settle()
    assert "first" in desk.labels("file:///main.py", 6, END + len("# 🦊\n".encode()))


def test_an_edit_outside_of_the_text_is_a_missed_edit(desk: Desk) -> None:
    desk.tell(opened(None, "main.py", "x"), Edited("file:///main.py", 1, (Cut(5, 9, ""),)))
    assert desk.mouth.said == [Lost("file:///main.py")]


def test_nonsense_on_the_pipe_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    ended = []
    inbox = Inbox(io.BytesIO(b"nonsense\n" + b'{"is":"Begin","cache":"here"}\n'), gone=lambda: ended.append(1))
    inbox._read()
    assert inbox.begin() == decode(b'{"is":"Begin","cache":"here"}')
    assert ended == [1]
    assert "an unreadable message" in capsys.readouterr().err


_PIECES = [
    "a",
    "b.c",
    "🦊",
    "é",
    "\r\n",
    "\n",
    "\r",
    " ",
    "(",
    '"""',
    "def f(x):\n    return x\n",
    "class C:\n    x = 1\n",
    "\x00",
]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_PLACES = st.builds(Place, st.integers(0, 9), st.integers(0, 12))
_CHANGES = st.builds(Change, _TEXTS, _PLACES, _PLACES) | st.builds(Change, _TEXTS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(_TEXTS, st.lists(st.tuples(st.lists(_CHANGES, max_size=3), st.booleans(), st.booleans()), max_size=6))
def test_after_any_edits_the_engine_has_what_it_would_have_of_the_whole_text(
    desk: Desk, before: str, steps: list[tuple[list[Change], bool, bool]]
) -> None:
    """Its text, counts and facts; edits come one by one or many at once, and some get lost on the way."""
    documents = Documents()
    document = documents.open("untitled:main.py", 1, "python", before)
    told = telling.opened(document)
    assert told
    desk.tell(Closed(document.uri), told)
    last = ([Change("z", Place(0, 0), Place(0, 0))], True, True)  # shows what was lost before
    for changes, looks, arrives in [*steps, last]:
        message = telling.edited(document, documents.change(document.uri, 2, changes))
        assert message
        if arrives:
            desk.tell(decode(encode(message)))
        if Lost(document.uri) in desk.mouth.said:
            desk.mouth.said.remove(Lost(document.uri))
            desk.tell(telling.opened(document) or Closed(document.uri))
        if looks:
            desk.settle()
    live, fresh = desk.live(told), document.text.data if document.text else b""
    assert live.held.data == fresh
    project = desk.engine._projects[""]
    assert project._index
    if project._index.digest(told.path):  # not what is binary
        assert desk.words(told) == words_of(fresh)
        assert project._index.facts(told.path) == extract(fresh)


def words_of(data: bytes) -> list[str]:
    model = CodeModel()
    model.update("a.py", data)
    return [model.counting.words[token] for token in model.counting.learnt("a.py").tokens]


def test_compiling_leaves_the_parsers_to_the_thread_that_completes(
    desk: Desk, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> SyntaxTree:
        raise AssertionError("a grammar's parser is for one thread; two at once end the process")

    monkeypatch.setattr(SyntaxTree, "parse", parse)
    desk.tell(opened(make({"a.py": ""}), "a.py", "x = = 1\n"), Compile(1, "file:///a.py"))
    question = desk.inbox.take(Compile, wait=0)
    assert question
    answer = Compilers(desk.inbox, desk.mouth).compiled(question)
    assert isinstance(answer, Compiled)
    assert [(finding.line, finding.tool) for finding in answer.findings] == [(1, "compiler")]


def test_what_was_typed_is_remembered_by_words_and_pasted_text_is_not() -> None:
    recent, text = Recent(), b""
    for word in (b"alpha ", b"be"):
        for at in range(len(word)):
            text += word[at : at + 1]
            recent.typed(text, Edit(len(text) - 1, len(text) - 1, len(text)))
    assert list(recent) == ["be", "alpha"]
    recent.typed(b"gamma " * 100, Edit(0, 0, 600))
    recent.typed(text, Edit(3, 9, 3))
    assert list(recent) == ["be", "alpha"]


def test_what_an_import_changes_is_told_for_the_text_as_it_was_typed(desk: Desk, make: Make) -> None:
    home = make({"cart.py": CART.format("first")})
    desk.tell(opened(home, "main.py", '"""Doc."""\n\nimport os\n\nCart\n'))
    desk.settle()
    desk.tell(Edited("file:///main.py", 1, (Cut(0, 0, "# 🦊\n"),)))
    desk.tell(Bring(99, "file:///main.py", 1, "from cart import Cart"))
    answer = desk.answer(99)
    assert isinstance(answer, Brought)
    ((cut),) = answer.cuts
    assert "from cart import Cart\n" in cut.text
    assert cut.start > len("# 🦊\nDoc.".encode())


def test_the_rest_of_a_line_is_looked_for_only_where_it_is_wanted(desk: Desk, make: Make) -> None:
    home = make({"cart.py": "def total(items):\n    return sum(item.price for item in items)\n\n\n" * 20})
    text = "def total(items):\n    return s"
    desk.tell(Prepare(str(home)), opened(home, "main.py", text))
    desk.settle()
    answers = []
    for number, lines in ((1001, True), (1002, False)):
        desk.tell(Complete(number, "file:///main.py", 0, len(text), lines))
        answers.append(desk.answer(number))
    whole, names = answers
    assert isinstance(whole, Completed)
    assert isinstance(names, Completed)
    assert whole.completion.inline
    assert not names.completion.inline
    assert names.completion.items == whole.completion.items


def test_a_large_document_is_completed_as_soon_as_it_is_opened(desk: Desk, make: Make) -> None:
    home = make({"cart.py": CART.format("first"), "main.py": ""})
    desk.tell(Prepare(str(home)))
    desk.settle()
    text = "value = 1\n" * 20_000 + USE  # more than is read while a question waits, were it typed at
    desk.tell(opened(home, "main.py", text))
    assert "first" in desk.labels("file:///main.py", 0, len(text) - 1)
