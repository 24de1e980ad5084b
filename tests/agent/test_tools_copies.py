"""What is said of changed functions: only what they themselves bring, by content and name, wherever the lines are now."""

from collections.abc import Iterable, Mapping

from fixbot_agent.tools import Desk
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.last_look import remarks
from fixbot_analysis.symbols import FileFacts, Symbol, extract
from fixbot_repair.checks import Feedback

PATH = "shop/cart.py"
BODY = """
    found = 0
    for item in self.items:
        if item is not None:
            found += item * self.rate
    return round(found)
"""
TWINS = f"""class Cart:
    @overload
    def get(self, name: str, default: int = 0, *, call: Literal[True] = True, strict: bool = False) -> Any | None: ...

    @overload
    def get(self, name: str, default: int = 0, *, call: Literal[False] = ..., strict: bool = False) -> Any | None: ...

    def get(self, name, default=0, *, call=True, strict=False):
        return name

    @overload
    def take(self, name: str, default: int = 0, *, call: Literal[True] = True, strict: bool = False) -> Any | None: ...

    @overload
    def take(self, name: str, default: int = 0, *, call: Literal[False] = ..., strict: bool = False) -> Any | None: ...

    def take(self, name, default=0, *, call=True, strict=False):
        return name

    def total(self):{BODY.replace(chr(10), chr(10) + "    ").rstrip()}

    def amount(self):{BODY.replace(chr(10), chr(10) + "    ").rstrip()}

    def one(self):
        return 1
"""


class Files:
    """A private copy in memory."""

    def __init__(self, text: str) -> None:
        self.files = {PATH: text.encode()}
        self.started = dict(self.files)
        self.paths = (PATH,)

    def original(self, path: str) -> bytes | None:
        return self.started.get(path)

    def read(self, path: str) -> bytes:
        return self.files[path]

    def write(self, files: Mapping[str, bytes | None]) -> None:
        self.files.update({p: d for p, d in files.items() if d is not None})


class Known:
    """An index of the files as they are now, and tests that nobody runs."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def symbols(self) -> Iterable[tuple[str, Symbol]]:
        return [(PATH, s) for s in self.facts(PATH).symbols]

    def facts(self, path: str) -> FileFacts:
        return extract(self.files.files[path])

    def update(self, path: str, data: bytes | None) -> None:
        pass

    def run(self, ids: object = None, *, output: object = ()) -> Feedback:
        return Feedback()


def said(before: str, after: str) -> list[str]:
    files = Files(before)
    known = Known(files)
    desk = Desk(files, known, known)
    desk.put(desk.document(PATH), after.encode())
    return list(remarks(desk, Definitions(desk), [PATH]))


def test_what_stands_elsewhere_in_the_file_is_nobodys_fault() -> None:
    assert (
        said(TWINS, "import os\n\n\n" + TWINS.replace("return 1", "return 2\n\n    def two(self):\n        return 3"))
        == []
    )


def test_a_function_that_was_like_another_before_may_be_changed() -> None:
    assert said(TWINS, TWINS.replace("round(found)", "round(found, 2)", 1)) == []


def test_a_renamed_function_is_no_copy_and_of_two_new_ones_one_is_named() -> None:
    one = f"def total(self):{BODY}"
    assert said(one, one.replace("total", "amount")) == []
    (line,) = said(one, f"{one}\n\ndef first(self):{BODY}")
    assert line.startswith("shop/cart.py:9: first says nearly the same as shop/cart.py::total (line 1)")
    assert len(said("", f"def first(self):{BODY}\n\ndef second(self):{BODY}")) == 1
