"""C and C++ made readable without their macros: what no grammar can know is blanked, byte for byte, before the parse.

A parser without the headers cannot tell ``EXPORT class Cart`` from a declaration, nor join the halves of a function that conditionals cut in two. So from the
text that is parsed (never from the text that is shown or searched)

- directives are taken out and parsed for themselves, so that none stands in the midst of a statement;
- of conditionals that stand within a statement, or whose branches open more brackets than they close, one branch is kept; of others, all;
- names in capitals are blanked where they stand as a specifier: before a type, a keyword or a class's name, after a function's brackets, alone on a line.
"""

import itertools
import re

_COMMENT_OR_LITERAL = re.compile(
    rb"""//[^\n]*(?:\\\n[^\n]*)*|/\*.*?(?:\*/|\Z)|R"([^()\s\\]{0,16})\(.{0,1000}?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n]){1,10}'""",
    re.DOTALL,
)
_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(\w*)(?:[^\n]*\\\r?\n)*[^\n]*", re.MULTILINE)
_CONDITIONAL = (b"if", b"ifdef", b"ifndef", b"elif", b"elifdef", b"elifndef", b"else", b"endif")
_ZERO = re.compile(rb"#[ \t]*if[ \t]+0\b")
_BLANK = bytes(byte if byte in b"\n\r" else 32 for byte in range(256))
_VISIBLE = re.compile(rb"[^ \t\r\n]")

_MACRO = rb"[A-Z_][A-Z0-9_]{2,}"
_ARGUMENTS = rb"(?:\s{0,4}\((?:[^()]|\((?:[^()]|\([^()]*\))*\)){0,300}\))?"
_NAME = rb"[A-Za-z_]\w*"
_TYPE = rb"(?!(?:const|volatile|restrict)\b)" + rb"(?:" + _NAME + rb"::)*" + _NAME + rb"(?:<[^;{}()]{0,200}>)?"
_KEYWORDS = (
    rb"operator\s+[A-Za-z_]\w*|static|inline|extern|virtual|explicit|constexpr|consteval|template|class|struct|union|enum|namespace|typedef|using|friend|auto|"
    rb"void|int|char|bool|float|double|long|short|unsigned|signed|(?:const|volatile)\s+(?:void|int|char|bool|float|double|long|short|unsigned|signed|struct)"
)

_MACROS = rb"((?:" + _MACRO + _ARGUMENTS + rb"\s{1,200}){1,6})"

_CLASS_HEAD = re.compile(
    rb"\b(?:class|struct|union|enum(?:\s+class)?)\s+" + _MACROS
    + rb"(?=" + _NAME + rb"(?:::\w+)*\s*(?:<[^;{}]*>)?\s*(?:final\b\s*)?[:{])"
)  # fmt: skip
_SPECIFIER = re.compile(
    rb"(?<![\w.>:#-])" + _MACROS + rb"(?=(?:(?:" + _KEYWORDS + rb")\b|~\w)"
    rb"|" + _TYPE + rb"(?:\s*[*&]+\s*|\s+)(?:" + _NAME + rb"::)*~?" + _NAME + rb"\s*[(;=,{\[])"
)
_CONSTRUCTOR = re.compile(rb"(?<![\w.>:#-])" + _MACROS + rb"(" + _NAME + rb")(?=\s*\()")
_CLASS = re.compile(rb"\b(?:class|struct)\s+(" + _NAME + rb")")
_TRAILING = re.compile(
    rb"(?:\)|\b(?:const|noexcept|override|final))((?:\s+" + _MACRO + _ARGUMENTS + rb")+)(?=\s*(?:\{|->|;))"
)
_POINTER = re.compile(rb"\(\s*(" + _MACRO + rb")(?=\s*\*\s*" + _NAME + rb"\s*\)\s*\()")
_CONDITION = re.compile(rb"\b(?:if|while|switch)\s+(" + _MACRO + rb")(?=\s*\()")
_PARAMETER = re.compile(rb"[\w>*&]\s+[a-z_]\w*(\s+" + _MACRO + rb")(?=\s*[,)])")
_TEMPLATE_PARAMETER = re.compile(
    rb"(,\s*"
    + _MACRO
    + rb"\s{0,4}\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)){0,300}\))\s*(?=>|,\s*typename\b)"
)
_INSTANTIATION = re.compile(rb"\b(extern\s+template\b[^;{}]*;)")
_TYPEDEF = re.compile(rb"\btypedef\s+" + _MACRO + rb"\s*(\([^()]*\))(?=\s+" + _NAME + rb")")
_LINE = re.compile(rb"^(" + _MACRO + _ARGUMENTS + rb"[ \t]*;?|[ \t]+" + _MACRO + rb")[ \t]*\r?$", re.MULTILINE)
# What the grammar of C++ takes for something else.
_GLOBAL_TYPE = re.compile(rb"\btypename\s*(::)")
_ENUM_BASE = re.compile(rb"\benum\s*(:\s*[A-Za-z_][\w:]*)(?=\s*\{)")
_CAST = re.compile(
    rb"(?:[=!&|+*/?-]|<<|\s<\s|\breturn\b|\b(?:if|while)\s*\()\s*(unsigned|signed|int|char|bool|float|double|long|short)(?=\()"
)
_CALLED = re.compile(_NAME + rb"\s*\(")
_ANYWHERE = (
    _INSTANTIATION, _POINTER, _CONDITION, _CLASS_HEAD, _TRAILING, _PARAMETER, _TEMPLATE_PARAMETER, _TYPEDEF, _GLOBAL_TYPE, _ENUM_BASE, _CAST,
)  # fmt: skip
_TAGS = (b"struct", b"class", b"union", b"enum", b"return", b"case", b"goto", b"typename", b"new", b"sizeof")
_HOLDER = re.compile(rb"\s*(?:else\s+)?(?:if|for|while|switch|else|do|return|case)\b")
_SMALL = 4000  # bytes of a conditional within a statement; a longer one is not within anything


def readable(data: bytes) -> tuple[bytes, ...]:
    """`data` as it is parsed: its code, and its directives; each as long as `data`, blank where the other is."""
    text = _Text(data)
    text.conditionals()
    text.macros()
    return (bytes(text.out), bytes(text.directives)) if text.found else (bytes(text.out),)


class _Text:
    """The code as it is parsed (`out`), the same without comments and literals (`code`), and the `directives`."""

    def __init__(self, data: bytes) -> None:
        uncommented = _COMMENT_OR_LITERAL.sub(
            lambda found: found[0] if found[0][:1] in b"\"'R" else _blank(found[0]), data
        )
        self._visible = _COMMENT_OR_LITERAL.sub(lambda found: _blank(found[0]), uncommented)
        self.found = list(_DIRECTIVE.finditer(self._visible))
        self.out, self.code = bytearray(data), bytearray(self._visible)
        self.directives = bytearray(_blank(data)) if self.found else bytearray()
        for found in self.found:
            start, end = found.span()
            if found[1] not in _CONDITIONAL:
                self.directives[start:end] = uncommented[start:end]
            self._hide(start, end)
            self._hide_comment(data, end)

    def conditionals(self) -> None:
        """Keep one branch of the conditionals that code cannot be read around, the inner ones first."""
        around: list[list[tuple[int, int]]] = []
        for found in self.found:
            word = found[1]
            if word in _CONDITIONAL[:3]:
                around.append([])
            elif not around or word not in _CONDITIONAL:
                continue
            around[-1].append(found.span())
            if word == b"endif":
                self._choose(around.pop())

    def macros(self) -> None:
        """Blank the macros that stand where only the preprocessor knows them."""
        for pattern in _ANYWHERE:
            for found in pattern.finditer(bytes(self.code)):
                if pattern is not _TRAILING or not self._is_statement(found.start()):
                    self._hide(*found.span(1))
        self._lines()
        classes = set(_CLASS.findall(self.code))
        for pattern in (_SPECIFIER, _CONSTRUCTOR):
            for found in pattern.finditer(bytes(self.code)):
                before = self.code[max(found.start() - 12, 0) : found.start()].split()
                tagged = before and before[-1].endswith(_TAGS)
                if not tagged and (pattern is _SPECIFIER or found[2] in classes):
                    self._hide(*found.span(1))

    def _lines(self) -> None:
        """Macros alone on their line, between statements."""
        before, past = b";", 0
        for found in _LINE.finditer(bytes(self.code)):
            start = found.start(1)
            before, past = bytes(self.code[past:start]).rstrip()[-1:] or before, start
            following = _VISIBLE.search(self.code, found.end())
            ended = found[1].endswith(b";")
            if before not in b";{}:" or not (ended or following is None or self._begins(following.start(), found[1])):
                continue
            if ended or following is None or not _CALLED.match(self.code, following.start()):
                self._hide(*found.span(1))

    def _is_statement(self, offset: int) -> bool:
        """Whether `offset` stands in a statement that holds another one."""
        before = re.split(rb"[;{}]", self.code[max(offset - 400, 0) : offset])[-1]
        return _HOLDER.match(before) is not None

    def _begins(self, offset: int, macro: bytes) -> bool:
        """Whether a statement may begin there, or the body of a function whose whole header is a macro without brackets."""
        first = self.code[offset : offset + 1]
        headed = first == b"{" and b"(" not in macro and self.code[offset - 1 : offset] == b"\n"
        return first.isalnum() or first in b"_~[" or headed

    def _choose(self, directives: list[tuple[int, int]]) -> None:
        """Of one conditional, given as the places of its directives."""
        branches = [(a, b) for (_, a), (b, _) in itertools.pairwise(directives)]
        start, end = directives[0][0], directives[-1][1]
        if not any(self._unbalanced(*branch) for branch in branches):
            before = self._before(start)
            if before in b";{}:>," or end - start > _SMALL or (before == b")" and self._after(end) != b"{"):
                return
        whole = [b for b in branches if b";" not in self.code[b[0] : b[1]]] or branches
        kept = next((b for b in whole if b != branches[0] or not _ZERO.match(self._visible, start)), whole[0])
        for branch in branches:
            if branch != kept:
                self._hide(*branch)

    def _unbalanced(self, start: int, end: int) -> bool:
        """Whether what stands there closes what it did not open, or leaves something open."""
        text = self.code[start:end]
        for opening, closing in ((b"{", b"}"), (b"(", b")")):
            if text.count(opening) != text.count(closing):
                return True
            first, last = text.find(closing), text.find(opening)
            if 0 <= first < last:
                return True
        return False

    def _before(self, offset: int) -> bytes:
        """The last visible byte before `offset`, ``;`` at the start of the file."""
        at = offset
        while at > 0:
            text = bytes(self.code[max(at - 512, 0) : at]).rstrip()
            if text:
                return text[-1:]
            at -= 512
        return b";"

    def _after(self, offset: int) -> bytes:
        found = _VISIBLE.search(self.code, offset)
        return found[0] if found else b""

    def _hide(self, start: int, end: int) -> None:
        for text in (self.out, self.code):
            text[start:end] = _blank(bytes(text[start:end]))

    def _hide_comment(self, data: bytes, end: int) -> None:
        """A comment that begins on a directive's line goes with it."""
        start = data.rfind(b"/*", data.rfind(b"\n", 0, end) + 1, end)
        if start >= 0 and self._visible[start : start + 2].isspace() and (close := data.find(b"*/", start)) >= end:
            self._hide(end, close + 2)


def _blank(text: bytes) -> bytes:
    return text.translate(_BLANK)
