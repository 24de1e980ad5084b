"""Which words of which tool mean which edit; nothing but data."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from fixbot_repair.checks.hints import edits
from fixbot_repair.checks.hints.place import Place


@dataclass(frozen=True, slots=True)
class Hint:
    """What `tool` says under `rule`, in words that `message` matches, and what that means. Its groups are the edit's words.

    `safe`: what runs stays the same. `once`: of equal edits of one text in one function the first may do for all.
    """

    tool: str
    rule: str
    message: "re.Pattern[str]"
    edit: Callable[[Place], edits.Edits]
    safe: bool = True
    once: bool = False


def _hint(
    tool: str, rule: str, message: str, edit: Callable[[Place], edits.Edits], *, safe: bool = True, once: bool = False
) -> Hint:
    return Hint(tool, rule, re.compile(message), edit, safe, once)


_TYPING = (
    r"(?P<name>Any|Callable|ClassVar|Deque|DefaultDict|Dict|Final|FrozenSet|Generic|Iterable|Iterator|List|Literal|Mapping"
    r"|NamedTuple|Optional|Protocol|Sequence|Set|Tuple|Type|TypeVar|TypedDict|Union|TYPE_CHECKING|cast|overload)"
)

HINTS = (
    # A default of None where the annotation has none: PEP 484.
    _hint(
        "mypy", "assignment", r'Incompatible default for \w+ "\w+" \(default has type "None"', edits.optional_default
    ),
    _hint(
        "pyright",
        "reportArgumentType",
        r'Expression of type "None" cannot be assigned to parameter',
        edits.optional_default,
    ),
    _hint("ty", "invalid-parameter-default", r"Default value of type `None` is not", edits.optional_default),
    _hint("pyrefly", "bad-function-definition", r"Default `None` is not assignable", edits.optional_default),
    # Comments that ignore nothing.
    _hint("mypy", "unused-ignore", r'Unused "type: ignore(?:\[(?P<codes>[^\]]*)\])?" comment$', edits.no_ignore),
    _hint(
        "pyright",
        "reportUnnecessaryTypeIgnoreComment",
        r'Unnecessary "# (?P<kind>type|pyright): ignore" (?:comment$|rule: "(?P<codes>\w+)")',
        edits.no_ignore,
    ),
    _hint(
        "ty", "unused-type-ignore-comment", r"Unused blanket `(?P<kind>type|ty): ignore` directive$", edits.no_ignore
    ),
    _hint(
        "ty",
        "unused-(type-)?ignore-comment",
        r"Unused `(?P<kind>type|ty): ignore` directive: (?P<codes>[\w-]+)$",
        edits.no_ignore,
    ),
    # Names of typing that were not imported.
    _hint(
        "mypy",
        "name-defined",
        r'Name "\w+" is not defined .*Suggestion: "from (?P<module>[\w.]+) import (?P<name>\w+)"',
        edits.imported,
    ),
    _hint("pyright", "reportUndefinedVariable", rf'"{_TYPING}" is not defined$', edits.imported),
    _hint("ty", "unresolved-reference", rf"Name `{_TYPING}` used when not defined", edits.imported),
    _hint("pyrefly", "unknown-name", rf"Could not find name `{_TYPING}`", edits.imported),
    # What an annotation leaves unsaid.
    _hint("mypy", "no-untyped-def", r'Function is missing a return type annotation .*"-> None"', edits.returns_none),
    _hint("mypy", "return", r"Missing return statement$", edits.returns_at_end),
    # Marks and casts.
    _hint("mypy", "explicit-override", r'Method "\w+" is not using @override', edits.overriding),
    _hint("pyright", "reportImplicitOverride", r'Method "\w+" is not marked as override', edits.overriding),
    _hint("pyrefly", "missing-override-decorator", r"Class member `[\w.]+` overrides", edits.overriding),
    _hint("mypy", "redundant-cast", r"Redundant cast to", edits.no_cast),
    _hint("pyright", "reportUnnecessaryCast", r'Unnecessary "cast" call', edits.no_cast),
    _hint("ty", "redundant-cast", r"Value is already of type", edits.no_cast),
    _hint("pyrefly", "redundant-cast", r"Redundant cast", edits.no_cast),
    # A name that is nearly another. What runs is another thing then.
    _hint(
        "mypy",
        "call-arg",
        r'Unexpected keyword argument "(?P<old>\w+)" for .*; did you mean "(?P<new>\w+)"\?$',
        edits.keyword_renamed,
        safe=False,
    ),
    _hint(
        "mypy",
        "attr-defined",
        r'(?:"[^"]*"|Module(?: "[\w.]+")?) has no attribute "(?P<old>\w+)"; maybe "(?P<new>\w+)"\?$',
        edits.renamed,
        safe=False,
    ),
    # A coroutine that nobody awaits.
    _hint("mypy", "unused-coroutine", r'Value of type "Coroutine', edits.awaited, safe=False),
    _hint("pyright", "reportUnusedCoroutine", r"Result of async function call is not used", edits.awaited, safe=False),
    _hint("ty", "unused-awaitable", r"Object of type `CoroutineType", edits.awaited, safe=False),
    _hint("pyrefly", "unused-coroutine", r"Result of async function call is unused", edits.awaited, safe=False),
    # None where nobody looked for it.
    _hint("mypy", "union-attr", r'Item "None" of ', edits.asserted, safe=False, once=True),
    _hint("mypy", "index", r'Value of type "[^"]*\| None" is not indexable', edits.asserted, safe=False, once=True),
    _hint(
        "pyright",
        "reportOptional(MemberAccess|Subscript)",
        r'.*(?:of|type) "None"',
        edits.asserted,
        safe=False,
        once=True,
    ),
    _hint(
        "ty",
        "missing-union-attribute",
        r"Attribute `\w+` is not defined on `None` in",
        edits.asserted,
        safe=False,
        once=True,
    ),
    _hint("pyrefly", "missing-attribute", r"Object of class `NoneType` has no", edits.asserted, safe=False, once=True),
)
