"""Issues by address: fetched once, bounded in size and time, without a token; a GitHub issue through its API."""

import http.client
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import IO
from urllib.parse import urlsplit

from fixbot_agent.errors import UsageFailure

_SECONDS = 20.0  # without a byte
_IN_ALL = 30.0  # seconds for the whole answer
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)/(?:issues|pull)/(\d+)(?:[/?#].*)?$")
_SAVE = "save the issue's text to a file and name that"
_TEXT = ("text/plain", "text/markdown", "text/x-", "application/octet-stream")


def is_address(text: str) -> bool:
    """Whether `text` is an address that :func:`fetch` takes."""
    return text.startswith(("http://", "https://"))


def endpoint(address: str) -> str:
    """Where the text of `address` is had: the API for an issue or pull request of GitHub, else the address itself."""
    found = _GITHUB.match(address)
    return f"https://api.github.com/repos/{found[1]}/{found[2]}/issues/{found[3]}" if found else address


def fetch(address: str, largest: int) -> bytes:
    """Effect: talks to the network. The issue's title and text, of at most `largest` bytes and one more.

    Raises UsageFailure where nothing is there, what is there is a page and not a text, or the address names a password.
    """
    parts = urlsplit(address)
    if parts.username or parts.password or not parts.hostname:
        raise UsageFailure(f"{parts.hostname or 'the address'} is not asked with a password in the address", _SAVE)
    headers = {"User-Agent": "fixbot", "Accept": "application/vnd.github+json, application/json, text/*"}
    request = urllib.request.Request(endpoint(address), headers=headers)  # noqa: S310 - is_address allows http(s) only
    opener = urllib.request.build_opener(_Redirects())
    try:
        kind, data = _in_time(partial(_asked, opener, request, largest))
    except urllib.error.HTTPError as error:
        raise UsageFailure(f"{address} cannot be read: the server says {error.code} {error.reason}", _SAVE) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "reason", error)
        raise UsageFailure(f"{address} cannot be read: {why}", _SAVE) from error
    return _text(address, kind, data)


def _asked(opener: urllib.request.OpenerDirector, request: urllib.request.Request, largest: int) -> tuple[str, bytes]:
    with opener.open(request, timeout=_SECONDS) as answer:
        return answer.headers.get_content_type(), answer.read(largest + 1)


def _in_time(ask: Callable[[], tuple[str, bytes]]) -> tuple[str, bytes]:
    """What `ask` gives; TimeoutError where a server takes longer in all, however little it sends at a time."""
    answer: Future[tuple[str, bytes]] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - raised where the answer is asked for
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        return answer.result(timeout=_IN_ALL)
    except TimeoutError as error:
        raise TimeoutError(f"no whole answer within {_IN_ALL:g} s") from error


def _text(address: str, kind: str, data: bytes) -> bytes:
    if kind == "application/json" or kind.endswith("+json"):
        return _of_json(address, data)
    if kind.startswith(_TEXT):
        return data
    raise UsageFailure(f"{address} is {kind}, not the text of an issue", _SAVE)


def _of_json(address: str, data: bytes) -> bytes:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageFailure(f"{address} answered with JSON that is none, or too large", _SAVE) from error
    title, body = (found.get(key) or "" for key in ("title", "body")) if isinstance(found, dict) else ("", "")
    if not isinstance(title, str) or not isinstance(body, str) or not (title or body):
        raise UsageFailure(f"{address} answered with JSON that has neither title nor body", _SAVE)
    return f"# {title}\n\n{body}\n".encode("utf-8", "replace")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to http(s) only, and never from https to http."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request; None, an error for the caller, where it would leave for something less safe."""
        allowed = ("https://",) if req.full_url.startswith("https://") else ("https://", "http://")
        return super().redirect_request(req, fp, code, msg, headers, newurl) if newurl.startswith(allowed) else None
