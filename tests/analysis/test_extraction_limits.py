"""What is made to be slow or large costs bounded time and memory, and is said to be only searched."""

import importlib
import logging
import re
import signal
import threading
import time

import pytest

from fixbot_analysis.symbols import extract
from fixbot_analysis.symbols.limits import LONGEST_NAME, TooLong, within
from fixbot_analysis.syntax.grammars import parse

SLOW = {
    "c": b"/* a" + b" " * 40_000 + b"x */\nint f(void) { return 1; }\n",
    "cpp": b"class ABC X<\n" * 20_000,
    "rust": b"#[a]\n" * 50_000 + b"fn f() {}\n",
}


@pytest.mark.parametrize("language", SLOW)
def test_hostile_text_ends_soon(language: str) -> None:
    began = time.process_time()
    facts = extract(SLOW[language], language)
    assert facts.language == language
    assert facts.symbols[0].end_line >= 1
    assert time.process_time() - began < 20  # minutes without the limit


def test_a_file_that_takes_too_long_is_said_to_be_only_searched(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    module = importlib.import_module("fixbot_analysis.symbols.extract")
    monkeypatch.setattr(module, "_SECONDS", 0.001)
    monkeypatch.setattr(module, "_SECONDS_A_BYTE", 0.0)
    data = b"def f(a):\n    return a.b(c)\n" * 20_000
    with caplog.at_level(logging.WARNING):
        facts = extract(data)
    assert [s.qualname for s in facts.symbols] == [""]
    assert facts.symbols[0].end_line >= 40_000
    assert "only searched" in caplog.text


def test_the_limit_stops_work_and_leaves_no_timer_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TooLong), within(0.05):
        re.match(r"(a+)+b", "a" * 60)
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_other_threads_work_without_a_limit() -> None:
    found: list[int] = []

    def work() -> None:
        with within(0.000001):
            found.append(sum(range(100_000)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [sum(range(100_000))]


@pytest.mark.parametrize(
    ("language", "opening", "closing"), [("cpp", "namespace %s {\n", "}\n"), ("python", "class %s:\n", "")]
)
def test_names_of_what_nests_deeply_do_not_add_up(language: str, opening: str, closing: str) -> None:
    indent = " " if language == "python" else ""
    opened = "".join(indent * n + opening % (f"n{n}" + "x" * 400) for n in range(60))
    text = opened + (indent * 60 + "pass\n" if indent else "int f() { return 1; }\n") + closing * 60
    names = [s.qualname for s in extract(text.encode(), language).symbols]
    assert len(names) > 60
    assert max(map(len, names)) <= LONGEST_NAME + 500


def test_what_was_interrupted_is_not_gone_on_with_in_the_next_file() -> None:
    """A parser that was stopped half-way goes on where it was, whatever text it is given next."""
    with pytest.raises(TooLong), within(0.02):
        parse("python", b"def first(a):\n    return a\n" * 100_000)
    tree = parse("python", b"second = 1\n")
    assert tree is not None
    assert tree.root_node.end_byte == len(b"second = 1\n")
