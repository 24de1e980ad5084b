"""Commands of the project that an issue shows at a shell's prompt, as expressions that give what they print."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise

_COMMAND = re.compile(r"^\s*(?:\([\w.-]+\) ?)?\$ (?:python[\d.]*) (-m [A-Za-z_][\w.]*.*)$")
_PROMPT = re.compile(r"^\s*(?:\([\w.-]+\) ?)?\$ ")
_SHELL = re.compile(r"[|<>;&`$*?]|\\$")  # what only a shell understands


def commands(block: str) -> Iterator[tuple[str, str]]:
    """(expression, output) of each `$ python -m …` in `block` that needs no shell."""
    expression, output = "", list[str]()
    for line in [*block.split("\n"), "$ "]:
        if not _PROMPT.match(line):
            output.append(line)
            continue
        if expression:
            yield expression, "\n".join(output).strip("\n")
        found = _COMMAND.match(line)
        expression, output = _expression(found[1]) if found else "", []


def modules(block: str) -> Iterator[str]:
    """A program for each `$ python -m …` in `block` that ended in a traceback: it runs the module in its own process."""
    lines = block.split("\n")
    for line, below in pairwise([*lines, ""]):
        found = _COMMAND.match(line)
        words = _words(found[1]) if found and below.startswith("Traceback (most recent call last)") else []
        if len(words) > 1:
            yield (
                f"import runpy\nimport sys\nsys.argv = {words[1:]!r}\ntry:\n"
                f"    runpy.run_module({words[1]!r}, run_name='__main__', alter_sys=True)\nexcept SystemExit:\n    pass"
            )


def _words(arguments: str) -> list[str]:
    try:
        return [] if _SHELL.search(arguments) else shlex.split(arguments)
    except ValueError:  # a quote without its end
        return []


def _expression(arguments: str) -> str:
    words = _words(arguments)
    listed = ", ".join(["sys.executable", *map(repr, words)])
    said = "stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=True"
    return f"subprocess.run([{listed}], {said}).stdout" if words else ""


SET_UP = "import subprocess\nimport sys"
