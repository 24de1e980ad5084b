"""Calls that can be made up for a function from its text alone: values by annotation, by default, by what nobody says; and why there are none."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fixbot_lsp.errors import CommandRefused

_GIVEN = {"int": ("0", "2", "-3"), "float": ("0.0", "1.5"), "str": ("''", "'a b'"), "bool": ("False", "True"), "bytes": ("b'ab'",),
          "list": ("[]", "[1, 2]"), "dict": ("{}", "{'a': 1}"), "tuple": ("()", "(1, 2)"), "set": ("set()", "{1, 2}"), "frozenset": ("frozenset()",),
          "sequence": ("[]", "[1, 2]"), "iterable": ("[]", "[1, 2]"), "collection": ("[]", "[1, 2]"), "iterator": ("iter([1, 2])",),
          "mapping": ("{}", "{'a': 1}"), "number": ("0", "2"), "complex": ("0j",), "object": ("0", "'a b'"), "any": ("0", "2", "'a b'", "[1, 2]"),
          "path": ("__import__('pathlib').Path('a/b.txt')",), "none": ("None",), "date": ("__import__('datetime').date(2020, 2, 29)",),
          "datetime": ("__import__('datetime').datetime(2020, 2, 29, 12)",), "timedelta": ("__import__('datetime').timedelta(hours=36)",),
          "decimal": ("__import__('decimal').Decimal('1.5')",), "fraction": ("__import__('fractions').Fraction(1, 3)",),
          "pattern": ("__import__('re').compile('a')",)}  # fmt: skip
_UNKNOWN = ("0", "2", "'a b'", "[1, 2]")  # tried where nothing is said of a parameter's type
_MOST = 6  # calls

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Target:
    """A function of a module, or one of its class's methods."""

    function: Function
    owner: ast.ClassDef | None = None

    @property
    def imported(self) -> str:
        """The name that a test imports."""
        return self.owner.name if self.owner is not None else self.function.name

    @property
    def name(self) -> str:
        """How a reader calls it."""
        return f"{self.owner.name}.{self.function.name}" if self.owner is not None else self.function.name


def target(text: str, line: int) -> Target:
    """The function whose definition has its ``def`` on `line` (from 1) of a module's `text`. Raises CommandRefused where none can be called by itself."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        raise CommandRefused("the document does not parse", "mend it first") from None
    for node in body:
        if isinstance(node, Function) and node.lineno == line:
            return Target(node)
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or node.lineno):
            for inner in node.body:
                if isinstance(inner, Function) and inner.lineno == line:
                    return Target(inner, node)
    raise CommandRefused("it is defined inside something else, from where no test can call it", "move it to the module")


def calls(target: Target) -> list[str]:
    """Expressions that call it, the plainest first. Raises CommandRefused where a parameter, or the object itself, cannot be made up."""
    function, owner = target.function, target.owner
    marks = {ast.unparse(each).rpartition(".")[2] for each in function.decorator_list}
    is_bound = owner is not None and "staticmethod" not in marks
    made = [""] if owner is None else [owner.name] if marks & {"staticmethod", "classmethod"} else list(_made(owner))
    if marks & {"property", "cached_property"}:
        found = [f"{each}.{function.name}" for each in made]
    elif any(mark in ("setter", "deleter", "overload", "abstractmethod", "fixture") for mark in marks):
        raise CommandRefused(f"{target.name} is not called by its name", "write the test by hand")
    else:
        given = list(_arguments(function.args, skip=is_bound))
        turns = max(len(made), len(given))
        heads = [f"{made[n % len(made)]}." if made[0] else "" for n in range(turns)]
        found = [f"{head}{function.name}({given[n % len(given)]})" for n, head in enumerate(heads)]
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in _inside(function))
    if isinstance(function, ast.AsyncFunctionDef):
        if yields:
            raise CommandRefused(f"{target.name} is an asynchronous generator", "write the test by hand")
        found = [f"asyncio.run({each})" for each in found]
    elif yields and "contextmanager" not in marks:
        found = [f"list({each})" for each in found]
    return list(dict.fromkeys(found))[:_MOST]


def _made(owner: ast.ClassDef) -> Iterator[str]:
    """Expressions that make one of a class."""
    init = next((n for n in owner.body if isinstance(n, ast.FunctionDef) and n.name == "__init__"), None)
    marks = {ast.unparse(each).partition("(")[0].rpartition(".")[2] for each in owner.decorator_list}
    if init is not None:
        yield from (f"{owner.name}({each})" for each in _arguments(init.args, skip=True))
    elif "dataclass" in marks and not owner.bases:
        fields = [
            n for n in owner.body if isinstance(n, ast.AnnAssign) and n.value is None and isinstance(n.target, ast.Name)
        ]
        choices = [(ast.unparse(n.target), _values(n.annotation)) for n in fields]
        yield from (f"{owner.name}({each})" for each in _rounds(choices, set()))
    elif [b for b in owner.bases if ast.unparse(b) != "object"] or owner.keywords or marks:
        raise CommandRefused(f"how a {owner.name} is made stands in another class", "write the test by hand")
    else:
        yield f"{owner.name}()"


def _arguments(spec: ast.arguments, *, skip: bool) -> Iterator[str]:
    """Values for the parameters without a default (without the first where `skip`), by annotation; the same round for all of them."""
    positional = [*spec.posonlyargs, *spec.args]
    needed = positional[: len(positional) - len(spec.defaults)][int(skip) :]
    named = [a for a, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is None]
    yield from _rounds([(a.arg, _values(a.annotation)) for a in (*needed, *named)], {a.arg for a in named})


def _rounds(choices: list[tuple[str, tuple[str, ...]]], keywords: set[str]) -> Iterator[str]:
    for turn in range(max((len(values) for _, values in choices), default=1)):
        # Where types are known the values differ from each other; of unknown ones all are alike, so that they go together.
        made = [(n, v[(turn + (0 if v is _UNKNOWN else at)) % len(v)]) for at, (n, v) in enumerate(choices)]
        yield ", ".join(f"{name}={value}" if name in keywords else value for name, value in made)


def _values(annotation: ast.expr | None) -> tuple[str, ...]:
    if annotation is None:
        return _UNKNOWN
    written = ast.unparse(annotation).strip("'\"")
    wrapped = re.fullmatch(r"(?:typing\.)?(?:Optional|Final|Annotated|ClassVar)\[(.+)\]", written)
    inner = wrapped[1] if wrapped else written
    parts = (
        [part.strip() for part in re.split(r"\||,", inner.removeprefix("Union[").removesuffix("]"))]
        if "|" in inner or "Union[" in inner
        else [inner]
    )
    for part in parts:
        if literal := re.fullmatch(r"(?:typing\.)?Literal\[(.+)\]", part):
            return tuple(each.strip() for each in literal[1].split(","))
        values = _GIVEN.get(part.partition("[")[0].rpartition(".")[2].lower())
        if values is not None and part != "None":
            return values
    raise CommandRefused(f"no value of type {written} can be made up", "write the test by hand")


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _inside(child)
