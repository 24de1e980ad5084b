"""What errors suggest: the exceptions of failing tests, as what they say of the kind of edit that mends them.

The table of factors is set by hand: commits of the past do not tell which exception their tests raised. Each row says in one line why. A factor
moves candidates in the order; it adds none and takes none away.
"""

import builtins
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fixbot_repair.candidates.wanted import Off, Wanted
from fixbot_repair.candidates.wanted import read as read_wanted

_NAMED = 2.0  # what an edit is worth that takes away or brings in a name that the error names
_MOST = 8.0  # times that all factors together raise a candidate
_STRUCK = 2.0  # what a raised candidate is worth more where the error was raised
_ASIDE = 0.6  # power of a factor elsewhere, where it is known where errors were raised


Place = tuple[str, int]  # path, line from 1


@dataclass(frozen=True, slots=True)
class Symptom:
    """One kind of error: `says` matches its message; `raises` are factors by template, or by family."""

    name: str
    says: re.Pattern[str]
    raises: Mapping[str, float]


def _symptom(name: str, says: str, raises: str) -> Symptom:
    pairs = (part.rpartition(":") for part in raises.split())
    return Symptom(name, re.compile(says), {key: float(value) for key, _, value in pairs})


SYMPTOMS = (
    # A value is None: it is asked for first, has a default, or should have been given back.
    _symptom(
        "none",
        r"NoneType",
        "absence:3 guard.way_out:2.5 guard.return:2 guard.statement:2 guard.only_if:1.5 condition.add:2"
        " value.missing_return:3 value.final_return:3 value.return:1.5 exception.guard:1.5 value.default:1.5 shape.rebind:2"
        " fallback.value:2.5 pitfall.missing_order:3 pitfall.group_none:3 absence.operands:3 absence.left_out:3 absence.asked:3 fallback.parsed:2 library.in_place:4",
    ),
    # The attribute is another's, of another name, or its object should have been made into something else.
    _symptom(
        "attribute",
        r"\AAttributeError|has no attribute",
        "name.attribute:3 name.call:2 self:2 absence.attribute:2.5 call.missing:2 wrap:1.5 check:1.5 import:2",
    ),
    _symptom(
        "key",
        r"\AKeyError",
        "pitfall.key_form:2 pitfall.keys_case:2 fallback.key:4 fallback.library:3 wrap.safe:3 exception.guard:2.5 guard.way_out:2 absence.guarded:2 value.constant:1.5 name.variable:1.5"
        " exception.type:1.5 guard.statement:1.5 fallback.value:3 fallback.store:4 fallback.handler:2",
    ),
    _symptom(
        "index",
        r"\AIndexError|out of range|pop from (?:an )?empty",
        "pitfall.windows:2 pitfall.nothing:2 pitfall.first_letter:2 pitfall.ends:2 fallback.parts:4 bounds:2.5 guard.way_out:2 guard.return:2 exception.guard:2 condition.add:1.5 absence.guarded:1.5 operator.comparison:1.5 fallback.value:3 fallback.handler:1.5",
    ),
    _symptom("stop", r"\AStopIteration|generator raised StopIteration", "pitfall.nothing:3 pitfall.generator_end:4 fallback.library:4 wrap.safe:3 argument.add:1.5 exception.guard:2 fallback.handler:2 guard.way_out:1.5"),
    _symptom("zero", r"\AZeroDivisionError|division by zero", "pitfall.empty:4 wrap.safe:3 fallback.value:3 guard.return:2.5 guard.way_out:2.5 exception.guard:2"),
    # A call and what is called do not agree.
    _symptom(
        "argument",
        r"required (?:positional|keyword-only) argument|unexpected keyword argument|positional arguments? but|multiple values for",
        "argument:3 parameter:3 parameter.taken:6 scope.binding:3 self:2 shape.super:2 wrap.hoist:1.5 call:1.5",
    ),
    _symptom(
        "operands",
        r"unsupported operand|can only concatenate|must be str, not|not supported between|expected str instance|unorderable",
        "pitfall.missing_order:3 pitfall.heap_ties:4 pitfall.equality:2 wrap:2.5 call.missing:2.5 library:2.5 fallback:2 order.key:3 text.format:1.5 absence:1.5 check:1.5 value.default:1.5 name.variable:1.5",
    ),
    _symptom("bytes", r"bytes-like|'bytes'|\AUnicode(?:De|En)codeError|not bytes", "pitfall.encoding:3 pitfall.byte_order_mark:3 pitfall.text_of:3 pitfall.commands:3 pitfall.byte_at:3 pitfall.base64:2 wrap.call:2.5 shape.text:4 text.codec:4 wrap.known:2 exception.type:1.5"),
    _symptom("hash", r"unhashable", "pitfall.unhashable:4 pitfall.equality:3 wrap.call:3 wrap.known:2"),
    _symptom("call", r"not callable", "wrap.hoist:2 name:2 call:2 self:1.5 scope.binding:3"),
    _symptom("iterate", r"not iterable|unpack|not subscriptable", "pitfall.split_limit:4 pitfall.elements:3 pitfall.one_of_tuple:3 pitfall.loop_over:3 shape.loop:3 wrap:2 shape.comma:3 fallback.parts:4 bounds.part:1.5 value.return:1.5 call.missing:2 absence.default:2 fallback.many:4 library.in_place:3"),
    _symptom("name", r"\A(?:NameError|UnboundLocalError)", "import:4 scope.declared:6 self.missing:4 name:3 statement:2 donor:1.5"),
    _symptom("mutated", r"changed size during iteration|mutated during iteration", "shape.loop:5 pitfall.changing:5 wrap.call:2"),
    _symptom("coroutine", r"coroutine", "await:5"),
    _symptom("not raised", r"DID NOT RAISE|not raised", "guard.refuse:5 exception:3 check:1.5 condition:1.5"),
    _symptom("value", r"\AValueError", "pitfall.number_text:3 pitfall.digits:2 pitfall.digit_text:2 pitfall.nothing:2 pitfall.split_limit:2 fallback.library:4 fallback.parts:4 fallback.parsed:4 fallback.handler:2 text:2 exception.guard:2 exception.type:1.5 guard.return:1.5 guard.way_out:1.5"),
    # What only one part of the library says.
    _symptom("files", r"FileExistsError|FileNotFoundError|NotADirectoryError", "pitfall.folders:4 pitfall.no_folder:4 pitfall.paths:2"),
    _symptom("closed", r"operation on closed file", "pitfall.closed_early:5"),
    _symptom("json", r"not JSON serializable|JSONDecodeError", "pitfall.json:4"),
    _symptom("pattern", r"\Are\.error|\bre\.error|PatternError|bad escape|nothing to repeat", "pitfall.not_escaped:4 pitfall.replacement:4"),
    _symptom("padding", r"Incorrect padding|\bbinascii\.Error", "pitfall.base64:5"),
    _symptom("interpolation", r"\bInterpolation\w*Error|\bNo(?:Option|Section)Error", "pitfall.settings:5"),
    _symptom("zones", r"offset-naive and offset-aware", "pitfall.zone:5 pitfall.moment:2"),
    _symptom("whole", r"cannot be interpreted as an integer|integers? or slices, not float|must be integers", "pitfall.whole_index:5"),
    _symptom("endless", r"\ARecursionError|maximum recursion depth", "guard.cycle:6 guard.return:2 guard.way_out:2 bounds:1.5 argument:1.5 operator:1.5 self.extra:2"),
)  # fmt: skip
# What assertions got is off from what they expected in a way that says something of the edit.
_OFF: Mapping[Off, Symptom] = {
    Off.NUMBER: _symptom("number", "", "operand:1.5 operator.arithmetic:1.5 operator.augmented:1.5 operator.accumulate:1.5 wrap.extreme:1.5 value:1.3 bounds:1.3 fallback.store:1.5"),
    Off.STEP: _symptom("step", "", "bounds:1.7 operator.comparison:1.3"),
    Off.SCALE: _symptom("scale", "", "library.member:2 library.units:2 value.slip:2"),
    Off.TRUTH: _symptom("truth", "", "condition:1.5 operator.comparison:1.3 operator.boolean:1.5 operator.negate:1.5 check:1.5 absence.truth:1.5 value.return:1.5 symmetry.side:1.5"),
    Off.ABSENT: _symptom("absent", "", "pitfall.recursion:3 value.missing_return:5 value.final_return:5 shape.way_out:1.5 library.in_place:3"),
    Off.TEXT: _symptom("text", "", "text:2 shape.text:2 wrap.call:1.3 value.expected:2"),
    Off.ORDER: _symptom("order", "", "pitfall.directions:2 pitfall.turned:2 pitfall.text_order:2 pitfall.unordered:2 pitfall.other_end:2 pitfall.missing_order:1.5 pitfall.none_reversed:2 order:3 operand.elements:2 operand.swap:1.5 shape.loop:2 wrap.call:1.5 argument.swap:1.5 statement.swap:1.5"),
    Off.LETTERS: _symptom("letters", "", "pitfall.flat:8 pitfall.text_elements:8 fallback.many:8 wrap.call:2 shape.comma:3 statement.collect:2 statement.shape:2"),
    Off.REPEATED: _symptom("repeated", "", "guard.loop:3 guard.statement:2 wrap.call:1.5 statement.collecting:2"),
    Off.MORE: _symptom("more", "", "condition:1.5 guard:1.5 operator.comparison:1.3 bounds:1.3"),
    Off.FEWER: _symptom("fewer", "", "pitfall.windows:2 pitfall.one_step:2 pitfall.cut_short:2 pitfall.recursion:2 pitfall.last_group:2 condition.drop:1.5 bounds:1.3 operator.comparison:1.3 statement.collecting:2 statement.dedent:1.5 shape.way_out:1.5"),
}  # fmt: skip
# Where no exception was raised but by assertions, an edit that mends one is less likely.
_CALM: Mapping[str, float] = {
    "fallback.handler": 0.3, "exception.guard": 0.3, "absence.attribute": 0.4, "absence.default": 0.5, "fallback.value": 0.6, "fallback.key": 0.6,
    "fallback.library": 0.6, "wrap.safe": 0.6, "guard.refuse": 0.3, "guard.cycle": 0.3, "absence.operands": 0.6, "absence.asked": 0.5, "absence.left_out": 0.8,
    "import": 0.3, "scope.declared": 0.3, "await": 0.3,
}  # fmt: skip
_HANGS = _symptom(
    "hangs", r"", "operator.comparison:1.5 statement:1.5 shape.way_out:2 bounds:1.5 condition.replace:1.5"
)
# Names that messages put in quotes: attributes, parameters, keys, what Python thinks was meant.
_QUOTED = re.compile(r"['\"]([A-Za-z_]\w*)['\"]")
_TYPES = frozenset(
    ("NoneType", "str", "int", "float", "bytes", "list", "dict", "tuple", "set", "object", "type", "function")
)


@dataclass(frozen=True)
class Symptoms:
    """The kinds of errors there were, and the names in them."""

    found: tuple[Symptom, ...] = ()
    names: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()  # literals that an error calls unfit, as source
    raised: tuple[str, ...] = ()  # names of the built-in exceptions
    wanted: tuple[Wanted, ...] = ()  # what assertions got and expected
    places: frozenset[Place] = frozenset()  # where errors were raised
    calm: bool = False  # all there is are assertions that do not hold
    unexpected: tuple[tuple[str, str], ...] = ()  # functions with keywords that they do not take
    _known: dict[str, float] = field(default_factory=dict, compare=False)

    @cached_property
    def _factors(self) -> Mapping[str, float]:
        factors: dict[str, float] = {}
        for symptom in self.found:
            for key, factor in symptom.raises.items():
                factors[key] = max(factors.get(key, 1.0), factor)
        return factors

    def factor(self, template: str, old: str, new: str, *, struck: bool = False) -> float:
        """How much likelier an edit of the template is for these errors, where it turns `old` into `new`.

        `struck`: the edit lies on a line where one of them was raised.
        """
        if self.calm and template in _CALM:
            return _CALM[template]
        if not self.found and not self.names:
            return 1.0
        if template not in self._known:
            known, family = self._factors, template.partition(".")[0]
            self._known[template] = known.get(template, known.get(family, 1.0))
        factor = self._known[template]
        if self.names and any(name in old or name in new for name in self.names):
            factor *= _NAMED
        factor = min(factor, _MOST)
        if self.places and factor > 1.0:
            return _STRUCK * factor if struck else float(factor**_ASIDE)
        return factor


def read(messages: Iterable[str], *, hangs: bool = False, places: Iterable[Place] = ()) -> Symptoms:
    """The symptoms of tests that fail with `messages` (exception type and text); `places` are where exceptions were raised.

    `hangs`: a test did not come to an end.
    """
    messages = list(messages)
    wanted = read_wanted(messages)
    found = {_HANGS.name: _HANGS} if hangs else {}
    found |= {symptom.name: symptom for off, symptom in _OFF.items() if any(off in each.off for each in wanted)}
    names: set[str] = set()
    values, raised = dict[str, None](), dict[str, None]()
    for message in messages:
        if (error := _ERROR.match(message)) and error[0] in _BUILT_IN:
            raised[error[0]] = None
            values |= dict.fromkeys(_UNFIT.findall(message)[:_MOST_VALUES]) if error[0] in _QUOTING else {}
        here = [symptom for symptom in SYMPTOMS if symptom.says.search(message)]
        found.update((symptom.name, symptom) for symptom in here)
        if any(symptom.name in _NAMING for symptom in here):
            names.update(name for name in _QUOTED.findall(message) if name not in _TYPES)
    return Symptoms(
        tuple(found.values()),
        frozenset(names),
        tuple(values)[:_MOST_VALUES],
        tuple(raised)[:3],
        wanted,
        frozenset(places),
        bool(messages) and all(_is_assertion(message) for message in messages),
        tuple(dict.fromkeys(pair for message in messages for pair in _UNEXPECTED.findall(message))),
    )


def _is_assertion(message: str) -> bool:
    return message.startswith("AssertionError") and not _REFUSAL.search(message)


_REFUSAL = re.compile(r"DID NOT RAISE|not raised")
_ERROR = re.compile(r"\w+")
_BUILT_IN = frozenset(n for n, v in vars(builtins).items() if isinstance(v, type) and issubclass(v, Exception)) - {
    "AssertionError"
}
_QUOTING = frozenset(("ValueError", "KeyError", "InvalidOperation"))
_UNFIT = re.compile(r"""'[^'\\\n]{0,20}'|"[^"\\\n]{0,20}\"""")
_UNEXPECTED = re.compile(r"(\w+)\(\) got an unexpected keyword argument '(\w+)'")
_MOST_VALUES = 3
_NAMING = frozenset(("attribute", "key", "argument", "name"))
