"""The two ports of this package: what a model is to everything above, and what an endpoint must say of itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from fixbot_agent.models.messages import Message, Reply, ToolSpec

Schema = Mapping[str, object]  # a JSON Schema
Listen = Callable[[str], None]  # is told each piece of an answer's text as it comes


class Model(Protocol):
    """Whatever answers messages."""

    @property
    def name(self) -> str:
        """The configured name."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec] = (),
        timeout: float = 0,
        *,
        schema: Schema | None = None,
        listen: Listen | None = None,
    ) -> Reply:
        """Effect: ask, and return the answer.

        `timeout` in seconds shortens the configured one; 0 keeps it. With `schema` the answer's text is JSON that fits it.
        `listen` is told pieces of text as they come; one try may break off and the next begin anew, the answer says what counts.
        Raises ModelError when no useful answer comes.
        """
        ...


class Endpoint(Protocol):
    """What is known of a configured model; the settings' ModelSettings is one."""

    @property
    def name(self) -> str: ...  # noqa: D102 - the fields are described where they are declared, in the settings
    @property
    def base_url(self) -> str: ...  # noqa: D102
    @property
    def model(self) -> str: ...  # noqa: D102
    @property
    def api_key_env(self) -> str: ...  # noqa: D102
    @property
    def fim(self) -> str: ...  # noqa: D102
    @property
    def abilities(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def timeout(self) -> float: ...  # noqa: D102
    @property
    def retries(self) -> int: ...  # noqa: D102
    @property
    def max_tokens(self) -> int: ...  # noqa: D102
    @property
    def temperature(self) -> float: ...  # noqa: D102
    @property
    def window(self) -> int: ...  # noqa: D102
    @property
    def patience(self) -> float: ...  # noqa: D102
    @property
    def gguf(self) -> str: ...  # noqa: D102
    @property
    def price_in(self) -> float | None: ...  # noqa: D102
    @property
    def price_out(self) -> float | None: ...  # noqa: D102
    @property
    def price_cached(self) -> float | None: ...  # noqa: D102
    @property
    def requests_per_minute(self) -> int: ...  # noqa: D102
    @property
    def tokens_per_minute(self) -> int: ...  # noqa: D102
    @property
    def parallel(self) -> int: ...  # noqa: D102


def model_id(model: object) -> str:
    """What the endpoint calls `model`; "" where it has none."""
    return str(getattr(getattr(model, "endpoint", None), "model", ""))


def called(endpoint: Endpoint) -> str:
    """How messages name a model: by its configured name, and where it is."""
    return f"model '{endpoint.name}' at {endpoint.gguf or endpoint.base_url}"
