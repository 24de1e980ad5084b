"""One HTTP exchange with an endpoint: only our own headers, no redirects, bounded in time and size."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from fixbot_agent.errors import ModelError
from fixbot_agent.models.model import Endpoint

if TYPE_CHECKING:
    from openai import OpenAI

_LARGEST = 8 << 20  # bytes of one answer
_LONGEST_ERROR = 2000  # bytes of an error's body that are read
_CONNECT = 10.0  # seconds
_RETRIED = (408, 409, 425, 429, 500, 502, 503, 504)
# What may leave besides the body. What else the library or an OPENAI_* variable adds is taken off; the last one says
# nothing to an endpoint, it is how the library remembers that the answer is to be streamed.
_HEADERS = ("host", "content-type", "content-length", "accept", "connection", "x-stainless-raw-response")
_HINTS = {
    400: "the endpoint did not understand the request; does the model take tools?",
    401: "the key was not accepted; look at the variable that api_key_env names",
    403: "the key may not use this model",
    404: "look at base_url (it ends in /v1 as a rule) and model",
    413: "the request was too large for the endpoint",
}


class Transient(ModelError):
    """Raised for a failure that another try may mend, after `wait` seconds where the endpoint said so."""

    def __init__(self, message: str, hint: str = "", wait: float | None = None) -> None:
        super().__init__(message, hint)
        self.wait = wait


class _Body(Protocol):
    def iter_bytes(self) -> Any: ...


Ask = Callable[["OpenAI"], AbstractContextManager[_Body]]


class Connection:
    """A client of one endpoint, made on first use."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self._environ = environ
        self._made: OpenAI | None = None

    def exchange(self, ask: Ask, deadline: float) -> bytes:
        """Effect: make the request that `ask` describes; returns the body of the answer.

        `deadline` is on the monotonic clock. Raises Transient where asking again may help, else ModelError.
        """
        import openai

        try:
            with ask(self._client()) as answer:
                return _read(answer, deadline)
        except openai.APIConnectionError as error:  # a timeout is one too
            if isinstance(error.__cause__, ModelError):
                raise error.__cause__ from None
            cause = error.__cause__ or error
            raise self._unreachable(cause) from error
        except ModelError:
            raise
        except openai.OpenAIError as error:
            said = _hide(str(error), self._environ.get(self._endpoint.api_key_env))
            raise ModelError(f"{self._where}: {said}", "is base_url right?") from error
        except Exception as error:
            # The library lets its transport's errors through while a body is read; which transport differs by version.
            if not type(error).__module__.startswith("httpx"):
                raise
            raise self._unreachable(error) from error

    @property
    def _where(self) -> str:
        return f"model '{self._endpoint.name}' at {self._endpoint.base_url}"

    def _unreachable(self, cause: BaseException) -> Transient:
        what = "did not answer in time" if "Timeout" in type(cause).__name__ else "cannot be reached"
        detail = _hide(f"{type(cause).__name__}: {cause}", self._environ.get(self._endpoint.api_key_env))[:200]
        return Transient(f"{self._where} {what} ({detail})", "is it running? 'fixbot models' tries them all")

    def _key(self) -> str:
        name = self._endpoint.api_key_env
        key = self._environ.get(name, "").strip()
        if name and not key:
            raise ModelError(f"model '{self._endpoint.name}': the variable {name} is not set", f"export {name}=…")
        if not key.isascii() or any(c <= " " for c in key):
            raise ModelError(f"model '{self._endpoint.name}': {name} holds no usable key", "a key is one line of ASCII")
        return key

    def _client(self) -> "OpenAI":
        if self._made is None:
            self._made = _make(self._endpoint, self._key(), self._where)
        return self._made


def is_loopback(address: str) -> bool:
    """Whether `address` (a URL) names this machine, so that nothing sent to it leaves."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _make(endpoint: Endpoint, key: str, where: str) -> "OpenAI":
    import openai

    def only_ours(request: Any) -> None:
        for name in [n for n in request.headers if n.lower() not in _HEADERS]:
            del request.headers[name]
        request.headers["User-Agent"] = "fixbot"
        request.headers["Accept-Encoding"] = "identity"  # so that a small answer cannot grow while it is unpacked
        if key:
            request.headers["Authorization"] = f"Bearer {key}"

    def only_success(response: Any) -> None:
        if not 200 <= response.status_code < 300:
            raise _refused(response, where, key)

    # A proxy of the environment is for the outside; a model on this machine is asked directly.
    http = openai.DefaultHttpxClient(
        follow_redirects=False,
        trust_env=not is_loopback(endpoint.base_url),
        event_hooks={"request": [only_ours], "response": [only_success]},
    )
    return openai.OpenAI(base_url=endpoint.base_url, api_key=key or "none", max_retries=0, http_client=http)


def _refused(response: Any, where: str, key: str) -> ModelError:
    status = response.status_code
    if 300 <= status < 400:
        target = urlsplit(response.headers.get("location", "")).hostname or "elsewhere"
        return ModelError(f"{where} redirects to {target}", "nothing was sent there; set base_url to the right address")
    message = f"{where} answered {status}: {_hide(_said(response), key)[:300]}"
    if status in _RETRIED:
        return Transient(
            message, "it is busy or broken; try again later", _seconds(response.headers.get("retry-after"))
        )
    return ModelError(message, _HINTS.get(status, ""))


def _hide(text: str, key: str | None) -> str:
    return text.replace(key, "[redacted: key]") if key else text


def _said(response: Any) -> str:
    """The head of an error's body, on one line."""
    head = b""
    for chunk in response.iter_bytes():
        head += chunk
        if len(head) >= _LONGEST_ERROR:
            break
    return " ".join(head[:_LONGEST_ERROR].decode("utf-8", "replace").split())


def _seconds(value: str | None) -> float | None:
    """The number of seconds in a Retry-After header; a date is not worth its parser here."""
    try:
        return max(float(value), 0.0) if value else None
    except ValueError:
        return None


def _read(answer: _Body, deadline: float) -> bytes:
    parts, size = [], 0
    for chunk in answer.iter_bytes():
        parts.append(chunk)
        size += len(chunk)
        if size > _LARGEST:
            raise ModelError(f"the answer is larger than {_LARGEST} bytes", "is the endpoint healthy?")
        if time.monotonic() > deadline:
            raise Transient("the answer did not end in time", "allow more with timeout in [models.NAME]")
    return b"".join(parts)
