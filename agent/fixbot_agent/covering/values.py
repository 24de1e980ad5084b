"""Values for parameters as source text: what was seen, what the code compares with, what annotations, uses and names say."""

import ast
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fixbot_agent.covering.clues import Clue
from fixbot_agent.covering.targets import Parameter

_PLAIN: Mapping[str, Sequence[str]] = {
    "int": ("0", "1", "2", "-1", "3", "10", "100"),
    "float": ("0.0", "1.0", "0.5", "-1.5", "2.25"),
    "bool": ("True", "False"),
    "str": ("''", "'a'", "'abc'", "'a b'", "'A'", "'1'", "' a '", "'a,b'", "'a-b_c'", "'a\\nb'", "'é'"),
    "bytes": ("b''", "b'a'", "b'abc'"),
    "None": ("None",),
    "object": ("None", "1", "'a'", "[]", "object()"),
    "complex": ("1j",),
    "Decimal": ("Decimal('1.5')", "Decimal('0')"),
    "Fraction": ("Fraction(1, 2)",),
    "date": ("datetime.date(2024, 2, 29)", "datetime.date(2023, 1, 1)"),
    "datetime": ("datetime.datetime(2024, 2, 29, 12, 30)", "datetime.datetime(2023, 1, 1)"),
    "timedelta": ("datetime.timedelta(days=1)", "datetime.timedelta(seconds=90)"),
    "TextIO": ("io.StringIO('a\\nb\\n')", "io.StringIO('')"),
    "BytesIO": ("io.BytesIO(b'ab')",),
    "Callable": ("str", "len", "bool", "max", "lambda *args: None", "lambda *args: args[0]"),
    "_Method": ("lambda *args: None", "lambda *args: True", "lambda *args: args[0]"),
    "Pattern": ("re.compile('a+')", "re.compile('[0-9]')"),
    "Path": ("tmp_path", "tmp_path / 'missing.txt'", "FILE('a\\nb\\n')", "FILE('')"),
    "type": ("int", "str", "object"),
    "set": ("set()", "{1, 2}", "{'a', 'b'}"),
    "range": ("range(3)",),
    "slice": ("slice(None)", "slice(1)", "slice(0, 2)", "slice(1, None, 2)"),
}  # fmt: skip
_ALIASES = {
    "List": "list", "Sequence": "list", "Iterable": "list", "Collection": "list", "MutableSequence": "list", "Iterator": "iter",
    "Dict": "dict", "Mapping": "dict", "MutableMapping": "dict", "OrderedDict": "dict", "defaultdict": "dict", "Tuple": "tuple",
    "Set": "set", "FrozenSet": "set", "frozenset": "set", "AbstractSet": "set", "Text": "str", "AnyStr": "str", "Any": "object",
    "PathLike": "Path", "StrPath": "Path", "IO": "TextIO", "StringIO": "TextIO", "Match": "object", "Type": "type", "Hashable": "object",
    "Number": "float", "Real": "float", "Integral": "int", "SupportsInt": "int", "SupportsFloat": "float", "BinaryIO": "BytesIO",
}  # fmt: skip
_BY_NAME: Sequence[tuple[str, str]] = (
    (r"(^|_)(path|file|filename|folder|dir|directory)$", "Path"),
    (r"^(is|has|use|with|allow|no)_|^(strict|verbose|flag|force)$", "bool"),
    (r"(^|_)(n|num|count|size|length|index|idx|width|height|limit|start|stop|end|depth|level|i|j|k|x|y)$", "int"),
    (r"(^|_)(name|text|key|string|str|s|line|word|prefix|suffix|label|title|message|msg|url|char|sep|value)$", "str"),
    (
        r"^(f|pred|key_func)$|(^|_)(func|fn|function|callback|predicate|callable|handler|hook|factory|reducer|(bin|un)?op)$",
        "Callable",
    ),
    (r"^(items|values|lst|list|seq|sequence|iterable|elements|args|lines|words|iterables|data|seqs)$", "list"),
    (r"^(d|dct|dict|mapping|options|kwargs|config|attrs|headers|params)$", "dict"),
)
_DEEPEST = 3
_LITERAL = frozenset({"str", "int", "float", "bool", "bytes", "None", "Optional", "list", "tuple", "dict", "set"})
_STRANGE = 0.07  # how often a value may be of another type than is annotated


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside a parameter itself: how to make an object of a class of the module, and members of enumerations."""

    make: Callable[[str, int], str | None]
    members: Mapping[str, Sequence[str]]


class Values:
    """Draws values. `random` decides, so that a seed gives the same ones again."""

    def __init__(self, chance: random.Random, known: Known) -> None:
        self._chance = chance
        self._known = known

    def draw(self, parameter: Parameter, clue: Clue, seen: Sequence[str]) -> str:
        """Source text of a value for `parameter`; `seen` are values that it was given elsewhere."""
        turn = self._chance.random()
        if seen and turn < 0.4:
            text = self._chance.choice(list(seen))
            return text if self._chance.random() < 0.7 else self.changed(text, list(clue.texts), parameter.annotation)
        is_mapping = clue.is_mapping and parameter.annotation is None and self._chance.random() >= _STRANGE
        texts = [t for t in clue.texts if t.startswith("{")] if is_mapping else list(clue.texts)
        if (texts := self._fitting(texts, parameter.annotation)) and turn < 0.65:
            return self._chance.choice(texts)
        if clue.keys and turn < 0.8:
            return self._with_keys(list(clue.keys), clue)
        if clue.attributes and parameter.annotation is None and turn < 0.75:
            return self._fake(clue)
        if is_mapping:
            return self._with_keys(list(clue.keys), clue)
        if clue.types and self._takes_used(parameter.annotation, turn):
            return self.of_name(self._chance.choice(list(clue.types)), 0)
        if parameter.annotation is not None:
            return self.of_type(parameter.annotation, 0)
        return self._by_name(parameter, clue)

    def _takes_used(self, annotation: ast.expr | None, turn: float) -> bool:
        """Whether the types count that the code asks for or that its uses suggest: beside plain types that are annotated hardly ever."""
        if plain_kinds(annotation) is not None:
            return self._chance.random() < _STRANGE
        return annotation is None or turn < 0.75

    def _by_name(self, parameter: Parameter, clue: Clue) -> str:
        if clue.is_called:
            return self.of_name("Callable", 0)
        if parameter.default is not None and not isinstance(parameter.default, ast.Constant):
            return ast.unparse(parameter.default)
        if isinstance(parameter.default, ast.Constant) and parameter.default.value is not None:
            return self.of_name(type(parameter.default.value).__name__, 0)
        for pattern, kind in _BY_NAME:
            if re.search(pattern, parameter.name) and self._chance.random() < 0.8:
                return self.of_name(kind, 0)
        return self.of_name(self._chance.choice(("str", "int", "list", "dict", "None", "float", "tuple", "bool")), 0)

    def of_type(self, annotation: ast.expr, depth: int) -> str:
        """A value of an annotation's type, as far as it is understood."""
        if isinstance(annotation, ast.Constant):
            if isinstance(annotation.value, str):
                return self._of_text(annotation.value, depth)
            return repr(annotation.value)
        if isinstance(annotation, ast.BinOp):
            return self.of_type(self._chance.choice((annotation.left, annotation.right)), depth)
        if not isinstance(annotation, ast.Subscript):
            return self.of_name(ast.unparse(annotation), depth)
        name = ast.unparse(annotation.value).rpartition(".")[2]
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if name in ("Union", "Literal"):
            return (
                self.of_type(self._chance.choice(inner), depth)
                if name == "Union"
                else ast.unparse(self._chance.choice(inner))
            )
        if name == "Optional":
            return "None" if self._chance.random() < 0.3 else self.of_type(inner[0], depth)
        if name in ("Annotated", "Final", "ClassVar"):
            return self.of_type(inner[0], depth)
        return self._container(_ALIASES.get(name, name), inner, depth)

    def _of_text(self, text: str, depth: int) -> str:
        try:
            return self.of_type(ast.parse(text, mode="eval").body, depth)
        except SyntaxError:
            return "None"

    def _container(self, name: str, inner: Sequence[ast.expr], depth: int) -> str:
        count = self._chance.choice((0, 1, 2, 3)) if depth < _DEEPEST else 0
        if name == "dict" and len(inner) == 2:
            pairs = (f"{self.of_type(inner[0], depth + 1)}: {self.of_type(inner[1], depth + 1)}" for _ in range(count))
            return "{" + ", ".join(pairs) + "}"
        if name == "tuple" and not (len(inner) == 2 and ast.unparse(inner[1]) == "..."):
            return "(" + "".join(f"{self.of_type(each, depth + 1)}, " for each in inner).rstrip() + ")"
        parts = ", ".join(self.of_type(inner[0], depth + 1) for _ in range(count))
        if name == "tuple":
            return f"({parts},)" if count else "()"
        if name == "set":
            return "{" + parts + "}" if count else "set()"
        if name == "iter":
            return f"iter([{parts}])"
        return f"[{parts}]" if name == "list" else self.of_name(name, depth)

    def of_name(self, name: str, depth: int) -> str:
        """A value of the type of that name; None where nothing is known of it."""
        full, name = name, name.rpartition(".")[2]
        name = _ALIASES.get(name, name) if name != "Callable" or not depth else "_Method"  # no builtin for a method
        if name in self._known.members:
            return self._chance.choice(list(self._known.members[name]))
        if name in _PLAIN:
            return self._chance.choice(list(_PLAIN[name]))
        if name in ("list", "tuple", "dict", "iter"):
            element = ast.Name(self._chance.choice(("int", "str")))
            return self._container(name, [element, *([ast.Constant(...)] if name == "tuple" else [element])], depth)
        made = self._known.make(full, depth) if depth < _DEEPEST else None
        return made if made is not None else "None"

    def _with_keys(self, keys: Sequence[str], clue: Clue) -> str:
        chosen = [key for key in keys if self._chance.random() < 0.7]
        texts = [*clue.texts, "1", "'a'", "[]", "None", "True", "{}"]
        return "{" + ", ".join(f"{key}: {self._chance.choice(texts)}" for key in chosen) + "}"

    def _fake(self, clue: Clue) -> str:
        """An object of the attributes that are read; those that are called give something plain, whatever they are called with."""
        kinds = ("str", "int", "list", "bool", "None")
        told = [(n, "_Method" if n in clue.methods else self._chance.choice(kinds)) for n in clue.attributes]
        held = ", ".join(f"{name}={self.of_name(kind, 1)}" for name, kind in told)
        return f"SimpleNamespace({held})"

    def _fitting(self, texts: list[str], annotation: ast.expr | None) -> list[str]:
        """Those of `texts` that are of an annotation's types; now and then all, as code may ask for them."""
        return texts if self._chance.random() < _STRANGE else [text for text in texts if fits(annotation, text)]

    def changed(self, text: str, others: Sequence[str], annotation: ast.expr | None = None) -> str:
        """A value that is near to another one, of the types of an annotation like that."""
        try:
            near = self._near(ast.literal_eval(text), self._fitting(list(others), annotation))
            return near if fits(annotation, near) or not fits(annotation, text) else text
        except (ValueError, SyntaxError, OverflowError):  # no literal, or one that is none after the change (inf)
            return text

    def _near(self, value: object, others: Sequence[str]) -> str:
        chance = self._chance
        if isinstance(value, bool):
            return repr(not value)
        if isinstance(value, int | float):
            return repr(chance.choice((value + 1, value - 1, -value, value * 2, 0)))
        if isinstance(value, str):
            return repr(self._near_text(value, others))
        if isinstance(value, list | tuple) and value:
            place = chance.randrange(len(value))
            more = [*value[:place], *value[place + chance.choice((0, 1)) :]]
            if chance.random() < 0.5:
                more.insert(place, ast.literal_eval(self._near(value[place], others)))
            return repr(type(value)(more))
        if isinstance(value, dict) and value:
            key = chance.choice(list(value))
            if chance.random() < 0.4:
                return repr({k: v for k, v in value.items() if k != key})
            return repr({**value, key: ast.literal_eval(self._near(value[key], others))})
        return chance.choice(["[]", "{}", "None", "''", "0", *[t for t in others if _is_literal(t)]])

    def _near_text(self, value: str, others: Sequence[str]) -> str:
        chance = self._chance
        pieces = [v for t in others if isinstance(v := _literal(t), str)] or ["a", "1", " ", "-"]
        place = chance.randrange(len(value) + 1)
        turn = chance.random()
        if turn < 0.45:
            return value[:place] + chance.choice(pieces) + value[place:]
        if turn < 0.7:
            return value[:place] + value[place + chance.choice((1, 2)) :]
        return chance.choice((value.upper(), value + value, value[::-1], chance.choice(pieces), value.strip()))


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


def _is_literal(text: str) -> bool:
    return text == "None" or _literal(text) is not None


def fits(annotation: ast.expr | None, text: str) -> bool:
    """Whether a literal is made of the plain types that an annotation names only; all fits one that names others, or none."""
    kinds = plain_kinds(annotation)
    if kinds is None:
        return True
    try:
        return all(kind in kinds for kind in _kinds(ast.literal_eval(text)))
    except (ValueError, SyntaxError):
        return True


def plain_kinds(annotation: ast.expr | None) -> frozenset[str] | None:
    """The plain types that an annotation is made of; None where it names others, or there is none."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return None
    if annotation is None:
        return None
    nodes = list(ast.walk(annotation))
    named = [n.id if isinstance(n, ast.Name) else n.attr for n in nodes if isinstance(n, ast.Name | ast.Attribute)]
    named += ["None"] * any(isinstance(n, ast.Constant) and n.value is None for n in nodes)
    kinds = {_ALIASES.get(name, name) for name in named} - {"typing", "Union", "Literal", "Annotated", "t"}
    if not kinds or kinds - _LITERAL:
        return None
    kinds |= {"None"} if "Optional" in kinds else set()
    return frozenset(kinds | ({"int"} if "float" in kinds else set()))


def _kinds(value: object) -> Iterator[str]:
    """The names of the types in a literal."""
    yield "None" if value is None else type(value).__name__
    if isinstance(value, dict):
        yield from (kind for pair in value.items() for each in pair for kind in _kinds(each))
    elif isinstance(value, list | tuple | set):
        yield from (kind for each in value for kind in _kinds(each))
