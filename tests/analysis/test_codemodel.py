"""The code model: tokens, counts read from a suffix array, mixing by nearness, lines."""

import random
from array import array
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_analysis.codemodel import CodeModel, continue_line, open_literal, tokenize, write_out
from fixbot_analysis.codemodel.buffers import Buffer
from fixbot_analysis.codemodel.counting import Counting, Seen
from fixbot_analysis.codemodel.nest import Nest
from fixbot_analysis.codemodel.packages import count_package
from fixbot_analysis.codemodel.segment import ORDER, Segment
from fixbot_analysis.codemodel.tokens import DEDENT, INDENT, NEWLINE, STRING
from fixbot_analysis.codemodel.usage import ANYWHERE, hashed

SHOP = b"""
class Cart:
    def total(self):
        return sum(item.price for item in self.items)

    def count(self):
        return len(self.items)

    def clear(self):
        self.items.clear()
"""


def test_layout_is_said_in_tokens() -> None:
    assert tokenize("if a:\n    b()\nc") == ["if", "a", ":", NEWLINE, INDENT, "b", "(", ")", NEWLINE, DEDENT, "c"]


def test_blank_lines_comments_and_long_strings_do_not_count() -> None:
    assert tokenize("a  # why\n\n   \nb = 'x'") == ["a", NEWLINE, "b", "=", "'x'"]
    assert tokenize('"""Says\nmore."""') == [STRING]


def test_brackets_swallow_line_ends_until_a_statement_begins() -> None:
    assert tokenize("f(1,\n  2)\ng") == ["f", "(", "1", ",", "2", ")", NEWLINE, "g"]
    assert tokenize("f(1,\ndef g") == ["f", "(", "1", ",", NEWLINE, "def", "g"]


def test_a_line_that_has_only_begun_has_its_indentation() -> None:
    assert tokenize("def f():\n    ")[-2:] == [NEWLINE, INDENT]


@given(st.text())
def test_any_text_has_tokens(text: str) -> None:
    assert all(token for token in tokenize(text))
    open_literal(text)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a = 'x", True),
        ("a = 'x'", False),
        ("a = 'x\\'", True),
        ('"""one\ntwo', True),
        ('"""one"""', False),
        ("a  # b", True),
        ("a  # b\n", False),
        ("f'{", True),
        ("''", False),
        ("'", True),
        ("a.", False),
        ("", False),
    ],
)
def test_open_literal(text: str, inside: bool) -> None:
    assert open_literal(text) is inside


FILES = st.lists(st.lists(st.integers(1, 4), max_size=30), min_size=1, max_size=3)


@given(FILES, st.lists(st.integers(1, 4), min_size=1, max_size=ORDER))
def test_the_suffix_array_counts_as_counting_does(files: list[list[int]], context: list[int]) -> None:
    segment = Segment.of([array("I", file) for file in files])
    for depth, place in enumerate(segment.ranges(context)):
        wanted = context[len(context) - depth - 1 :]
        followers: Counter[int] = Counter()
        for file in files:
            for at in range(len(file) - depth):
                if file[at : at + depth + 1] == wanted:
                    followers[file[at + depth + 1] if at + depth + 1 < len(file) else 0] += 1
        assert segment.followers(place) == followers
        assert place[2] - place[1] == sum(followers.values()) > 0


@given(FILES)
def test_longer_contexts_end_at_the_first_that_is_unseen(files: list[list[int]]) -> None:
    segment = Segment.of([array("I", file) for file in files])
    assert segment.ranges([]) == []
    assert segment.ranges([9]) == []
    assert len(segment.ranges([9, files[0][0]] if files[0] else [9])) <= 1


TEXTS = st.lists(st.sampled_from(["a.b()\n", "a.c()\n", "b = a.b\n", "c = 1\n", "if a:\n    b()\n"]), max_size=6).map(
    "".join
)
PATHS = st.sampled_from(["a.py", "x/b.py", "x/c.py"])


@settings(max_examples=60)
@given(st.lists(st.tuples(PATHS, st.one_of(st.none(), TEXTS)), max_size=8), PATHS)
def test_updates_leave_what_learning_afresh_would(edits: list[tuple[str, str | None]], path: str) -> None:
    edited, now = CodeModel(), dict[str, str]()
    edited.learn("x/old.py", b"a.b()\na.c()\n" * 3)
    edited.settle()
    for where, text in edits:
        edited.update(where, text.encode() if text is not None else None)
        edited.following(path, ["a", "."])
        now.pop(where, None)
        if text is not None:
            now[where] = text
    fresh = CodeModel()
    fresh.learn("x/old.py", b"a.b()\na.c()\n" * 3)
    for where, text in now.items():
        fresh.learn(where, text.encode())
    assert edited.paths == fresh.paths
    for context in (["a", "."], [NEWLINE, "a", "."], ["c"], ["if", "a"]):
        assert edited.following(path, context) == pytest.approx(fresh.following(path, context))


MANY = [f"{folder}{number}.py" for folder in ("", "x/") for number in range(6)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(TEXTS, min_size=12, max_size=12),
    st.lists(st.tuples(st.sampled_from(MANY), st.none() | TEXTS), max_size=20),
)
def test_files_that_were_changed_count_the_same_once_they_are_tidied_up(
    texts: list[str], edits: list[tuple[str, str | None]]
) -> None:
    edited, now = CodeModel(), dict(zip(MANY, texts, strict=True))
    for where, text in now.items():
        edited.learn(where, text.encode() + b"d = a.d\n")
    edited.settle()
    for number, (where, text) in enumerate([*now.items(), *edits]):
        edited.update(where, text.encode() if text is not None else None)
        now.pop(where, None)
        now |= {where: text} if text is not None else {}
        if number % 11 == 10:
            edited.tidy()
    fresh = CodeModel()
    for where, text in now.items():
        fresh.learn(where, text.encode())
    one, other = edited.counting, fresh.counting
    assert [(path, one.digest(path)) for path in edited.paths] == [(path, other.digest(path)) for path in fresh.paths]
    for path in MANY:
        for key in (ANYWHERE, hashed("last", "a")):
            said = [each.accesses(path, key) for each in (one, other)]
            assert _named(one, said[0]) == _named(other, said[1])
        for context in (["a", "."], [NEWLINE, "a", "."], ["if", "a"]):
            for roles in (False, True):
                hits = [Nest(each.voices(path, roles=roles)).hits(context[:-1], context[-1]) for each in (one, other)]
                assert hits[0] == hits[1]


def _named(counting: Counting, seen: Seen) -> tuple[list[str], dict[str, int], dict[str, int]]:
    words = counting.words
    folder, project = ({words[member]: times for member, times in each.items()} for each in (seen.folder, seen.project))
    return [words[member] for member in seen.file], folder, project


@given(TEXTS, st.integers(1, 40))
def test_a_file_that_rests_says_what_it_said_while_it_was_typed(text: str, repeated: int) -> None:
    numbers: dict[str, int] = {"": 0}
    typed, resting = (
        Buffer(text * repeated, lambda word: numbers.setdefault(word, 255 + len(numbers)), "python", keeps_text=False)
        for _ in range(2)
    )
    resting.rest()
    keys = {key for piece in typed.pieces for key in piece.accesses.hashes}
    assert all(resting.under(key) == typed.under(key) for key in {*keys, 1})
    for one, other in ((resting, typed), (resting.roles, typed.roles)):
        tokens = other.tokens.tolist()
        for token in {*tokens, 1}:
            assert one.occurrences(token) == other.occurrences(token)
        for at in range(0, len(tokens), 5):
            said = [list(map(list, each.ranges(tokens[max(0, at - 3) : at + 1]))) for each in (one, other)]
            assert said[0] == said[1]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(PATHS, TEXTS), max_size=5), PATHS, st.lists(st.sampled_from(["a", ".", "b", "new"]), max_size=5)
)
def test_chances_of_all_words_add_up_to_one_at_most(files: list[tuple[str, str]], path: str, before: list[str]) -> None:
    model = CodeModel()
    for number, (where, text) in enumerate([("x/old.py", "a.b()\na.c()\n"), *files]):
        model.update(where, text.encode())
        if number == 1:
            model.settle()
    model.add_package(count_package([("p.py", b"a.b()\nnew.d()\n")]))
    words = [word for word in model.counting.words if word]
    total = sum(model._probability(path, before, word) for word in [*words, "never seen"])
    assert 0 < total < 1 + 1e-6


def test_what_is_said_does_not_depend_on_which_file_was_learnt_first() -> None:
    draw = random.Random(3)
    names = [f"n{i}" for i in range(60)]
    files = {
        f"p{n}/f{m}.py": "".join(
            f"{draw.choice(names)} = {draw.choice(names)}.{draw.choice(names)}({draw.choice(names)})\n"
            for _ in range(150)
        ).encode()
        for n in range(2)
        for m in range(4)
    }
    models = CodeModel(), CodeModel()
    for model, paths in zip(models, (sorted(files), sorted(files, reverse=True)), strict=True):
        for path in paths:
            model.learn(path, files[path])
        model.settle()
    for name in names[:20]:
        for before in ([name], [name, "."], [NEWLINE, name, "="], ["="], ["."]):
            one, other = (m.following("p0/f1.py", before) for m in models)
            assert one == pytest.approx(other)
            likely, too = (dict(m.followed("p0/f1.py", before).chances) for m in models)
            assert likely == pytest.approx(too)


def test_the_nearer_the_more_it_says() -> None:
    model = CodeModel()
    model.learn("far/a.py", b"x.far()\nx.far()\n")
    model.learn("near/a.py", b"x.folder()\n")
    model.learn("near/b.py", b"x.own()\n")
    assert [s.text for s in model.suggest("near/b.py", ["x", "."])] == ["own", "folder", "far"]
    assert model.suggest("far/new.py", ["x", "."])[0].text == "far"


def test_suggestions_are_conditioned_on_the_receiver() -> None:
    model = CodeModel()
    model.learn("a.py", b"request.user\nself.name\nself.name\n" * 3)
    assert model.suggest("b.py", ["request", "."])[0].text == "user"
    assert model.suggest("b.py", ["self", "."])[0].text == "name"


def test_probabilities() -> None:
    model = CodeModel()
    model.learn("a.py", SHOP)
    chances = model.following("a.py", ["self", "."])
    assert max(chances, key=chances.__getitem__) == "items"
    assert "total" not in chances
    assert 0 < sum(chances.values()) <= 1
    assert model.following("a.py", ["never", "seen"]) == {}
    assert CodeModel().following("a.py", ["self", "."]) == {}


def test_forgotten_files_say_nothing() -> None:
    model = CodeModel()
    model.learn("a.py", b"x.secret()\n")
    model.settle()
    model.forget("a.py")
    model.forget("never.py")
    assert model.suggest("b.py", ["x", "."]) == []


def test_bits_are_fewer_for_what_the_project_writes() -> None:
    model = CodeModel()
    model.learn("shop/cart.py", SHOP)
    before = "    def empty(self):\n        return "
    usual = model.bits("shop/cart.py", "len(self.items)\n", before)
    odd = model.bits("shop/cart.py", "items(len.self)\n", before)
    unknown = model.bits("shop/cart.py", "zebra(quagga.okapi)\n", before)
    assert 0 < usual < odd < unknown
    assert model.bits("shop/cart.py", "", before) == 0.0
    assert model.bits("shop/cart.py", "  # only words\n", "x\n") >= 0.0


def test_a_line_is_continued_while_that_is_likely() -> None:
    model = CodeModel()
    model.learn("a.py", b"import os\n" + b"name = os.path.join(folder, name)\n" * 12)
    before = tokenize("import os\nname = ")
    line = continue_line(model, "a.py", before)
    assert line is not None
    assert write_out(before, line.tokens).strip() == "os.path.join(folder, name)"
    assert line.score >= 0.4


def test_a_line_is_not_continued_on_a_guess() -> None:
    model = CodeModel()
    model.learn("a.py", b"x = f(1)\nx = g(2)\nx = h(3)\nx = i(4)\n")
    assert continue_line(model, "a.py", tokenize("x = ")) is None
    assert continue_line(CodeModel(), "a.py", tokenize("x = ")) is None


def test_the_word_under_way_begins_the_line() -> None:
    model = CodeModel()
    model.learn("a.py", b"x = first(1)\n" * 9 + b"x = second(2)\n" * 9)
    line = continue_line(model, "a.py", tokenize("x = "), prefix="sec")
    assert line is not None
    assert line.tokens == ("second", "(", "2", ")")


@pytest.mark.parametrize(
    "line",
    [
        "def f(a, *args, b: int = 1, c=2, **kw) -> dict[str, int]:",
        "x = a[1:-1] + b[i] * -c ** 2 - (not d)",
        "return [x for x in xs if x is not None and x != 3]",
        "from . import a",
        "from .a import b as c",
        "@decorator(1)",
        'd = {"a": 1, "b": lambda x: x}',
        "self.items[key].run(*args, **kw).then(x=1)",
        "if (n := len(a)) > 10 and a @ b:",
        "print('x' % y, end='')",
        "assert x == -1, 'why'",
        "yield from self._walk(~mask)",
        "a, b = b, a",
        "raise ValueError(name) from error",
        "xs: list[int] = []",
    ],
)
def test_lines_are_written_as_pep8_asks(line: str) -> None:
    assert write_out([], tokenize(line)) == line


def test_what_was_scored_before_an_edit_is_not_remembered_after_it() -> None:
    model = CodeModel()
    model.learn("a.py", b"x = shop.open()\n")
    before = model.bits("a.py", "x = shop.close()", "")
    model.update("a.py", b"x = shop.close()\n" * 9)
    after = model.bits("a.py", "x = shop.close()", "")
    assert after < before
    assert sum(model.token_bits("a.py", "x = shop.close()", "")) / 7 == pytest.approx(after)
