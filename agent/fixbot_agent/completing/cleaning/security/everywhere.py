"""Patterns of every language: secrets in the source."""

import re
from collections.abc import Iterator

from fixbot_agent.completing.cleaning.security.catalogue import SECRET
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, last_name, text
from fixbot_agent.completing.cleaning.security.rule import Finding
from fixbot_agent.completing.cleaning.security.secrets import KNOWN, NAME, looks_secret
from fixbot_agent.completing.cleaning.security.values import literal
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

_TEXTS = frozenset(
    {"string", "string_literal", "interpreted_string_literal", "raw_string_literal", "template_string", "text_block"}
)
_IN_TEXT = re.compile(
    r"(?:^|[\s;?&])(?:password|pwd|passwd|AccountKey|SharedAccessKey)=([^\s;&{}$%<>'\"]{4,})", re.IGNORECASE
)
_HEADER = re.compile(r"(?:Bearer|Basic|Token)\s+(?!\w+=)[\w.~+/=-]{12,}\Z")
_KEYED = frozenset(
    {
        "new",
        "Fernet",
        "sign",
        "encode",
        "createHmac",
        "createCipheriv",
        "HMAC",
        "SecretKeySpec",
        "new SecretKeySpec",
        "SignedString",
        "signWith",
        "verify",
        "decode",
        "AESGCM",
        "NewCipher",
        "hmacShaKeyFor",
    }
)
_LOGINS = {
    "login": 1,
    "authenticate": 1,
    "auth": 1,
    "HTTPBasicAuth": 1,
    "HTTPDigestAuth": 1,
    "HTTPProxyAuth": 1,
    "BasicAuth": 1,
    "DigestAuth": 1,
    "BasicAuthentication": 1,
    "SetBasicAuth": 1,
    "setBasicAuth": 1,
    "new UsernamePasswordCredentials": 1,
    "new PasswordAuthentication": 1,
    "PlainAuth": 2,
    "auth_basic": 1,
    "getConnection": 2,
    "set_password": 0,
    "setPassword": 0,
}  # where the password stands
_PAIRED = frozenset({"auth", "http_auth", "basic_auth", "proxy_auth"})
_FALLBACK = frozenset({"get", "getenv", "getOrDefault", "getProperty", "config", "env"})


def given_secret(_code: Code, given: Given) -> Finding | None:
    """A literal given to a telling name, or bytes of one."""
    value = _literal(given.value)
    if given.name in _PAIRED and given.value.type in ("tuple", "list", "array", "string"):
        parts = [literal(n) for n in given.value.named_children] if not value else value.split(":")
        return found(SECRET, given.value) if len(parts) == 2 and looks_secret("password", parts[1]) else None
    if not value or (given.node.type in ("pair", "keyed_element") and value == given.name):
        return None
    return (
        found(SECRET, given.value)
        if looks_secret(given.target.rpartition(".")[2].strip("\"'`[]") if not given.name else given.name, value)
        else None
    )


def _literal(node: Node) -> str:
    """A literal's content, through an encoding of it or a conversion to bytes."""
    written = text(node)
    inner = (
        re.fullmatch(
            r"(?:b|\[\]byte\(|Buffer\.from\(|bytes\(|SecretStr\()?([\"'][^\"'\n]*[\"'])(?:\.encode\([^)]*\)|\.getBytes\([^)]*\)|,.*)?\)?",
            written,
        )
        if len(written) < 400
        else None
    )
    return literal(node) or (inner[1][1:-1] if inner else "") or _fallback(written)


def _fallback(written: str) -> str:
    """What stands in for a variable of the environment: ``process.env.KEY || "…"``."""
    found_ = re.fullmatch(r"process\.env[\w.\[\]\"']*\s*(?:\|\||\?\?)\s*[\"'`]([^\"'`]+)[\"'`]", written)
    return found_[1] if found_ else ""


def called_secret(code: Code, call: Call) -> Finding | None:
    """A literal key of a cipher, a signature or a token; a literal that stands in for a variable of the environment."""
    if call.last in _FALLBACK and len(call.arguments) == 2 and not code.grammar.calls.get("new"):
        name, value = literal(call.arguments[0]), literal(call.arguments[1])
        return found(SECRET, call.arguments[1]) if name and value and looks_secret(name, value) else None
    if call.last in _LOGINS and (len(call.arguments) > _LOGINS[call.last] or "password" in call.keywords):
        given = call.keywords["password"].value if "password" in call.keywords else call.arguments[_LOGINS[call.last]]
        return found(SECRET, call.named, given) if looks_secret("password", _bound_literal(code, given)) else None
    if call.last not in _KEYED and call.callee not in _KEYED:
        return None
    at = _place(call)
    node = call.keywords["key"].value if "key" in call.keywords else call.argument(at) if at >= 0 else None
    if node is None:
        return None
    value = _bound_literal(code, node)
    return found(SECRET, call.named, node) if len(value) >= 4 else None


def _bound_literal(code: Code, node: Node) -> str:
    """The content of a literal, or of the one that a name is given."""
    if text(node).isidentifier():
        bound = [*code.assigned(text(node), node), *code.outer.get(text(node), ())]
        return _literal(bound[-1].value) if bound else ""
    return _literal(node)


def _place(call: Call) -> int:
    """Where the key stands among the arguments, -1 where the call takes none."""
    callee = call.callee
    if re.search(
        r"(?:^|\.)(?:AES|DES|DES3|ARC4|Blowfish|ChaCha20|hmac|HMAC)\.new\Z|Fernet\Z|AESGCM\Z|SecretKeySpec\Z|SignedString\Z|hmacShaKeyFor\Z|(?:aes|des)\.NewCipher\Z",
        callee,
    ):
        return 0
    if re.search(
        r"(?:jwt|jsonwebtoken|jose|JWT)\.(?:\w+\.)?(?:sign|encode|verify|decode)\Z|createHmac\Z|createCipheriv\Z|signWith\Z|^hmac\.New\Z",
        callee,
    ):
        return 1
    return -1


def texts(code: Code) -> Iterator[Finding]:
    """Literals that are secrets by their shape, wherever they stand in the suggestion."""
    for node in code.nodes:
        if node.type not in _TEXTS or not code.touches(node):
            continue
        value = literal(node)
        if node.parent is not None and node.parent.type == "expression_statement" and not KNOWN.search(value):
            continue  # a docstring: examples
        inside = _IN_TEXT.search(value)
        if value and (
            KNOWN.search(value)
            or looks_secret("", value)
            or (inside and looks_secret("password", inside[1]))
            or _HEADER.match(value)
        ):
            yield found(SECRET, node)


def compared(node: Node) -> Finding | None:
    """A password compared with a literal."""
    inner = [c for c in node.named_children if c.type != "comment"]
    if len(inner) != 2:
        return None
    for name, value in ((inner[0], inner[1]), (inner[1], inner[0])):
        written = _asked(name)
        if len(literal(value)) >= 4 and NAME.search(written) and not re.search(r"type|grant", text(name)):
            kind = "password" if re.search(r"passw|pwd|secret", written) else written
            return found(SECRET, node) if looks_secret(kind, literal(value)) else None
    return None


def _asked(node: Node) -> str:
    """The last part of a name, or what a look-up asks for: ``headers.get("X-Api-Key")``."""
    arguments = node.child_by_field_name("arguments")
    first = next((literal(n) for n in arguments.named_children), "") if arguments is not None else ""
    return (first or last_name(node)).lower().replace("-", "_")


def equality(code: Code, where: Span) -> Iterator[Node]:
    """Comparisons by equality that the suggestion has a part in."""
    for node in code.nodes:
        if (
            node.type in ("comparison_operator", "binary_expression")
            and node.start_byte < where.end
            and where.start < node.end_byte
        ):
            sign = node.child_by_field_name("operator") or (node.children[1] if len(node.children) > 2 else None)
            if sign is not None and sign.type in ("==", "===", "!=", "!=="):
                yield node
