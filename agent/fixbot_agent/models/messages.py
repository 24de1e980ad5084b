"""What is said to a model and what it says back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fixbot_agent.errors import Try


class Role(StrEnum):
    """Who speaks, in the protocol's words."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants used. `arguments` is the text it wrote, which need not be valid JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that goes with a message: its bytes, its media type ("image/png"), and the name that a report calls it by."""

    data: bytes
    media: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; `call_id` names the call that a tool's message answers.

    `reasoning` is what the model `author` thought before it said this: some servers want it back, no other model is given it.
    `prompt` names the prompt and its version that the text was made of ("solve_system.v2"), where it was.
    """

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    reasoning: str = ""
    images: tuple[Image, ...] = ()
    author: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as it is offered: `parameters` is a JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money of one answer; `cost` in whatever currency the prices are in. `tokens_out` holds those of reasoning, too.

    `is_estimated` where the endpoint counted nothing and the figures are ours.
    """

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer. `model` is the configured name of who answered; `finish` is the protocol's finish_reason.

    `seconds` are those of all tries; `first_token` those until the first text of the last one, None where it came at once as a whole.
    `unread` is how many images were not sent, because the model does not see; `left_out` how many messages were not sent as they
    are, because they do not fit into its context.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    finish: str = "stop"
    seconds: float = 0.0
    reasoning: str = ""
    first_token: float | None = None
    tries: tuple[Try, ...] = ()
    unread: int = 0
    left_out: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether it ended because it was as long as it may be: the last tool call may lack its end."""
        return self.finish in ("length", "max_tokens", "model_length")

    @property
    def said(self) -> Message:
        """The answer as a message of the conversation that goes on."""
        return Message(Role.ASSISTANT, self.text, self.tool_calls, reasoning=self.reasoning, author=self.model)
