"""What an endpoint's refusal means: whether asking again may help, whether the request was too long, or one part of it was not understood."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from fixbot_agent.errors import ModelError

E = TypeVar("E", bound=ModelError)

RETRIED = (408, 409, 425, 429, 500, 502, 503, 504, 529)  # 529: overloaded, as some gateways pass it on
_NOT_UNDERSTOOD = (400, 404, 405, 415, 422, 500, 501)  # llama.cpp says 500, too, of what it cannot do
_HINTS = {
    400: "the endpoint did not understand the request; does the model take tools?",
    401: "the key was not accepted; look at the variable that api_key_env names",
    402: "the account has no money left there",
    403: "the key may not use this model",
    404: "look at base_url (it ends in /v1 as a rule) and model",
    413: "the request was too large for the endpoint",
}
# How servers say that a prompt is too long, and how long it may be: vLLM and OpenAI, llama.cpp, SGLang, gateways.
_FULL = re.compile(
    r"maximum context length|context_length_exceeded|exceed_context_size|exceeds? the (?:available )?context"
    r"|longer than the model'?s context|prompt is too long|maximum (?:allowed )?(?:input|prompt) length|context window",
    re.IGNORECASE,
)
_ROOM = re.compile(
    r"maximum context length (?:is|of) (\d+)|\"n_ctx\": ?(\d+)|context size \((\d+)|context length \((\d+)"
    r"|tokens? > (\d+) maximum|limit of (\d+)",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"\"n_prompt_tokens\": ?(\d+)|(\d+) in the messages|(\d+) input tokens|resulted in (\d+) tokens|request \((\d+) tokens|prompt is too long: (\d+)",
    re.IGNORECASE,
)


class Transient(ModelError):
    """Raised for a failure that another try may mend, after `wait` seconds where the endpoint said so."""

    def __init__(self, message: str, hint: str = "", wait: float | None = None) -> None:
        super().__init__(message, hint)
        self.wait = wait


class ContextOverflow(ModelError):
    """Raised when a request is longer than the model's context: `limit` tokens, where `sent` were; each 0 where it is not said."""

    def __init__(self, message: str, hint: str = "", limit: int = 0, sent: int = 0) -> None:
        super().__init__(message, hint)
        self.limit = limit
        self.sent = sent


class Refused(ModelError):
    """Raised when an endpoint did not take a request as it was written; `said` are its own words, which may name the part."""

    def __init__(self, message: str, hint: str = "", said: str = "") -> None:
        super().__init__(message, hint)
        self.said = said


class Unable(ModelError):
    """Raised when a model cannot do what is asked of it at all: `ability` names it ("tools")."""

    def __init__(self, message: str, hint: str = "", ability: str = "") -> None:
        super().__init__(message, hint)
        self.ability = ability


class Aborted(ModelError):
    """Raised in the thread that reads an answer when another one cut it."""


class Broken(Transient):
    """Raised when an answer began and broke off: what came of it (`text`, characters) was worked for, and may be charged."""

    def __init__(self, message: str, hint: str = "", characters: int = 0) -> None:
        super().__init__(message, hint)
        self.characters = characters


def refusal(status: int, said: str, where: str, retry_after: str | None = None) -> ModelError:
    """The error that an answer of `status` is; `said` is the head of its body on one line, without keys; `where` begins the message."""
    message = f"{where} answered {status}: {said[:300]}"
    if status in (400, 413, 422) and (full := overflow(said, message)):
        return full
    if status in _NOT_UNDERSTOOD and status in RETRIED and names_part(said):
        return Refused(message, _HINTS[400], said)
    if status in RETRIED:
        return Transient(message, "it is busy or broken; try again later", seconds(retry_after))
    hint = _HINTS.get(status, "")
    return Refused(message, hint, said) if status in _NOT_UNDERSTOOD else ModelError(message, hint)


def named(error: E, where: str) -> E:
    """`error`, whose message begins with `where` (a model and its address) where it does not name the model."""
    if where.partition(" at ")[0] not in error.message:
        error.message = f"{where}: {error.message}"
        error.args = (error.message,)
    return error


def names_part(said: str) -> bool:
    """Whether an error of the kind "broken" is in truth about a part of the request, as llama.cpp words some of them."""
    return bool(re.search(r"not support|unsupported|requires? --jinja|image input|mmproj", said, re.IGNORECASE))


def disguised(document: Mapping[str, object], where: str = "the answer") -> ModelError | None:
    """The error that an answer of status 200 holds, None where it holds none.

    As OpenAI words it, as vLLM and SGLang did (``object: error``), as a gateway puts it into a choice, as FastAPI does (``detail``).
    """
    error = document.get("error")
    if not error and document.get("object") == "error":
        error = document
    if not error and "choices" not in document and document.get("detail"):
        error = {"message": document["detail"]}
    choices = document.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not error and isinstance(first, dict):
        error = first.get("error")
    return _error(error, where) if error else None


def _error(error: object, where: str) -> ModelError:
    said = error if isinstance(error, dict) else {"message": error}
    words = json.dumps(said, ensure_ascii=False, default=str)[:2000]
    message, code = f"{where} is an error: {str(said.get('message'))[:300]}", said.get("code")
    full = overflow(words, message)
    if full is not None:
        return full
    number = int(code) if isinstance(code, (int, str)) and str(code).isdecimal() and len(str(code)) == 3 else 0
    if number in RETRIED or re.search(r"overloaded|rate.?limit|server_error|timed? ?out", words, re.IGNORECASE):
        return Transient(message, "it is busy or broken; try again later")
    return Refused(message, "is the model loaded?", words)


def overflow(said: str, message: str) -> ContextOverflow | None:
    """The error that an endpoint's words `said` are, where they say that the request was longer than the context."""
    if not _FULL.search(said):
        return None
    limit, sent = _number(_ROOM, said), _number(_SENT, said)
    return ContextOverflow(message, "the request is longer than the model's context", limit, sent)


def _number(pattern: re.Pattern[str], said: str) -> int:
    found = pattern.search(said)
    return next((int(n[:12]) for n in found.groups() if n), 0) if found else 0


def seconds(value: str | None) -> float | None:
    """How long a Retry-After header asks to wait: seconds, or a date of HTTP; None where it says neither."""
    if not value:
        return None
    try:
        return max(float(value), 0.0)
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max((at - datetime.now(UTC)).total_seconds(), 0.0)
