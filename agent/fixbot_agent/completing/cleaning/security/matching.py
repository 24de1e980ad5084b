"""What several rules ask: made queries, words that name a secret, evidence of a finding."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import CODE, COMMAND, SQL
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rule
from fixbot_agent.completing.cleaning.security.values import HOLE, Value, Values, literal
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

_BEGINS = re.compile(r"\W*[a-z]{0,2}[\"']*\s*(?:select|update|delete|insert|drop|alter|truncate)\s", re.IGNORECASE)
_CONDITIONS = frozenset(
    {"Where", "Having", "where", "andWhere", "whereRaw", "extra", "filter", "Or", "Not"}
)  # what takes a part of a query
_SQL = re.compile(
    r"\b(?:select\b.*\bfrom|insert\s+(?:or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|replace\s+into|merge\s+into|where\b|order\s+by|(?:create|drop|alter|truncate)\s+(?:table|database|user|index|view|role|schema)"
    r"|grant\s|set\s+\w+\s*=|call\s+\w|exec(?:ute)?\s+\w|values\s*\(|limit\s|having\b|join\b|union\b|like\s|pragma\s)",
    re.IGNORECASE | re.DOTALL,
)
ANYWHERE = "0.0.0.0"  # noqa: S104 what is looked for
STATEMENT = re.compile(
    r"\W*[a-z]{0,3}[\"'`]*\s*(?:select\s.+\sfrom\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s|(?:from\s+)?[A-Z]\w+\s+\w\s+where\s).*"
    rf"(?:=\s*[\"'%]*|like\s+[\"'%]+|in\s*\(\s*|values\s*\([^)]*?|where\s|[<>]\s*|and\s|(?:limit|offset|by)\s+){HOLE}",
    re.IGNORECASE | re.DOTALL,
)
FRAGMENT = re.compile(rf"(?:=|<>|!=|[<>]|\b(?:i?like|in)\b)\s*[\"'%(]*{HOLE}", re.IGNORECASE)
_QUERIES = re.compile(r"[\"'`]\s*(?:SELECT\b.*\bFROM\b|UPDATE\b.*\bSET\b|DELETE\s+FROM|\s*WHERE\b)", re.IGNORECASE)
SECRETIVE = re.compile(
    r"passw|pwd|passphrase|secret|token(?!s\b|i[zs]|_ids\b|_count)|sign(?!al|up|ed_in|ificant)|auth(?!or)|credential|otp\b|api_?key|private_?key|session_?(?:id|key)|csrf|hmac|reset_?(?:code|key|link)|invit|verif|nonce|salt|activation|access_?(?:key|code)|encryption|cookie",
    re.IGNORECASE,
)
PASSWORD = re.compile(r"passw|pwd|passphrase|passwd|\bpin\b", re.IGNORECASE)


def found(rule: Rule, *evidence: Node | Value | None, repair: tuple[Change, ...] = (), note: str = "") -> Finding:
    """A finding for the evidence: nodes, and whatever makes a value what it is."""
    spans: list[Span] = []
    for each in evidence:
        if isinstance(each, Value):
            spans += each.evidence
        elif each is not None:
            spans.append(span(each))
    return Finding(rule, tuple(spans), repair, note)


def made_query(code: Code, call: Call, at: int = 0, name: str = "") -> Finding | None:
    """SQL made of values, as an argument of `call`."""
    node = call.argument(at, name)
    value = Values(code).of(node) if node is not None else None
    says = value is not None and (
        _SQL.search(value.text.replace(HOLE, " x "))
        or (call.last in _CONDITIONS and FRAGMENT.search(value.text))
        or (call.last.startswith("execute") and _BEGINS.match(value.text))
    )
    if node is None or value is None or not value.made or not says:
        return None
    return found(SQL, call.named, node, value)


def query_part(code: Code, call: Call) -> Finding | None:
    """A condition made of values that is put to others, in a function that makes a query."""
    node = call.argument(0)
    value = Values(code).of(node) if node is not None else None
    if (
        node is None
        or value is None
        or not value.made
        or not FRAGMENT.search(value.text)
        or re.search(r"</?\w|\w=[\"']", value.text)
    ):
        return None
    return found(SQL, call.named, node, value) if _QUERIES.search(text(code.home(call.node))) else None


def command(code: Code, call: Call, node: Node | None, *why: Node) -> Finding | None:
    """A command that a shell reads and that is not constant."""
    value = Values(code).of(node) if node is not None else None
    if node is None or value is None or value.constant:
        return None
    return found(COMMAND, call.named, node, value, *why)


def run_code(code: Code, call: Call, node: Node | None) -> Finding | None:
    """Code that is not constant."""
    value = Values(code).of(node) if node is not None else None
    return found(CODE, call.named, node, value) if value is not None and not value.constant else None


def tainted(code: Code, rule: Rule, call: Call, node: Node | None) -> Finding | None:
    """A request that decides an argument."""
    value = Values(code).of(node) if node is not None else None
    return found(rule, call.named, node, value) if value is not None and value.tainted else None


_OWN_PAGE = re.compile(r"[a-z]{0,2}[\"'`]?/\w")


def redirected(code: Code, rule: Rule, call: Call, node: Node | None) -> Finding | None:
    """A request that decides where to; not below a path of the site's own."""
    value = Values(code).of(node) if node is not None else None
    if value is None or not value.tainted or _OWN_PAGE.match(value.text):
        return None
    return found(rule, call.named, node, value)


def added(code: Code, given: Given) -> Finding | None:
    """A condition made of values that is put to a query (``sql += …``), in a function that makes one."""
    if b"+=" not in code.tree.data[given.node.start_byte : given.value.start_byte]:
        return None
    value = Values(code).of(given.value)
    if not value.made or not (FRAGMENT.search(value.text) or _SQL.search(value.text.replace(HOLE, " x "))):
        return None
    return found(SQL, given.value, value) if _QUERIES.search(text(code.home(given.node))) else None


def unsaid(code: Code, rule: Rule, call: Call, node: Node | None, saying: re.Pattern[str]) -> Finding | None:
    """A made text that says what `saying` looks for."""
    value = Values(code).of(node) if node is not None else None
    return (
        found(rule, call.named, node, value) if value is not None and value.made and saying.search(value.text) else None
    )


def purpose(code: Code, call: Call) -> str:
    """What a call is for: names around it, its arguments as written, what the object that it makes is fed later."""
    return f"{code.around(call.node)} {' '.join(text(a)[:80] for a in call.arguments)} {fed(code, call)}"


def fed(code: Code, call: Call) -> str:
    """What is written into the object that a call makes, where it is given to a name: ``h.update(…)``, ``io.WriteString(h, …)``."""
    names = [
        re.escape(name) for each in code.given if each.is_assignment and span(each.value) == span(call.node)
        for name in re.findall(r"\w+", each.target)[:1]
    ]  # fmt: skip
    if not names:
        return ""
    later = re.compile(
        rf"\b(?:{'|'.join(names)})\.(?:update|[wW]rite(?:String)?|digest|putBytes)\(([^\n]*)|\bWriteString\((?:{'|'.join(names)}),([^\n]*)"
    )
    return " ".join("".join(m)[:80] for m in later.findall(text(code.region)))


_TOKEN = re.compile(
    r"token(?!s\b|i[zs])|session_?(?:id|key)|reset|otp|invit|activation|api_?key|nonce|csrf", re.IGNORECASE
)
_CLOCK = re.compile(
    r"\btime(?:_ns)?\(\)|\bnow\(|utcnow\(|getpid\(|uuid1\(|Date\.now\(|new Date\(|getTime\(|random\(\)|nanoTime\("
)
_UNKNOWN = re.compile(
    r"secret|urandom|randbytes|randomBytes|getRandomValues|hmac|SystemRandom|uuid4|private", re.IGNORECASE
)


def is_guessable(code: Code, call: Call) -> bool:
    """Whether a hash makes a token of the time and of what others know."""
    if not _TOKEN.search(code.around(call.node)):
        return False
    given = [text(a) for a in call.arguments]
    bound = [
        text(g.value)
        for a in given
        for name in re.findall(r"\b[a-zA-Z_]\w*", a)
        for g in code.assigned(name, call.node)
    ]
    told = " ".join([*given, *bound, fed(code, call)])
    return _CLOCK.search(told) is not None and not _UNKNOWN.search(told)


def is_constant_text(node: Node | None) -> bool:
    """Whether `node` is a literal that says something."""
    return bool(literal(node))


def without_argument(code: Code, node: Node) -> Change:
    """The change that takes an argument out of a call, comma and all."""
    data = code.tree.data
    start, end = node.start_byte, node.end_byte
    before = data[:start].rstrip()
    if before.endswith(b","):
        return Change(Span(len(before) - 1, end), "")
    after = re.match(rb"\s*,[ \t]*", data[end:])
    return Change(Span(start, end + (after.end() if after else 0)), "")
