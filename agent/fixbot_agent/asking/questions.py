"""What a question asks, read from its words: one of a few relations between names, or anything else."""

import re
from dataclasses import dataclass

_NAME = r"(?P<{}>[^\s\"?,;]+(?:\s+(?!to\b|reach|from\b)[^\s\"?,;]+){{0,5}}?)"
_X, _A, _B = _NAME.format("x"), _NAME.format("a"), _NAME.format("b")
_WHO = r"(?:who|what|which(?: \w+)?|all)"
_END = r"\s*[?.!]*"

# How questions are put, first match first: the kind of the answer, and where the names stand.
_FORMS: tuple[tuple[str, str], ...] = (
    ("callers", rf"{_WHO} (?:calls?|invokes?|runs?) {_X}"),
    ("callers", rf"(?:all |the )*callers of {_X}"),
    ("callers", rf"(?:from )?where (?:is|are) {_X} (?:called|invoked)(?: from)?"),
    ("callers", rf"(?:is|are) {_X} (?:ever )?called(?: anywhere)?"),
    ("callees", rf"{_WHO} (?:does|do|is|are) {_X} (?:call|calling|invoke)"),
    ("callees", rf"(?:all |the )*callees of {_X}"),
    ("defined", rf"where (?:is|are) {_X} (?:defined|declared|implemented|written)"),
    ("defined", rf"where (?:is|are) (?:the )?(?:definition|declaration) of {_X}"),
    ("defined", rf"(?:show |find )?(?:me )?(?:the )?definition of {_X}"),
    ("used", rf"where (?:is|are) {_X} (?:used|referenced|mentioned|needed)"),
    ("used", rf"{_WHO} (?:uses?|references?|mentions?|needs?) {_X}"),
    ("used", rf"(?:all |the )*(?:uses|usages|references) (?:of|to) {_X}"),
    ("path", rf"how (?:does|do|can|could|would) {_A} (?:ever )?(?:reach|get to|come to|lead to|end up (?:in|at)|call|use|depend on|import) {_B}"),
    ("path", rf"(?:the )?(?:path|way|chain) from {_A} to {_B}"),
    ("path", rf"how (?:is|are|does|do|can) {_B} (?:reached|called|get(?:s)? called) (?:from|by) {_A}"),
    ("tests", rf"(?:which|what) tests? (?:see|sees|covers?|exercises?|tests?|runs?|touch(?:es)?|hits?|reach(?:es)?|checks?|are (?:there )?(?:for|of)) {_X}"),
    ("tests", rf"(?:who|what) (?:tests?|covers?|exercises?|checks?) {_X}"),
    ("tests", rf"where (?:is|are) {_X} (?:tested|covered|checked)"),
    ("tests", rf"(?:the |all )*tests? (?:of|for|that (?:see|cover|exercise)) {_X}"),
    ("tests", rf"(?:is|are) {_X} tested(?: anywhere)?"),
    ("raises", rf"(?:what|(?:what|which) (?:exceptions?|errors?)) (?:does|do|can|may|might|could) {_X} (?:raise|throw)"),
    ("raises", rf"(?:which |what )?(?:exceptions?|errors?) (?:of|from|(?:raised|thrown) (?:by|in|from)) {_X}"),
    ("heirs", rf"{_WHO} (?:inherits?|derives?) from {_X}"),
    ("heirs", rf"{_WHO} (?:extends?|implements?|subclass(?:es)?) {_X}"),
    ("heirs", rf"(?:all |the )*(?:subclasses|heirs|children) of {_X}"),
    ("overriders", rf"{_WHO} overrides? {_X}"),
    ("importers", rf"{_WHO} imports? {_X}"),
    ("importers", rf"where (?:is|are) {_X} imported"),
    ("about", rf"(?:what|who) (?:is|are) {_X}(?: for)?"),
    ("about", rf"what (?:does|do) {_X} do"),
    ("about", rf"(?:explain|describe) {_X}"),
)  # fmt: skip
_READ = tuple((kind, re.compile(form + _END, re.IGNORECASE)) for kind, form in _FORMS)
_FILLING = re.compile(
    r"^(?:(?:the|a|an|this|that|function|method|class|module|file|exception|error|type|variable|constant)\s+)+|"
    r"\s+(?:function|method|class|module|file)$|\(\)$",
    re.IGNORECASE,
)
# What reads as a name of code in a text of any language: quoted, dotted, with underscores, in camels, or called.
_NAMED = re.compile(
    r"`([^`\s]+)`|([\w./-]+\.\w{1,4}::[\w.]+)|([^\W\d]\w*(?:(?:\.|::)[^\W\d]\w*)+)|([^\W\d_]\w*_\w*|_\w+)|(\w*[a-z\d][A-Z]\w*)|([^\W\d]\w*)\(\)"
)
_CAPITAL = re.compile(r"(?<=\s)[^\W\d_a-z][\w]*")
_LONGEST = 2000  # characters of a question that are read for a form


@dataclass(frozen=True, slots=True)
class Question:
    """`kind` is one of the relations above, ``about`` for what names things only, ``located`` for any other text. `names` as they are written.

    `perhaps` are words that are names only where the project has them: with a capital, not at the beginning.
    """

    kind: str
    names: tuple[str, ...]
    text: str
    perhaps: tuple[str, ...] = ()


def read_question(text: str) -> Question:
    """What `text` asks."""
    asked = " ".join(text[:_LONGEST].split())
    for kind, form in _READ:
        match = form.fullmatch(asked)
        if match is not None:
            given = match.groupdict()
            slots = ("a", "b") if kind == "path" else ("x",)
            return Question(kind, tuple(bare(given[slot]) for slot in slots), text)
    names = written_names(asked)
    return Question(
        "about" if names else "located", names, text, () if names else tuple(dict.fromkeys(_CAPITAL.findall(asked)))
    )


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
