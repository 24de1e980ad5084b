"""Steps of cleaning: each does what it says, and without it the same suggestion would be shown as it came."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixbot_agent.completing.cleaning import STEPS, Draft, Reason, clean


def _draft(written, text, path="app.py", language="python", **more):
    at = written.index("¦")
    return Draft(path, written.replace("¦", "").encode(), len(written[:at].encode()), text, language, **more)


CHANGED = [
    # step, document, raw text, what is shown, block, language
    ("chat", "def f(x):\n    ¦\n", "Sure! Here is the completed code:\n\n```python\nreturn x + 1\n```\nThis code adds one.", "return x + 1", False, "python"),
    ("also chat", "def f(x):\n    ¦\n", "return x + 1\n```", "return x + 1", False, "python"),
    ("also chat", "def f(x):\n    ¦\n", "y = x\nreturn y\n\nThis function returns its argument.", "y = x\n    return y", True, "python"),
    ("tokens", "x = ¦\n", "1 + 2<|endoftext|>y = 3", "1 + 2", False, "python"),
    ("tokens", "x = ¦\n", "<fim_middle>1 + 2", "1 + 2", False, "python"),
    ("echo", "def f(x):\n    return ¦\n", "return x + 1", "x + 1", False, "python"),
    ("echo", "def f(x):\n    ret¦\n", "return x", "urn x", False, "python"),
    ("echo", "def f(x):\n    y = x\n    ¦\n", "def f(x):\n    y = x\n    return y", "return y", False, "python"),
    ("also suffix", "def f(a):\n    print(¦)\n", "a, 1)", "a, 1", False, "python"),
    ("suffix", "def f(a):\n    ¦\n    total = a + 1\n    return total\n", "b = a\n    total = a + 1\n    return total", "b = a", True, "python"),
    ("suffix", "def f(a):\n    ¦\n    return compute(a, b, 1)\n", "b = a\nreturn compute(a,b,1)", "b = a", True, "python"),
    ("indentation", "def f(a):\n\tif a:\n\t\t¦\n", "x = a\n        if x:\n            pass", "x = a\n\t\tif x:\n\t\t\tpass", True, "python"),
    ("indentation", "def f(a):\n    ¦\n", "if a:\n    print(a)\nelse:\n    pass", "if a:\n        print(a)\n    else:\n        pass", True, "python"),
    ("indentation", "def f(a):\n    if a:\n        pass\n    ¦\n", "    return a", "return a", False, "python"),
    ("repetition", "def f(a):\n    ¦\n", "a.add(one)\n    a.add(one)\n    a.add(one)\n    a.add(one)", "a.add(one)", True, "python"),
    ("unit", "def f(a):\n    ¦\n", "return a\n\n\n\ndef g(b):\n    return b", "return a", True, "python"),
    ("unit", "x = ¦\n", "call(\n    1,\n)\ny = 2", "call(\n    1,\n)", False, "python"),
    ("brackets", "def f(a):\n    print(¦)\n", "max(a, 1", "max(a, 1)", False, "python"),
    ("brackets", "x = ¦\n", 'name("a', 'name("a")', False, "python"),
    ("brackets", 'x = d["¦"]\n', 'name"', "name", False, "python"),
    ("brackets", "function f(a) {\n  ¦\n}\n", "if (a) {\n    go(a);", "if (a) {\n    go(a);\n  }", True, "javascript"),
    ("blanks", "def f(a):\n    ¦\n", "b = a   \n    return b  ", "b = a\n    return b", True, "python"),
    ("syntax", "def f(a):\n    ¦\n", "b = a\n    return b\n    c = = d", "b = a\n    return b", True, "python"),
    ("line ends", "def f(a):\r\n    ¦\r\n", "b = a\n    return b", "b = a\r\n    return b", True, "python"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "written", "text", "shown", "block", "language"),
    CHANGED,
    ids=[f"{c[0]}-{i}" for i, c in enumerate(CHANGED)],
)
def test_a_step_changes_the_text(step, written, text, shown, block, language):
    also = step.startswith("also ")  # another step would have come to the same
    step = step.removeprefix("also ")
    draft = _draft(written, text, language=language, block=block)
    cleaned = clean(draft)
    assert cleaned.text == shown
    assert step in cleaned.changed
    assert also or clean(draft, without=(step,)).text != shown


REFUSED = [
    ("size", "x = ¦\n", " \n ", Reason.EMPTY),
    ("size", "x = ¦\n", "1 + " * 20_000, Reason.TOO_LONG),
    ("chat", "x = ¦\n", "I'm sorry, but I can't help with that.", Reason.CHAT),
    ("characters", "x = ¦\n", '"a\u202eb"', Reason.CHARACTERS),
    ("characters", "x = ¦\n", "1\u200b", Reason.CHARACTERS),
    ("characters", "x = ¦\n", '"\x1b[0m"', Reason.CHARACTERS),
    ("suffix", "def f(a):\n    ¦\n    return compute(a)\n", "return compute(a)", Reason.SUFFIX),
    ("repetition", "def f(a):\n    print(a, b)\n    ¦\n", "print(a, b)", Reason.REPETITION),
    ("repetition", "x = ¦\n", "a.b.c " + "and a.b.c " * 6, Reason.REPETITION),
    ("brackets", "x = ¦\n", "f(1)) + 2", Reason.BRACKETS),
    ("length", "x = ¦\n", "+".join(f"value{n}" for n in range(99)), Reason.TOO_LONG),
    ("syntax", "x = ¦\n", "1 = = 2", Reason.SYNTAX),
    ("syntax", "def f(a):\n    ¦\n", 'print "a"', Reason.SYNTAX),
    ("names", "def f(a):\n    ¦\n", "return a + unheard_of", Reason.NAMES),
    ("members", "def f(a):\n    ¦\n", "return a.shrink()", Reason.MEMBERS),
    ("security", "def f(a):\n    ¦\n", "return eval(a)", Reason.INSECURE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "written", "text", "reason"), REFUSED, ids=[f"{r[0]}-{i}" for i, r in enumerate(REFUSED)]
)
def test_a_step_refuses_the_text(step, written, text, reason):
    draft = _draft(written, text, names=lambda: {"a", "b", "f"}, members=lambda r: {"grow"} if r == "a" else None)
    if step in ("length", "repetition", "suffix"):
        draft = _draft(written, text)
    cleaned = clean(draft)
    assert (cleaned.text, cleaned.reason, cleaned.step) == (None, reason, step)
    assert clean(draft, without=(step,)).step != step


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("def f(a):\n    ¦\n", "for each in a:\n        print(each)"),
        ("def f(a):\n    ¦\n", "with open(a) as file, file:\n        return [x for x in file]"),
        ("def f(a):\n    ¦\n", "import os.path as p\n    return p.join(a)"),
        ("def f(a):\n    ¦\n", "return sorted(a, key=lambda item: item.name)"),
        ("def f(a):\n    ¦\n", "try:\n        a()\n    except ValueError as error:\n        print(error)"),
        ("def f(a):\n    ¦\n", "def inner(*args, b=1, **more):\n        return args, b, more"),
        ("def f(a):\n    ¦\n", "match a:\n        case [first, *rest]:\n            return first, rest"),
    ],
)
def test_names_that_the_text_binds_are_known(written, text):
    assert clean(_draft(written, text, block=True, names=lambda: {"a", "f"})).text == text


@pytest.mark.parametrize(
    ("path", "language", "written", "text"),
    [
        ("a.go", "go", "package p\nfunc f(a int) int {\n\t¦\n}\n", "if a > 0 {\n\t\treturn a\n\t}\n\treturn 0"),
        ("a.rs", "rust", "fn f(a: i32) -> i32 {\n    ¦\n}\n", "if a > 0 {\n        return a;\n    }\n    0"),
        ("A.java", "java", "class A {\n    int f(int a) {\n        ¦\n    }\n}\n", "int b = a + 1;\n        return b;"),
        ("a.c", "c", "int f(int a) {\n    ¦\n}\n", "char c = '\"';\n    return a + c;"),
        ("a.cpp", "cpp", "int f(int a) {\n    ¦\n}\n", "auto g = [](int b) { return b; };\n    return g(a);"),
        ("a.ts", "typescript", "function f(a: string) {\n  ¦\n}\n", "const b = `${a}`;\n  return b;"),
        ("a.tsx", "tsx", "const F = () => {\n  ¦\n}\n", "return <p>it's</p>;"),
    ],
)
def test_whole_blocks_of_other_languages_pass_unchanged(path, language, written, text):
    assert clean(_draft(written, text, path, language, block=True)).text == text


def test_the_text_may_take_the_end_of_the_line_along():
    cleaned = clean(_draft("def f(a):\n    run(¦)\n", "a)\n    return a", block=True))
    assert cleaned.text == "a)\n    return a"
    assert cleaned.replace.end - cleaned.replace.start == 1


_DOCUMENT = "import os\n\n\nclass A:\n    def f(self, a):\n        x = [a, (1, 'b')]\n        return x\n\n    def g(self):\n        return {1: self.f(2)}\n"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(_DOCUMENT)), st.text("ab(){}[]'\"`\n \t:#=.,/\\é😀", max_size=30), st.booleans())
def test_anything_is_survived_and_what_is_shown_leaves_no_new_error(offset, text, block):
    from fixbot_analysis.syntax import SyntaxTree

    data = _DOCUMENT.encode()
    cleaned = clean(Draft("a.py", data, offset, text, block=block))
    assert (cleaned.text is None) == (cleaned.reason is not None)
    if cleaned.text is not None:
        new = data[: cleaned.replace.start] + cleaned.text.encode() + data[cleaned.replace.end :]
        assert len(SyntaxTree.parse(new).errors()) == 0


def test_steps_are_named():
    assert len(STEPS) == len(set(STEPS))
    assert {c[0].removeprefix("also ") for c in CHANGED} | {r[0] for r in REFUSED} == set(STEPS)
