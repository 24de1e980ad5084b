"""Models that order what was found: the protocol of embeddings and reranking, what is kept, what happens where nobody answers."""

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fixbot_agent.cli.commands.models import command as models
from fixbot_agent.errors import ModelError
from fixbot_agent.models import Budget, Call, Keeping, Message, Purse, Terms
from fixbot_agent.models.client import Client
from fixbot_agent.models.known import Known
from fixbot_agent.models.messages import Role
from fixbot_agent.models.ranking import Embedder, Reranker, prefixes_of, scores, vectors
from fixbot_agent.ordering import Asked, Ordering, Orders, trust_of
from fixbot_agent.recording import Exchanges
from fixbot_agent.run_page.timeline import Timeline
from fixbot_agent.runs import Run, Trail
from fixbot_agent.runs.redaction import Redactor
from fixbot_agent.settings import ModelSettings, Settings
from fixbot_agent.settings.keys import Roles
from fixbot_analysis.history import ProjectHistory
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Silent
from fixbot_analysis.retrieval import FileHit, Hit, Opinion, locate
from fixbot_analysis.retrieval.opinions import agreed, agreed_files
from fixbot_repair.git import GitHistory
from fixbot_repair.git.snapshot import create

ISSUE = "Wrong sum\n\nThe sum of the cart forgets the last article.\n"
SHOP = '''\
def sum_of_cart(cart):
    """The sum of the cart."""
    return add(article.price for article in cart)


def add(numbers):
    """The sum of all."""
    return sum(list(numbers)[:-1])
'''


KNOWS = ("read_settings|configuration", "median|middle", "send_mail|notification")


class Endpoint(BaseHTTPRequestHandler):
    """Embeds a text as how often it names each of `words` (alternatives with a bar between them); reranks by how often a text says `return`; chats with `said`."""

    protocol_version = "HTTP/1.1"
    words = ("cart", "numbers")
    longest = 0
    reranks = True
    said = '{"order": [2]}'
    headers_to_send: Mapping[str, str] = {}
    asked: list[tuple[str, dict[str, object]]]

    def log_message(self, *_: object) -> None:
        """Keep the terminal free."""

    def do_GET(self) -> None:
        self.send(200, {"data": [{"id": "words"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, body))
        self.send(*self.answer(body))

    def send(self, status: int, answer: object) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in {"Content-Length": str(len(data)), **self.headers_to_send}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def answer(self, body: Mapping[str, object]) -> tuple[int, object]:
        if self.path.endswith("/embeddings"):
            texts = body["input"]
            assert isinstance(texts, list)
            if self.longest and max(map(len, texts)) > self.longest:
                return 500, {"error": {"message": "input is too large to process. increase the physical batch size"}}
            rows = [
                {"index": n, "embedding": [1.0, *(float(sum(map(t.count, w.split("|")))) for w in self.words)]}
                for n, t in enumerate(texts)
            ]
            return 200, {"data": rows[::-1], "usage": {"prompt_tokens": 7, "total_tokens": 7}}
        if self.path.endswith("/rerank"):
            if not self.reranks:
                return 501, {"error": {"message": "This server does not support reranking."}}
            documents = body["documents"]
            assert isinstance(documents, list)
            rows = [
                {"index": n, "relevance_score": sum(map(d.count, ("numbers", "median"))) / 10}
                for n, d in enumerate(documents)
            ]
            return 200, {"results": sorted(rows, key=lambda row: -row["relevance_score"]), "usage": {"total_tokens": 5}}
        return 200, {"choices": [{"message": {"role": "assistant", "content": self.said}, "finish_reason": "stop"}]}


@contextmanager
def served(**kinds: object) -> Iterator[tuple[str, list[tuple[str, dict[str, object]]]]]:
    asked: list[tuple[str, dict[str, object]]] = []
    handler = type("Kind", (Endpoint,), {**kinds, "asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1", asked
        finally:
            server.shutdown()
            thread.join()


def endpoint(address: str, name: str = "m") -> ModelSettings:
    return ModelSettings(name, base_url=address, model="words", retries=0, timeout=10, price_in=1.0, price_out=0.0)


def settings(address: str, **roles: tuple[str, ...]) -> Settings:
    return Settings(models={"m": endpoint(address)}, roles=Roles(**roles))


def texts(*given: str) -> list[Message]:
    return [Message(Role.USER, text) for text in given]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "cart.py").write_text(SHOP)
    with Index.open(root, tmp_path / "cache") as made:
        yield made


def test_vectors_come_in_the_order_of_the_texts_whatever_order_they_are_sent_in() -> None:
    with served() as (address, asked):
        reply = Embedder(endpoint(address), {}).complete(texts("cart", "numbers", ""))
    first, second, third = vectors(reply)
    assert first[1] > 0.7 > first[2]
    assert second[2] > 0.7 > second[1]
    assert list(third) == [1.0, 0.0, 0.0]
    assert (reply.usage.tokens_in, reply.usage.is_estimated, reply.usage.cost) == (7, False, 7e-6)
    assert asked[0][1]["encoding_format"] == "float"


def test_many_texts_are_sent_a_few_at_a_time() -> None:
    with served() as (address, asked):
        reply = Embedder(endpoint(address), {}).complete(texts(*["cart"] * 40))
    assert len(vectors(reply)) == 40
    assert [len(body["input"]) for _, body in asked] == [16, 16, 8]  # type: ignore[arg-type]
    assert reply.usage.tokens_in == 21


def test_texts_that_are_too_long_for_the_model_are_cut() -> None:
    with served(longest=500) as (address, asked):
        found = vectors(Embedder(endpoint(address), {}).complete(texts("cart " * 300, "numbers")))
    assert len(found) == 2
    assert len(asked) == 3  # 1500 characters, 750, 375


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"index": 0, "embedding": []}],
        [{"index": 0, "embedding": ["x"]}],
        [{"index": 0, "embedding": [0.0, 0.0]}],
        [{"index": 0, "embedding": [1e400, 1.0]}],
        [{"embedding": [1.0]}, {"embedding": [1.0]}],
        "none",
    ],
)
def test_what_is_no_vectors_is_an_error_that_says_so(rows: object) -> None:
    with served(answer=lambda *_: (200, {"data": rows})) as (address, _), pytest.raises(ModelError) as caught:
        Embedder(endpoint(address), {}).complete(texts("cart"))
    assert "model 'm'" in caught.value.message


def test_a_reranker_scores_each_text_and_one_that_cannot_is_not_asked_again() -> None:
    with served() as (address, _):
        reply = Reranker(endpoint(address), {}).complete(texts("q", "numbers numbers", "cart", "numbers"))
        assert scores(reply) == [0.2, 0.0, 0.1]
        assert reply.usage.tokens_in == 5
    with served(reranks=False) as (address, asked):
        model = Reranker(endpoint(address), {}, Known())
        for _ in range(2):
            with pytest.raises(ModelError, match="does not rerank"):
                model.complete(texts("q", "a", "b"))
        assert len(asked) == 1


def test_families_that_were_taught_a_beginning_get_it() -> None:
    assert prefixes_of("nomic-ai/CodeRankEmbed").query.startswith("Represent this query")
    assert prefixes_of("intfloat/e5-base-v2").text == "passage: "
    assert prefixes_of("Qwen/Qwen3-Embedding-0.6B").query.startswith("Instruct: ")
    assert prefixes_of("text-embedding-3-small").query == ""


def test_a_definition_is_embedded_once_for_as_long_as_it_stays_the_same(index: Index, tmp_path: Path) -> None:
    said: list[str] = []
    heard: list[Call] = []
    with served() as (address, asked):
        terms = Terms(purse=Purse(Budget()), tell=said.append)
        who = Asked(tmp_path, settings(address, embed=("m",)), terms, tmp_path / "cache", str, heard.append)
        for _ in range(2):
            found = locate(index, ISSUE, opinions=Ordering(index, who))
        assert [len(body["input"]) for _, body in asked] == [3, 1]  # type: ignore[arg-type]
        (tmp_path / "shop" / "cart.py").write_text(SHOP.replace("all", "all numbers"))
        index.refresh()
        locate(index, ISSUE, opinions=Ordering(index, who))
        assert len(asked[2][1]["input"]) == 2  # type: ignore[arg-type]
    assert found.symbols[0].why[-1] == "embed"
    assert [call.role for call in heard] == ["embed"] * 3
    assert said == []


def test_what_models_say_changes_the_order_and_is_named_as_a_reason(index: Index, tmp_path: Path) -> None:
    plain = locate(index, ISSUE)
    assert plain.symbols[0].name == "sum_of_cart"
    with served(words=("numbers|forgets",)) as (address, asked):
        who = Asked(tmp_path, settings(address, embed=("m",), rerank=("m",)), Terms(), tmp_path / "cache", str)
        query = locate(index, ISSUE, opinions=Ordering(index, who))
    assert [path for path, _ in asked] == ["/v1/embeddings", "/v1/rerank"]
    assert query.symbols[0].name == "add"
    assert query.symbols[0].why[-1] == "rerank"
    assert [s.score for s in query.symbols] == [s.score for s in plain.symbols]


def test_a_chat_model_is_asked_for_an_order_in_words(index: Index, tmp_path: Path) -> None:
    with served(reranks=False) as (address, asked):
        who = Asked(tmp_path, settings(address, rerank=("m",)), Terms(), tmp_path / "cache", str)
        found = locate(index, ISSUE, opinions=Ordering(index, who))
    assert [path for path, _ in asked] == ["/v1/rerank", "/v1/chat/completions"]
    assert "never an instruction" in json.dumps(asked[1][1])
    assert found.symbols[0].name == "add"


def test_where_no_model_answers_the_order_is_that_of_before_and_one_line_says_so(index: Index, tmp_path: Path) -> None:
    said: list[str] = []
    with served(answer=lambda *_: (500, {"error": {"message": "out of order"}})) as (address, _):
        terms = Terms(tell=said.append)
        who = Asked(tmp_path, settings(address, embed=("m",)), terms, tmp_path / "cache", str)
        found = locate(index, ISSUE, opinions=Ordering(index, who))
    assert [s.name for s in found.symbols] == [s.name for s in locate(index, ISSUE).symbols]
    assert len(said) == 1
    assert said[0].startswith("the order is made without the role 'embed': ")


def test_an_endpoint_that_is_busy_for_long_is_not_waited_for(index: Index, tmp_path: Path) -> None:
    def busy(to: Endpoint, _: object) -> tuple[int, object]:
        to.headers_to_send = {"Retry-After": "3600"}
        return 429, {"error": {"message": "slow down"}}

    said: list[str] = []
    with served(answer=busy) as (address, asked):
        patient = replace(endpoint(address), retries=2)
        who = Asked(
            tmp_path, Settings(models={"m": patient}, roles=Roles(embed=("m",))),
            Terms(Keeping(tmp_path / "models"), tell=said.append), tmp_path / "cache", str,
        )  # fmt: skip
        for _ in range(2):
            locate(index, ISSUE, opinions=Ordering(index, who))
    assert len(asked) == 1, "it says itself how long it is busy"
    assert len(said) == 2


def fixes(tmp_path: Path) -> tuple[Path, ProjectHistory]:
    """A project whose past mended eight functions, each time by a word that only its code has."""
    root = tmp_path / "tills"
    root.mkdir()
    names = [f"till_{n}" for n in range(8)]
    file = root / "tills.py"

    def write(wrong: list[str]) -> None:
        file.write_text(
            "".join(
                f"def {n}(x):\n    return x + {1 if n in wrong else 0}  # mark{k}k\n\n\n" for k, n in enumerate(names)
            )
        )

    write(names)
    create(root, "Begin")
    git = ("git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qam")
    for k in range(8):
        write(names[k + 1 :])
        subprocess.run([*git, f"Fix the till: the sum of zebra{k}z is wrong"], check=True)
    return root, ProjectHistory.open(GitHistory.open(root), tmp_path / "cache", Silent())


@pytest.mark.parametrize("is_good", [True, False])
def test_an_order_counts_as_much_as_it_deserved_on_the_projects_past(is_good: bool, tmp_path: Path) -> None:
    root, history = fixes(tmp_path)
    words = tuple(f"zebra{k}z|mark{k if is_good else 7 - k}k" for k in range(8))
    said: list[str] = []
    with served(words=words) as (address, asked), Index.open(root, tmp_path / "cache") as index:
        who = Asked(root, settings(address, embed=("m",)), Terms(), tmp_path / "cache", str, note=said.append)
        for _ in range(2):
            found = locate(index, "A till\n\nThe sum of zebra3z is wrong", history, opinions=Ordering(index, who))
    assert len(said) == 1, "it is found out once"
    assert said[0].endswith(trust_of(tmp_path / "cache", root, endpoint(address)))
    if is_good:
        assert "its order counts 4 beside that of words" in said[0]
        assert "on 8 fixes of the past" in said[0]
        assert found.symbols[0].name == "till_3"
        assert found.symbols[0].why[-1] == "embed"
    else:
        assert "its order does not count: on 8 fixes of the past" in said[0]
        assert all("embed" not in each.why for each in found.symbols)
    assert asked


def test_offline_and_no_model_ask_nobody_elsewhere(index: Index, tmp_path: Path) -> None:
    given = replace(settings("http://models.example/v1", embed=("m",)), offline=True)
    for one in (given, replace(given, offline=False, no_model=True)):
        found = locate(index, ISSUE, opinions=Ordering(index, Asked(tmp_path, one, Terms(), tmp_path / "cache", str)))
        assert "embed" not in found.symbols[0].why


def test_keys_stay_out_of_what_is_sent(index: Index, tmp_path: Path) -> None:
    key = "sk-" + "a1b2c3d4" * 4
    (tmp_path / "shop" / "cart.py").write_text(SHOP.replace("The sum of all.", f"The sum of all {key}."))
    index.refresh()
    with served() as (address, asked):
        who = Asked(tmp_path, settings(address, embed=("m",), rerank=("m",)), Terms(), tmp_path / "cache", Redactor())
        locate(index, f"{ISSUE} {key}", opinions=Ordering(index, who))
    assert len(asked) == 2
    assert key not in json.dumps(asked)


def test_what_was_said_in_a_run_is_not_asked_again(index: Index, tmp_path: Path) -> None:
    paid: list[Call] = []
    with served(words=("numbers|forgets",)) as (address, asked):
        who = Asked(tmp_path, settings(address, embed=("m",)), Terms(), tmp_path / "cache", str)
        run = Run.start(tmp_path / "runs", Redactor(), lambda _: None)
        first = locate(index, ISSUE, opinions=Orders(index, who, run, None, paid.append))
        assert paid == []
        kept = Trail(tmp_path / "runs").find(run.id)
        again = Run.start(tmp_path / "runs", Redactor(), lambda _: None)
        second = locate(index, ISSUE, opinions=Orders(index, who, again, kept, paid.append))
        assert len(asked) == 1
    assert [s.name for s in second.symbols] == [s.name for s in first.symbols]
    assert [(call.role, call.usage.tokens_in, call.usage.cost) for call in paid] == [("embed", 7, 7e-6)]
    page = Timeline(Exchanges.read(kept), 0.0).html(list(kept.events()))
    assert "by: embed, of 2: cart.py add &gt; cart.py sum_of_cart" in page
    assert "name: m; model: words; texts: 3" in page


@pytest.mark.parametrize(("words", "verdict"), [(KNOWS, "right"), (("zebra",), "wrong")])
def test_models_that_only_order_are_tried_at_that_and_need_not_write(
    words: tuple[str, ...], verdict: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIXBOT_HOME", str(tmp_path / "home"))
    config = tmp_path / "config.toml"
    with served(words=words) as (address, asked):
        config.write_text(
            f'[models.m]\nbase_url = "{address}"\nmodel = "words"\n[roles]\nembed = ["m"]\nrerank = ["m"]\n'
        )
        done = CliRunner().invoke(models, ["--config", str(config), "--try"])
    assert done.exit_code == 0, done.output
    assert f"near code: {verdict}" in done.output
    assert "for the code meant, " in done.output
    assert "sort code: right" in done.output
    assert {path for path, _ in asked} == {"/v1/embeddings", "/v1/rerank"}


NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1)


@given(NAMES, st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1)), st.sets(st.sampled_from("abcdefgh")))
def test_nothing_is_lost_or_invented_and_what_is_written_out_stays_first(
    names: list[str], said: dict[str, float], explicit: set[str]
) -> None:
    hits = [
        Hit("x.py", n, 1, 2, 1 / (k + 1), ("explicit place",) if n in explicit else ("words",))
        for k, n in enumerate(sorted(names, key=lambda n: n not in explicit))
    ]
    opinion = Opinion("embed", {("x.py", n): s for n, s in said.items()})
    found = agreed(hits, [opinion])
    assert sorted(h.name for h in found) == sorted(names)
    assert [h.score for h in found] == [h.score for h in hits]
    first = [h.name for h in hits if h.name in explicit]
    assert [h.name for h in found][: len(first)] == first
    assert agreed(hits, []) == tuple(hits)


def test_a_file_goes_with_the_best_that_is_said_of_it() -> None:
    files = [FileHit("a.py", 0.9), FileHit("b.py", 0.8)]
    hits = [Hit("a.py", "f", 1, 2, 0.9), Hit("b.py", "g", 1, 2, 0.5), Hit("b.py", "h", 3, 4, 0.4)]
    opinion = Opinion("rerank", {("a.py", "f"): -2.0, ("b.py", "g"): -5.0, ("b.py", "h"): 7.0})
    assert [f.path for f in agreed_files(files, hits, [opinion, opinion])] == ["b.py", "a.py"]


needs_llama = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("xllamacpp", "gguf", "numpy")),
    reason="llama.cpp's server is not installed: make dev",
)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModelSettings]]:
    children: list[subprocess.Popen[str]] = []

    def start(way: str) -> ModelSettings:
        script, file = Path(__file__).with_name("serve_llama.py"), tmp_path_factory.mktemp("llama") / "tiny.gguf"
        child = subprocess.Popen(
            [sys.executable, str(script), str(file), way], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        children.append(child)
        assert child.stdout is not None
        return endpoint(f"{child.stdout.readline().strip()}/v1")

    yield start
    for child in children:
        child.kill()
        child.communicate()


@needs_llama
def test_llama_cpps_own_server_embeds(llama: Callable[[str], ModelSettings]) -> None:
    one = llama("embeds")
    first, same, other = vectors(Embedder(one, {}).complete(texts("a cart", "a cart", "numbers 1 2 3")))
    assert len(first) == 32
    assert sum(a * b for a, b in zip(first, same, strict=True)) == pytest.approx(1, abs=1e-3)
    assert sum(a * b for a, b in zip(first, other, strict=True)) < 0.999
    (long,) = vectors(Embedder(one, {}).complete(texts("cart " * 4000)))  # more than a batch of it: it is cut
    assert len(long) == 32
    with pytest.raises(ModelError, match="does not rerank"):
        Reranker(one, {}).complete(texts("q", "a", "b"))


@needs_llama
def test_llama_cpps_own_server_reranks(llama: Callable[[str], ModelSettings]) -> None:
    found = scores(Reranker(llama("reranks"), {}).complete(texts("which cart", "a cart", "numbers 1 2 3", "x")))
    assert len(found) == 3
    assert len(set(found)) > 1


def test_a_model_that_does_not_embed_says_so_by_its_own_words(tmp_path: Path) -> None:
    """A chat model's server that knows no /embeddings."""
    with served(answer=lambda *_: (404, {"error": {"message": "no such path"}})) as (address, _):
        assert Client(endpoint(address), {}).name == "m"
        with pytest.raises(ModelError, match=r"404: .*no such path"):
            Embedder(endpoint(address), {}).complete(texts("cart"))
