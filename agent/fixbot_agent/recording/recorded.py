"""A model that answers from what a run kept, and asks only for what was never answered."""

from collections.abc import Sequence
from json import dumps

from fixbot_agent.errors import AllModelsFailed
from fixbot_agent.models import Chain, Message, Model, Reply, ToolSpec
from fixbot_agent.models.model import Listen, Schema
from fixbot_agent.recording.divergence import Divergence, alike, first_difference
from fixbot_agent.recording.exchanges import Ask, Exchanges
from fixbot_agent.recording.forms import of_tool
from fixbot_agent.recording.recorder import Asking, Recorder

_NONE = Exchanges((), {})


class Recorded:
    """A :class:`fixbot_agent.models.Model` in front of `model`: everything that is asked goes through `recorder` into the run.

    What `kept` holds an answer to is not asked again: the same request, else the next one of the same conversation, even where
    a tool's words differ by now (`divergences` says where). When the conversation itself is another, asking begins anew.
    Without a `model` (a replay) only what is kept is answered, failures too. For one thread.
    """

    def __init__(self, recorder: Recorder, model: Model | None, kept: Exchanges = _NONE, role: str = "solve") -> None:
        self._recorder = recorder
        self._model = model
        self._kept = kept
        self._role = role
        self._left = [a for a in kept.asks if a.role == role and (self._is_usable(a) or self._is_failure(a))]
        self._name, self._was_kept = "", False
        self._lost = sum(a.role == role and a.held_key for a in kept.asks) if model else 0
        self.recalled = 0
        self.divergences: list[Divergence] = []
        self.began_anew = 0  # the number of the request from which on nothing that was kept fits

    @property
    def name(self) -> str:
        """The name of who answered last, else of who is asked next."""
        return self._name or (self._model.name if self._model else "")

    @property
    def left(self) -> int:
        """How many requests that were kept have not come up again."""
        return len(self._left)

    @property
    def notes(self) -> list[str]:
        """What the reader of a report must know about answers that were kept."""
        said = []
        if self._model and self.recalled:
            said.append(f"{_answers(self.recalled)} of models {_were(self.recalled)} on disk and not asked for again")
        if self._lost:
            said.append(f"{_answers(self._lost)} held keys, which are not kept: {_were(self._lost)} asked for again")
        if self._model and self.divergences:
            first = self.divergences[0]
            said.append(f"{first.about} reads otherwise than before the run was cut short (request {first.ask})")
        if self._model and self.began_anew:
            said.append(f"from request {self.began_anew} on the conversation is another, so it was asked for anew")
        return said

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: answer from what is kept, else ask. Raises ModelError; AllModelsFailed where a replay has come to its end."""
        clean = self._recorder.clean(messages)
        ask = self._found(clean, tools) if self._left else None
        if ask is not None:
            return self._recall(ask, listen)
        if self._model is None:
            raise AllModelsFailed("the run kept no answer to this request", "it went another way than the first time")
        self._recorder.asking(self._recorder.prepared(self._role, clean, tools))
        reply = self._model.complete(clean, tools, timeout, schema=schema, listen=listen)
        self._name, self._was_kept = reply.model, False
        return reply

    def judged(self, *, verified: bool) -> None:
        """Effect: pass on the verifier's last word, where it is about an answer that was asked for now."""
        if isinstance(self._model, Chain) and not self._was_kept:
            self._model.judged(verified=verified)

    def _is_usable(self, ask: Ask) -> bool:
        return ask.reply is not None and not (ask.held_key and self._model)

    def _is_failure(self, ask: Ask) -> bool:
        return self._model is None and ask.reply is None and bool(ask.answers)

    def _found(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Ask | None:
        """The kept request that this one is: the same, or the next in the same place of the same conversation."""
        now = self._recorder.prepared(self._role, messages, tools, self._left[0].number)
        ask = next((a for a in self._left if a.request == now.request), None)
        if ask is None:
            ask = self._left[0]
            was = [self._kept.message(name) for name in ask.messages]
            if difference := self._difference(ask, was, messages, tools, now):
                self.divergences.append(difference)
                self._recorder.noted(
                    "diverged", ask=difference.ask, message=difference.message, role=difference.role,
                    about=difference.about, diff=difference.diff,
                )  # fmt: skip
            if not alike(was, messages):
                self.began_anew = ask.number
                self._left.clear()
                self._recorder.noted("anew", ask=ask.number, role=self._role)
                return None
        self._left.remove(ask)
        return ask

    def _difference(
        self, ask: Ask, was: Sequence[Message], now: Sequence[Message], tools: Sequence[ToolSpec], asking: Asking
    ) -> Divergence | None:
        found = first_difference(ask.number, was, now)
        if found or ask.tools == asking.tools:
            return found
        then = dumps(self._kept.blobs.get(ask.tools), indent=1, ensure_ascii=False, sort_keys=True)
        return Divergence(
            ask.number,
            -1,
            "tools",
            then,
            dumps([of_tool(t) for t in tools], indent=1, ensure_ascii=False, sort_keys=True),
        )

    def _recall(self, ask: Ask, listen: Listen | None) -> Reply:
        self._recorder.recalled(Asking(ask.number, ask.role, ask.messages, ask.tools, ask.request))
        for call in ask.calls():
            self._recorder.told(call)
        self.recalled += 1
        reply = ask.reply
        if reply is None:
            raise AllModelsFailed("; ".join(a.error for a in ask.answers), "so it ended the first time, too")
        self._name, self._was_kept = reply.model, True
        if listen is not None:
            listen(reply.text)
        return reply


def _answers(count: int) -> str:
    return f"{count} {'answer' if count == 1 else 'answers'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
