"""Patterns of JavaScript and TypeScript: weak protection, and switches that take it away."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    BIND,
    COOKIE,
    CORS,
    FAST_HASH,
    JWT,
    MODE,
    STATIC_IV,
    TLS,
    WEAK_CIPHER,
    WEAK_HASH,
    WEAK_KEY,
    WEAK_RANDOM,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import (
    ANYWHERE,
    PASSWORD,
    SECRETIVE,
    found,
    purpose,
)
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values, is_false, is_true, literal
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"javascript", "typescript", "tsx"}))


@RULES.call("createHash", "createHmac", "MD5", "md5", "sha1", "SHA1")
def _hash(code: Code, call: Call) -> Finding | None:
    node = call.argument(0)
    name = literal(node).lower() if call.last.startswith("create") else call.last.lower()
    about = f"{purpose(code, call)} {_chain(call.node)}"
    if name in ("md5", "sha1") and call.last == "createHmac":
        return found(
            WEAK_HASH,
            call.named,
            node,
            repair=(Change(span(node), "'sha256'"),) if node is not None else (),
            note="SHA-256 instead",
        )
    if PASSWORD.search(about) and call.last != "createHmac":
        return found(WEAK_HASH if name in ("md5", "sha1") else FAST_HASH, call.named, node)
    if name not in ("md5", "sha1") or not SECRETIVE.search(about):
        return None
    repair = (Change(span(node), "'sha256'"),) if call.last == "createHash" and node is not None else ()
    return found(WEAK_HASH, call.named, node, repair=repair, note="SHA-256 instead")


def _chain(node: Node) -> str:
    """The rest of a chain of calls that begins with `node`: what a hash is given."""
    at: Node | None = node
    while at is not None and at.parent is not None and at.parent.type in ("member_expression", "call_expression"):
        at = at.parent
    return text(at)[:200] if at is not None else ""


@RULES.call("createCipheriv", "createDecipheriv", "createCipher", "createDecipher")
def _cipher(code: Code, call: Call) -> Finding | None:
    if not call.last.endswith("iv"):
        return found(WEAK_CIPHER, call.named)
    name = literal(call.argument(0)).lower()
    if re.search(r"^(?:des|rc4|rc2|bf|blowfish|cast)|-ecb", name):
        return found(WEAK_CIPHER, call.named, call.argument(0))
    vector = call.argument(2)
    value = Values(code).of(vector) if vector is not None else None
    fixed = (
        value is not None
        and (_is_fixed(code, vector) if vector is not None else False)
        and call.last == "createCipheriv"
    )
    return found(STATIC_IV, call.named, vector, value) if fixed else None


def _is_fixed(code: Code, node: Node) -> bool:
    written = text(node)
    if re.fullmatch(
        r"[\"'`][^\"'`$]*[\"'`]|Buffer\.alloc\(\d+(?:,\s*0)?\)|Buffer\.from\(\s*[\"'][^)]*\)|new Uint8Array\(\d+\)",
        written,
    ):
        return True
    bound = [*code.assigned(written, node), *code.outer.get(written, ())] if written.isidentifier() else []
    return bool(bound) and all(text(g.value) != written and _is_fixed(code, g.value) for g in bound)


@RULES.call("random")
def _random(code: Code, call: Call) -> Finding | None:
    about = code.around(call.node)
    return (
        found(WEAK_RANDOM, call.named)
        if call.is_one("Math.random") and (SECRETIVE.search(about) or PASSWORD.search(about))
        else None
    )


@RULES.value(
    "rejectunauthorized",
    "strictssl",
    "insecure",
    "insecureskipverify",
    "ignorehttpserrors_",
    "node_tls_reject_unauthorized",
    "checkserveridentity",
)
def _unverified(_code: Code, given: Given) -> Finding | None:
    written = text(given.value).strip("\"'`")
    if given.name == "checkserveridentity":
        return found(TLS, given.node) if re.search(r"=>\s*(?:undefined|null|\{\s*\}|true)\Z", written) else None
    if given.name == "node_tls_reject_unauthorized":
        return found(TLS, given.node) if written == "0" else None
    if given.name in ("insecure", "insecureskipverify"):
        return found(TLS, given.node) if given.name != "insecure" and is_true(given.value) else None
    return (
        found(TLS, given.node, repair=(Change(span(given.value), "true"),), note="the certificate is verified")
        if is_false(given.value)
        else None
    )


@RULES.call("verify", "decode", "sign")
def _jwt(_code: Code, call: Call) -> Finding | None:
    if not re.match(r"(?:jwt|jsonwebtoken|JWT)\b", call.callee):
        return None
    if call.last == "decode":
        return found(JWT, call.named)
    key = call.argument(1)
    if call.last == "verify" and key is not None and text(key) in ("null", "undefined", "''", '""', "false"):
        return found(JWT, call.named, key)
    return next(
        (
            found(JWT, g.node)
            for n in ("algorithm", "algorithms")
            if (g := call.keywords.get(n)) and re.search(r"[\"']none[\"']", text(g.value), re.IGNORECASE)
        ),
        None,
    )


@RULES.value("origin", "access-control-allow-origin")
def _origin(_code: Code, given: Given) -> Finding | None:
    return found(CORS, given.node) if literal(given.value) == "*" else None


@RULES.call("setHeader", "header", "set", "writeHead")
def _header(_code: Code, call: Call) -> Finding | None:
    name, value = literal(call.argument(0)).lower(), literal(call.argument(1))
    return (
        found(CORS, call.named, *call.arguments[:2]) if name == "access-control-allow-origin" and value == "*" else None
    )


@RULES.value("httponly", "secure")
def _cookie(_code: Code, given: Given) -> Finding | None:
    pair = not given.is_assignment and is_false(given.value)
    return (
        found(COOKIE, given.node, repair=(Change(span(given.value), "true"),), note=f"{given.name} on")
        if pair
        else None
    )


@RULES.call("chmod", "chmodSync", "mkdir", "mkdirSync", "writeFile", "writeFileSync")
def _mode(_code: Code, call: Call) -> Finding | None:
    nodes = [*call.arguments[1:], *(call.keywords[k].value for k in ("mode",) if k in call.keywords)]
    return next(
        (
            found(MODE, call.named, n)
            for n in nodes
            if re.fullmatch(r"[\"']?0?o?[0-7]{3}[\"']?", text(n))
            and text(n).strip("\"'")[-1] in "2367"
            and len(text(n).strip("\"'")) > 3 - ("'" in text(n))
        ),
        None,
    )


@RULES.call("listen")
def _listen(_code: Code, call: Call) -> Finding | None:
    return next(
        (
            found(BIND, n, repair=(Change(span(n), "'127.0.0.1'"),), note="listens to this machine only")
            for n in call.arguments
            if literal(n) == ANYWHERE
        ),
        None,
    )


@RULES.value("host", "hostname")
def _host(_code: Code, given: Given) -> Finding | None:
    return (
        found(
            BIND, given.value, repair=(Change(span(given.value), "'127.0.0.1'"),), note="listens to this machine only"
        )
        if literal(given.value) == ANYWHERE
        else None
    )


@RULES.value("moduluslength")
def _bits(_code: Code, given: Given) -> Finding | None:
    short = text(given.value).isdigit() and int(text(given.value)) < 2048
    return found(WEAK_KEY, given.node, repair=(Change(span(given.value), "2048"),), note="2048 bits") if short else None


@RULES.call("pbkdf2", "pbkdf2Sync")
def _rounds(_code: Code, call: Call) -> Finding | None:
    node = call.argument(2)
    short = node is not None and text(node).isdigit() and int(text(node)) < 100_000
    return (
        found(FAST_HASH, call.named, node, repair=(Change(span(node), "600000"),), note="600,000 rounds")
        if short and node is not None
        else None
    )
