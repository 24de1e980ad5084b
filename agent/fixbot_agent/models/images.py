"""Pictures: those that a text shows, read from beside it where they may be, and as the protocol sends them."""

import base64
import binascii
import itertools
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from fixbot_agent.models.messages import Image, Message

_LARGEST = 4 << 20  # bytes of one picture; endpoints take 5 to 20 MB, in base64
_MOST = 8  # pictures of one text
_SHOWN = re.compile(
    r"!\[[^\]\n]{0,300}\]\(\s*<?(?P<markdown>[^\s)>]{1,2000})"
    r"|<img\b[^>]{0,500}?\bsrc\s*=\s*[\"']?(?P<html>[^\s\"'>]{1,2000})"
    r"|^\.\. (?:image|figure):: +(?P<rst>\S{1,2000})",
    re.IGNORECASE | re.MULTILINE,
)
# RFC 2397, as it is written into Markdown and HTML.
_DATA = re.compile(
    r"data:image/[\w.+-]{1,40}(?:;[\w.+=-]{1,40}){0,4};base64,(?P<data>[A-Za-z0-9+/=%]{4,})", re.IGNORECASE
)
_INSIDE = re.compile(r"data:(picture-\d+)")  # what stands for such an address
_MAGIC: Mapping[bytes, str] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a text: those that could be read, and the names of those that were not; `remote` of these lie elsewhere."""

    read: tuple[Image, ...] = ()
    unread: tuple[str, ...] = ()
    remote: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all."""
        return (*(i.name for i in self.read), *self.unread)


def named(text: str) -> tuple[str, ...]:
    """The addresses of pictures that `text` (Markdown, HTML, reStructuredText) shows, each once, in order."""
    found = (m["markdown"] or m["html"] or m["rst"] for m in _SHOWN.finditer(text))
    return tuple(dict.fromkeys(found))


def pictures(text: str, folder: Path | None) -> Pictures:
    """Effect: reads files. The pictures that `text` shows, as far as they stand in it or lie below `folder` (None: nowhere); nothing is fetched."""
    read: list[Image] = []
    unread: list[str] = []
    remote: list[str] = []
    within = _within(text)
    for address in named(shortened(text)):
        match = _INSIDE.fullmatch(address)
        image = within.get(match[1]) if match else _beside(address, folder) if folder is not None else None
        if image is not None and len(read) < _MOST:
            read.append(image)
            continue
        unread.append(_short(address))
        if _is_elsewhere(address):
            remote.append(unread[-1])
    return Pictures(tuple(read), tuple(unread), tuple(remote))


def shortened(text: str) -> str:
    """`text` with each picture that stands in it as data: replaced by its name: no model reads base64."""
    numbers = itertools.count(1)
    return _DATA.sub(lambda _: f"data:picture-{next(numbers)}", text)


def _within(text: str) -> dict[str, Image]:
    """The pictures that stand in `text`, by name; what is no picture, or too large, is left out."""
    found: dict[str, Image] = {}
    for number, match in enumerate(_DATA.finditer(text), 1):
        try:
            data = base64.b64decode(unquote(match["data"]), validate=True)
        except (ValueError, binascii.Error):
            continue
        if (media := media_of(data)) and len(data) <= _LARGEST:
            found[f"picture-{number}"] = Image(data, media, f"picture-{number}")
    return found


def unread(names: Sequence[str], why: str) -> str:
    """A line for a report on pictures that nobody looked at; "" where there are none."""
    if not names:
        return ""
    what = "an image was not read" if len(names) == 1 else f"{len(names)} images were not read"
    return f"{what} ({why}): {', '.join(names[:5])}{', …' if len(names) > 5 else ''}"


def parts(message: Message) -> list[object]:
    """The content of a message with pictures, as the protocol writes it."""
    shown: list[object] = [{"type": "text", "text": message.text}] if message.text else []
    for image in message.images:
        data = base64.b64encode(image.data).decode("ascii")
        shown.append({"type": "image_url", "image_url": {"url": f"data:{image.media};base64,{data}"}})
    return shown


def media_of(data: bytes) -> str:
    """The media type that the bytes themselves tell, "" for what models do not take."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((media for magic, media in _MAGIC.items() if data.startswith(magic)), "")


def _is_elsewhere(address: str) -> bool:
    try:
        return bool(urlsplit(address).netloc)
    except ValueError:
        return True


def _beside(address: str, folder: Path) -> Image | None:
    if _is_elsewhere(address):
        return None
    parsed = urlsplit(address)
    path = PurePosixPath(unquote(parsed.path))
    if parsed.scheme or parsed.netloc or path.is_absolute() or ".." in path.parts or "\0" in str(path):
        return None
    try:
        whole = (folder / path).resolve()
        if not whole.is_relative_to(folder.resolve()):
            return None
        descriptor = os.open(whole, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as source:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = source.read(_LARGEST + 1)
    except (OSError, ValueError):
        return None
    media = media_of(data)
    return Image(data, media, path.name) if media and len(data) <= _LARGEST else None


def _short(address: str) -> str:
    """The last part of an address, without what may stand in its query."""
    try:
        parsed = urlsplit(address)
    except ValueError:  # brackets that are no address of IPv6
        return "an image"
    name = "".join(c for c in PurePosixPath(parsed.path).name if c.isprintable())
    return name[:80] or (parsed.hostname or "an image")[:80]
