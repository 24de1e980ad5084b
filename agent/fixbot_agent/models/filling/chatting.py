"""The last resort: a model that only converses is asked for the missing text, and what it wraps around it is taken off."""

import re

from fixbot_agent.models.filling.hole import Hole
from fixbot_agent.models.messages import Message, Role

VERSION = "fill.v1"
CURSOR = "<CURSOR/>"

_SYSTEM = f"""\
You complete code in an editor. The user gives you a file with the mark {CURSOR} where the cursor is.
Answer with the text that belongs in place of the mark, and nothing else: no explanation, nothing of what stands before or after the mark.
Put the answer between ``` lines, with its indentation as it has to be. Stop where the code after the mark goes on."""

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})[\w+.#-]*[ \t]*\n?")


def conversation(hole: Hole) -> list[Message]:
    """What is said to the model."""
    parts = [f"From {extra.path}:\n{_fenced(extra.text)}\n" for extra in hole.extras]
    what = "Only the rest of this line is wanted.\n" if hole.one_line else ""
    code = f"{hole.prefix.replace(CURSOR, '')}{CURSOR}{hole.suffix.replace(CURSOR, '')}"
    parts.append(f"The file {hole.path}:\n{_fenced(code)}\n{what}")
    return [Message(Role.SYSTEM, _SYSTEM), Message(Role.USER, "\n".join(parts))]


def _fenced(text: str) -> str:
    """`text` between fences longer than any that it holds itself."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`{3,}", text)), 3)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def unwrapped(answer: str, hole: Hole) -> str:
    """The text of an answer so far: without fences, talk before them, the mark, and the code that was to go on from."""
    text = _inside(answer)
    if CURSOR in text:  # the file was repeated with the mark filled in or left standing
        text = text.partition(CURSOR)[2] or text.partition(CURSOR)[0]
    return _without_echo(text, hole.prefix)


def _inside(answer: str) -> str:
    """What stands between the first fence and its end; all of it where there is no fence, or only talk so far."""
    opening = _FENCE.match(answer) or re.search(r"\n" + _FENCE.pattern, answer)
    if opening is None:
        return "" if answer.strip(" \t\n") in ("`", "``", "```") else answer
    body = answer[opening.end() :]
    mark = opening[1]
    closing = re.search(rf"(?:^|\n)[ \t]*{re.escape(mark[0])}{{{len(mark)},}}", body)
    return body[: closing.start()] if closing else re.sub(r"\n[ \t]*[`~]{0,2}\Z", "", body)


def _without_echo(text: str, prefix: str) -> str:
    """`text` without the last lines of `prefix` at its beginning; the unfinished line also where its indentation was lost."""
    lines = prefix.split("\n")
    for count in range(min(len(lines), 8), 0, -1):
        tail = "\n".join(lines[-count:])
        if tail.strip() and text.startswith(tail):
            return text[len(tail) :]
    last = lines[-1].strip()
    if last and text.lstrip().startswith(last):
        # The same words may be wanted again; a whole statement's beginning is not.
        return text.lstrip()[len(last) :] if len(last) > 3 else text
    return text
