"""A streamed answer put together: text, thoughts and tool calls from pieces, as many kinds of servers cut them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fixbot_agent.errors import ModelError
from fixbot_agent.models.thinking import Splitter, without_lost_beginning

_MOST_CALLS = 32  # tool calls in one answer
THOUGHTS = (
    "reasoning_content",
    "reasoning",
    "thinking",
)  # DeepSeek and vLLM before 0.12, OpenRouter and vLLM since, others


@dataclass(slots=True)
class _Slot:
    """One tool call as it grows."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def is_whole(self) -> bool:
        try:
            json.loads(self.arguments)
        except (ValueError, RecursionError):
            return False
        return True


@dataclass(slots=True)
class Assembly:
    """An answer under way. `listen` is told pieces of its text; `thoughts` names the field in which reasoning came."""

    listen: Callable[[str], None] | None = None
    text: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish: str = ""
    usage: object = None
    thoughts: str = ""
    began: bool = False
    characters: int = 0
    _slots: list[_Slot] = field(default_factory=list)
    _of_index: dict[int, _Slot] = field(default_factory=dict)
    _splitter: Splitter = field(default_factory=Splitter)

    def add(self, event: Mapping[str, object]) -> None:
        """Take in one event (or a whole answer: its message counts as one large piece). Raises ModelError for one that is none."""
        self.usage = _usage(event) or self.usage
        choices = event.get("choices")
        if not isinstance(choices, list) or (choices and not isinstance(choices[0], dict)):
            if choices is None and (self.usage is not None or "type" in event):
                return  # a last word that only counts, or an event of another kind: a ping
            raise ModelError("the answer holds no message", "is base_url an OpenAI-compatible endpoint?")
        if choices:
            first = choices[0]
            self.finish = str(first.get("finish_reason") or "")[:40] or self.finish
            is_whole = first.get("delta") is None
            said = first.get("message") if is_whole else first["delta"]
            if said is not None:
                self._say(said, is_whole=is_whole)

    def _say(self, said: object, *, is_whole: bool) -> None:
        if not isinstance(said, Mapping):
            raise ModelError("the answer holds no message", "is base_url an OpenAI-compatible endpoint?")
        name = next((n for n in THOUGHTS if isinstance(said.get(n), str) and said[n]), "")
        if name:
            self.thoughts = name
            self._think(str(said[name]))
        self.refusal += said["refusal"] if isinstance(said.get("refusal"), str) else ""
        text, thought = _texts(said.get("content"))
        self._think(thought)
        self._hear(self._splitter.add(text))
        calls = said.get("tool_calls")
        if calls is not None:
            self._call(calls, is_whole=is_whole)

    def _think(self, text: str) -> None:
        self.reasoning += text
        self.characters += len(text)
        self.began = self.began or bool(text)

    def _hear(self, text: str) -> None:
        self.began = self.began or bool(text) or bool(self._splitter.seen)
        self.text += text
        if text and self.listen is not None:
            self.listen(text)

    def _call(self, calls: object, *, is_whole: bool) -> None:
        if not isinstance(calls, list) or len(calls) > _MOST_CALLS:
            raise ModelError(
                f"the answer's tool calls are not a list of at most {_MOST_CALLS}", "is the endpoint healthy?"
            )
        for call in calls:
            function = call.get("function") if isinstance(call, dict) else None
            if not isinstance(call, dict) or not isinstance(function, dict):
                raise ModelError("a tool call in the answer is malformed", "is the endpoint healthy?")
            self._grow(self._new(None) if is_whole else self._slot(call, function), call, function)

    def _slot(self, call: Mapping[str, object], function: Mapping[str, object]) -> _Slot:
        """The call that a piece belongs to. Not every server counts them, nor repeats the id; some call every one number 0."""
        index, id_, name = call.get("index"), call.get("id"), function.get("name")
        known = next((s for s in self._slots if id_ and s.id == id_), None)
        last = self._slots[-1] if self._slots else None
        if isinstance(index, int):
            there = self._of_index.get(index)
            if there is None or (id_ and there.id and there.id != id_ and name and there.is_whole):
                return self._new(index)
            return there
        if known is not None and not (name and known.is_whole and known.arguments):
            return known
        if last is None or (id_ and known is None and last.id) or (name and last.name and last.is_whole):
            return self._new(None)
        return last

    def _new(self, index: int | None) -> _Slot:
        if len(self._slots) >= _MOST_CALLS:
            raise ModelError(f"the answer's tool calls are more than {_MOST_CALLS}", "is the endpoint healthy?")
        slot = _Slot()
        self._slots.append(slot)
        if index is not None:
            self._of_index[index] = slot
        return slot

    def _grow(self, slot: _Slot, call: Mapping[str, object], function: Mapping[str, object]) -> None:
        slot.id = slot.id or str(call.get("id") or "")[:200]
        name, arguments = function.get("name"), function.get("arguments")
        if isinstance(name, str) and name != slot.name and not slot.arguments:
            slot.name = name if name.startswith(slot.name) else slot.name + name
        written = arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments is not None else ""
        slot.arguments += written
        self.characters += len(written)
        self.began = True

    def end(self) -> tuple[tuple[str, str, str], ...]:
        """Nothing more comes: the tool calls as id (each once), name and arguments. Raises ModelError for one without a name."""
        self._hear(self._splitter.end())
        lost, self.text = without_lost_beginning(self.text)
        self.reasoning += self._splitter.thought + lost
        self.characters += len(self.text) + len(self._splitter.thought)
        if any(not s.name for s in self._slots):
            raise ModelError("a tool call in the answer is malformed: it names no tool", "is the endpoint healthy?")
        made, ids = [], set[str]()
        for number, slot in enumerate(self._slots):
            id_ = slot.id or f"call_{number}"
            id_ = id_ if id_ not in ids else f"{id_}_{number}"
            ids.add(id_)
            made.append((id_, slot.name, slot.arguments or "{}"))
        return tuple(made)


def _texts(content: object) -> tuple[str, str]:
    """The text and the thoughts of a content, which some servers write in parts."""
    if content is None or isinstance(content, str):
        return content or "", ""
    if not isinstance(content, list):
        raise ModelError("the answer's content is not text", "is the endpoint healthy?")
    text = thought = ""
    for part in content:
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            text += part["text"]
        elif isinstance(part, dict) and part.get("type") == "thinking":  # Mistral's
            inner = part.get("thinking")
            thought += inner if isinstance(inner, str) else _texts(inner)[0] if isinstance(inner, list) else ""
    return text, thought


def _usage(event: Mapping[str, object]) -> object:
    counted = event.get("usage")
    if not counted and isinstance(groq := event.get("x_groq"), Mapping):
        counted = groq.get("usage")
    return counted or None
