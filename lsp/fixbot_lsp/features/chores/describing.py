"""What can be said of a function without understanding it: its parameters with types and defaults, what it returns, what it raises and when."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fixbot_agent.asking.assigning import Function

_LONGEST = 60  # characters of an expression that is quoted
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ASKING = {"is", "has", "can", "should", "was", "are", "does", "may", "will", "needs"}
# First words of names that are verbs; another first word names what is returned.
_VERBS = frozenset(
    """abort accept acquire activate add adjust align allow analyse analyze append apply archive ask assert assign attach authenticate authorize
    backup bind block break build bump cache calculate call cancel capture cast change check choose clamp classify clean clear clip clone close
    collapse collect combine commit compare compile complete compose compress compute concatenate configure confirm connect consume convert copy
    count crawl create crop cut deactivate debug decode decorate decrypt deduplicate delete deny deserialize detach detect determine diff disable
    discard disconnect dispatch display divide download draw drop dump edit emit enable encode encrypt ensure enter escape estimate evaluate exclude
    execute exit expand expect export extend extract fetch fill filter find finish fit fix flatten flip flush fold force forget fork format forward
    freeze generate get give go grant group guess halt handle hash hide import include increase increment indent infer init initialize insert inspect
    install interpolate invalidate invert invoke iterate join keep kill launch leave limit link list listen load locate lock log login logout look
    lower make map mark match measure merge migrate minimize mount move multiply normalise normalize note notify obtain open optimize order pack pad
    parse partition pass patch pause perform permit pick ping plot poll pop populate post predict prepare prepend prettify print process produce
    project prompt propagate prune publish pull purge push put query quit quote raise random rank reach read rebuild receive record recover redirect
    reduce refresh register reject release reload remove rename render repair repeat replace reply report request require reset resize resolve
    respond restart restore resume retrieve retry return reverse revert revoke rewrite rotate round route run sample sanitize save scale scan schedule
    scrape search seek select send serialize serve set setup share shift show shrink shuffle shutdown sign skip sleep slice slugify solve sort split
    squash start stop store strip submit subscribe substitute subtract suggest sum summarize suppress swap switch sync tag take tell terminate test
    throw tidy toggle tokenize track train transfer transform translate traverse trigger trim truncate try uninstall unlink unlock unpack unregister
    unwrap update upgrade upload use validate verify visit wait walk warn watch wrap write yield zip
    bill book buy charge deliver earn pay refund rent sell ship spend""".split()  # noqa: SIM905 - two hundred quotes would be harder to read
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`name` as in a call (with its stars), `type` and `default` as written; "" where nothing says."""

    name: str
    type: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A function in facts. `returned` are the expressions that it gives, `raised` pairs of an exception and when, in words."""

    title: str
    parameters: tuple[Parameter, ...] = ()
    type: str = ""
    returned: tuple[str, ...] = ()
    yields: bool = False
    raised: tuple[tuple[str, str], ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether more than the name is known."""
        return bool(self.parameters or self.type or self.returned or self.raised)

    @property
    def gives(self) -> str:
        """What is returned, as code: the one expression, or nothing where there are several."""
        return f"``{self.returned[0]}``" if len(self.returned) == 1 else ""


def described(function: Function, passed: Mapping[str, str], deeper: Iterable[str], name: str = "") -> Described:
    """`passed` are types of arguments as callers write them, `deeper` exceptions of what it calls, `name` what it is called by its reader."""
    own = list(_inside(function))
    own_raised = dict(_raised(function))
    raised = {**own_raised, **{each: "" for each in deeper if each not in own_raised}}
    annotated = ast.unparse(function.returns) if function.returns is not None else ""
    values = [n.value for n in own if isinstance(n, ast.Return) and n.value is not None]
    yields = any(isinstance(n, ast.Yield | ast.YieldFrom) for n in own)
    returned = tuple(dict.fromkeys(_written(v) for v in values if not _is_none(v)))
    kind = "" if annotated == "None" else annotated or _kind_of(values)
    gives = bool(returned or kind) and not yields
    return Described(
        sentence(name or function.name, gives=gives),
        tuple(_parameters(function, passed)),
        kind,
        () if yields else tuple(r for r in returned if len(r) <= _LONGEST),
        yields,
        tuple(raised.items()),
    )


def sentence(name: str, *, gives: bool) -> str:
    """A name as a sentence: an order where it begins with a verb, else what is returned."""
    words = [w if w.isupper() and len(w) > 1 else w.lower() for w in _WORD.findall(name)] or [name]
    rest = " ".join(words[1:])
    if words[0] in _ASKING:
        return f"Tell whether it {' '.join(words)}."
    if words[0] in ("to", "as") and rest:
        return f"Convert to {rest}."
    if words[0] in ("on", "handle") and rest:
        return f"Handle {rest}."
    if words[0] == "from" and rest:
        return f"Make one from {rest}."
    if words[0] not in _VERBS and gives and rest:  # one word may be a verb that is not known
        return f"Return the {' '.join(words)}."
    text = " ".join(words)
    return f"{text[:1].upper()}{text[1:]}."


def kind_of(node: ast.AST) -> str:
    """The type of an expression that says it: a literal, or a call of something with a capital; "" for any other."""
    if isinstance(node, ast.Constant) and node.value is not None and node.value is not ...:
        return type(node.value).__name__
    for shape, kind in _SHAPES.items():
        if isinstance(node, shape):
            return kind
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return kind_of(node.operand)
    if isinstance(node, ast.Call):
        written = ast.unparse(node.func)
        return written if written.rpartition(".")[2][:1].isupper() and "(" not in written else ""
    return ""


_SHAPES: Mapping[type[ast.AST], str] = {
    ast.JoinedStr: "str", ast.List: "list", ast.ListComp: "list", ast.Dict: "dict", ast.DictComp: "dict", ast.Set: "set",
    ast.SetComp: "set", ast.Tuple: "tuple", ast.Compare: "bool",
}  # fmt: skip


def _parameters(function: Function, passed: Mapping[str, str]) -> Iterator[Parameter]:
    spec = function.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    for number, (each, default) in enumerate(pairs):
        if number == 0 and each.arg in ("self", "cls", "mcs"):
            continue
        said = ast.unparse(each.annotation) if each.annotation is not None else ""
        kind = said or (kind_of(default) if default is not None else "") or passed.get(each.arg, "")
        yield Parameter(each.arg, kind, _written(default) if default is not None else "")
    for star, rest in (("*", spec.vararg), ("**", spec.kwarg)):
        if rest is not None:
            yield Parameter(f"{star}{rest.arg}", ast.unparse(rest.annotation) if rest.annotation is not None else "")


def _raised(function: Function) -> Iterator[tuple[str, str]]:
    """The exceptions that its own statements raise, each with the condition that leads there; the first of each counts."""
    found: dict[str, str] = {}
    for node, when in _with_conditions(function.body, ""):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = ast.unparse(raised)
            if name.rpartition(".")[2][:1].isupper():
                found.setdefault(name, when)
    yield from found.items()


def _with_conditions(body: Iterable[ast.stmt], when: str) -> Iterator[tuple[ast.stmt, str]]:
    """Every statement with what must be so for it to run: the nearest test or caught exception around it."""
    for node in body:
        yield node, when
        if isinstance(node, Function | ast.ClassDef):
            continue
        if isinstance(node, ast.If):
            yield from _with_conditions(node.body, f"If ``{_written(node.test)}``.")
            yield from _with_conditions(node.orelse, f"Unless ``{_written(node.test)}``." if node.orelse else "")
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from _with_conditions(getattr(node, name, ()), when)
        for handler in getattr(node, "handlers", ()):
            caught = f"On ``{_written(handler.type)}``." if handler.type is not None else "On any error."
            yield from _with_conditions(handler.body, caught)
        for case in getattr(node, "cases", ()):
            yield from _with_conditions(case.body, when)


def _kind_of(values: list[ast.expr]) -> str:
    kinds = {kind_of(value) for value in values if not _is_none(value)}
    if len(kinds) != 1 or "" in kinds:
        return ""
    return kinds.pop() + (" | None" if any(_is_none(value) for value in values) else "")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _written(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _inside(child)
