"""One server through many edits: what is asked and cancelled, what it holds, whether its text is right, what it leaves behind."""

import os
import random
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from fixbot_agent.cli.progress import Bar
from fixbot_bench.editor import Editor, Spot
from fixbot_bench.errors import ServerFailed
from fixbot_bench.eyes.processes import at_rest, cpu_of, memory_shared, tree_of
from fixbot_bench.eyes.replay_edits import Revision, edits

_OPTIONS = {"background": {"enabled": False}, "diagnostics": {"semgrep": False}}
_LIST, _INLINE = 0.1, 0.04  # of the edits that a question follows
_CANCELLED = 0.5  # of the questions, at the next edit
_WAITED = 0.25  # of the questions: the typing pauses until there is an answer
_MOST = 16  # questions that wait for an answer at a time
_ANSWER = 120.0  # seconds
_TENTHS = 10
RESTS = 60.0  # seconds it may take to come to rest
_PROBES = 3  # places of a file at which the server's text is looked at
_ENDING = 5.0  # seconds in which every process has to be gone
_ALLOWED = {-32800, -32801, -32802}  # cancelled; the document changed since; the server cancelled it
_WORD = re.compile(r"(?<![\w\"'])[^\W\d]\w{2,}")


class Replay:
    """A server on the project at `root`, typed into; `home` holds what it keeps, `rests` are seconds until it is at rest at most."""

    def __init__(
        self, command: Sequence[str], root: Path, home: Path, chance: random.Random, rests: float = RESTS
    ) -> None:
        self._root, self._chance, self._rests = root, chance, rests
        kept = {"FIXBOT_HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
        self._editor = Editor(command, root, {"fixbot": _OPTIONS}, _OPTIONS, {**os.environ, **kept})
        self._waiting: deque[int] = deque()
        self._edits = self._asked = self._answered = self._cancelled = self._probes = self._wrong = 0
        self._errors: list[str] = []
        self._born: dict[int, str] = {}

    def run(self, revisions: Iterator[Revision], most: int, bar: Bar) -> Mapping[str, object]:
        """Effect: type revisions until `most` edits are made, end the server, and tell."""
        memory, files, began, used = list[float](), set[str](), time.perf_counter(), 0.0
        with self._editor as editor:
            try:
                editor.initialize()
                for revision in revisions:
                    bar.step("typing", min(self._edits, most), most)
                    files.add(revision.path)
                    self._type(revision, most)
                    while len(memory) < _TENTHS and self._edits >= (len(memory) + 1) * most / _TENTHS:
                        memory.append(self._held())
                    if self._edits >= most:
                        break
            except ServerFailed as error:
                self._errors.append(str(error))
            self._note()
            used = cpu_of(editor.pid)
        taken = time.perf_counter() - began
        self._errors += editor.complaints
        return {
            "edits": self._edits, "files": len(files), "seconds": round(taken, 1),
            "edits_per_second": round(self._edits / taken, 1), "cpu_ms": round(1000 * used / max(self._edits, 1), 3),
            "asked": self._asked, "answered": self._answered, "cancelled": self._cancelled,
            "errors": len(self._errors), "error_texts": self._errors[:5],
            "probes": self._probes, "probes_wrong": self._wrong,
            "memory_mib": [round(held, 1) for held in memory],
            "growth_percent": round(100 * (memory[-1] / memory[0] - 1), 1) if memory and memory[0] else None,
            "orphans": self._left_behind(),
        }  # fmt: skip

    def _type(self, revision: Revision, most: int) -> None:
        """Effect: one file: opened, changed keystroke by keystroke, looked at, saved and closed."""
        file = self._root / revision.path
        uri, text = self._editor.open(file, revision.old), revision.old
        for edit in edits(revision.old, revision.new, self._chance):
            self._editor.change(uri, edit.start, edit.end, edit.new, edit.whole)
            self._edits += 1
            text = edit.whole
            self._ask(uri, edit.cursor)
            if self._edits >= most:
                break
        self._collect(0)
        self._probe(uri, text)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
        self._editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        self._editor.close(uri)

    def _ask(self, uri: str, cursor: Spot) -> None:
        """Effect: now and then ask; now and then cancel what was asked last; never leave too many questions open."""
        if self._waiting and self._chance.random() < _CANCELLED:
            self._editor.cancel(self._waiting[-1])
        drawn = self._chance.random()
        if drawn < _LIST + _INLINE:
            method = "textDocument/completion" if drawn < _LIST else "textDocument/inlineCompletion"
            context = {"triggerKind": 1}
            asked = {"textDocument": {"uri": uri}, "position": cursor.message(), "context": context}
            self._waiting.append(self._editor.send(method, asked))
            self._asked += 1
        pauses = self._chance.random() < _WAITED
        self._collect(0 if pauses and drawn < _LIST + _INLINE else _MOST)

    def _collect(self, left: int) -> None:
        """Effect: wait for answers until at most `left` questions are open."""
        while len(self._waiting) > left:
            answer = self._editor.wait(self._waiting.popleft(), _ANSWER)
            error = cast("Mapping[str, object]", answer.get("error") or {})
            self._answered += not error
            self._cancelled += error.get("code") in _ALLOWED
            if error and error.get("code") not in _ALLOWED:
                self._errors.append(f"{error.get('code')}: {error.get('message')}")

    def _probe(self, uri: str, text: str) -> None:
        """Effect: ask after names drawn from the text, and at its last: where the server lets items begin, it must have seen these names begin."""
        words = list(_WORD.finditer(text))
        for match in [*self._chance.sample(words, min(_PROBES, len(words))), *words[-1:]]:
            place = Spot.end_of(text[: match.end()])
            asked = {"textDocument": {"uri": uri}, "position": place.message()}
            answer = self._editor.request("textDocument/completion", asked, _ANSWER)
            if (begins := _begins(answer.get("result"))) is not None:
                self._probes += 1
                self._wrong += begins != Spot.end_of(text[: match.start()]).message()

    def _held(self) -> float:
        """Effect: MiB that all processes hold when they have come to rest."""
        at_rest(self._editor.pid, lambda: False, time.perf_counter() + self._rests)
        self._note()
        return memory_shared(self._editor.pid)

    def _note(self) -> None:
        """Effect: remember the processes there are."""
        self._born |= {pid: born for pid in tree_of(self._editor.pid) if (born := _born(pid))}

    def _left_behind(self) -> int:
        """Effect: wait for the server's processes to end; how many have not."""
        until = time.monotonic() + _ENDING
        while True:
            left = [pid for pid, born in self._born.items() if _born(pid) == born]
            if not left or time.monotonic() > until:
                return len(left)
            time.sleep(0.05)


def _born(pid: int) -> str:
    """Effect: when a process began, in the system's ticks; "" where it is no more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _begins(result: object) -> object:
    """Where the first item that edits text begins to; None where none does."""
    items = result.get("items", []) if isinstance(result, Mapping) else result or []
    for item in cast("Sequence[Mapping[str, Mapping[str, Mapping[str, object]]]]", items):
        if "textEdit" in item and "range" in item["textEdit"]:
            return item["textEdit"]["range"]["start"]
    return None
