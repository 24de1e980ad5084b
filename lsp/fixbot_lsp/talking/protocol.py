"""The protocol object: pygls' own, with our framing, our documents, and an answer to everything that is malformed."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

from fixbot_lsp.errors import Outdated

if TYPE_CHECKING:
    from concurrent.futures import Future

log = logging.getLogger(__name__)

_PARSE_ERROR, _INVALID_REQUEST, _METHOD_NOT_FOUND, _NOT_INITIALIZED = -32700, -32600, -32601, -32002
_INTERNAL_ERROR = -32603


def parse(body: bytes) -> object:
    """The JSON value of one message. Raises ValueError when it is none, or nested deeper than Python can follow."""
    try:
        value: object = json.loads(body, parse_constant=_no_json)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _no_json(word: str) -> object:
    """NaN and Infinity, which Python would read, and write again where no client can read them."""
    raise ValueError(f"{word} is no number")


def token_of(body: bytes) -> str | None:
    """The token that an ``initialize`` request carries; None when `body` is no such request."""
    try:
        message = parse(body)
        if not isinstance(message, dict) or message.get("method") != types.INITIALIZE:
            return None
        token = message["params"]["initializationOptions"]["token"]
    except (ValueError, KeyError, TypeError):
        return None
    return token if isinstance(token, str) else None


@dataclass(frozen=True, slots=True)
class Plain:
    """A result that is JSON already: nothing in `value` needs to be converted."""

    value: Mapping[str, object]


class FixbotProtocol(LanguageServerProtocol):
    """Receives whole messages (see transport.py) and keeps no text of its own: documents.py does."""

    ended = False
    _begun = False

    def receive(self, body: bytes) -> None:
        """Effect: handle one message; whatever is wrong with it is answered, or logged where nobody asked."""
        try:
            message = parse(body)
        except ValueError as error:
            self._refuse(None, _PARSE_ERROR, f"not JSON: {error}")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            what = (
                "a batch, which this protocol does not have" if isinstance(message, list) else "no JSON-RPC 2.0 message"
            )
            self._refuse(None, _INVALID_REQUEST, what)
            return
        number = message.get("id")
        if not isinstance(number, str | int | None) or isinstance(number, bool):
            self._refuse(None, _INVALID_REQUEST, "an id must be a string or an integer")
        elif self._in_order(number, message.get("method")):
            self._dispatch(number, message)

    def complain(self, why: str) -> None:
        """Effect: answer something that was no message."""
        self._refuse(None, _PARSE_ERROR, why)

    def _in_order(self, number: str | int | None, method: object) -> bool:
        """Effect: whether `method` may be handled now; what comes before or after its time is refused."""
        if method is not None and not isinstance(method, str):
            self._refuse(number, _INVALID_REQUEST, "a method must be a string")
            return False
        refusal = None if method in (types.EXIT, None) else self._refusal(method or "", has_id=number is not None)
        if refusal is not None and (number is not None or method == types.INITIALIZE):
            self._refuse(number, *refusal)
        return refusal is None

    def _refusal(self, method: str, *, has_id: bool) -> tuple[int, str] | None:
        """Code and reason for what is not handled now."""
        # Features that the protocol does not list are notices of our own editors and of Copilot's.
        if method not in types.METHOD_TO_TYPES and method not in self.fm.features:
            return _METHOD_NOT_FOUND, f"there is no method '{method}'"
        if self._shutdown:
            return _INVALID_REQUEST, f"'{method}' came after shutdown"
        if method == types.INITIALIZE:
            return (_INVALID_REQUEST, "initialize was sent before") if self._begun else None
        if not self._begun:
            return _NOT_INITIALIZED, f"'{method}' came before initialize"
        if has_id and types.METHOD_TO_TYPES.get(method, (None, None))[1] is None:
            return _INVALID_REQUEST, f"'{method}' is a notification and has no id"
        return None

    def _dispatch(self, number: str | int | None, message: dict[str, object]) -> None:
        try:
            structured = self.structure_message(message)
        except JsonRpcException as error:
            if number is not None and "method" in message:
                self._refuse(number, error.code, error.message)
            return
        self._begun = self._begun or message.get("method") == types.INITIALIZE
        try:
            self.handle_message(structured)
        except (
            Exception
        ) as error:  # features' errors are answered by pygls; its own (an id that is no key) must not end the server
            log.exception("a message could not be handled")
            if number is not None and "method" in message:
                self._refuse(number, _INTERNAL_ERROR, f"{type(error).__name__}: {error}")

    def _send_handler_result(self, future: "Future[Any]", *, msg_id: str | int) -> None:
        """Effect: answer a request; that its text has changed is no error of ours, so nothing is logged."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, Outdated):
            self._request_futures.pop(msg_id, None)
            self._send_response(msg_id, error=types.ResponseError(types.LSPErrorCodes.ContentModified, error.message))
        else:
            super()._send_handler_result(future, msg_id=msg_id)

    def _send_response(
        self, msg_id: str | int, result: object = None, error: types.ResponseError | None = None
    ) -> None:
        """Effect: as pygls does it, but for :class:`Plain`: hundreds of typed objects hold up the loop for 15 ms."""
        if not isinstance(result, Plain):
            super()._send_response(msg_id, result, error)
            return
        self._result_types.pop(msg_id, None)
        self._write({"id": msg_id, "result": result.value})

    def _send_data(self, data: Any) -> None:
        """Effect: as pygls does it; where what is to be sent cannot be written (a client's own data, nested too deeply), who asked is told that."""
        try:
            body = json.dumps(data, default=self._serialize_message)
        except (ValueError, TypeError, RecursionError) as error:
            log.warning("a message could not be written: %s", type(error).__name__)
            if isinstance(number := getattr(data, "id", None), str | int) and not hasattr(data, "method"):
                self._refuse(number, _INTERNAL_ERROR, f"the answer cannot be written: {type(error).__name__}")
            return
        self._put(body)

    def _write(self, message: Mapping[str, object]) -> None:
        self._put(json.dumps({"jsonrpc": self.VERSION, **message}))

    def _put(self, body: str) -> None:
        if self.writer is not None:
            head = f"Content-Length: {len(body)}\r\nContent-Type: {self.CONTENT_TYPE}; charset={self.CHARSET}\r\n\r\n"
            self.writer.write((head + body).encode())  # ASCII: everything else is escaped

    def _refuse(self, number: str | int | None, code: int, why: str) -> None:
        log.warning("refused a message: %s", why)
        self._write({"id": number, "error": {"code": code, "message": why}})  # pygls would leave out an id that is null

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: object) -> None:  # type: ignore[override]  # pygls ends the process here; we end the loop
        """Note that the client has said goodbye; the transport stops reading."""
        self.ended = True

    @property
    def tidy(self) -> bool:
        """Whether ``shutdown`` came before the end, as the protocol asks."""
        return self._shutdown

    # pygls would keep a second copy of every document and count lines by str.splitlines, which knows more line ends
    # than the protocol does; the features of the same names, registered in syncing.py, do the work.
    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Hand the document to the feature."""
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Hand the change to the feature."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Hand the closing to the feature."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)
