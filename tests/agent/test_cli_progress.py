"""The progress bar: on a terminal only, and also where nothing is told for long."""

import io
import sys
import threading

import pytest

from fixbot_agent.cli.progress import Bar


class Screen(io.StringIO):
    """A terminal that says when something was drawn on it."""

    def __init__(self, *, terminal: bool = True) -> None:
        super().__init__()
        self.drawn = threading.Event()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> int:
        if "history" in text:
            self.drawn.set()
        return super().write(text)


def shown_on(monkeypatch: pytest.MonkeyPatch, *, terminal: bool = True) -> Screen:
    """A screen as stderr: inside the test, since pytest puts its own there between a fixture and the test."""
    screen = Screen(terminal=terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", screen)
    return screen


def test_work_that_tells_nothing_more_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = shown_on(monkeypatch)
    with Bar(patience=0.01) as bar:
        bar.step("history", 0, 22_000)
        assert screen.drawn.wait(20)


def test_what_is_soon_done_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = shown_on(monkeypatch)
    with Bar(patience=60) as bar:
        bar.step("history", 0, 9)
        bar.step("history", 9, 9)
    assert screen.getvalue() == ""


@pytest.mark.parametrize(("terminal", "on"), [(False, True), (True, False)])
def test_nothing_is_drawn_in_a_pipe_or_where_it_is_switched_off(
    terminal: bool, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = shown_on(monkeypatch, terminal=terminal)
    with Bar(on=on, patience=0.0) as bar:
        bar.step("history", 1, 2)
        bar.step("history", 2, 2)
    assert screen.getvalue() == ""


def test_after_it_was_cleared_the_next_step_draws_again(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = shown_on(monkeypatch)
    with Bar(patience=0.0) as bar:
        bar.step("history", 1, 2)
        bar.clear()
        screen.drawn.clear()
        bar.step("history", 2, 2)
        assert screen.drawn.wait(20)
