"""Server-sent events: the bytes of an answer into the data of its events; an answer that is one document is one event."""

import codecs
import json
from collections.abc import Iterable, Iterator

from fixbot_agent.errors import ModelError

_LONGEST = 1 << 20  # characters of one event


def events(body: Iterable[bytes]) -> Iterator[str]:
    """Effect: reads `body`. The data of each event; a body that is no event stream is one event. Raises ModelError for what is neither."""
    decode, whole, buffer, is_stream = codecs.getincrementaldecoder("utf-8")("replace").decode, [""], "", False
    for chunk in body:
        text = decode(chunk)
        if not is_stream:
            text = text if whole[-1] else text.lstrip("\ufeff \t\r\n")
            is_stream = not whole[-1] and bool(text) and text[0] not in "{[<"
            if not is_stream:
                whole += [text] if text else []
                continue
        *lines, buffer = (buffer + text).split("\n")
        if len(buffer) > _LONGEST:
            raise ModelError("an event of the answer is too long", "is the endpoint healthy?")
        yield from _data(lines)
    if is_stream:
        yield from _data([buffer])
    elif whole[-1]:
        yield "".join(whole)


def _data(lines: list[str]) -> Iterator[str]:
    for line in lines:
        field, colon, value = line.strip().partition(":")
        if field == "data" and value.strip():
            yield value.strip()
        elif field == "error" and colon:  # how older servers tell an error in mid-stream
            yield f'{{"error": {_document(value.strip())}}}'
        elif line.strip() and not colon:
            raise ModelError("the answer is no event stream", "is base_url an OpenAI-compatible endpoint?")


def _document(text: str) -> str:
    """`text` where it is JSON, else as a string of JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return json.dumps(text)
    return text
