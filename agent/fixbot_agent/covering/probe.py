"""One attempt in the terms of the search: a call with values, on an object made so, after such calls, in such surroundings."""

import ast
import functools
import keyword
import re
from dataclasses import dataclass, replace

from fixbot_agent.covering.names import Names
from fixbot_agent.covering.targets import Kind, Parameter, Target
from fixbot_repair.exercising import Attempt

_FILE = re.compile(r"""FILE\(('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\)""")


@dataclass(frozen=True, slots=True)
class Step:
    """A call: texts of the values of its parameters by their place, None where one is left to its default."""

    target: Target
    values: tuple[str | None, ...]

    def arguments(self) -> str:
        """The arguments as they are written: by place as long as nothing is left out, then by name."""
        parts: list[str] = []
        by_place = True
        for parameter, text in zip(self.target.parameters, self.values, strict=True):
            if text is None:
                by_place = False
            elif by_place and not parameter.is_keyword:
                parts.append(text)
            elif not parameter.is_rest:
                parts.append(f"{parameter.name}={text}")
        return ", ".join(parts)

    @property
    def given(self) -> tuple[tuple[Parameter, str], ...]:
        """The parameters that have a value, with it."""
        pairs = zip(self.target.parameters, self.values, strict=True)
        return tuple((parameter, text) for parameter, text in pairs if text is not None)


@dataclass(frozen=True, slots=True)
class Probe:
    """`step` is looked at. A method's is called on what `making` makes, after `before`. `around` are lines that come first.

    `binds`: arguments that a call may change have names, so that it can be seen whether it does.
    """

    step: Step
    making: Step | None = None
    before: tuple[Step, ...] = ()
    around: tuple[str, ...] = ()
    binds: bool = False

    @property
    def size(self) -> int:
        """How much there is to read; a value counts by how plain it is, so that one which says something wins over an empty one."""
        steps = [self.step, *self.before, *([self.making] if self.making else [])]
        lines = len(self.before) + len(self.around) + bool(self.receiver)
        return 14 * lines + sum(map(len, self.around)) + sum(4 + cost(t) for each in steps for _, t in each.given)

    def parts(self) -> tuple[tuple[str, ...], str]:
        """Statements, and the call."""
        lines = list(self.around)
        receiver = ""
        if self.making is not None:
            receiver = self.making.target.call("", self.making.arguments())
            if self.receiver:
                lines.append(f"{self.receiver} = {receiver}")
                receiver = self.receiver
        lines += [step.target.statement(receiver, step.values, step.arguments()) for step in self.before]
        lines += [f"{name} = {text}" for name, text in self.bound]
        names = dict(self.bound)
        values = tuple(
            parameter.name if parameter.name in names else text
            for parameter, text in zip(self.step.target.parameters, self.step.values, strict=True)
        )
        call = self.step.target.call(receiver, Step(self.step.target, values).arguments())
        return _with_files(lines, call)

    def attempt(self, names: Names) -> Attempt:
        """It, to be tried. Raises LookupError, SyntaxError where it cannot be written."""
        setup, call = self.parts()
        text = "\n".join([*setup, call])
        lines = [line for line in names.imports(text) if not line.startswith(f"from {names.module} import")]
        return Attempt(setup, call, tuple(lines), self.watched)

    @property
    def bound(self) -> tuple[tuple[str, str], ...]:
        """(name, text) of the arguments that have names: lists, dictionaries and sets."""
        if not self.binds:
            return ()
        return tuple((p.name, text) for p, text in self.step.given if text[:1] in ("[", "{") and not p.is_rest)

    @property
    def watched(self) -> tuple[str, ...]:
        """The names whose values the call may change."""
        written = ["path"] if any(line.startswith("path = tmp_path") for line in self.parts()[0]) else []
        return (*([self.receiver] if self.receiver else []), *(name for name, _ in self.bound), *written)

    @property
    def receiver(self) -> str:
        """The name of the object that the call is made on, "" where it has none."""
        if self.making is None or not (self.before or self.step.target.kind is Kind.METHOD):
            return ""
        return _variable(self.making.target.holder)

    def without(self, number: int) -> "Probe":
        """It, without one of the calls before."""
        return replace(self, before=self.before[:number] + self.before[number + 1 :])


def cost(text: str) -> int:
    """How much there is to read in a value: a short word or number is the plainest, what is empty or of one sign is a special case."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return len(text)
    if value is None or isinstance(value, bool):
        return 5
    if isinstance(value, int | float):
        return max(len(text), 3) + 2 * (value == 0) + 2 * isinstance(value, float)
    if isinstance(value, str | bytes):
        strange = sum(not (chr(c) if isinstance(c, int) else c).isalnum() for c in value)
        return max(len(value), 3) + strange + 4 * (len(value) < 2)
    return len(text) + 3 + 4 * (not value)


def _with_files(lines: list[str], call: str) -> tuple[tuple[str, ...], str]:
    """`lines` and `call` with what they say of files in the place of FILE('…'): lines that write them."""
    written: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return written.setdefault(found[1], "path" if not written else f"path_{len(written) + 1}")

    changed = [_FILE.sub(named, line) for line in lines]
    call = _FILE.sub(named, call)
    above: list[str] = []
    for text, name in written.items():
        above += [f'{name} = tmp_path / "{"sample" if name == "path" else name}.txt"', f"{name}.write_text({text})"]
    return (*above, *changed), call


@functools.cache
def _variable(name: str) -> str:
    """The name of a variable for an object of a class."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.lstrip("_")).lower()
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) and plain != name else f"{plain}_object"
