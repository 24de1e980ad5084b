"""Every key of the configuration, declared once: name, type, default, trust class, help."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Trust(StrEnum):
    """What a key can bring about, and so whose word is taken for it."""

    FREE = "free"  # anyone may say it, an untrusted repository too
    RUNS_CODE = "runs code"  # decides what is run, or what a patch may touch
    MOVES_DATA = "moves data"  # decides where code is sent, or what is spent
    YOURS = "yours alone"  # no repository may say it, a trusted one neither


@dataclass(frozen=True, slots=True)
class Key:
    """One key as it is declared. `kind` is text, flag, whole, number, path or list; `default` is a Python value."""

    name: str
    kind: str
    default: object
    trust: Trust
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None

    @property
    def allowed(self) -> str:
        """What a value must be, in words for an error message."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = {
            "text": "a string",
            "flag": "true or false",
            "whole": "a whole number",
            "number": "a number",
            "path": "a path (string)",
            "list": "a list of strings",
            "command": "a command: a string, or a list of strings",
        }[self.kind]
        return f"{words} of at least {self.minimum:g}" if self.minimum is not None else words


def _key(
    default: T,
    kind: str,
    trust: Trust,
    help_text: str,
    *,
    choices: tuple[str, ...] = (),
    minimum: float | None = None,
) -> T:
    meta = {"kind": kind, "trust": trust, "help": help_text, "choices": choices, "minimum": minimum}
    return field(default=default, metadata=meta)


STRATEGIES = ("search", "agent", "sample", "cascade")

# The ways to ask for the missing middle, as fixbot_agent.models.filling knows them.
FIM = (
    "auto", "suffix", "infill", "mistral", "qwen", "starcoder2", "deepseek", "codellama", "codegemma", "granite-code", "granite",
    "codestral", "chat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """One ``[models.NAME]`` table: an OpenAI-compatible endpoint and a model there. The whole table moves data.

    A table is taken whole from the highest source that has one of its name: an address from one place never meets
    a key from another.
    """

    name: str
    base_url: str = _key(
        "", "text", Trust.MOVES_DATA, "The endpoint, up to and with `/v1`. Required, but where `gguf` is."
    )
    model: str = _key("", "text", Trust.MOVES_DATA, "The model's name there; the table's own name when left out.")
    api_key_env: str = _key("", "text", Trust.MOVES_DATA, "The name of the variable that holds the key; never a key.")
    fim: str = _key("auto", "text", Trust.MOVES_DATA, "How holes in code are asked for; auto: tried out.", choices=FIM)
    context: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most tokens of a completion's request; 0: `completion_context`.", minimum=0
    )
    abilities: tuple[str, ...] = _key(
        (),
        "list",
        Trust.MOVES_DATA,
        "What it can do (tools, stream, fim, json_schema, vision, reasoning, parallel); what is not said is found out.",
    )
    window: int = _key(
        0, "whole", Trust.MOVES_DATA, "Tokens that its context holds; 0: what the endpoint says of itself.", minimum=0
    )
    gguf: str = _key(
        "", "path", Trust.MOVES_DATA, "A model's file, served by fixbot itself in place of an endpoint (fixbot[local])."
    )
    timeout: float = _key(120.0, "number", Trust.MOVES_DATA, "Seconds that one answer may take.", minimum=0.1)
    patience: float = _key(
        60.0,
        "number",
        Trust.MOVES_DATA,
        "Seconds between two pieces of a streamed answer, after which it is cut; 0: `timeout`.",
        minimum=0,
    )
    retries: int = _key(2, "whole", Trust.MOVES_DATA, "How often a busy or broken answer is asked again.", minimum=0)
    max_tokens: int = _key(4096, "whole", Trust.MOVES_DATA, "Longest answer, in tokens.", minimum=1)
    temperature: float = _key(0.0, "number", Trust.MOVES_DATA, "Sampling temperature.", minimum=0)
    price_in: float | None = _key(
        None, "number", Trust.MOVES_DATA, "Price of a million tokens read; unknown when left out.", minimum=0
    )
    price_out: float | None = _key(
        None, "number", Trust.MOVES_DATA, "Price of a million tokens written; unknown when left out.", minimum=0
    )
    price_cached: float | None = _key(
        None,
        "number",
        Trust.MOVES_DATA,
        "Price of a million tokens read from the endpoint's cache; `price_in` when left out.",
        minimum=0,
    )
    requests_per_minute: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most requests a minute, over all processes; 0 is no limit.", minimum=0
    )
    tokens_per_minute: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most tokens a minute, over all processes; 0 is no limit.", minimum=0
    )
    parallel: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most requests at once, over all processes; 0 is no limit.", minimum=0
    )


@dataclass(frozen=True, slots=True)
class Roles:
    """The ``[roles]`` table: names of models for each piece of work, in order; the next takes over when one fails."""

    complete: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Completes code in the editor.")
    solve: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Writes patches.")
    review: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Reads changes.")
    test: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Writes acceptance tests, and tests of a module.")
    judge: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Compares patches.")
    ask: tuple[str, ...] = _key((), "list", Trust.MOVES_DATA, "Answers questions about the code.")
    embed: tuple[str, ...] = _key(
        (), "list", Trust.MOVES_DATA, "Embeds definitions and issues: a second opinion on where an issue is about."
    )
    rerank: tuple[str, ...] = _key(
        (), "list", Trust.MOVES_DATA, "Sorts the best of what was found, with `/rerank` or in words."
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user wants, every source already weighed."""

    test_cmd: tuple[str, ...] = _key(
        (), "command", Trust.RUNS_CODE, "Command that runs the tests; found by looking at the project when left out."
    )
    python: str = _key("", "path", Trust.RUNS_CODE, "The project's interpreter; found when left out.")
    sandbox: str = _key(
        "auto",
        "text",
        Trust.RUNS_CODE,
        "How the project's code is contained.",
        choices=("auto", "bwrap", "landlock", "docker", "seatbelt", "none"),
    )
    allow_test_edits: bool = _key(False, "flag", Trust.RUNS_CODE, "Whether a patch may change tests.")
    timeout: float = _key(
        600.0, "number", Trust.FREE, "Seconds that one solve may take, environment included.", minimum=1
    )
    max_steps: int = _key(40, "whole", Trust.MOVES_DATA, "Most steps (answers of a model) in one solve.", minimum=1)
    max_cost: float = _key(
        0.0,
        "number",
        Trust.MOVES_DATA,
        "Most money one solve may spend, in the models' currency; 0 is no limit.",
        minimum=0,
    )
    max_tokens: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most tokens, read and written, of one solve; 0 is no limit.", minimum=0
    )
    max_calls: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most requests to models in one solve, failed ones too; 0 is no limit.", minimum=0
    )
    max_cost_day: float = _key(
        0.0,
        "number",
        Trust.MOVES_DATA,
        "Most money all of fixbot may spend in a day of yours, from midnight; 0 is no limit.",
        minimum=0,
    )
    max_tokens_day: int = _key(
        0, "whole", Trust.MOVES_DATA, "Most tokens all of fixbot may use in a day of yours; 0 is no limit.", minimum=0
    )
    strategy: str = _key(
        "cascade",
        "text",
        Trust.MOVES_DATA,
        "How a solve goes about it: `search` asks no model, `agent` lets one work with tools, `sample` asks for several patches at once, "
        "`cascade` tries the cheapest first (search, samples where `samples` is set, then the agent).",
        choices=STRATEGIES,
    )
    samples: int = _key(
        0,
        "whole",
        Trust.MOVES_DATA,
        "Patches that a solve asks a model for at once, without tools; 0: none in a cascade, 4 where the strategy is `sample`.",
        minimum=0,
    )
    memory: bool = _key(
        True, "flag", Trust.MOVES_DATA, "Remember verified fixes and facts of a repository, and tell models of them."
    )
    prompts: tuple[str, ...] = _key(
        (),
        "list",
        Trust.YOURS,
        "Texts of your own in the place of a solve's prompts, each `NAME=FILE` with the whole path, such as `solve_system=~/mine.md`.",
    )
    no_model: bool = _key(False, "flag", Trust.MOVES_DATA, "Never ask a model, even where one is configured.")
    offline: bool = _key(
        False, "flag", Trust.MOVES_DATA, "Never leave this machine: only models on loopback are asked."
    )
    completion_context: int = _key(
        3000, "whole", Trust.MOVES_DATA, "Tokens of code that one completion of a model may be given.", minimum=1
    )
    completion_length: int = _key(
        256, "whole", Trust.MOVES_DATA, "Tokens that one completion of a model may have.", minimum=1
    )
    completion_deadline: float = _key(
        2.0, "number", Trust.FREE, "Seconds after which the built-in engine's text is shown instead.", minimum=0.05
    )
    models: Mapping[str, ModelSettings] = field(default_factory=dict)
    roles: Roles = field(default_factory=Roles)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # role -> model -> share of runs, 0 to 1

    @property
    def key_names(self) -> tuple[str, ...]:
        """Names of the variables that hold keys: their values are kept out of everything that is written."""
        return tuple(sorted({m.api_key_env for m in self.models.values() if m.api_key_env}))


def declared(cls: type) -> dict[str, Key]:
    """The keys of one table (:class:`Settings`, :class:`ModelSettings` or :class:`Roles`), by name, in order."""
    found = {}
    for one in fields(cls):
        if one.metadata:
            default = one.default if one.default is not MISSING else None
            found[one.name] = Key(one.name, default=default, **one.metadata)
    return found
