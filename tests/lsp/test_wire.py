"""What the server and its engine say to each other survives the way there."""

import pytest

from fixbot_agent.completing import Completion, Inline, Item, ItemKind
from fixbot_analysis.source import Span
from fixbot_lsp.engine.wire import Begin, Compiled, Completed, Cut, Edited, Message, Opened, Ready, decode, encode
from fixbot_lsp.errors import ChildFailed
from fixbot_repair.candidates import Edit
from fixbot_repair.checks import Finding, Severity

FINDING = Finding("a.py", 1, 2, 3, 4, "t", "r", Severity.WARNING, "m", "f", (Edit("a.py", Span(1, 2), "🦊"),))
COMPLETION = Completion((Inline("x\ny", Span(1, 2), 0.5, "codemodel"),), (Item("a", ItemKind.CLASS, 1, "s"),), 2.5)


@pytest.mark.parametrize(
    "message",
    [
        Begin("/a"),
        Opened("file:///a.py", "/", "a.py", "python", 3, "a\u2028b\nc🦊"),
        Edited("file:///a.py", 4, (Cut(0, 1, "🦊"), Cut(2, 2, ""))),
        Completed(3, COMPLETION),
        Compiled(4, (FINDING,)),
        Ready("/", 3, 0.5),
    ],
)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1
    assert decode(line) == message


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'{"is":"Nothing"}', b'{"is":"Ready","root":"","files":"3","seconds":1}', b"[" * 100_000]
)
def test_nonsense_is_an_error_of_ours(line: bytes) -> None:
    with pytest.raises(ChildFailed):
        decode(line)
