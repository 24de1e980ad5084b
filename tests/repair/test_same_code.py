"""Whether a fix changes what runs is told from the statements that it touches, and never where the whole file says otherwise."""

import ast
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.source.decoding import decode
from fixbot_repair.fixing.holding import same_code

_LINES = st.lists(
    st.sampled_from(
        ["x = 1", "# note", "", "@cached", "def f(a):", "    return a", "    # inner", "    a = (1,", "         2)", "y = '''", "'''", "if x: y = 2; z = 3", "else:", "    pass"]
    ),
    max_size=12,
)  # fmt: skip


def dumped(text: str) -> str | None:
    try:
        return ast.dump(ast.parse(text))
    except SyntaxError:
        return None


@given(_LINES, st.data())
def test_what_differs_in_the_whole_file_is_never_the_same(lines: list[str], data: st.DataObject) -> None:
    text = "".join(line + "\n" for line in lines)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    first = data.draw(st.sampled_from(starts))
    last = data.draw(st.sampled_from([at for at in starts if at >= first]))
    put = data.draw(st.sampled_from(["", "# other\n", "x = 1\n", "x = 1  # why\n", "    pass\n", "(\n", '"""\n']))
    changed = text[:first] + put + text[last:]
    before, after = (decode("m.py", t.encode()) for t in (text, changed))

    if dumped(text) is None or dumped(text) != dumped(changed):
        assert not same_code(before, after)


def test_a_comment_in_a_function_changes_nothing_that_runs() -> None:
    text = "import os\n\n\n@wrapped\ndef f():\n    return os.sep\n"
    noted = text.replace("    return", "    # the sign between folders\n    return")
    assert same_code(decode("m.py", text.encode()), decode("m.py", noted.encode()))
    assert not same_code(decode("m.py", text.encode()), decode("m.py", text.replace("os.sep", "os.pathsep").encode()))
