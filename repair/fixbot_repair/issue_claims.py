"""What single sentences of an issue say: a call or a part of what an example made, the value that should come, the one that does."""

import ast
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from fixbot_repair import issue_calls as calls
from fixbot_repair import issue_errors as told_errors
from fixbot_repair import issue_wording as wording
from fixbot_repair.issue_source import parsed
from fixbot_repair.issue_values import ends_in_value, is_literal, value_at
from fixbot_repair.issue_wording import Role

_TICKED = re.compile(r"`([^`\n]{1,300})`")
_AGAIN = re.compile(
    r"\b(?:(?:the|a) second (?:time|call|run)|(?:call(?:ed|ing)?|run|running|does|doing) (?:it |that |this )?(?:again|twice))\b",
    re.IGNORECASE,
)
_STEP = re.compile(r"^\s*\d{1,2}[.)]\s+(?:[A-Za-z]+ ){0,2}`([^`\n]{1,300})`([^\n]*)$", re.MULTILINE)
_FEWEST_STEPS = 2
_WANTS = re.compile(
    r"\b(?:should|must|ought to|supposed to|expect(?:ed|s|ing)?)\b(?! not|n['’]t| never)", re.IGNORECASE
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERED = re.compile(
    r"\b(first|second|third|fourth|fifth|last)(?: (?:one|call|line|result|value|print|number))?"
    r"(?:,? (?:(?:should|must|would|ought to)(?: \w+)? (?:be|give|print|return|yield|show|read)|(?:expected )?to be|as|is|was|be))?:? "
    r"(?=[`\[({\"'\d-]|True|False|None)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sentence says: a call that it names, the value that should come, the value that does; "" where it does not.

    `crashes`: it says no value, but that the call ends in an error. `goes_on`: it speaks of what was said before it.
    `function`: where it names no call, a function that it names. `setup`: statements that it names before. `after`: how many
    examples stand above. `is_place`: the call is none, but a part of what the example above made. `part`: of which part of
    the result the value is told.
    """

    call: str
    expected: str
    actual: str
    crashes: bool = False
    goes_on: bool = False
    function: str = ""
    setup: tuple[str, ...] = ()
    after: int = 0
    is_place: bool = False
    part: str = ""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with what it names: the subject's source, and the words with "it" in its place."""

    text: str
    call: str
    rest: str
    is_place: bool


def claims(paragraph: str, section: Role, *, ends: bool, known: Set[str] = frozenset()) -> Iterator[Claim]:
    """What each sentence says; a value whose sentence names no call belongs to the call of the sentence before.

    `ends`: the block below shows an error, which the last sentence may say to be that of its call. `known` are names that the
    examples above bind: parts of these may be spoken of.
    """
    told, setup = Claim("", "", ""), tuple[str, ...]()
    sentences = wording.sentences(paragraph)
    for at, sentence in enumerate(sentences):
        text = told_errors.without_messages(sentence)
        more, bare = _before(text)
        setup += more
        one = _subject(bare, known | _bound(setup))
        claim = _claim(one, section)
        claim = replace(claim, setup=(*setup, *claim.setup))
        error = told_errors.raised(text) or (ends and at == len(sentences) - 1 and told_errors.ends_in_error(text))
        crashes = bool(claim.call and not claim.expected and not claim.actual and (error or told_errors.unwanted(text)))
        if claim.expected or claim.actual or crashes:
            goes_on = wording.speaks_of_call(bare)
            if claim.expected and not claim.call and told.call and (told.actual or goes_on) and not _of_another(bare):
                yield replace(told, expected=claim.expected, crashes=False)
            else:
                function = "" if claim.call else calls.function(bare)
                part = "" if claim.call or not claim.expected else wording.part(bare)
                yield replace(claim, crashes=crashes, goes_on=goes_on and not part, function=function, part=part)
        if crashes or (claim.actual and not claim.expected):
            told = claim
        elif claim.expected or claim.call or _TICKED.search(bare):
            is_alone = not claim.expected and len(list(calls.results(bare))) == 1
            told = claim if is_alone else Claim("", "", "")


def steps(paragraph: str) -> str:
    """A numbered list of statements, each with what is said of it, as a session; "" for anything else."""
    items = _STEP.findall(paragraph)
    if len(items) < _FEWEST_STEPS or not all(parsed(code) for code, _ in items):
        return ""
    lines = list[str]()
    for code, said in items:
        came = (
            told_errors.raised(f"it {said}")
            or wording.is_now(f"it {said}")
            or wording.stated(wording.ACTUAL, f"it {said}")
        )
        lines += [f">>> {code.strip()}", *filter(None, [came])]
    return "\n".join(lines)


def numbered(sentence: str) -> tuple[tuple[int, str], ...]:
    """The values of "the first should be `1` and the second `2`", with the place of each from 0 (-1 for the last)."""
    if not _WANTS.search(sentence):
        return ()
    found = [(m[1].lower(), value_at(sentence[m.end() :])) for m in _NUMBERED.finditer(sentence)]
    return tuple((-1 if word == "last" else _ORDINALS.index(word), value) for word, value in found if is_literal(value))


def _claim(one: _Sentence, section: Role) -> Claim:
    """The call of a sentence with the values that it names for it."""
    call, rest = one.call, one.rest if one.call else wording.without_asides(one.rest)
    if not call and numbered(one.text):
        return Claim("", "", "")
    expected, actual = wording.stated(wording.EXPECTED, rest), wording.stated(wording.ACTUAL, rest)
    if call and not expected and not one.is_place:  # the call may be the value: "expected `Price(1)`"
        expected = wording.stated(wording.EXPECTED, one.text)
        call, actual = ("", wording.stated(wording.ACTUAL, one.text)) if expected else (call, actual)
    expected = expected or wording.was_expected(rest) or wording.namely(rest)
    expected = expected or (told_errors.not_raised(rest) if call else "")
    actual = actual or (wording.is_now(rest) if call else "")
    if not expected:
        expected, came = wording.instead(rest)
        actual = came or actual
    if not expected and not actual and section is not Role.UNSAID:
        value = value_at(rest)
        expected, actual = (value, "") if section is Role.EXPECTED else ("", value)
    actual = "" if actual == expected else actual
    if expected not in ("", "True", "False") and calls.compared(call)[1]:
        call, actual = calls.compared(call)
    again = _AGAIN.search(rest) if call and not one.is_place else None
    if again:  # what comes the second time is told, perhaps just before
        return Claim(call, expected, ends_in_value(rest[: again.start()].rstrip(" ,(")), setup=(call,))
    return Claim(call, expected, actual, is_place=one.is_place)


def _subject(sentence: str, known: Set[str]) -> _Sentence:
    """What `sentence` speaks of: the first call; else a part, an element or the value of one of the names in `known`."""
    call, rest = calls.call(sentence)
    if not call:
        for found in _TICKED.finditer(sentence):
            if _is_place(found[1], known):
                rest = f"{sentence[: found.start()]}it{sentence[found.end() :]}"
                return _Sentence(sentence, found[1].strip(), rest, is_place=True)
    return _Sentence(sentence, call, rest, is_place=False)


def _is_place(text: str, known: Set[str]) -> bool:
    """Whether `text` is `x`, `x.part` or `x["key"]` of a name that is known."""
    body = parsed(text.strip())
    node: ast.AST | None = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id in known


def _before(sentence: str) -> tuple[tuple[str, ...], str]:
    """The statements that `sentence` names as done before, "After `x = f(2)`, …", and the sentence without them."""
    found = list(_TICKED.finditer(sentence))
    done = [
        one for n, one in enumerate(found) if _is_done(sentence[: one.start()], one[1], is_last=n == len(found) - 1)
    ]
    bare = sentence
    for one in reversed(done):
        bare = f"{bare[: one.start()]}that{bare[one.end() :]}"
    return tuple(one[1].strip() for one in done), bare


def _is_done(above: str, text: str, *, is_last: bool) -> bool:
    body = parsed(text.strip())
    if any(isinstance(one, ast.Assign | ast.AugAssign | ast.Import | ast.ImportFrom) for one in body):
        return not wording.ends_telling(above)  # "it gives `days = 7`" shows a text
    is_call = len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Call)
    return is_call and not is_last and re.search(r"\b(?:after|once)(?: \w+ing)? ?$", above, re.IGNORECASE) is not None


def _bound(setup: tuple[str, ...]) -> set[str]:
    nodes = (node for text in setup for one in parsed(text) for node in ast.walk(one))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _of_another(sentence: str) -> bool:
    """Whether the words of expectation have a subject of their own in ticks: "`x` should be 3"."""
    if wording.part(sentence):
        return True
    found = wording.EXPECTED.search(sentence)
    ticked = _TICKED.finditer(sentence[: found.start()]) if found else iter(())
    return any(not is_literal(one[1]) for one in ticked)
