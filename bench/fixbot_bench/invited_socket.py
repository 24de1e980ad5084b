"""The scripted model behind a socket: what of its answers comes through the whole way of a completion."""

import json
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fixbot_agent.completing.cleaning import Draft
from fixbot_agent.completing.predicting import Answer, Cancel, predictor_of
from fixbot_agent.settings import ModelSettings, Places, Settings
from fixbot_analysis.index import Index
from fixbot_analysis.source import Document
from fixbot_bench.errors import DatasetError

_PIECE = 12  # characters of an event


class Scripted:
    """An endpoint of the OpenAI kind that says `text` to every question, in pieces."""

    def __init__(self) -> None:
        """Effect: listens to a free port of this machine, until :meth:`close`."""
        self.text = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
                """Nothing is told."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for at in range(0, len(outer.text), _PIECE):
                    self._event(outer.text[at : at + _PIECE], None)
                self._event("", "stop")

            def _event(self, text: str, finish: str | None) -> None:
                choice = {"choices": [{"text": text, "finish_reason": finish}]}
                self.wfile.write(b"data: " + json.dumps(choice).encode() + b"\n\n")

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def address(self) -> str:
        """The base of its URLs."""
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def close(self) -> None:
        """Effect: stop listening."""
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def _endpoint() -> Iterator[Scripted]:
    made = Scripted()
    try:
        yield made
    finally:
        made.close()


def asked(drafts: Sequence[Draft]) -> Iterator[Answer]:
    """Effect: each draft's document as a project of its own, completed over HTTP by a model that says the draft's text."""
    with _endpoint() as endpoint, tempfile.TemporaryDirectory(prefix="fixbot-invited-") as folder:
        root = Path(folder)
        model = ModelSettings("scripted", base_url=endpoint.address, model="m", fim="suffix", retries=0, timeout=20)
        for number, draft in enumerate(drafts):
            endpoint.text = draft.text
            home = root / f"home{number}"
            places = Places(home / "cache", home / "state", home / "config")
            service = predictor_of(Settings(models={"scripted": model}), places, ("scripted",), {}, patient=True)
            if service is None:
                raise DatasetError("the scripted model is not used", "unset FIXBOT_NO_MODEL and FIXBOT_OFFLINE")
            path = root / f"project{number}" / draft.path
            path.parent.mkdir(parents=True)
            path.write_bytes(draft.data)
            with Index.open(root / f"project{number}", root / f"cache{number}") as index:
                position = Document(draft.path, draft.data).position(draft.offset)
                prepared = service.predictor.prepare(index, draft.path, position, trusted=True)
                heard = service.predictor.predict(prepared, Cancel(), invoked=True)
                yield service.predictor.finish(prepared, heard)
            service.predictor.close()
