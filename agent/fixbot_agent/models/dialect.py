"""How one endpoint's model wants to be spoken to: what of the protocol it takes, learnt from what it refuses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

FORMATS = ("json_schema", "json_object", "words")  # how an answer of a given shape is asked for, the strictest first


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a model takes. The defaults are what most take; each is changed by one refusal, and never back.

    `limit` is the name of the parameter for the longest answer; `counts` whether usage of a stream may be asked for; `system`
    whether there is a role of that name; `thoughts` the field in which its reasoning came ("" none seen), and `takes_thoughts`
    whether it takes them back (None: only within the work on one question); `short_ids` where ids of calls must be nine
    letters or digits; `spells` False where the server finds a model's tool calls: then text that looks like one is text.
    """

    limit: str = "max_tokens"
    temperature: bool = True
    stream: bool = True
    counts: bool = True
    format: str = "json_schema"
    system: bool = True
    thoughts: str = ""
    takes_thoughts: bool | None = None
    short_ids: bool = False
    images: bool | None = None
    tools: bool | None = None
    spells: bool | None = None


_NO = r"(?:not support|unsupported|not permitted|unrecognized|unknown|unexpected|not allowed|invalid|extra (?:inputs|fields)|does not|only the default|deprecated)"


def _refuses(part: str) -> re.Pattern[str]:
    """Words that refuse `part`: it and a refusal stand near each other."""
    return re.compile(rf"(?:{part})[^\n]{{0,120}}?{_NO}|{_NO}[^\n]{{0,120}}?(?:{part})", re.IGNORECASE)


Learn = Callable[[Dialect], Dialect]

# In this order, as some words hold others: the first row whose words are found and that changes something is what is learnt.
# Worded so by: OpenAI's reasoning models (limit, temperature), Mistral (extra inputs, ids of calls), DeepSeek (reasoning_content),
# Ollama, vLLM and llama.cpp (tools), llama.cpp (images), templates of Gemma (system).
_LESSONS: tuple[tuple[re.Pattern[str], Learn], ...] = (
    (re.compile(r"max_completion_tokens['\"`]? instead|" + _refuses(r"\bmax_tokens\b").pattern, re.IGNORECASE),
     lambda d: replace(d, limit="max_completion_tokens")),
    (_refuses("temperature"), lambda d: replace(d, temperature=False)),
    (_refuses("stream_options|include_usage"), lambda d: replace(d, counts=False)),
    (_refuses(r"response_format|json_schema|json_object|structured output|guided|grammar"),
     lambda d: replace(d, format=FORMATS[min(FORMATS.index(d.format) + 1, 2)])),
    (re.compile(r"(?:missing|must|required|pass(?:ed)? back)[^\n]{0,80}reasoning_content"
                r"|reasoning_content[^\n]{0,80}(?:missing|must be|required|passed back)", re.IGNORECASE),
     lambda d: replace(d, thoughts="reasoning_content", takes_thoughts=True)),
    (re.compile(r"reasoning_content|reasoning_details|messages[^\n]{0,60}reasoning", re.IGNORECASE),
     lambda d: replace(d, takes_thoughts=False)),
    (re.compile(r"tool.?call.?ids?[^\n]{0,80}length of 9", re.IGNORECASE), lambda d: replace(d, short_ids=True)),
    (_refuses(r"image|image_url|vision|mmproj|multimodal"), lambda d: replace(d, images=False)),
    (_refuses(r"system role|role:? ?['\"]?system|developer message"), lambda d: replace(d, system=False)),
    (re.compile(_refuses(r"\btools?\b|tool_choice|function.?call").pattern + r"|requires? --(?:jinja|enable-auto-tool)", re.IGNORECASE),
     lambda d: replace(d, tools=False)),
    (_refuses(r"\bstream(?:ing)?\b"), lambda d: replace(d, stream=False, counts=False)),
)  # fmt: skip


def learnt(dialect: Dialect, said: str, sent: Mapping[str, object]) -> Dialect | None:
    """What a refusal in the words `said` teaches about a request `sent`; None where it teaches nothing that would change it."""
    for words, lesson in _LESSONS:
        if words.search(said):
            better = lesson(dialect)
            if better != dialect and _matters(dialect, better, sent):
                return better
    return None


def _matters(old: Dialect, new: Dialect, sent: Mapping[str, object]) -> bool:
    """Whether the request held what is to be left out from now on: words may be about something else."""
    parts = {
        "limit": "max_tokens", "temperature": "temperature", "counts": "stream_options", "format": "response_format",
        "tools": "tools", "stream": "stream",
    }  # fmt: skip
    changed = [f.name for f in fields(Dialect) if getattr(old, f.name) != getattr(new, f.name)]
    return any(name not in parts or parts[name] in sent for name in changed)
