"""What expressions stand for: light inference over Python's own syntax trees."""

import ast
from collections.abc import Callable, Sequence
from keyword import iskeyword

from fixbot_analysis.graph.annotations import Annotations
from fixbot_analysis.graph.containers import Containers
from fixbot_analysis.graph.engine import Arguments, Engine
from fixbot_analysis.graph.expressions import parsed, steps_of
from fixbot_analysis.graph.values import (
    ANYTHING,
    NONE,
    UNKNOWN,
    Alias,
    Definition,
    External,
    Instance,
    Spot,
    Value,
    Values,
    union,
)
from fixbot_analysis.symbols import Binding

_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.Pow: "pow",
    ast.MatMult: "matmul", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor", ast.LShift: "lshift", ast.RShift: "rshift",
    ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert",
}  # fmt: skip


class Inference:
    """Infers for an `engine`."""

    def __init__(self, engine: Engine, containers: Containers, annotations: Annotations) -> None:
        self._engine = engine
        self._containers = containers
        self._annotations = annotations
        self._by_kind: dict[type[ast.expr], Callable[[Spot, ast.expr], Values]] = {
            ast.Name: self._name, ast.Attribute: self._attribute, ast.Call: self._call, ast.Subscript: self._subscript,
            ast.Constant: self._constant, ast.IfExp: self._either, ast.BoolOp: self._either, ast.BinOp: self._operation,
            ast.UnaryOp: self._operation, ast.Await: self._await, ast.NamedExpr: self._walrus, ast.List: self._listing,
            ast.Set: self._listing, ast.Tuple: self._listing, ast.Dict: self._dictionary, ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension, ast.GeneratorExp: self._comprehension, ast.DictComp: self._comprehension,
            ast.JoinedStr: self._text, ast.Compare: self._comparison, ast.Lambda: self._lambda, ast.Starred: self._starred,
        }  # fmt: skip

    def infer(self, spot: Spot, node: ast.expr | None) -> Values:
        """What an expression stands for."""
        work = self._by_kind.get(type(node)) if node is not None else None
        return work(spot, node) if work is not None and node is not None else UNKNOWN

    def bound(self, path: str, binding: Binding) -> Values:
        """What a binding gives to its name: its expression, then step by step what is done with it."""
        written, steps = steps_of(binding.value)
        spot = Spot(
            path,
            binding.at or binding.scope,
            max(binding.first - 1, 0) if not steps or steps[0].isdigit() else binding.first,
        )
        if steps.startswith(":"):
            values, steps = self._engine.annotated(spot, parsed(written, annotation=True)), steps[1:]
        elif written.isidentifier() and not iskeyword(written):
            values = self._engine.named(spot, written)
        else:
            values = self._engine.infer(spot, parsed(written))
        if steps.startswith("@"):
            _, argument, place = steps.split("@")
            return union(self._engine.handed(value, argument, int(place)) for value in values)
        for step in steps:
            values = self._stepped(spot, values, step)
        return values

    def _stepped(self, spot: Spot, values: Values, step: str) -> Values:
        if step == "*":
            return union(map(self._containers.element, values))
        if step == "+":
            return union(map(self._containers.entered, values))
        if step == "-":
            return (External("list", True, (union(map(self._containers.element, values)),)),)
        if step in "?!":
            return union(self._of_classes(v) for v in values)
        return union(self._containers.part(v, int(step)) for v in values) if step.isdigit() else UNKNOWN

    def _of_classes(self, value: Value) -> Values:
        """Objects of a class, or of the classes in a tuple."""
        if isinstance(value, External) and value.made and value.items:
            return union(self._of_classes(v) for held in value.items for v in held)
        if isinstance(value, Alias):
            return value.values
        if isinstance(value, External):
            return (ANYTHING,) if value.made else (External(value.name, made=True),)  # a tuple of classes nobody knows
        return (Instance(value),) if isinstance(value, Definition) and value.is_class else (ANYTHING,)

    def _name(self, spot: Spot, node: ast.expr) -> Values:
        return self._engine.named(spot, node.id) if isinstance(node, ast.Name) else UNKNOWN

    def _attribute(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.Attribute):
            return UNKNOWN
        module = self._engine.scope(spot.path)
        if spot.line and module.tested and (dotted := _dotted(node)) in module.bindings[spot.scope]:
            narrowed = self._engine.tested(spot, dotted)
            if narrowed:
                return narrowed
        found = self._engine.infer(spot, node.value)
        return union(self._engine.member_of(value, node.attr) for value in found)

    def _call(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.Call):
            return UNKNOWN
        function = node.func
        if isinstance(function, ast.Name):
            if function.id == "super":
                return self._super(spot, node.args)
            if function.id == "type" and len(node.args) == 1:
                made = self._engine.infer(spot, node.args[0])
                return tuple(_class_of(v) for v in made)
        values = self._engine.infer(spot, function)
        if values and isinstance(values[0], External) and values[0].last == "cast" and len(node.args) == 2:
            return self._engine.annotated(spot, node.args[0])
        arguments = Arguments(spot, node.args, {k.arg: k.value for k in node.keywords if k.arg})
        return union(self._engine.call(value, arguments) for value in values)

    def _super(self, spot: Spot, written: Sequence[ast.expr]) -> Values:
        cls = self._engine.scope(spot.path).enclosing_class(spot.scope)
        if cls is None:
            return UNKNOWN
        around = Definition(spot.path, cls)
        if written:
            named = self._engine.infer(spot, written[0])
            around = next((v for v in named if isinstance(v, Definition) and v.is_class), around)
        return (Instance(around, above=True, own=True),)

    def _subscript(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.Subscript):
            return UNKNOWN
        index = _index(node.slice)
        found = []
        for value in self._engine.infer(spot, node.value):
            named = self._annotations.alias(spot, node, value)
            sliced = isinstance(node.slice, ast.Slice) and isinstance(value, External)
            found.append(named if named is not None else ((value,) if sliced else self._containers.item(value, index)))
        return union(found)

    def _constant(self, spot: Spot, node: ast.expr) -> Values:
        value = node.value if isinstance(node, ast.Constant) else None
        return (NONE,) if value is None else (External(type(value).__name__, made=True),)

    def _either(self, spot: Spot, node: ast.expr) -> Values:
        if isinstance(node, ast.IfExp):
            return union([self._engine.infer(spot, node.body), self._engine.infer(spot, node.orelse)])
        parts = node.values if isinstance(node, ast.BoolOp) else []
        return union(self._engine.infer(spot, part) for part in parts)

    def _operation(self, spot: Spot, node: ast.expr) -> Values:
        """Operators as the classes of the project define them; those from outside give something from outside."""
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Not):
                return (External("bool", made=True),)
            return union(
                self._operated(v, (f"__{_OPERATORS[type(node.op)]}__",)) for v in self._engine.infer(spot, node.operand)
            )
        if not isinstance(node, ast.BinOp):
            return UNKNOWN
        left, right = self._engine.infer(spot, node.left), self._engine.infer(spot, node.right)
        if isinstance(node.op, ast.BitOr) and any(isinstance(v, Definition) and v.is_class for v in (*left, *right)):
            return (Alias(self._engine.annotated(spot, node)),)
        name = _OPERATORS[type(node.op)]
        found = union(self._operated(v, (f"__{name}__",)) for v in left)
        if all(isinstance(v, External) for v in found):
            found = union([found, *(self._operated(v, (f"__r{name}__",)) for v in right if isinstance(v, Instance))])
        return found

    def _operated(self, value: Value, names: Sequence[str]) -> Values:
        if isinstance(value, External):
            return (value,) if value.items or value.name in ("str", "int", "float", "bytes") else (ANYTHING,)
        if not isinstance(value, Instance):
            return UNKNOWN
        methods = [v for name in names for v in self._engine.member_of(value, name)]
        return union(self._engine.call(v, Arguments()) for v in methods)

    def _await(self, spot: Spot, node: ast.expr) -> Values:
        values = self._engine.infer(spot, node.value) if isinstance(node, ast.Await) else UNKNOWN
        return union(map(self._containers.awaited, values))

    def _walrus(self, spot: Spot, node: ast.expr) -> Values:
        return self._engine.infer(spot, node.value) if isinstance(node, ast.NamedExpr) else UNKNOWN

    def _starred(self, spot: Spot, node: ast.expr) -> Values:
        values = self._engine.infer(spot, node.value) if isinstance(node, ast.Starred) else UNKNOWN
        return union(map(self._containers.element, values))

    def _listing(self, spot: Spot, node: ast.expr) -> Values:
        parts = node.elts if isinstance(node, ast.List | ast.Set | ast.Tuple) else []
        held = [self._engine.infer(spot, part) for part in parts[:8]]
        if isinstance(node, ast.Tuple) and not any(isinstance(p, ast.Starred) for p in parts):
            return (External("tuple", True, tuple(held)),)
        return (External("set" if isinstance(node, ast.Set) else "list", True, (union(held),)),)

    def _dictionary(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.Dict):
            return UNKNOWN
        values = union(self._engine.infer(spot, v) for v in node.values[:8])
        return (External("dict", True, ((ANYTHING,), values)),)

    def _comprehension(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return UNKNOWN
        names = dict(spot.names or {})
        for generator in node.generators:
            given = self._engine.infer(spot._replace(names=names), generator.iter)
            _unpacked(generator.target, union(map(self._containers.element, given)), names, self._containers)
        inner = spot._replace(names=names)
        if isinstance(node, ast.DictComp):
            items = (self._engine.infer(inner, node.key), self._engine.infer(inner, node.value))
            return (External("dict", True, items),)
        name = {ast.SetComp: "set", ast.GeneratorExp: "Generator"}.get(type(node), "list")
        return (External(name, True, (self._engine.infer(inner, node.elt),)),)

    def _text(self, spot: Spot, node: ast.expr) -> Values:
        return (External("str", made=True),) if isinstance(node, ast.JoinedStr) else UNKNOWN

    def _comparison(self, _: Spot, node: ast.expr) -> Values:
        """A truth value, unless classes may say what comes of it: arrays, columns and queries are compared to make another."""
        is_bool = isinstance(node, ast.Compare) and isinstance(node.ops[-1], ast.Is | ast.IsNot | ast.In | ast.NotIn)
        return (External("bool", made=True),) if is_bool else (ANYTHING,)

    def _lambda(self, spot: Spot, node: ast.expr) -> Values:
        if not isinstance(node, ast.Lambda):
            return UNKNOWN
        own = {a.arg: UNKNOWN for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        inner = spot._replace(names={**(spot.names or {}), **own})
        return (External("Callable", True, (self._engine.infer(inner, node.body),)),)


def _unpacked(target: ast.expr, values: Values, names: dict[str, Values], containers: Containers) -> None:
    if isinstance(target, ast.Name):
        names[target.id] = values
    elif isinstance(target, ast.Tuple | ast.List):
        for position, part in enumerate(target.elts):
            _unpacked(part, union(containers.part(v, position) for v in values), names, containers)


def _index(node: ast.expr) -> int | None:
    sign, inner = (-1, node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else (1, node)
    return sign * inner.value if isinstance(inner, ast.Constant) and type(inner.value) is int else None


def _class_of(value: Value) -> Value:
    if isinstance(value, Instance):
        return Definition(value.cls.path, value.cls.symbol, value)
    return External("type", made=True)


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
