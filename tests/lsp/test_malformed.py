"""Malformed input: a clean error, bounded memory, and the next message is answered as if nothing had been."""

import asyncio
import json
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

from fixbot_lsp.talking.transport import _read

PARSE_ERROR, INVALID_REQUEST, NO_METHOD, BAD_PARAMS = -32700, -32600, -32601, -32602


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


BAD = (
    (b"Content-Length: -1\r\n\r\n", PARSE_ERROR),
    (b"Content-Length: many\r\n\r\n", PARSE_ERROR),
    (b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}\n", PARSE_ERROR),
    (b"Content-Length: 99999999999999999999\r\n\r\n", PARSE_ERROR),
    (b"GET / HTTP/1.1\r\n", PARSE_ERROR),
    (b"Content-Length: 5\r\n\r\n{nope", PARSE_ERROR),
    (b"Content-Length: 2\r\n\r\n\xff\xfe", PARSE_ERROR),
    (b"Content-Length: 200000\r\n\r\n" + b"[" * 200_000, PARSE_ERROR),
    (
        framed(
            {
                "jsonrpc": "2.0",
                "id": 5,
                "method": "completionItem/resolve",
                "params": {"label": "x", "data": float("nan")},
            }
        ),
        PARSE_ERROR,
    ),
    (framed([{"jsonrpc": "2.0", "id": 1, "method": "shutdown"}]), INVALID_REQUEST),
    (framed({"id": 1, "method": "shutdown"}), INVALID_REQUEST),
    (framed("hello"), INVALID_REQUEST),
    (framed({"jsonrpc": "2.0", "id": [1], "method": "shutdown"}), INVALID_REQUEST),
    (framed({"jsonrpc": "2.0", "id": 5, "method": ["shutdown"]}), INVALID_REQUEST),
    (framed({"jsonrpc": "2.0", "id": 5, "method": "no/such"}), NO_METHOD),
    (framed({"jsonrpc": "2.0", "id": 5, "method": "initialized", "params": {}}), INVALID_REQUEST),
    (framed({"jsonrpc": "2.0", "id": 5, "method": "textDocument/completion", "params": {"x": 1}}), BAD_PARAMS),
    (framed({"jsonrpc": "2.0", "id": 5, "method": "textDocument/completion", "params": None}), BAD_PARAMS),
)


def test_a_clean_error_for_each_and_on_it_goes(client: Any) -> None:
    client.initialize()
    for data, code in BAD:
        client.send_bytes(data)
        while "error" not in (message := client.receive()):
            pass
        assert message["error"]["code"] == code, (data[:100], message)
        assert "id" in message, "null where nobody knows which (JSON-RPC 2.0)"
        assert client.alive()


def test_an_answer_that_cannot_be_written_is_an_error_and_not_silence(client: Any) -> None:
    """An item's data comes back as it went: nested more deeply than it can be written again."""
    client.initialize()
    data: object = 1
    for _ in range(400):
        data = [{"a": data}]
    client.request(9, "completionItem/resolve", {"label": "x", "data": data})
    assert client.answer(9)["error"]["code"] == -32603
    assert client.alive()


def test_one_byte_at_a_time(client: Any) -> None:
    client.initialize()
    for byte in framed({"jsonrpc": "2.0", "id": "🦊", "method": "shutdown"}):
        client.send_bytes(bytes([byte]))
    assert client.answer("🦊")["result"] is None


def test_a_cancel_of_what_is_no_id_ends_nothing(client: Any) -> None:
    client.initialize()
    for number in ({}, [1], None, 1.5, "unknown"):
        client.send_bytes(framed({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}))
    client.request(9, "shutdown")
    assert client.answer(9)["result"] is None


def test_requests_after_shutdown_are_refused(client: Any) -> None:
    client.initialize()
    client.request(8, "shutdown")
    client.request(9, "textDocument/completion", {})
    assert client.answer(9)["error"]["code"] == INVALID_REQUEST


def test_requests_before_initialize_and_a_second_initialize_are_refused(client: Any) -> None:
    client.request(7, "textDocument/completion", {})
    assert client.answer(7)["error"]["code"] == -32002
    client.initialize()
    client.request(8, "initialize", {"capabilities": {}})
    assert client.answer(8)["error"]["code"] == INVALID_REQUEST


def test_a_message_of_300_megabytes_is_not_held(client: Any) -> None:
    client.initialize()
    before = client.resident()
    client.send_bytes(b"Content-Length: 300000000\r\n\r\n")
    for _ in range(300):
        client.send_bytes(b" " * 1_000_000)
    assert client.answer(None)["error"]["code"] == PARSE_ERROR
    assert client.alive()
    assert client.resident() - before < 20_000_000


def test_a_large_a_binary_and_a_deeply_nested_document(client: Any, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    texts = ["x = 1\n" * 4_000_000, "\x00\x01\x02 \ud800 \u2028" * 1000, "(" * 100_000, "def f(:\n    '''", ""]
    for number, text in enumerate(texts):
        uri = (tmp_path / f"f{number}.py").as_uri()
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 1}}
        client.request(100 + number, "textDocument/completion", place)
        assert "result" in client.answer(100 + number)
    assert client.alive()


def test_documents_at_odd_addresses(client: Any, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    for uri in ("file:///%00", "file:///../../etc/passwd", "nonsense", "", "ssh://x/y.py", "file://[", "🦊"):
        item = {"uri": uri, "languageId": "python", "version": 1, "text": "value = 1\nval\n"}
        client.notify("textDocument/didOpen", {"textDocument": item})
        place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}}
        client.request(3, "textDocument/completion", place)
        assert [i["label"] for i in client.answer(3)["result"]["items"]] == ["value"], uri


def test_places_outside_of_the_document(client: Any, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    uri = (tmp_path / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": 'fox = "🦊"\n'}
    client.notify("textDocument/didOpen", {"textDocument": item})
    for line, character in ((0, 2**31 - 1), (2**31 - 1, 0), (1, 2**31 - 1), (0, 8)):
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        client.request(3, "textDocument/completion", place)
        assert "result" in client.answer(3)


def test_changes_to_a_document_that_is_not_open_are_passed_over(client: Any, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    identity = {"uri": (tmp_path / "a.py").as_uri(), "version": 5}
    change = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 9}}, "text": "x"}
    client.notify("textDocument/didChange", {"textDocument": identity, "contentChanges": [change]})
    client.notify("textDocument/didSave", {"textDocument": identity})
    client.notify("textDocument/didClose", {"textDocument": identity})
    assert client.alive()


def test_a_flood_of_requests_that_are_cancelled_at_once(client: Any, tmp_path: Path) -> None:
    client.initialize(tmp_path)
    uri = (tmp_path / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "value = 1\nval\n"}
    client.notify("textDocument/didOpen", {"textDocument": item})
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}}
    flood = b""
    for number in range(1000, 1500):
        flood += framed({"jsonrpc": "2.0", "id": number, "method": "textDocument/completion", "params": place})
        flood += framed({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}})
    client.send_bytes(flood)
    answers = [client.answer(number) for number in range(1000, 1500)]
    assert {a["error"]["code"] for a in answers if "error" in a} == {-32800}
    assert sum("error" in a for a in answers) > 400  # the rest were answered before their cancel was read
    assert client.alive()


def test_stdout_holds_nothing_but_the_protocol_and_the_end_is_clean(client: Any) -> None:
    client.initialize()
    assert client.close() == 0
    rest = client.end()
    assert b"Content-Length" not in rest
    assert b"Traceback" not in rest


def test_a_client_that_just_goes_away_ends_the_server(client: Any) -> None:
    client.initialize()
    assert client.process.stdin
    client.process.stdin.close()
    assert client.process.wait(30) == 1


def test_json_with_a_nested_object_that_looks_like_a_message(client: Any) -> None:
    client.initialize()
    inner = {"jsonrpc": "2.0", "id": 1, "method": "shutdown"}
    client.request(9, "workspace/executeCommand", {"command": "x", "arguments": [inner]})
    assert client.answer(9)["error"]["code"] == BAD_PARAMS
    assert client.alive()


def test_the_log_has_one_line_for_each_and_no_traceback(client: Any) -> None:
    client.initialize()
    for method in ("textDocument/completion", "textDocument/codeAction"):
        client.request(5, method, {"x": 1})
        assert client.answer(5)["error"]["code"] == BAD_PARAMS
    client.notify("textDocument/didOpen", {"x": 1})
    assert client.close() == 0
    said = client.process.stderr.read().decode()
    assert "Traceback" not in said
    assert all(line.startswith(("WARNING ", "ERROR ")) for line in said.splitlines()), said
    assert said.count("Unable to deserialize") == 3


def test_a_client_that_goes_before_it_began_leaves_no_traceback(client: Any) -> None:
    client.process.stdin.close()
    assert client.process.wait(30) == 1
    assert client.process.stderr.read() == b""


def test_a_reader_whose_loop_has_gone_is_silent() -> None:
    ends = os.pipe()
    loop = asyncio.new_event_loop()

    class Leaving(asyncio.Queue[Any]):
        async def put(self, item: object) -> None:
            raise asyncio.CancelledError

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    os.close(ends[1])
    with os.fdopen(ends[0], "rb") as stream:
        _read(stream, Leaving(), loop)  # CancelledError is what it gets when the loop ends first
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_sigterm_ends_it_as_ctrl_c_does(client: Any) -> None:
    client.initialize()
    client.process.send_signal(signal.SIGTERM)
    assert client.process.wait(30) == 130
    assert client.process.stderr.read().decode().split() == ["fixbot:", "interrupted"]


def test_a_flood_of_edits_and_whole_texts_ends_with_the_right_text(client: Any, tmp_path: Path) -> None:
    """Thousands of edits, versions out of order, a text of 1 MB again and again: memory stays bounded, and the last word counts."""
    client.initialize(tmp_path)
    before = client.resident()
    uri = (tmp_path / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": ""}
    client.notify("textDocument/didOpen", {"textDocument": item})
    start = {"line": 0, "character": 0}
    typed = b"".join(
        change(uri, 3_000 - n, {"range": {"start": start, "end": start}, "text": "x"}) for n in range(3_000)
    )
    client.send_bytes(typed)
    whole = change(uri, 3, {"text": "y = 1\n" * 160_000})
    for _ in range(40):
        client.send_bytes(whole)
    client.send_bytes(change(uri, 1, {"text": "value_here = 1\nval\n"}))
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}}
    client.request(3, "textDocument/completion", place)
    assert "value_here" in [each["label"] for each in client.answer(3)["result"]["items"]]
    assert client.resident() - before < 60_000_000


def change(uri: str, version: int, event: object) -> bytes:
    params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [event]}
    return framed({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})


def test_a_root_that_is_deleted_and_files_that_vanish(client: Any, tmp_path: Path) -> None:
    root = tmp_path / "gone"
    root.mkdir()
    (root / "b.py").write_text("x = 1\n")
    client.initialize(root)
    uri = (root / "a.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "value_here = 1\nval\n"}
    client.notify("textDocument/didOpen", {"textDocument": item})
    while client.receive().get("method") != "fixbot/learnt":
        pass
    shutil.rmtree(root)
    event = {"uri": (root / "b.py").as_uri(), "type": 3}
    client.notify("workspace/didChangeWatchedFiles", {"changes": [event, {"uri": root.as_uri(), "type": 3}]})
    client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    place = {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 3}}
    client.request(3, "textDocument/completion", place)
    assert "value_here" in [each["label"] for each in client.answer(3)["result"]["items"]]
    assert client.alive()
