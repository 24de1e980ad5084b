"""What a question asks, read from its words: one of a few relations between names, or anything else."""

import re
from dataclasses import dataclass

from fixbot_agent.asking.forms import FORMS

_FILLING = re.compile(
    r"^(?:(?:the|a|an|this|that|function|method|class|module|file|exception|error|type|variable|constant|option|setting|parameter|argument|"
    r"der|die|das|den|dem|klasse|funktion|methode|modul|datei|le|la|les|un|une|el|los|las|una|classe|fonction|méthode|clase|función|método)\s+)+|"
    r"\s+(?:function|method|class|module|file|option|setting|exception|error|argument|parameter)$|\(\)$|^(?:类|函数|方法|模块)\s*|\s*(?:类|函数|方法|模块)$",
    re.IGNORECASE,
)
# What reads as a name of code in a text of any language: quoted, dotted, with underscores, in camels, or called.
_NAMED = re.compile(
    r"`([^`\s]+)`|([\w./-]+\.\w{1,4}::[\w.]+)|([^\W\d]\w*(?:(?:\.|::)[^\W\d]\w*)+)|([^\W\d_]\w*_\w*|_\w+)|(\w*[a-z\d][A-Z]\w*)|([^\W\d]\w*)\(\)"
)
_CAPITAL = re.compile(r"(?<=\s)[^\W\d_a-z][\w]*")
_ALONE = re.compile(r"\A([^\W\d]\w*)[?.!]*\Z")
_NOBODY = frozenset(
    ["i", "we", "you", "one", "they", "it", "people", "users", "somebody", "someone", "anybody", "anyone"]
)
_LONGEST = 2000  # characters of a question that are read for a form


@dataclass(frozen=True, slots=True)
class Question:
    """`kind` is one of the relations above, ``about`` for what names things only, ``located`` for any other text. `names` as they are written.

    `perhaps` are words that are names only where the project has them: with a capital, not at the beginning, or the only one. `is_read` is whether what is
    asked of the names was understood, too; `owner` is what the name asked about belongs to, where that is said.
    """

    kind: str
    names: tuple[str, ...]
    text: str
    perhaps: tuple[str, ...] = ()
    is_read: bool = False
    owner: str = ""


def read_question(text: str) -> Question:
    """What `text` asks."""
    asked = " ".join(text[:_LONGEST].split())
    for kind, form in FORMS:
        match = form.fullmatch(asked)
        slots = ("a", "b") if kind in ("path", "compared") else ("x",)
        if match is not None and not any(bare(match[slot]).casefold() in _NOBODY for slot in slots):
            given = match.groupdict()
            owner = _meant(given.get("of") or "")
            read = bare if len(slots) > 1 else _meant
            return Question(kind, tuple(read(given[slot]) for slot in slots), text, is_read=True, owner=owner)
    names = written_names(asked)
    words = (_ALONE.findall(asked) or _CAPITAL.findall(asked)) if not names else ()
    return Question("about" if names else "located", names, text, tuple(dict.fromkeys(words)))


def _meant(given: str) -> str:
    """The name in what stands in a name's place: with words around it, the only one that is written as only code is."""
    name = bare(given)
    written = written_names(given) if " " in name else ()
    return written[0] if len(written) == 1 else name


def bare(name: str) -> str:
    """A name without the words and signs around it: ``the function `save()`` is ``save``."""
    before, name = "", name.strip().strip("`'\"")
    while name != before:
        before, name = name, _FILLING.sub("", name).strip("`'\" ")
    return name


def written_names(text: str) -> tuple[str, ...]:
    """What looks like a name of code in `text`, in order, each once."""
    found = (next(filter(None, match.groups())) for match in _NAMED.finditer(text))
    return tuple(dict.fromkeys(bare(name) for name in found))
