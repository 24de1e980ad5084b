"""Thoughts that open models write into their answers between marks: taken apart from what they say."""

import re
from dataclasses import dataclass

_OPEN = ("<think>", "<thinking>", "<|think|>", "◁think▷")  # the last one is Kimi's
_CLOSE = re.compile(r"</think(?:ing)?>|<\|/think\|>|◁/think▷")
_LOST = re.compile(r"^[ \t]*</think(?:ing)?>[ \t]*(?:\n|\Z)", re.MULTILINE)  # its beginning stood in the prompt


@dataclass(slots=True)
class Splitter:
    """Takes an answer in pieces. Thoughts stand at its very beginning; marks further on are text: people write about them, too."""

    thought: str = ""
    seen: str = ""  # what came and is neither thought nor text yet
    _is_over: bool = False  # the beginning, where thoughts may stand
    _is_thinking: bool = False

    def add(self, piece: str) -> str:
        """Take in `piece`; what may be told as text now."""
        if self._is_over:
            return piece
        self.seen += piece
        if not self._is_thinking:
            begun = self.seen.lstrip()
            mark = next((m for m in _OPEN if begun.startswith(m)), "")
            if mark:
                self._is_thinking, self.seen = True, begun[len(mark) :]
            elif any(m.startswith(begun) for m in _OPEN):
                return ""  # it may still become one
            else:
                return self._release(self.seen)
        closing = _CLOSE.search(self.seen)
        if closing is None:
            return ""
        self.thought = self.seen[: closing.start()].strip()
        return self._release(self.seen[closing.end() :].lstrip("\n"))

    def end(self) -> str:
        """Nothing more comes: the text that was held back. Thoughts without an end are thoughts."""
        if self._is_over:
            return ""
        if self._is_thinking:
            self.thought, self.seen, self._is_over = self.seen.strip(), "", True
            return ""
        return self._release(self.seen)

    def _release(self, text: str) -> str:
        self._is_over, self.seen = True, ""
        return text


def without_lost_beginning(text: str) -> tuple[str, str]:
    """Thoughts and text of an answer whose opening mark stood in the prompt, as templates of reasoning models have it.

    Only where the closing mark has a line of its own, outside of fences, and no opening one stands before it.
    """
    closing = _LOST.search(text)
    if closing is None:
        return "", text
    before = text[: closing.start()]
    if before.count("```") % 2 or any(mark in before for mark in _OPEN):
        return "", text
    return before.strip(), text[closing.end() :].lstrip("\n")
