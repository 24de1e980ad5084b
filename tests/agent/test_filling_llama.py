"""Holes filled by llama.cpp's own server, with a model of random weights: ``pip install xllamacpp gguf``; skipped without them."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixbot_agent.errors import ModelError
from fixbot_agent.models.client import Client
from fixbot_agent.models.filling import Extra, Filler, Hole, find_way
from fixbot_agent.models.refusing import ContextOverflow
from fixbot_agent.settings import ModelSettings

pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("xllamacpp", "gguf", "numpy")),
    reason="llama.cpp's server is not installed: pip install xllamacpp gguf",
)
HOLE = Hole("a/b.py", "def f(x):\n    ", "\n\ndef g(): pass\n", (Extra("c.py", "class C: pass\n"),))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelSettings]:
    model = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    serve = Path(__file__).with_name("serve_llama.py")
    with subprocess.Popen(
        [sys.executable, str(serve), str(model)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        yield ModelSettings("tiny", base_url=f"{address}/v1", model="tiny", retries=0, timeout=30)
        child.kill()


def test_holes_are_filled_by_every_way_that_the_server_has(endpoint: ModelSettings) -> None:
    filler = Filler(endpoint, {})
    for way in ("infill", "suffix", "qwen", "chat"):
        filling = filler.begin(HOLE, way, 8, 30)
        for text in filling.texts():
            assert text
        assert filling.finish in ("length", "stop"), way
        assert way == "chat" or filling.usage.tokens_out, way
    with pytest.raises(ModelError, match="404"):
        list(filler.begin(HOLE, "mistral", 8, 30).texts())


def test_infill_reads_the_suffix_and_other_files_and_completions_do_not(endpoint: ModelSettings) -> None:
    filler = Filler(endpoint, {})

    def tokens(way: str, suffix: str, extras: tuple[Extra, ...] = ()) -> int:
        filling = filler.begin(Hole("a.py", "x = ", suffix, extras), way, 4, 30)
        list(filling.texts())
        return filling.usage.tokens_in

    assert tokens("infill", "abcdefgh") > tokens("infill", "a")
    assert tokens("infill", "a", (Extra("c.py", "y = 1\n"),)) > tokens("infill", "a")
    assert tokens("suffix", "abcdefgh") == tokens("suffix", "a"), "this server looks at no suffix"


def test_a_model_of_random_weights_is_found_to_fill_nothing(endpoint: ModelSettings) -> None:
    served = Client(endpoint, {}).served(10)
    assert served[0].owner == "llamacpp"
    found = find_way(Filler(endpoint, {}), served)
    assert found.way == ""
    assert "does not read what follows" in found.why


def test_a_request_that_is_too_long_says_how_long_it_may_be(endpoint: ModelSettings) -> None:
    with pytest.raises(ContextOverflow) as caught:
        list(Filler(endpoint, {}).begin(Hole("a.py", "x = 1\n" * 3000, ""), "suffix", 8, 30).texts())
    assert caught.value.limit == 4096
