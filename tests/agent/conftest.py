"""An endpoint that answers by a script, for whoever tests what is said to models."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for `doubles`: files of tests are no package
Step = Mapping[str, object]


class Endpoint:
    """`script` are the answers: the n-th one is for whoever has n answers in his conversation. `raw` are all requests as bytes,
    `answered` the bodies of those that got their answer whole. `holds` says which (counted from 1) never get one.
    """

    def __init__(self, script: Sequence[Step]) -> None:
        self.script = list(script)
        self.raw: list[bytes] = []
        self.answered: list[bytes] = []
        self.holds: Callable[[int], bool] = lambda _: False
        self.pause = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                head = "".join(f"{k}: {v}\n" for k, v in self.headers.items()).encode()
                outer.raw.append(head + body)
                if outer.holds(len(outer.raw)):
                    time.sleep(30)
                    return
                time.sleep(outer.pause)
                data = json.dumps(outer.answer(json.loads(body))).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                    self.wfile.flush()
                except OSError:
                    return
                outer.answered.append(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def answer(self, request: Mapping[str, object]) -> Mapping[str, object]:
        said = [m for m in request["messages"] if m["role"] == "assistant"]  # type: ignore[attr-defined]
        step = self.script[min(len(said), len(self.script) - 1)]
        calls = [
            {
                "id": f"c{len(said)}",
                "type": "function",
                "function": {"name": step["tool"], "arguments": json.dumps(step["with"])},
            }
        ]
        message = {"role": "assistant", "content": step.get("text", "let me see"), "tool_calls": calls}
        usage = {"prompt_tokens": 1000, "completion_tokens": 10}
        return {"choices": [{"message": message, "finish_reason": "tool_calls"}], "usage": usage}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Callable[[Sequence[Step]], Endpoint]]:
    made: list[Endpoint] = []

    def make(script: Sequence[Step]) -> Endpoint:
        made.append(Endpoint(script))
        return made[-1]

    yield make
    for one in made:
        one.close()
