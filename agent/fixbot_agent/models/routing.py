"""Who is asked: the models of a role in order; the next one takes over when one fails."""

import time
from collections.abc import Mapping, Sequence
from typing import TypeVar

from fixbot_agent.errors import AllModelsFailed, ModelError, UsageFailure
from fixbot_agent.models.calls import Call, Told, answered, failed
from fixbot_agent.models.client import Client
from fixbot_agent.models.http import is_loopback
from fixbot_agent.models.messages import Message, Reply, ToolSpec
from fixbot_agent.models.model import Endpoint, Listen, Model, Schema, model_id

E = TypeVar("E", bound=Endpoint)


class Chain:
    """A :class:`Model` made of several: one that fails is not asked again.

    `asked` is told of every call, failed ones too; `role` is the piece of work that it is told of.
    """

    def __init__(self, models: Sequence[Model], asked: Told = lambda _: None, role: str = "") -> None:
        self._left = list(models)
        self._asked = asked
        self._role = role
        self._failures: list[str] = []

    @property
    def name(self) -> str:
        """The name of the model that is asked next; "" when all have failed."""
        return self._left[0].name if self._left else ""

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask the first model that still works. Raises AllModelsFailed when none is left."""
        while self._left:
            model = self._left[0]
            call = Call(model.name, tuple(messages), tuple(tools), self._role, model_id(model), began=time.time())
            try:
                reply = model.complete(messages, tools, timeout, schema=schema, listen=listen)
            except ModelError as error:
                self._asked(failed(call, error))
                self._failures.append(error.message)
                self._left.pop(0)
            else:
                self._asked(answered(call, reply))
                return reply
        raise AllModelsFailed(
            "; ".join(self._failures) or "no model is left", "'fixbot models' shows which of them answer"
        )


def chain(
    endpoints: Mapping[str, Endpoint],
    names: Sequence[str],
    *,
    offline: bool = False,
    environ: Mapping[str, str] | None = None,
    asked: Told = lambda _: None,
    role: str = "",
) -> Chain | None:
    """Return the models `names`, in order; None when there are none.

    With `offline` only those on this machine stay. Raises UsageFailure for a name that is not configured.
    """
    asked_in_turn = usable(endpoints, names, offline=offline)
    return Chain([Client(e, environ) for e in asked_in_turn], asked, role) if asked_in_turn else None


def usable(endpoints: Mapping[str, E], names: Sequence[str], *, offline: bool = False) -> list[E]:
    """The endpoints `names`, in order, each once; with `offline` only those on this machine.

    Raises UsageFailure for a name that is not configured.
    """
    for name in names:
        if name not in endpoints:
            known = ", ".join(endpoints) or "none; add a [models.NAME] table to your settings"
            raise UsageFailure(f"no model '{name}' is configured", f"configured: {known}")
    chosen = [endpoints[n] for n in dict.fromkeys(names)]
    return [e for e in chosen if not offline or is_loopback(e.base_url)]
