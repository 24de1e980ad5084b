"""Records a command in a terminal of its own as an SVG: python tools/record.py OUT.svg TITLE -- COMMAND ARG..."""

import os
import pty
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100


def run(command: list[str]) -> str:
    """Effect: run `command` on a pseudo-terminal; returns what it showed."""
    shown = bytearray()

    def read(fd: int) -> bytes:
        data = os.read(fd, 1 << 16)
        shown.extend(data)
        return data

    os.environ.update(COLUMNS=str(COLUMNS), TERM="xterm-256color")
    pty.spawn(command, read)
    return shown.decode(errors="replace").replace("\r\n", "\n")


def settled(text: str) -> str:
    """What is left on the screen when progress has cleared its lines away."""
    text = re.sub(r"\x1b\[\?25[lh]", "", text)
    lines: list[str] = []
    for line in (re.sub(r".*\r", "", row) for row in text.split("\n")):
        ups = len(re.findall(r"\x1b\[1?A", line))
        del lines[len(lines) - ups :]
        lines.append(re.sub(r"(?:\x1b\[\d*[AK])+", "", line))
    return "\n".join(lines)


def main() -> None:
    """Effect: write the SVG named first on the command line."""
    out, title, _, *command = sys.argv[1:]
    screen = settled(run(command))
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115 - ends with us
    console.print(Text.from_ansi(f"\x1b[2m$ {title}\x1b[0m\n\n{screen.strip()}"))
    svg = re.sub(r"\s*@font-face \{.*?\}", "", console.export_svg(title=title), flags=re.DOTALL)  # no fetching of fonts
    Path(out).write_text(svg)


if __name__ == "__main__":
    main()
