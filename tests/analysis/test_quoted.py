"""Quoted annotations: which strings of a file are types, and which names they use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixbot_analysis.graph import DependencyGraph, EdgeKind
from fixbot_analysis.symbols import extract
from fixbot_analysis.symbols.quoted import mentions


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f(a: 'A | None', *b: 'm.B') -> 'dict[str, C]': pass", "A m.B dict str C"),
        ("x: Dict[str, List['A']]; y: 'A' | None; z: t.List['B']", "A B"),
        ("x: Callable[['A', 'B'], 'C']", "A B C"),
        ("x: 'List[\"A\"]'", "List A"),
        ("def f[T: 'A'](): pass", "A"),
        ("type X = 'A'", "A"),
        ("X: TypeAlias = 'A'", "A"),
        ("import typing\nX = Optional['A']; typing.cast('B', 'n')", "A B"),
        ("import typing\nTypeVar('n', 'A', List['B'], bound='C'); NewType('n', 'D')", "A B C D"),
        ("import typing\nNamedTuple('n', [('n', 'A'), ('n', 'B')]); TypedDict('n', {'n': 'A'}); TypedDict('n', k='C')", "A B C"),
        ("class K(Base['A'], doc='n'): pass", "A"),
        ("x: '''\n A |\n é.B'''", "A é.B"),
        ("x: u'A'; y: r'B'", "A B"),
        # Strings that are none.
        ("x: Literal['n']; y: 't.Literal[\"n\"] | A'", "t.Literal A"),
        ("from typing import Literal as L\nx: L['n']; y: 'L[\"n\"]'; z = L['n']", "L"),
        ("x: Annotated['A', 'n', List['n']]; y: 'Annotated[A, n]'; z: Annotated[int, F('n')]", "A Annotated"),
        ("x: str = 'n'; def f(a='n', *, b: str = 'n'): pass", ""),
        ("import typing\nprint('n'); d['n']; cast(A, 'n'); TypedDict('n', total='n'); x = Literal['n', List['n']]", ""),
        ("x: f'n'; y: b'n'; z: 'a\\tn'; w: 'n n'; v: 'f(n)'; u: '1n'; t: 'None'", ""),
    ],
)  # fmt: skip
def test_strings_that_are_types_use_what_they_name(code: str, names: str) -> None:
    plain = {name for name, _ in extract(code.encode()).references}
    without = {name for name, _ in extract(code.replace("'", " ").replace('"', " ").encode()).references}
    assert "n" not in plain
    assert set(names.split()) <= plain
    assert plain <= without | set(names.split())


def test_a_quoted_annotation_is_an_edge_of_use_and_its_string_otherwise_none() -> None:
    files = {
        "shop.py": "class Cart: pass\nclass Till: pass\nclass Bag: pass\n",
        "use.py": (
            "from typing import Literal\nimport shop\nfrom shop import Till, Bag\n"
            "class Desk:\n    def f(self, cart: 'shop.Cart | None', kind: Literal['Bag']) -> 'list[Till]':\n        x: 'Desk'\n"
        ),
    }
    graph = DependencyGraph.build({path: extract(text.encode()) for path, text in files.items()})
    used = {(e.source, e.target) for e in graph.edges if e.kind is EdgeKind.USES}
    assert used == {
        ("use.py::Desk", "shop.py::Cart"),
        ("use.py::Desk", "shop.py::Till"),
        ("use.py::Desk.f", "use.py::Desk"),
    }


@given(st.text(alphabet="ab.é[]|,'\" *\n1L", max_size=40))
def test_each_name_stands_where_it_is_said_to(text: str) -> None:
    data = text.encode()
    for mention in mentions(text, {}):
        written = mention.dotted.encode()
        assert data[mention.start : mention.start + len(written)] == written


@pytest.mark.parametrize("text", ["List[" * 150, "[" * 900 + "]" * 900, "a" * 5000, "a|" * 400 + "a", "List['" * 100])
def test_types_made_to_be_slow_are_read_or_passed_over(text: str) -> None:
    assert {m.dotted for m in mentions(text, {})} <= {"a"}
    assert extract(f"x: '{text}'\nimport typing\ny = Optional['{text}']".encode()).references
