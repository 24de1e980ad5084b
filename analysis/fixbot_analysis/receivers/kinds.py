"""What a value is, as far as it is known: a definition of the project, an own type of the language, an object as it is written; and how types are written."""

import re
from dataclasses import dataclass

from fixbot_analysis.graph.foreign_scope import Meaning
from fixbot_analysis.symbols.foreign_text import type_name

_SCRIPTS = frozenset({"typescript", "tsx", "javascript"})
_LONGEST = 1_000  # characters of a type that is made sense of
_HEAD = re.compile(
    r"^(?:(?:const|volatile|mut|dyn|impl|static|final|readonly|struct|class|enum|union|typename|public|private|protected|virtual"
    r"|inline|constexpr|extern|transient|abstract|override|async|unsigned|signed|&&?|\*|:|'\w+)(?=\W|\b)\s*)+"
)
_GENERIC = re.compile(r"([\w$.:]+)\s*[<\[](.*)[>\]]\s*[&*\s]*", re.DOTALL)
_NAME = re.compile(r"[\w$]+(?:(?:\.|::)[\w$]+)*")
_OPEN, _CLOSE = "([{<", ")]}>"


@dataclass(frozen=True, slots=True)
class Written:
    """A type as it is written in `scope` (a qualified name) of the file at `path`."""

    text: str
    path: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that a value may be.

    `meaning` is a definition, or with :attr:`Meaning.instance` an object of it; `native` names an own type of the language
    (:data:`fixbot_analysis.receivers.natives.MEMBERS`), `inner` are its type arguments; `names` what an object literal holds, "function" or "attribute" each.
    """

    meaning: Meaning | None = None
    native: str = ""
    inner: tuple[Written, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """A type taken apart: its dotted `name` ("[]" for an array) and its arguments; of a struct that is written out the names of its fields."""

    name: str
    arguments: tuple[str, ...] = ()


def forms(text: str, language: str) -> list[Form]:
    """What a type as written may be: one form, or one for each part of a union; none for what has no name."""
    text = text.strip()
    if len(text) > _LONGEST:
        return []
    if language in _SCRIPTS:
        parts = [p.strip() for p in listed(text.lstrip(": "), "|") if p.strip() not in ("", "null", "undefined")]
        return [form for part in parts if (form := _script(part))]
    made = _go(text) if language == "go" else _angled(text, language)
    return [made] if made else []


def _script(text: str) -> Form | None:
    text = text.removeprefix("readonly ").strip()
    if text[:1] in ("'", '"', "`"):
        return Form("string")
    if text.endswith("[]"):
        return Form("[]", (text[:-2].strip("() "),))
    if text.startswith("("):
        return None if "=>" in text else _script(text[1:-1]) if text.endswith(")") else None
    if text.startswith("["):
        return Form("[]", ())
    return _named(text)


def _go(text: str) -> Form | None:
    text = text.strip().lstrip("*").strip()
    if text.startswith("..."):
        return Form("[]", (text[3:],))
    if found := re.match(r"\[[\w.]*\](.*)", text, re.DOTALL):
        return Form("[]", (found[1],))
    if found := re.match(r"map\[([^\]]*)\](.*)", text, re.DOTALL):
        return Form("map", (found[1], found[2]))
    if text.startswith("struct"):
        return Form("struct", tuple(re.findall(r"[{;\n,]\s*(\w+)(?=[ \t,])", text)))
    if found := re.match(r"(chan|func|interface)\b|<-", text):
        return Form({"func": "function", "interface": ""}.get(found[1] or "", "channel"))
    return _named(text)


def _angled(text: str, language: str) -> Form | None:
    """A type of Rust, Java, C or C++."""
    text = _HEAD.sub("", text).strip()
    if language == "rust" and text.startswith("["):
        return Form("[]", (text[1:-1].partition(";")[0].strip(),))
    if language == "java" and (text.endswith(("[]", "..."))):
        return Form("[]", (text[:-2].strip(". "),))
    return _named(text)


def _named(text: str) -> Form | None:
    text = text.strip().rstrip("&* ?")
    text = re.split(r"\s+(?:\+|const\b|extends\b)", text, maxsplit=1)[0].strip()
    if _NAME.fullmatch(text):
        return Form(text.replace("::", "."))
    if (found := _GENERIC.fullmatch(text)) and (name := type_name(found[1])):
        return Form(name, tuple(part.strip() for part in listed(found[2], ",") if part.strip()))
    return None


def listed(text: str, comma: str) -> list[str]:
    """`text` cut at the commas that are in no brackets; the ``>`` of an arrow closes none."""
    found, depth = [""], 0
    for at, sign in enumerate(text):
        arrow = sign == ">" and text[at - 1 : at] in ("=", "-")
        depth += (sign in _OPEN) - (sign in _CLOSE and not arrow)
        if sign == comma and not depth:
            found.append("")
        else:
            found[-1] += sign
    return found


def of_field(signature: str, name: str, language: str) -> str:
    """The type that the line `signature` declares the field `name` with, as written; ``""`` where it says none."""
    if language in _SCRIPTS or language == "rust":
        found = re.search(rf"(?<![\w$])#?{re.escape(name)}\s*[?!]?\s*:\s*", signature)
        text = signature[found.end() :] if found else ""
        return _until(text, "=;,") if language != "rust" else _until(text, ",=")
    if language == "go":
        found = re.match(rf"(?:\w+\s*,\s*)*{re.escape(name)}(?:\s*,\s*\w+)*\s+(\S.*)", signature)
        return re.split(r"\s+[`\"]|\s*=|\s*//", found[1])[0].strip() if found else ""
    found = re.search(rf"(?<!\w){re.escape(name)}\s*(\[|[=;,){{]|:\s*\d|$)", signature)
    if not found or (found[1] == "[" and language == "cpp"):
        return ""
    if found[1] == "[" and language == "java":
        return signature[: found.start()] + "[]"
    return re.sub(r"@\w+(?:\([^)]*\))?", "", signature[: found.start()]).strip()


def _until(text: str, ends: str) -> str:
    """`text` up to the first of `ends` that is in no brackets."""
    depth = 0
    for at, sign in enumerate(text):
        arrow = sign == ">" and text[at - 1 : at] in ("=", "-")
        depth += (sign in _OPEN) - (sign in _CLOSE and not arrow)
        if depth < 0 or (not depth and sign in ends and text[at : at + 2] != "=>"):
            return text[:at].strip()
    return text.strip()
