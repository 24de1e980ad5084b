"""Sites of member accesses: what is read of them, in pieces and at a cursor."""

import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.codemodel import open_field, tokenize
from fixbot_analysis.codemodel.cursor import site_at
from fixbot_analysis.codemodel.pieces import Piece, read_pieces
from fixbot_analysis.codemodel.sites import Site, SiteReader
from fixbot_analysis.codemodel.tokens import STRING

VIEW = """
class ItemView(views.Base, Mixin, metaclass=Meta):
    limit = settings.LIMIT

    def get(self, request: HttpRequest, *args, found: Optional["Found"] = None):
        items = self.model.objects.filter(owner=request.user)
        for item in items.all():
            item.name = found.name
        with open(self.path) as file:
            file.read(size=self.size)
        if isinstance(args, Shape):
            args.area
        return super().get(request)
"""


def sites(text: str) -> dict[str, Site]:
    return dict(SiteReader().read(tokenize(text)))


@pytest.mark.parametrize(
    ("member", "what", "value"),
    [
        ("LIMIT", "receiver", "settings"),
        ("LIMIT", "owner", "ItemView"),
        ("LIMIT", "function", ""),
        ("model", "is_self", True),
        ("model", "type_name", "ItemView"),
        ("model", "bases", ("Base", "Mixin")),
        ("model", "target", "items"),
        ("filter", "receiver", "self.model.objects"),
        ("user", "type_name", "HttpRequest"),
        ("user", "callee", "self.model.objects.filter"),
        ("user", "slot", "owner"),
        ("all", "origin", "self.model.objects.filter()"),
        ("name", "type_name", "Found"),
        ("read", "origin", "open()"),
        ("size", "target", "size"),
        ("size", "previous", "path"),
        ("area", "type_name", "Shape"),
        ("get", "lead", "return"),
        ("get", "parameters", ("self", "request", "args", "found")),
    ],
)
def test_what_a_site_says(member: str, what: str, value: object) -> None:
    assert getattr(sites(VIEW)[member], what) == value


def test_imports_are_no_accesses() -> None:
    assert sites("import os.path\nfrom a.b import c\nfrom . import d\n") == {}


def test_a_one_line_definition_holds_nothing_after_it() -> None:
    assert sites("def f(self): pass\nif a:\n    self.b\n")["b"].function == ""


def test_languages_of_braces() -> None:
    found = [
        (m, s.receiver) for m, s in SiteReader(braces=True).read(tokenize("a.b(); /* c.d */ this.e = 'x.y';", "java"))
    ]
    assert found == [("b", "a"), ("e", "this")]
    assert tokenize("f(`a\nb`) // c", "javascript") == ["f", "(", STRING, ")"]


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    list(SiteReader().read(tokenize(text)))
    list(SiteReader(braces=True).read(tokenize(text, "rust")))
    open_field(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('x = f"a {self.', "self."),
        ('f"{a} {b.', "b."),
        ('f"""{x}\n{y.z.', "y.z."),
        ('rf"{f(a, b=c.', "f(a, b=c."),
        ('f"{x == y.', "x == y."),
        ('f"{{a.', None),
        ('f"{a.b:', None),
        ('f"{a!r', None),
        ('"{a.', None),
        ('f"{a}', None),
        ("a.", None),
    ],
)
def test_fields_of_f_strings(text: str, code: str | None) -> None:
    field = open_field(text)
    assert (field[1] if field else None) == code


SCRAPS = """\
import a
class A(B):
    x = a.b
    def f(self, y: C):
        self.g = y.h
        def i(z):
            return z.j.k
        s = '''
def l():
'''
    m = [
    n.o(
  )

# p.q
if r:
    class S:
        t.u = v\\
async def w(x):
    await x.y"""
LINES = st.lists(st.sampled_from(SCRAPS.split("\n")), max_size=30)


class Words:
    """Numbers words, and counts how often it is asked."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {"": 0}
        self.asked = 0

    def __call__(self, word: str) -> int:
        self.asked += 1
        return self.ids.setdefault(word, len(self.ids))


def flat(pieces: Sequence[Piece]) -> tuple[list[int], list[int], list[int]]:
    tokens = [token for piece in pieces for token in piece.tokens]
    members = [member for piece in pieces for member in piece.accesses.members]
    return tokens, members, [key for piece in pieces for key in piece.accesses.hashes]


@settings(max_examples=50, deadline=None)
@given(LINES, LINES, st.integers(0, 30), st.integers(0, 30))
def test_reading_what_changed_is_reading_all(before: list[str], put: list[str], at: int, cut: int) -> None:
    words = Words()
    long = "\n".join(f"def long_{n}(self):\n    self.name_{n} = a.b\n" for n in range(60))  # several pieces
    old = "\n".join([*before, long, *before])
    lines = old.split("\n")
    new = "\n".join([*lines[: len(lines) - at], *put, *lines[len(lines) - at + cut :]])
    pieces = read_pieces(old, words)
    again = read_pieces(new, words, "python", pieces, old)
    assert flat(again) == flat([*read_pieces(new, words)])
    assert [words.ids[token] for token in tokenize(new)] == flat(again)[0]
    assert sum(piece.length for piece in again) == len(new)
    assert flat(read_pieces(old, words, "python", again, new)) == flat(pieces)


def test_an_edit_is_read_where_it_was_made() -> None:
    words = Words()
    text = "\n".join(f"def f_{n}(self):\n    self.name = a.b({n})\n" for n in range(2000))
    pieces, whole = read_pieces(text, words), words.asked
    words.asked = 0
    read_pieces(text.replace("a.b(1000)", "a.b(1000).c"), words, "python", pieces, text)
    assert 0 < words.asked < whole / 50


BRACED = st.lists(
    st.sampled_from(
        [
            "f(a.b, c.d);",
            "}",
            "",
            "    }",
            "if (a.b) {",
            "`text",
            "`;",
            "/* why",
            "*/",
            "// a",
            "x.y = 'z';",
            "  };",
            "\t}",
        ]
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(BRACED, BRACED, st.integers(0, 60), st.integers(0, 8))
def test_reading_what_changed_of_other_languages_is_reading_all(
    before: list[str], put: list[str], at: int, cut: int
) -> None:
    words = Words()
    long = "\n".join(f"  method{n}() {{\n    this.name.part(a.b[{n}], {n});\n  }}\n" for n in range(60))
    old = "\n".join([*before, long, *before])
    lines = old.split("\n")
    new = "\n".join([*lines[: len(lines) - at], *put, *lines[len(lines) - at + cut :]])
    pieces = read_pieces(old, words, "typescript")
    again = read_pieces(new, words, "typescript", pieces, old)
    assert flat(again) == flat(read_pieces(new, words, "typescript"))
    assert [words.ids[token] for token in tokenize(new, "typescript")] == flat(again)[0]
    assert flat(read_pieces(old, words, "typescript", again, new)) == flat(pieces)


def test_an_edit_of_other_languages_is_read_where_it_was_made() -> None:
    words = Words()
    text = "".join(f"func f{n}(a A) {{\n\ta.b({n})\n}}\n\n" for n in range(3000))
    pieces, whole = read_pieces(text, words, "go"), words.asked
    words.asked = 0
    read_pieces(text.replace("a.b(1000)", "a.b(1000).c"), words, "go", pieces, text)
    assert 0 < words.asked < whole / 50


def test_the_cursor_needs_no_more_than_what_is_around() -> None:
    text = textwrap.dedent(inspect.getsource(SiteReader)) + VIEW
    tokens = tokenize(text)
    for at in [at for at, token in enumerate(tokens) if token == "."]:
        reader = SiteReader()
        list(reader.read(tokens[: at + 1]))
        found = site_at(tokens[: at + 1])
        assert found == reader.site or (
            found and reader.site and found == replace(reader.site, previous=found.previous)
        )
