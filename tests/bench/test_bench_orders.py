"""What models add to the order of places, on an instance whose gold function only a model knows."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fixbot_agent.settings import ModelSettings, Places, Settings
from fixbot_agent.settings.keys import Roles
from fixbot_bench.instance import Instance
from fixbot_bench.ordering import Ground, run
from fixbot_bench.runner import Runner
from fixbot_repair.git.snapshot import create

SHOP = "def count_the_stock(stock):\n    return len(stock)\n\n\ndef total(prices):\n    return sum(prices) + 1\n"
PATCH = "--- a/shop.py\n+++ b/shop.py\n@@ -5,2 +5,2 @@\n def total(prices):\n-    return sum(prices) + 1\n+    return sum(prices)\n"


@contextmanager
def reranker(status: int) -> Iterator[str]:
    """An endpoint that ranks by how often a text says `prices`."""

    class Reranks(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the terminal free."""

        def do_POST(self) -> None:
            documents = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["documents"]
            rows = [{"index": n, "relevance_score": text.count("prices")} for n, text in enumerate(documents)]
            data = json.dumps({"results": rows}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Reranks) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            server.shutdown()
            thread.join()


def test_both_orders_are_measured_on_the_same_tree(tmp_path: Path) -> None:
    top = tmp_path / "repos" / "o__r"
    top.mkdir(parents=True)
    (top / "shop.py").write_text(SHOP)
    base = create(top, "Begin").head
    instance = Instance(
        "o__r-1", "o/r", "1", "The stock is one too many\n\nCount the stock, not the total.", base, patch=PATCH
    )
    home = Places(tmp_path / "cache", tmp_path / "state", tmp_path / "config")
    for status, out in ((200, "answered"), (500, "refused")):
        with reranker(status) as address:
            model = ModelSettings("m", base_url=address, model="r", retries=0)
            ground = Ground(tmp_path / "repos", Settings(models={"m": model}, roles=Roles(rerank=("m",))), home)
            document = run([instance], ground, Runner(tmp_path / out))
        if status == 200:
            assert document["errors"] == {}
            assert (document["instances"], document["better"], document["worse"]) == (1, 1, 0)
            assert document["without"]["function"] == {"1": 0.0, "3": 1.0, "5": 1.0, "10": 1.0}  # type: ignore[index]
            assert document["with"]["function"]["1"] == 1.0  # type: ignore[index]
        else:
            assert document["instances"] == 0
            assert "without the role 'rerank'" in document["errors"]["o__r-1"]  # type: ignore[index]
