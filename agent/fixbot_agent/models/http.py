"""One HTTP exchange with an endpoint: only our own headers, no redirects, bounded in time and size, ended from outside at will."""

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from fixbot_agent.errors import ModelError
from fixbot_agent.models.local import local
from fixbot_agent.models.model import Endpoint, called
from fixbot_agent.models.refusing import Aborted, Transient, refusal

if TYPE_CHECKING:
    from openai import OpenAI

_LARGEST = 8 << 20  # bytes of one answer
_LONGEST_ERROR = 2000  # bytes of an error's body that are read
_CONNECT = 10.0  # seconds
# What may leave besides the body. What else the library or an OPENAI_* variable adds is taken off; the last one says
# nothing to an endpoint, it is how the library remembers that the answer is to be streamed.
_HEADERS = ("host", "content-type", "content-length", "accept", "connection", "x-stainless-raw-response")
_CLOSED = ("RemoteProtocolError", "ReadError", "WriteError")  # the transport's words for a connection that is gone


class _Body(Protocol):
    def iter_bytes(self) -> Any: ...


Ask = Callable[["OpenAI"], AbstractContextManager[_Body]]


def _nothing() -> None:
    """For who need not know when a request was written."""


class Connection:
    """A client of one endpoint, made on first use; one exchange at a time. `patience`: seconds between two pieces of an answer."""

    def __init__(self, endpoint: Endpoint, environ: Mapping[str, str], patience: float = 0) -> None:
        self._endpoint = endpoint
        self._environ = environ
        self._patience = patience
        self._made: OpenAI | None = None
        self._transport: Any = None  # the library's own class, by which it sends
        self._wires = _Wires()
        self.heard: Callable[[Mapping[str, str]], None] = lambda _: (
            None
        )  # is told an answer's headers, in small letters

    @property
    def base_url(self) -> str:
        """The address up to and with /v1; of a model's file, which is served now, that of the server."""
        return local(self._endpoint).address if self._endpoint.gguf else self._endpoint.base_url

    def exchange(self, ask: Ask, deadline: float) -> bytes:
        """Effect: make the request that `ask` describes; returns the body of the answer.

        `deadline` is on the monotonic clock. Raises Transient where asking again may help, else ModelError.
        """
        return b"".join(self.pieces(ask, deadline))

    def pieces(self, ask: Ask, deadline: float, sent: Callable[[], None] = _nothing) -> Generator[bytes, None, None]:
        """Effect: make the request that `ask` describes; yields the body as it comes. Deadline and errors as in :meth:`exchange`.

        `sent` is called once as soon as the request was written, or a part of it may have been; never where no connection came about.
        """
        with self._opened(ask, sent) as answer:
            yield from _read(answer, deadline)

    def post(self, address: str, body: object) -> Ask:
        """A request that the library has no call for, by the transport beneath it: JSON to `address`, a whole URL."""
        patience = self._patience or self._endpoint.timeout
        return lambda _: self._transport.stream("POST", address, json=body, timeout=patience)

    def get(self, address: str) -> Ask:
        """A request for what stands at `address`, a whole URL of the same server."""
        return lambda _: self._transport.stream("GET", address, timeout=self._patience or self._endpoint.timeout)

    def hidden(self, text: str) -> str:
        """`text` without the key."""
        return _hide(text, self._environ.get(self._endpoint.api_key_env))

    def abort(self) -> None:
        """Effect: cut the exchange under way, from any thread, so that the endpoint stops working on it; the next one is not touched."""
        self._wires.cut()

    @contextmanager
    def _opened(self, ask: Ask, sent: Callable[[], None]) -> Iterator[_Body]:
        import openai

        self._wires.ready(sent)
        try:
            with ExitStack() as stack:
                yield self._answered(ask, stack)
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
            if not type(error).__module__.startswith(("httpx", "httpcore")):
                raise
            raise self._unreachable(error) from error

    def _answered(self, ask: Ask, stack: ExitStack) -> _Body:
        """Effect: send, once more where a kept connection was closed at its other end just as it was used again (RFC 9112, section 9.3.1).

        llama.cpp's server was seen to do so, once in eighty answers on a busy machine.
        """
        try:
            return stack.enter_context(ask(self._client()))
        except Exception as error:
            if not self._wires.is_stale(error.__cause__ or error):
                raise
        return stack.enter_context(ask(self._client()))

    @property
    def _where(self) -> str:
        return called(self._endpoint)

    def _unreachable(self, cause: BaseException) -> Transient:
        what = "did not answer in time" if "Timeout" in type(cause).__name__ else "cannot be reached"
        detail = _hide(f"{type(cause).__name__}: {cause}", self._environ.get(self._endpoint.api_key_env))[:200]
        return Transient(f"{self._where} {what} ({detail})", "is it running? 'fixbot models' tries them all")

    def _key(self) -> str:
        if self._endpoint.gguf:
            return local(self._endpoint).key
        name = self._endpoint.api_key_env
        key = self._environ.get(name, "").strip()
        if name and not key:
            raise ModelError(f"model '{self._endpoint.name}': the variable {name} is not set", f"export {name}=…")
        if not key.isascii() or any(c <= " " for c in key):
            raise ModelError(f"model '{self._endpoint.name}': {name} holds no usable key", "a key is one line of ASCII")
        return key

    def _client(self) -> "OpenAI":
        if self._made is None:
            key = self._key()
            self._transport = _transport(self._endpoint, key, self._where, self._wires.seen, self.heard)
            self._made = _client(self.base_url, key, self._transport)
        return self._made


class _Wires:
    """The sockets of one client, told by the transport's trace, so that what waits on one can be woken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: list[Any] = []
        self._is_cut = False
        self._is_new = False  # whether the exchange under way has a connection of its own
        self._is_ours = True  # what is being written; else a proxy is asked for a way
        self._sent = _nothing

    def ready(self, sent: Callable[[], None]) -> None:
        with self._lock:
            self._is_cut, self._is_new, self._sent = False, False, sent

    def seen(self, name: str, info: Mapping[str, Any]) -> None:
        """One step of the transport: a socket is remembered; a request that was cut goes no further."""
        with self._lock:
            if name in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                self._streams = [*self._streams[-2:], info["return_value"]]
                self._is_new = True
            if self._is_cut and name.endswith(".started") and "close" not in name:
                raise Aborted("the request was cut", "ask again")
        self._written(name, info)

    def _written(self, name: str, info: Mapping[str, Any]) -> None:
        """Where the body was written, or failed to be in the midst of it: tell that it left."""
        if name.endswith(".send_request_body.started"):
            self._is_ours = info["request"].method != b"CONNECT"
        elif name.endswith((".send_request_body.complete", ".send_request_body.failed")) and self._is_ours:
            sent, self._sent = self._sent, _nothing
            sent()

    def is_stale(self, error: BaseException) -> bool:
        """Whether `error` came of a connection that was used before, and closed at its other end meanwhile."""
        with self._lock:
            return type(error).__name__ in _CLOSED and not self._is_new and not self._is_cut

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            streams, self._streams = self._streams, []
        for stream in streams:
            wire = stream.get_extra_info("socket")
            with suppress(OSError, AttributeError):
                socket.socket.shutdown(wire, socket.SHUT_RDWR)


def load() -> None:
    """Effect: load the library that speaks to endpoints, which the first request would do."""
    import openai  # noqa: F401


def is_loopback(address: str) -> bool:
    """Whether `address` (a URL) names this machine, so that nothing sent to it leaves."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _client(base_url: str, key: str, transport: Any) -> "OpenAI":
    import openai

    return openai.OpenAI(base_url=base_url, api_key=key or "none", max_retries=0, http_client=transport)


def _transport(
    endpoint: Endpoint,
    key: str,
    where: str,
    trace: Callable[[str, Mapping[str, Any]], None],
    heard: Callable[[Mapping[str, str]], None],
) -> Any:
    import openai

    def only_ours(request: Any) -> None:
        request.extensions["trace"] = trace
        for name in [n for n in request.headers if n.lower() not in _HEADERS]:
            del request.headers[name]
        request.headers["User-Agent"] = "fixbot"
        request.headers["Accept-Encoding"] = "identity"  # so that a small answer cannot grow while it is unpacked
        if key:
            request.headers["Authorization"] = f"Bearer {key}"

    def only_success(response: Any) -> None:
        heard({name.lower(): value for name, value in response.headers.items()})
        if not 200 <= response.status_code < 300:
            raise _refused(response, where, key)

    # A proxy of the environment is for the outside; a model on this machine is asked directly.
    return openai.DefaultHttpxClient(
        follow_redirects=False,
        trust_env=not is_loopback(endpoint.base_url),
        event_hooks={"request": [only_ours], "response": [only_success]},
    )


def _refused(response: Any, where: str, key: str) -> ModelError:
    status = response.status_code
    if 300 <= status < 400:
        target = urlsplit(response.headers.get("location", "")).hostname or "elsewhere"
        return ModelError(f"{where} redirects to {target}", "nothing was sent there; set base_url to the right address")
    said = _hide(_said(response), key)
    return refusal(status, said, where, response.headers.get("retry-after"))


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


def _read(answer: _Body, deadline: float) -> Iterator[bytes]:
    size = 0
    for chunk in answer.iter_bytes():
        yield chunk
        size += len(chunk)
        if size > _LARGEST:
            raise ModelError(f"the answer is larger than {_LARGEST} bytes", "is the endpoint healthy?")
        if time.monotonic() > deadline:
            raise Transient("the answer did not end in time", "allow more with timeout in [models.NAME]")
