"""Issues by address: from a real server on this machine; nothing that is no text, no password, nothing endless."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fixbot_agent.errors import UsageFailure
from fixbot_agent.solving.addresses import endpoint, fetch

PAGES = {
    "/issue.md": ("text/markdown", b"# Odd\n\narea(2) is 3\n"),
    "/api": ("application/json", json.dumps({"title": "Odd", "body": "area(2) is 3", "user": {}}).encode()),
    "/empty": ("application/json", b'{"title": null, "body": null}'),
    "/list": ("application/json", b"[1]"),
    "/broken": ("application/json", b"{"),
    "/page": ("text/html", b"<html>"),
    "/endless": ("text/plain", b"x" * 5000),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        kind, data = PAGES.get(self.path, ("", b""))
        self.send_response(200 if kind else 404)
        self.send_header("Content-Type", kind or "text/plain")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Silence."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_text_and_the_api_of_a_forge(server: str) -> None:
    assert fetch(f"{server}/issue.md", 1000) == b"# Odd\n\narea(2) is 3\n"
    assert fetch(f"{server}/api", 1000) == b"# Odd\n\narea(2) is 3\n"


def test_no_more_is_read_than_may_be(server: str) -> None:
    assert len(fetch(f"{server}/endless", 1000)) == 1001


@pytest.mark.parametrize("path", ["/empty", "/list", "/broken", "/page", "/nothing", "/away"])
def test_what_is_no_issue_is_one_clear_error(server: str, path: str) -> None:
    with pytest.raises(UsageFailure) as caught:
        fetch(server + path, 1000)
    assert caught.value.hint


def test_no_password_goes_out_and_a_dead_server_is_said(server: str) -> None:
    with pytest.raises(UsageFailure, match="password"):
        fetch(server.replace("http://", "http://me:secret@") + "/api", 1000)
    with pytest.raises(UsageFailure, match="cannot be read"):
        fetch("http://127.0.0.1:9/x", 1000)


@pytest.mark.parametrize("tail", ["issues/12", "pull/12", "issues/12#issuecomment-1", "issues/12?x=y"])
def test_an_issue_of_github_is_asked_of_its_api(tail: str) -> None:
    assert endpoint(f"https://github.com/some/thing/{tail}") == "https://api.github.com/repos/some/thing/issues/12"
    assert endpoint("https://example.org/some/thing/issues/12") == "https://example.org/some/thing/issues/12"
