"""Questions about code: what is understood, and that every line cited says what the sentence says."""

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from fixbot_agent import schemas
from fixbot_agent.asking import Answer, Cited, Failure, Sentence, ask, explain
from fixbot_agent.asking.assigning import around, assigned, parsed
from fixbot_agent.asking.changes import changes
from fixbot_agent.asking.questions import read_question
from fixbot_agent.asking.telling import markdown, terminal
from fixbot_agent.cli.app import run
from fixbot_analysis.index import Index

FILES = {
    "shop/__init__.py": "",
    "shop/errors.py": "class ShopError(Exception):\n    pass\n\n\nclass Empty(ShopError):\n    pass\n\n\nclass Odd(Exception):\n    pass\n",
    "shop/cart.py": '''"""Carts."""

from shop.errors import Empty, Odd, ShopError

LIMIT = 5


class Cart:
    """Holds what is to be bought."""

    def __init__(self):
        self.items = []

    def total(self, rate):
        if not self.items:
            raise Empty("nothing")
        if rate > LIMIT:
            raise Odd("rate")
        return sum(self.items) * rate


def checkout(cart: Cart):
    """Pays."""
    try:
        amount = cart.total(2)
    except ShopError:
        amount = 0
    return amount


def entry():
    return checkout(Cart())


def late(code):
    error = Odd(code)
    try:
        raise error
    except Odd as known:
        raise known


def made(code):
    raise entry()
''',
    "tests/test_cart.py": """from shop.cart import Cart, checkout


def helper():
    return Cart()


def test_checkout():
    cart = helper()
    paid = checkout(cart)
    assert paid == 3
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("asked")
    for path, text in FILES.items():
        (top / path).parent.mkdir(exist_ok=True)
        (top / path).write_text(text, encoding="utf-8")
    return top


@pytest.fixture(scope="module")
def index(root: Path) -> Index:
    return Index.open(root)


def cited(answer: Answer) -> dict[str, list[str]]:
    """Each sentence with the text of the lines that it cites."""
    return {s.text: [FILES[p.path].splitlines()[p.line - 1].strip() for p in s.places] for s in answer.sentences}


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("who calls Cart.total?", "callers", ("Cart.total",)),
        ("Where is the function `checkout()` called from?", "callers", ("checkout",)),
        ("What does checkout call?", "callees", ("checkout",)),
        ("where is class Cart defined", "defined", ("Cart",)),
        ("what uses LIMIT", "used", ("LIMIT",)),
        ("How does entry reach Cart.total?", "path", ("entry", "Cart.total")),
        ("how is Cart.total reached from entry", "path", ("entry", "Cart.total")),
        ("which tests see checkout", "tests", ("checkout",)),
        ("who tests Cart.total?", "tests", ("Cart.total",)),
        ("where is checkout tested", "tests", ("checkout",)),
        ("what exceptions can Cart.total raise?", "raises", ("Cart.total",)),
        ("subclasses of ShopError", "heirs", ("ShopError",)),
        ("who imports shop.errors", "importers", ("shop.errors",)),
        ("Was macht shop.cart.checkout eigentlich?", "about", ("shop.cart.checkout",)),
        ("why is the sum of an empty cart wrong", "located", ()),
        ("how do I call Cart.total", "about", ("Cart.total",)),
        ("can one use a cart twice", "located", ()),
    ],
)
def test_what_a_question_asks(text: str, kind: str, names: tuple[str, ...]) -> None:
    question = read_question(text)
    assert (question.kind, question.names) == (kind, names)


def test_a_word_alone_may_be_a_name_and_a_file_with_a_line_is_a_place(
    root: Path, index: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(index, "checkout").names == ("shop/cart.py::checkout",)
    assert ask(index, "can we use Cart with many things?").names == ("shop/cart.py::Cart",)
    assert run(["ask", "shop/cart.py:15", "--repo", str(root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["at"] == "shop/cart.py:15"
    assert any("Cart.total" in s["text"] for s in told["sentences"])


def test_who_calls_it_cites_the_calls(index: Index) -> None:
    answer = ask(index, "who calls checkout?")
    said = cited(answer)
    assert said["`entry` in shop/cart.py calls it."] == ["return checkout(Cart())"]
    assert said["`test_checkout` in tests/test_cart.py calls it."] == ["paid = checkout(cart)"]
    assert "`checkout` is called from 2 places, 1 of them in tests." in said


def test_how_one_thing_leads_to_another(index: Index) -> None:
    said = cited(ask(index, "how does entry reach Cart.total"))
    assert said["`entry` leads to `Cart.total` in 2 steps."] == ["def entry():"]
    assert said["`checkout` calls `Cart.total`."] == ["amount = cart.total(2)", "def total(self, rate):"]
    back = ask(index, "how does Cart.total reach entry")
    assert "it is the other way round" in back.sentences[0].text


def test_a_method_is_reached_through_the_one_that_it_overrides(tmp_path: Path) -> None:
    (tmp_path / "wire.py").write_text(
        "class Wire:\n    def send(self):\n        raise NotImplementedError\n\n\n"
        "class Secure(Wire):\n    pass\n\n\n"
        "class Radio(Secure):\n    def send(self):\n        return 1\n\n\n"
        "class Short(Radio):\n    def send(self):\n        return 2\n\n\n"
        "def post(wire: Wire):\n    return wire.send()\n"
    )
    with Index.open(tmp_path) as index:
        said = [s.text for s in ask(index, "how does post reach Short.send").sentences]
    assert said == [
        "`post` leads to `Short.send` in 3 steps.",
        "`post` calls `Wire.send`.",
        "`Radio.send` overrides `Wire.send`: on such an object it is what runs.",
        "`Short.send` overrides `Radio.send`: on such an object it is what runs.",
    ]


def test_how_the_project_comes_to_a_name_of_a_package(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text(
        "from flask import session\n\n\ndef keep(user):\n    session['user'] = user\n\n\ndef login(user):\n    keep(user)\n"
    )
    with Index.open(tmp_path) as index:
        answer = ask(index, "how does login reach session")
        texts = [(s.text, [str(p) for p in s.places]) for s in answer.sentences]
        assert ask(index, "how does keep reach request").kind != "path"
    assert [text for text, _ in texts] == [
        "`login` leads to `keep` in 1 step.",
        "`login` calls `keep`.",
        "`keep` names `session`, which comes from `flask`.",
    ]
    assert texts[-1][1] == ["web.py:5"]


def test_what_is_raised_and_what_a_handler_on_the_way_catches(index: Index) -> None:
    assert "`Cart.total` may raise `Empty` and `Odd`." in cited(ask(index, "what does Cart.total raise"))
    through = ask(index, "what can checkout raise?")
    assert through.sentences[0].text == "`checkout` may raise `Odd`."
    assert [str(p) for p in through.sentences[1].places] == ["shop/cart.py:25", "shop/cart.py:18"]


def test_what_is_raised_by_a_name_is_known_or_said_not_to_be(index: Index) -> None:
    assert "`late` may raise `Odd`." in cited(ask(index, "what does late raise"))
    assert "`made` may raise something whose class is not known and `Odd`." in cited(ask(index, "what does made raise"))


def test_other_relations(index: Index) -> None:
    assert cited(ask(index, "which tests cover Cart.total"))[
        "`test_checkout` in tests/test_cart.py comes to it through what it calls."
    ]
    assert not any("helper" in text for text in cited(ask(index, "which tests cover Cart.total")))
    assert "`Empty` in shop/errors.py inherits from it." in cited(ask(index, "what inherits from ShopError"))
    assert cited(ask(index, "where is LIMIT used"))["In shop/cart.py."] == ["if rate > LIMIT:"]
    assert cited(ask(index, "who imports Empty"))["shop/cart.py imports it."] == [
        "from shop.errors import Empty, Odd, ShopError"
    ]
    assert "Its docstring says: Holds what is to be bought." in cited(ask(index, "what is Cart?"))


def test_a_name_may_be_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "auth.py").write_text("class DigestAuth:\n    pass\n\n\nclass BasicAuth:\n    pass\n")
    (tmp_path / "test_auth.py").write_text("import auth\n\n\ndef test_it():\n    assert auth.DigestAuth()\n")
    with Index.open(tmp_path) as index:
        tests = [s.text for s in ask(index, "which tests cover digest auth?").sentences]
        compared = ask(index, "difference between digest auth and BasicAuth")
    assert "`test_it` in test_auth.py names it." in tests
    assert (compared.kind, len(compared.names)) == ("compared", 2)


def test_a_module_and_what_it_defines_may_have_one_name(tmp_path: Path) -> None:
    (tmp_path / "parse.py").write_text(
        "def parse(text):\n    return whole(text)\n\n\ndef whole(text):\n    return text\n"
    )
    (tmp_path / "app.py").write_text("import parse\n\n\ndef main():\n    return parse.parse('')\n")
    with Index.open(tmp_path) as index:
        assert "`main` in app.py calls it." in [s.text for s in ask(index, "who calls parse?").sentences]
        path = ask(index, "how does parse reach whole?").sentences
        imports = ask(index, "who imports parse?")
        told = ask(index, "what is parse?")
    assert [s.text for s in path] == ["`parse` leads to `whole` in 1 step.", "`parse` calls `whole`."]
    assert imports.sentences[-1].text == "app.py imports it.", "which nothing does to a function"
    assert {d.name for d in told.definitions} == {"", "parse"}


def test_the_tests_that_are_nearest_come_first(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "class Cart:\n    def total(self):\n        return 1\n\n\ndef pay():\n    return Cart().total()\n\n\ndef buy():\n    return pay()\n"
    )
    (tmp_path / "test_shop.py").write_text(
        "from shop import Cart, buy, pay\n\n\n"
        "def test_a_buy():\n    assert buy() == 1\n\n\n"
        "def test_b_total_paid():\n    assert buy() == 1\n\n\n"
        "def test_c_pay():\n    assert pay() == 1\n\n\n"
        "def test_d_cart():\n    assert Cart and buy() == 1\n\n\n"
        "def test_e_sum():\n    assert Cart().total() == 1\n"
    )
    with Index.open(tmp_path) as index:
        said = [s.text for s in ask(index, "who tests Cart.total").sentences]
        places = [str(s.places[0]) for s in ask(index, "who tests Cart.total").sentences]
    assert said[0] == (
        "5 tests see `Cart.total`, as far as calls can be followed: "
        "1 names it, 1 names `Cart` and comes to it, 1 has its name and 2 come to it through what they call."
    )
    assert said[1:] == [
        "`test_e_sum` in test_shop.py names it.",
        "`test_d_cart` in test_shop.py names `Cart` and comes to it.",
        "`test_b_total_paid` in test_shop.py has its name.",
        "`test_c_pay` in test_shop.py comes to it through what it calls.",
        "`test_a_buy` in test_shop.py comes to it through what it calls.",
    ]
    assert places[1:3] == ["test_shop.py:21", "test_shop.py:17"]


def test_tests_are_told_that_only_call_something_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "class Cart:\n    def add(self):\n        pass\n\n\nclass Till:\n    def add(self):\n        pass\n"
    )
    (tmp_path / "test_shop.py").write_text(
        "def test_add(made):\n    made.add()\n\n\ndef test_set():\n    assert set().add(1) is None\n"
    )
    with Index.open(tmp_path) as index:
        said = [(s.text, str(s.places[0])) for s in ask(index, "who tests Cart.add").sentences]
    assert said == [
        (
            "No test is known to exercise `Cart.add`; 1 test calls something of its name, of which nothing else is known.",
            "shop.py:2",
        ),
        ("`test_add` in test_shop.py calls something of its name.", "test_shop.py:2"),
    ]


def test_a_name_is_understood_in_any_language_and_words_are_looked_up(index: Index) -> None:
    assert ask(index, "wo wird die Klasse Cart benutzt").names == ("shop/cart.py::Cart",)
    located = ask(index, "where is something bought with nothing in it?")
    assert located.kind == "located"
    assert located.sentences
    unknown = ask(index, "who calls Cart.totale")
    assert any("there is total" in note for note in unknown.notes)
    assert not ask(index, "зачем").sentences


def test_words_that_are_nearly_all_unknown_are_not_answered(tmp_path: Path) -> None:
    files = {
        "shop.py": "def total(cart):\n    return sum(cart)  # der Korb wird addiert\n",
        **{f"tests/test_{n}.py": f"def test_{n}():\n    assert 'foo'\n" for n in "ab"},
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    with Index.open(tmp_path) as index:
        strange = ask(index, "blorp zzxq foo")
        assert (strange.status, strange.definitions) == ("none", ())
        assert strange.notes == ("blorp and zzxq stand nowhere in the project; of its words only foo does",)
        assert ask(index, "what is frobnicate_all").status == "none"
        for text in (
            "wo wird denn der total berechnet",
            "weshalb verliert dieser Korb manchmal etwas",  # which a comment has, no name
            "почему total считается неверно",
            "为什么total算错了",
        ):
            assert ask(index, text).status == "built-in", text
        assert ask(index, "blorp zzxq total").notes[0].startswith("blorp and zzxq stand nowhere"), "answered, and said"
        assert not any("nowhere" in note for note in ask(index, "how is the total of a cart blorp").notes)


def test_a_failing_assertion_is_explained_by_what_it_compared_and_where_the_value_came_from(index: Index) -> None:
    answer = explain(
        index,
        "tests/test_cart.py",
        11,
        11,
        Failure("tests/test_cart.py::test_checkout: AssertionError: assert 0 == 3 + where 0 = f()"),
    )
    said = cited(answer)
    assert said["The assertion asked for `paid == 3`: on the left stood `0`, on the right `3`."] == ["assert paid == 3"]
    assert said["`paid` comes from `checkout(cart)`; `checkout` computes that."] == [
        "paid = checkout(cart)",
        "def checkout(cart: Cart):",
    ]
    assert not any("is known to" in text for text in said)
    assert "`test_checkout` is a function in tests/test_cart.py, lines 8 to 11." in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = ''\n    x = f'{1}'\n    assert x", "f'{1}'"),
        ("x = 1\n    assert x\n    x = 2", "1"),
        ("x, y = 1, 2\n    assert x", "1"),
        ("x, y = pair()\n    assert y", "pair()"),
        ("with client() as x:\n        assert x", "client()"),
        ("for x in range(3):\n        assert x", "range(3)"),
        ("x = 1\n    def inner():\n        x = 2\n    assert x", "1"),
        ("x = 1\n    x += 5\n    assert x", "x += 5"),
        ("assert x", ""),
    ],
)
def test_a_value_comes_from_the_nearest_assignment_above(text: str, told: str) -> None:
    code = f"def f(x):\n    {text}\n"
    line = 1 + code[: code.index("assert")].count("\n")
    tree = parsed(code.encode())
    assert tree is not None
    function = around(tree, line)
    assert function is not None
    found = assigned(function, code.splitlines()[line - 1].split()[-1], line)
    assert (found.value if found else "") == told


def test_a_failure_is_followed_to_what_was_changed_and_is_not_committed(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "shop")
    top, who = tmp_path / "shop", ["-c", "user.name=t", "-c", "user.email=t@localhost"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(["git", *who, *arguments], cwd=top, check=True)
    cart = top / "shop" / "cart.py"
    cart.write_text(cart.read_text().replace("amount = 0", "amount = 7").replace('"""Carts."""', '"""Baskets."""'))
    said = "AssertionError: 7 != 0"
    frames = (Cited("tests/test_cart.py", 11), Cited("shop/cart.py", 27))
    with Index.open(top, tmp_path / "cache") as index:
        failure = Failure(said, frames, changes(top))
        texts = [s.text for s in explain(index, "tests/test_cart.py", 11, 11, failure).sentences]
    assert texts[0].startswith("The assertion asked for `paid == 3`: on the left stood `7`")
    assert texts[1] == "It fails in `checkout` (shop/cart.py): `amount = 7`."
    assert texts[2] == "Changed and not committed, in `checkout` (shop/cart.py): `amount = 0` became `amount = 7`."
    assert (
        texts[3]
        == """Changed and not committed, in shop/cart.py: `\"\"\"Carts.\"\"\"` became `\"\"\"Baskets.\"\"\"`."""
    )
    assert not any(said in text for text in texts)


def test_a_citation_that_is_not_there_takes_its_sentence_along(index: Index) -> None:
    there, gone = Cited("shop/cart.py", 1), Cited("shop/cart.py", 999)
    answer = Answer(
        "about", (), (Sentence("a", (gone,)), Sentence("b", (there, gone)), Sentence("c", (Cited("no.py", 1),)))
    )
    assert answer.checked(index).sentences == (Sentence("b", (there,)),)


def test_answers_are_shown_as_markdown_and_in_a_terminal(index: Index) -> None:
    answer = ask(index, "who calls checkout?")
    assert "calls it. [shop/cart.py:32]" in markdown(answer)
    assert "```\ndef checkout(cart: Cart):" in markdown(answer)
    assert "    shop/cart.py:32\n" in terminal(answer)


def test_the_command_prints_what_its_schema_says(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "who calls checkout", "--repo", str(root), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, schemas.load("ask"))
    assert told["understood"]["kind"] == "callers"
    assert run(["ask", "--at", "shop/cart.py:23-26", "--repo", str(root), "--json"]) == 0
    jsonschema.validate(json.loads(capsys.readouterr().out), schemas.load("ask"))
    assert run(["ask", "зачем", "--repo", str(root)]) == 1
    assert "Nothing in this project" in capsys.readouterr().out


@pytest.mark.parametrize(
    "given", [[], ["--at", "shop/cart.py"], ["--at", "no.py:1"], ["--at", "shop/cart.py:99"], ["x", "--about", "y"], ["x" * 5000]]
)  # fmt: skip
def test_what_cannot_be_asked_is_said(root: Path, given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", *given, "--repo", str(root)]) == 2
    assert capsys.readouterr().err.startswith("fixbot: ")


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        ("who raises Odd?", "raisers", ("Odd",)),
        ("where is the ShopError caught", "catchers", ("ShopError",)),
        ("which modules depend on shop.errors", "dependents", ("shop.errors",)),
        ("list all classes in errors.py", "members", ("errors.py",)),
        ("what methods does Cart have?", "members", ("Cart",)),
        ("what parameters does Cart.total take", "signature", ("Cart.total",)),
        ("what does checkout return?", "returns", ("checkout",)),
        ("what is the default of rate in Cart.total", "default", ("rate",)),
        ("what's the difference between checkout and entry?", "compared", ("checkout", "entry")),
        ("wer ruft Cart.total auf?", "callers", ("Cart.total",)),
        ("wo wird die Klasse Cart verwendet?", "used", ("Cart",)),
        ("où est définie la classe Cart ?", "defined", ("Cart",)),
        ("¿quién llama a checkout?", "callers", ("checkout",)),
        ("谁调用 checkout？", "callers", ("checkout",)),
        ("Cart.total 在哪里被调用？", "callers", ("Cart.total",)),
    ],
)
def test_more_that_a_question_asks(text: str, kind: str, names: tuple[str, ...]) -> None:
    question = read_question(text)
    assert (question.kind, question.names, question.is_read) == (kind, names, True)


def test_where_an_exception_is_raised_and_caught_is_read_from_the_statements(index: Index) -> None:
    assert cited(ask(index, "who raises Odd?"))["`Cart.total` in shop/cart.py raises it."] == ['raise Odd("rate")']
    assert ask(index, "who raises ValueError?").kind != "raisers", "nobody does, and it is not of the project"
    assert cited(ask(index, "where is ShopError caught?"))["`checkout` in shop/cart.py catches it."] == [
        "except ShopError:"
    ]
    about = cited(ask(index, "what is Odd?"))
    assert "`late` in shop/cart.py catches it." in about, "of an exception this is what there is to know"


def test_what_a_definition_is_made_of(index: Index) -> None:
    assert "`Empty` is a class." in cited(ask(index, "list all classes in errors.py"))
    assert cited(ask(index, "what methods does Cart have?"))["`total` is a method."] == ["def total(self, rate):"]
    taken = cited(ask(index, "what arguments does Cart take"))
    assert taken["`Cart` is called by `Cart.__init__` as `def __init__(self)`."] == ["def __init__(self):"]
    assert cited(ask(index, "what does checkout return"))["It returns `amount`."] == ["return amount"]
    assert cited(ask(index, "what is the default of LIMIT"))[
        "In `shop/cart.py` the variable `LIMIT` is `5` by default."
    ] == ["LIMIT = 5"]
    assert "It is written `LIMIT = 5`." in cited(ask(index, "what is LIMIT?"))
    both = cited(ask(index, "what is the difference between checkout and Cart.total?"))
    assert both["`checkout` calls `Cart.total`."] == ["amount = cart.total(2)", "def total(self, rate):"]


def test_words_that_are_no_definition_are_found_where_they_stand_and_what_is_not_understood_says_so(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.py").write_text(
        'import os\n\n\ndef start():\n    if os.environ.get("SHOP_FORCE"):\n        raise SystemExit("it is closed today")\n'
    )
    (tmp_path / "guide.md").write_text(
        "# Shop\n\n## Opening hours\n\nSet SHOP_FORCE to open the shop outside of hours.\n"
    )
    with Index.open(tmp_path) as index:
        read = ask(index, "where is SHOP_FORCE read?")
        said = ask(index, "where does 'it is closed today' come from")
        hours = ask(index, "how do opening hours work?")
        vague = ask(index, "why is start so slow when it rains in `start`?")
    assert read.kind == "mentioned"
    assert [str(p) for p in read.sentences[1].places] == ["app.py:5"]
    assert [str(p) for p in said.sentences[0].places] == ["app.py:6"]
    assert "“Shop > Opening hours” in guide.md speaks of it." in [s.text for s in hours.sentences]
    assert any("what is asked of `start` was not understood" in n and "who calls" in n for n in vague.notes)


def test_nothing_in_an_answer_is_fetched_or_followed_by_who_shows_it() -> None:
    text = "See ![x](http://203.0.113.1/?k=1), [y](command:z), [a][b] and <img src=x>, but `a[0](1) < b`."
    told = markdown(Answer("about", (), (Sentence(text, (Cited("a.py", 1),)),), by="m"))
    assert "See !\\[x]\\(http" in told
    assert "[y]\\(command:z), [a]\\[b] and \\<img src=x>, but `a[0](1) < b`. [a.py:1]" in told
