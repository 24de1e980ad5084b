"""Probes drawn afresh and from others: values for parameters, objects through their constructors, calls before, what is around."""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from fixbot_agent.covering.clues import Clue, Clues, clues
from fixbot_agent.covering.foreign import Foreign
from fixbot_agent.covering.patterns import named
from fixbot_agent.covering.probe import Probe, Step
from fixbot_agent.covering.seen import Seen
from fixbot_agent.covering.targets import Kind, Parameter, Target, members_of
from fixbot_agent.covering.values import Known, Values

_MOST_BEFORE = 3
_GIVEN = 0.45  # how often a parameter that has a default is given a value

_SAYS_NOTHING = frozenset({"None", "[]", "{}", "()"})  # what is near to these may be of any type
_LITERAL = tuple("'\"[(-0123456789")  # what a literal begins with that is no mapping
_READABLE, _MOST_USUAL = 60, 6  # characters of a value of others that is taken over, and how many are tried
_SAME_CLASS = 0.5  # how often the other side of an operator is of the same class


class Making:
    """Draws probes for the targets of one module; all chance comes from `chance`."""

    def __init__(
        self,
        tree: ast.Module,
        targets: Sequence[Target],
        seen: Seen,
        chance: random.Random,
        foreign: Foreign | None = None,
    ) -> None:
        others = foreign or Foreign()
        self._chance = chance
        self._seen = seen
        self._makings = {t.holder: t for t in targets if t.kind is Kind.MAKING}
        self._methods: dict[str, list[Target]] = {}
        for target in targets:
            if target.kind is Kind.METHOD and not target.is_private:
                self._methods.setdefault(target.holder, []).append(target)
        patterns = named(tree)
        self._clues: dict[str, Clues] = {t.name: clues(t.node, patterns) for t in targets if t.node is not None}
        self._of_makings = {t.name: self._of_making(t, targets) for t in self._makings.values()}
        self._others = {name: making for name, making in others.made.items() if name not in self._makings}
        self._protocols = _protocols(tree)
        self.values = Values(chance, Known(self._object, {**others.members, **_members(tree)}))

    def fresh(self, target: Target) -> Probe:
        """A new probe of `target`."""
        step = Step(target, self._drawn(target))
        if target.kind not in (Kind.METHOD, Kind.PROPERTY):
            return Probe(step, around=self._around(target))
        making = self._makings[target.holder]
        before: list[Step] = []
        while len(before) < _MOST_BEFORE and self._chance.random() < 0.3:
            before.append(self._call_before(target))
        return Probe(step, Step(making, self._drawn(making)), tuple(before), self._around(target))

    def changed(self, probe: Probe, line: int = 0) -> Probe:
        """A probe near to another one; where `line` is a condition's, what it hangs on is changed first."""
        turn = self._chance.random()
        if probe.making is not None and turn < 0.3:
            if turn < 0.15 and len(probe.before) < _MOST_BEFORE:
                more = self._call_before(probe.step.target)
                return replace(probe, before=(*probe.before, more))
            return replace(probe, making=self._step(probe.making, frozenset()))
        found = self._clues.get(probe.step.target.name)
        if probe.before and turn < 0.45:
            number = self._chance.randrange(len(probe.before))
            again = self._step(probe.before[number], frozenset())
            return replace(probe, before=(*probe.before[:number], again, *probe.before[number + 1 :]))
        wanted = found.at.get(line, frozenset()) if found else frozenset()
        own = frozenset(name.removeprefix("self.").strip("_") for name in wanted if name.startswith("self."))
        if own and probe.making is not None and turn < 0.7:
            return replace(probe, making=self._step(probe.making, own))
        around = self._around(probe.step.target) if turn > 0.9 else probe.around
        return replace(probe, step=self._step(probe.step, wanted), around=around)

    def oddness(self, probe: Probe) -> int:
        """How many of its values are of another kind than the code takes, or drawn where tests and callers give some."""
        steps = [probe.step, *probe.before, *([probe.making] if probe.making else [])]
        return sum(self._is_odd(step.target, p, text) for step in steps for p, text in step.given)

    def _is_odd(self, target: Target, parameter: Parameter, text: str) -> bool:
        seen = self._seen.of(target, parameter.name)
        if seen:
            return text not in seen
        is_mapping = parameter.annotation is None and self._clue(target, parameter).is_mapping
        return is_mapping and text[:1] in _LITERAL and not text.startswith("{")

    def usual(self, probe: Probe) -> Iterator[Probe]:
        """Forms with a value that tests or callers give in the place of one that was drawn."""
        step = probe.step
        for number, (parameter, text) in enumerate(zip(step.target.parameters, step.values, strict=True)):
            if text is None or not self._is_odd(step.target, parameter, text):
                continue
            for other in [t for t in self._seen.of(step.target, parameter.name) if len(t) <= _READABLE][:_MOST_USUAL]:
                yield replace(
                    probe, step=replace(step, values=(*step.values[:number], other, *step.values[number + 1 :]))
                )

    def _step(self, step: Step, wanted: frozenset[str]) -> Step:
        """A call with another value of one parameter, or two."""
        parameters = step.target.parameters
        if not parameters:
            return step
        able = [n for n, p in enumerate(parameters) if p.name in wanted] or list(range(len(parameters)))
        values = list(step.values)
        for _ in range(self._chance.choice((1, 1, 2))):
            number = self._chance.choice(able)
            parameter, now = parameters[number], values[number]
            clue = self._clue(step.target, parameter)
            if parameter.default is not None and self._chance.random() < 0.15:
                values[number] = None
            elif now is not None and now not in _SAYS_NOTHING and self._chance.random() < 0.4:
                values[number] = self.values.changed(now, list(clue.texts), parameter.annotation)
            else:
                values[number] = self.values.draw(parameter, clue, self._seen.of(step.target, parameter.name))
        return Step(step.target, tuple(values))

    def _call_before(self, target: Target) -> Step:
        method = self._chance.choice(self._methods.get(target.holder) or [target])
        if method.kind is not Kind.METHOD:
            return Step(target, self._drawn(target))
        return Step(method, self._drawn(method))

    def _drawn(self, target: Target) -> tuple[str | None, ...]:
        return tuple(self._value(target, parameter) for parameter in target.parameters)

    def _value(self, target: Target, parameter: Parameter) -> str | None:
        if parameter.default is not None and self._chance.random() > _GIVEN:
            return None
        if target.is_operator and self._chance.random() < _SAME_CLASS:
            made = self._object(target.holder, 0)
            if made is not None:
                return made
        return self.values.draw(parameter, self._clue(target, parameter), self._seen.of(target, parameter.name))

    def _clue(self, target: Target, parameter: Parameter) -> Clue:
        if target.kind is Kind.MAKING:
            return self._of_makings.get(target.name, {}).get(parameter.name, Clue())
        found = self._clues.get(target.name)
        return found.of.get(parameter.name, Clue()) if found else Clue()

    def _of_making(self, making: Target, targets: Sequence[Target]) -> Mapping[str, Clue]:
        """Clues to what objects of a class are made of: of its ``__init__``, and of what methods do with ``self.name``."""
        own = self._clues.get(making.name)
        found = {p.name: (own.of.get(p.name) if own else None) or Clue() for p in making.parameters}
        for target in targets:
            known = self._clues.get(target.name)
            if known is None or target.holder != making.holder:
                continue
            for name, clue in known.of.items():
                goal = found.get(name.removeprefix("self.").strip("_")) if name.startswith("self.") else None
                if goal is not None:
                    goal.texts.update(clue.texts)
                    goal.types.update(clue.types)
                    goal.keys.update(clue.keys)
        return found

    def _around(self, target: Target) -> tuple[str, ...]:
        """Lines that set variables of the environment which the code reads, or take them away."""
        found = self._clues.get(target.name)
        lines = []
        for name in found.variables if found else ():
            value = self._chance.choice(("", "0", "1", "true", "a", "/tmp/a"))  # noqa: S108 - a text, no file
            gone = f'monkeypatch.delenv("{name}", raising=False)'
            lines.append(gone if self._chance.random() < 0.4 else f'monkeypatch.setenv("{name}", {value!r})')
        return tuple(lines)

    def _object(self, name: str, depth: int) -> str | None:
        """An expression that makes an object of a class of the module; None where it has none of that name."""
        last = name.rpartition(".")[2]
        if last in self._protocols and depth <= 1:
            held = (f"{n}={self.values.of_type(kind, depth + 1)}" for n, kind in self._protocols[last])
            return f"SimpleNamespace({', '.join(held)})"
        making = self._makings.get(last) or self._others.get(last)
        if making is None or depth > 1:
            return None
        values = [
            None
            if p.default is not None and self._chance.random() > _GIVEN
            else self.values.draw(p, self._clue(making, p), self._seen.of(making, p.name))
            for p in making.parameters
        ]
        return making.call("", Step(making, tuple(values)).arguments())


def _members(tree: ast.Module) -> Mapping[str, Sequence[str]]:
    """Class -> its members, of the enumerations of a module."""
    found = {node.name: members_of(node) for node in tree.body if isinstance(node, ast.ClassDef)}
    return {name: members for name, members in found.items() if members}


def _protocols(tree: ast.Module) -> Mapping[str, Sequence[tuple[str, ast.expr]]]:
    """Class -> (attribute, its type), of the protocols of a module that say what an object holds."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(b).rpartition(".")[2] == "Protocol" for b in node.bases):
            held = [s for s in node.body if isinstance(s, ast.AnnAssign)]
            found[node.name] = [(s.target.id, s.annotation) for s in held if isinstance(s.target, ast.Name)]
    return {name: held for name, held in found.items() if held}
