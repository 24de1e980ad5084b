"""Small tasks by which models are laid side by side: each answer is judged by a program, none by taste."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from fixbot_agent.errors import ModelError
from fixbot_agent.models.messages import Message, Reply, Role, ToolSpec
from fixbot_agent.models.model import Model, Schema

VERSION = "trials.v1"  # goes up when a task changes: results of others are not compared
Runs = Callable[[str], bool | None]  # whether a Python program ends well; None where none can be run here
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[\w+.-]*[ \t]*\n(.*?)(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Trial:
    """One task: what is asked, and `judge`, which says of an answer whether it is right (None: cannot be told here)."""

    name: str
    text: str
    judge: Callable[[Reply, Runs], bool | None]
    tools: tuple[ToolSpec, ...] = ()
    schema: Schema | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said to one task: `passed` None where it could not be judged; `error` where it did not answer."""

    task: str
    prompt: str = ""
    text: str = ""
    seconds: float = 0.0
    first_token: float | None = None
    tokens_out: int = 0
    cost: float = 0.0
    passed: bool | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """What the answers of one model come to. `seconds` is the median of those that came."""

    asked: int
    passed: int
    judged: int
    seconds: float | None
    tokens_out: int
    cost: float


def tried(model: Model, trial: Trial, runs: Runs) -> Answer:
    """Effect: let `model` answer `trial`, and judge the answer. Never raises for what a model does."""
    try:
        reply = model.complete([Message(Role.USER, trial.text, prompt=VERSION)], trial.tools, schema=trial.schema)
    except ModelError as error:
        return Answer(trial.name, trial.text, passed=False, error=error.message)
    calls = "\n".join(f"{c.name} {c.arguments}" for c in reply.tool_calls)
    text = "\n".join(filter(None, (reply.text, calls)))
    usage, first = reply.usage, reply.first_token
    return Answer(
        trial.name,
        trial.text,
        text,
        round(reply.seconds, 3),
        None if first is None else round(first, 3),
        usage.tokens_out,
        usage.cost,
        trial.judge(reply, runs),
    )


def tallied(answers: tuple[Answer, ...]) -> Tally:
    """The sums."""
    came = [a.seconds for a in answers if not a.error]
    return Tally(
        len(answers),
        len([a for a in answers if a.passed]),
        len([a for a in answers if a.passed is not None]),
        round(median(came), 3) if came else None,
        sum(a.tokens_out for a in answers),
        sum(a.cost for a in answers),
    )


def code_of(text: str) -> str:
    """The program in an answer: what stands in its first fence, else all of it."""
    fenced = _FENCE.search(text)
    return fenced[2] if fenced else text


def _program(checks: str) -> Callable[[Reply, Runs], bool | None]:
    return lambda reply, runs: runs(f"{code_of(reply.text)}\n\n{checks}")


def _json(expected: object) -> Callable[[Reply, Runs], bool]:
    return lambda reply, _: bool(json.loads(reply.text) == expected)


def _number(expected: int) -> Callable[[Reply, Runs], bool]:
    """The last number of the answer."""
    return lambda reply, _: re.findall(r"-?\d+", reply.text)[-1:] == [str(expected)]


_SOURCE = """\
def total(prices, discount):
    result = 0
    for price in prices:
        result = price - discount
    return result
"""


def _edited(reply: Reply, runs: Runs) -> bool | None:
    """Whether the one call of the tool makes the function right."""
    if len(reply.tool_calls) != 1 or reply.tool_calls[0].name != "replace":
        return False
    try:
        said = json.loads(reply.tool_calls[0].arguments)
    except ValueError:
        return False
    search, with_ = (said.get("search"), said.get("with")) if isinstance(said, Mapping) else (None, None)
    if not isinstance(search, str) or not isinstance(with_, str) or not search or _SOURCE.count(search) != 1:
        return False
    return runs(f"{_SOURCE.replace(search, with_)}\n\nassert total([5, 7], 1) == 10\nassert total([], 3) == 0\n")


_REPLACE = ToolSpec(
    "replace",
    "Replaces a piece of shop.py. `search` must stand in it exactly once, as it is there.",
    {
        "type": "object",
        "properties": {"search": {"type": "string"}, "with": {"type": "string"}},
        "required": ["search", "with"],
        "additionalProperties": False,
    },
)
_ORDER = {
    "type": "object",
    "properties": {
        "customer": {"type": "string"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
                "required": ["name", "count"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["customer", "items"],
    "additionalProperties": False,
}

TRIALS = (
    Trial(
        "write a function",
        "Write a Python function median(values) that returns the median of a non-empty list of numbers, the mean of the two "
        "middle ones where their count is even, and leaves the list as it is. Answer with code only.",
        _program(
            "v = [5, 1, 3]\nassert median(v) == 3 and v == [5, 1, 3]\nassert median([4, 1, 2, 3]) == 2.5\n"
            "assert median([7]) == 7\nassert median([-1, -5]) == -3\n"
        ),
    ),
    Trial(
        "mend a function",
        "This function is to cut a list into pieces of n, the last one shorter where it does not come out even. It loses items. "
        "Answer with the corrected function only.\n\n```python\ndef pieces(items, n):\n    made = []\n"
        "    for start in range(0, len(items) - n, n):\n        made.append(items[start:start + n])\n    return made\n```",
        _program(
            "assert pieces([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]\nassert pieces([1, 2, 3, 4], 2) == [[1, 2], [3, 4]]\n"
            "assert pieces([], 3) == []\nassert pieces([1], 3) == [[1]]\n"
        ),
    ),
    Trial(
        "read text by rules",
        "Write a Python function fields(line) that splits a line at commas into a list of texts. A field in double quotes may hold "
        "commas; two double quotes within it stand for one. Blanks around unquoted fields are taken off. Use nothing but built-ins. "
        "Answer with code only.",
        _program(
            "assert fields('a, b ,c') == ['a', 'b', 'c']\nassert fields('\"x, y\",z') == ['x, y', 'z']\n"
            "assert fields('\"say \"\"hi\"\"\",') == ['say \"hi\"', '']\nassert fields('') == ['']\n"
        ),
    ),
    Trial(
        "edit with a tool",
        f"shop.py holds:\n\n{_SOURCE}\ntotal([5, 7], 1) should be 10 (each price less the discount, added up), and is 6. "
        "Mend it by one call of the tool replace.",
        _edited,
        (_REPLACE,),
    ),
    Trial(
        "answer in a shape",
        "Read this order: 'Mrs. Okafor wants three lamps and a dozen candles; no, make that two lamps.' "
        "Names of items are in the singular, in small letters; the customer is the surname.",
        _json({"customer": "Okafor", "items": [{"name": "lamp", "count": 2}, {"name": "candle", "count": 12}]}),
        schema=_ORDER,
    ),
    Trial(
        "follow a program",
        "What does this Python program print? End your answer with that number.\n\n```python\ndef f(n, seen=[]):\n"
        "    seen.append(n)\n    return sum(seen)\n\nf(2)\nf(3)\nprint(f(4) * 10 + len(f.__defaults__[0]))\n```",
        _number(93),
    ),
)
