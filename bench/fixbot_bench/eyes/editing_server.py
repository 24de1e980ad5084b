"""A language server while somebody types: its start, its answers, its memory, what a keystroke costs, and when it is silent once nobody waits."""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fixbot_agent.cli.progress import Bar
from fixbot_bench.editor import Editor, Spot
from fixbot_bench.errors import ServerFailed
from fixbot_bench.eyes.complete_servers import SETTLING, ask, settings_of
from fixbot_bench.eyes.processes import Watch, at_rest, cpu_of, memory_shared, ran, silent_after
from fixbot_bench.eyes.sites import Hole, cut, median_and_p95

_FIRST = 60.0  # seconds until the first list
_PAUSE = 0.05  # seconds between two questions for it
_QUIET = 0.02  # seconds between two keystrokes that nothing is asked after
_TYPED = "result = compute_total(order.lines, rate=DEFAULT)"
_BURST = 10  # questions that are cancelled together
_REPEATS = 3  # of such bursts
_NOISE = 0.15  # seconds of silence that end a burst


@dataclass(frozen=True, slots=True)
class Place:
    """What a server is measured on: a copy of a project, places in it, and its one large file."""

    root: Path
    holes: Sequence[Hole]
    large: Path


class Session:
    """One server command; each measurement but the last starts a process of its own. `home` holds what it keeps between them."""

    def __init__(self, command: Sequence[str], place: Place, home: Path, settling: float = SETTLING) -> None:
        self._command, self._place, self._home, self._settling = command, place, home, settling

    def measure(self, bar: Bar, *, inline: bool) -> Mapping[str, float]:
        """Effect: all figures by name; milliseconds and MiB. What a server does not do is left out."""
        bar.step(f"{Path(self._command[0]).name}: starting", 0, 2)
        cold, used = self._first_list()
        stored, again = self._first_list()
        figures = {
            "cold start to first list": cold, "the same, CPU": used,
            "start to first list, all stored": stored, "the same start, CPU": again,
        }  # fmt: skip
        bar.step(f"{Path(self._command[0]).name}: typing", 1, 2)
        with self._started() as editor, Watch(editor.pid, memory_shared) as watch:
            editor.initialize()
            figures |= self._warm(editor, inline=inline)
            figures |= self._large(editor)
            figures |= self._cancelled(editor)
            figures["peak memory of all processes"] = watch.peak
        return figures

    def _started(self) -> Editor:
        settings, options = settings_of(Path(self._command[0]).name, self._place.root)
        kept = {"FIXBOT_HOME": str(self._home / "fixbot"), "XDG_CACHE_HOME": str(self._home / "cache")}
        return Editor(self._command, self._place.root, settings, options, {**os.environ, **kept})

    def _first_list(self) -> tuple[float, float]:
        """Effect: a start; milliseconds from it until a list with anything in it has come, and of the processor; then it may come to rest."""
        hole = self._place.holes[0]
        text = hole.text.decode("utf-8", "replace")
        with cut(self._place.root, hole), self._started() as editor:
            editor.initialize()
            uri = editor.open(self._place.root / hole.path, text)
            while not ask(editor, uri, text, _FIRST):
                if time.perf_counter() - editor.began > _FIRST:
                    raise ServerFailed(
                        f"{self._command[0]} offered nothing in {_FIRST:g} s", "start it by hand to see why"
                    )
                time.sleep(_PAUSE)
            taken, used = time.perf_counter() - editor.began, cpu_of(editor.pid)
            at_rest(editor.pid, lambda: bool(editor.at_work), editor.began + self._settling)
        return 1000 * taken, 1000 * used

    def _warm(self, editor: Editor, *, inline: bool) -> Mapping[str, float]:
        """Effect: lists, and inline texts, each right after a keystroke in a file that was open before."""
        methods = {"list": "textDocument/completion", **({"inline": "textDocument/inlineCompletion"} if inline else {})}
        taken: dict[str, list[float]] = {name: [] for name in (*methods, *(f"{name}, CPU" for name in methods))}
        for number, hole in enumerate(self._place.holes):
            text = hole.text.decode("utf-8", "replace")
            with cut(self._place.root, hole):
                for name, method in methods.items():
                    uri = editor.open(self._place.root / hole.path, text[:-1])
                    ask(editor, uri, text[:-1], _FIRST)
                    if not number:
                        at_rest(editor.pid, lambda: bool(editor.at_work), editor.began + self._settling)
                    began, used = time.perf_counter(), ran(editor.pid)[0]
                    editor.change(uri, Spot.end_of(text[:-1]), Spot.end_of(text[:-1]), text[-1:], text)
                    editor.request(method, _asked(uri, text))
                    taken[name].append(time.perf_counter() - began)
                    taken[f"{name}, CPU"].append((ran(editor.pid)[0] - used) / 1e9)
                    editor.close(uri)
        found = {}
        for name, seconds in taken.items():
            found[f"warm {name}, median"], found[f"warm {name}, p95"] = median_and_p95(seconds)
        return found

    def _large(self, editor: Editor) -> Mapping[str, float]:
        """Effect: typing in the middle of the large file: each keystroke until a list for the new text has come, and the processor's time without lists."""
        text = self._place.large.read_text("utf-8")
        middle = text.index("\n", len(text) // 2) + 1
        uri = editor.open(self._place.large, text)
        _type(editor, uri, text, middle, "")
        ask(editor, uri, text[:middle], _FIRST)
        at_rest(editor.pid, lambda: bool(editor.at_work), time.perf_counter() + self._settling)
        seconds = []
        for count in range(1, len(_TYPED) + 1):
            began = time.perf_counter()
            _type(editor, uri, text, middle, _TYPED[:count])
            ask(editor, uri, text[:middle] + _TYPED[:count], _FIRST)
            seconds.append(time.perf_counter() - began)
        used = cpu_of(editor.pid)
        for count in range(len(_TYPED), 0, -1):
            _type(editor, uri, text, middle, _TYPED[: count - 1], removed=1)
            time.sleep(_QUIET)
        at_rest(editor.pid, lambda: bool(editor.at_work), time.perf_counter() + self._settling)
        used = cpu_of(editor.pid) - used
        editor.close(uri)
        size = f"in {round(self._place.large.stat().st_size / 1000)} kB"
        median, p95 = median_and_p95(seconds)
        return {
            f"keystroke to list {size}, median": median,
            f"keystroke to list {size}, p95": p95,
            f"keystroke {size}, nothing asked, CPU": 1000 * used / len(_TYPED),
        }

    def _cancelled(self, editor: Editor) -> Mapping[str, float]:
        """Effect: bursts of questions, answered, and cancelled at once: when the last process is silent again."""
        opened = []
        for hole in {hole.path: hole for hole in self._place.holes}.values():
            text = hole.text.decode("utf-8", "replace")
            opened.append((editor.open(self._place.root / hole.path, text), text))
        at_rest(editor.pid, lambda: bool(editor.at_work), time.perf_counter() + self._settling)
        found: dict[str, list[float]] = {"questions to silence": [], "cancel to silence": []}
        cpu: dict[str, list[float]] = {name: [] for name in found}
        for number in range(_REPEATS):
            for name, times in found.items():
                used = ran(editor.pid)[0]
                burst = [opened[(number * _BURST + n) % len(opened)] for n in range(_BURST)]
                sent = [editor.send("textDocument/completion", _asked(uri, text)) for uri, text in burst]
                if name == "cancel to silence":
                    for each in sent:
                        editor.cancel(each)
                times.append(1000 * silent_after(editor.pid, time.perf_counter(), _NOISE, _FIRST))
                cpu[name].append((ran(editor.pid)[0] - used) / 1e6)
                for each in sent:
                    editor.wait(each, _FIRST)
        return {
            **{f"{name}, {_BURST} at once": statistics.median(times) for name, times in found.items()},
            **{f"{name}, CPU": statistics.median(times) for name, times in cpu.items()},
        }


def _asked(uri: str, text: str) -> Mapping[str, object]:
    return {"textDocument": {"uri": uri}, "position": Spot.end_of(text).message(), "context": {"triggerKind": 1}}


def _type(editor: Editor, uri: str, text: str, at: int, typed: str, removed: int = 0) -> None:
    """Effect: the last keystroke of `typed`, which stands in `text` at a place, or one that took `removed` characters away after it."""
    before = text[:at] + (typed if removed else typed[:-1])
    start = Spot.end_of(before)
    end = Spot(start.line, start.character + removed)
    editor.change(uri, start, end, "" if removed else typed[-1:], text[:at] + typed + text[at:])
