"""Patterns of Java."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    COMMAND,
    CSRF,
    FAST_HASH,
    JWT,
    LOAD,
    MODE,
    PATH,
    REDIRECT,
    STATIC_IV,
    TLS,
    WEAK_CIPHER,
    WEAK_HASH,
    WEAK_KEY,
    WEAK_RANDOM,
    XML,
    XPATH,
    XSS,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.go import CHECKED, SHELLS, XPATHS, directory, origin, query, statement
from fixbot_agent.completing.cleaning.security.matching import (
    PASSWORD,
    SECRETIVE,
    command,
    found,
    purpose,
    redirected,
    run_code,
    tainted,
    unsaid,
)
from fixbot_agent.completing.cleaning.security.reading import Call, Code, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values, literal
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"java"}))
RULES.call(
    "executeQuery",
    "executeUpdate",
    "execute",
    "prepareStatement",
    "createQuery",
    "createNativeQuery",
    "createSQLQuery",
    "query",
    "queryForObject",
    "queryForList",
    "update",
    "addBatch",
    "queryForMap",
    "prepareCall",
)(query)
RULES.value("*")(statement)
RULES.call("setHeader", "addHeader", "addAllowedOrigin", "allowedOrigins", "header")(origin)
RULES.call("search")(directory)


@RULES.call("exec", "ProcessBuilder", "new ProcessBuilder", "command")
def _process(code: Code, call: Call) -> Finding | None:
    words = call.arguments
    if len(words) == 1 and words[0].type == "array_creation_expression":
        words = tuple(n for n in words[0].named_children for n in n.named_children)
    if len(words) >= 3 and literal(words[0]) in SHELLS and literal(words[1]) in ("-c", "/c"):
        return command(code, call, words[2])
    value = Values(code).of(words[0]) if words and call.last == "exec" else None
    return found(COMMAND, call.named, words[0], value) if value is not None and (value.made or value.tainted) else None


@RULES.call("eval", "parseExpression")
def _eval(code: Code, call: Call) -> Finding | None:
    return (
        run_code(code, call, call.argument(0))
        if call.last == "eval" or b"SpelExpressionParser" in code.tree.data
        else None
    )


@RULES.call("getInstance")
def _java_crypto(code: Code, call: Call) -> Finding | None:
    name = literal(call.argument(0)).upper()
    if call.is_one("MessageDigest.getInstance") and (
        name in ("MD5", "SHA-1", "SHA1", "MD2") or PASSWORD.search(purpose(code, call))
    ):
        about = code.around(call.node) + text(code.home(call.node))[:4000]
        if PASSWORD.search(about):
            return found(WEAK_HASH if name in ("MD5", "SHA-1", "SHA1", "MD2") else FAST_HASH, call.node)
        repair = (Change(span(call.arguments[0]), '"SHA-256"'),)
        return found(WEAK_HASH, call.node, repair=repair, note="SHA-256 instead") if SECRETIVE.search(about) else None
    if call.is_one("Cipher.getInstance") and (
        re.match(r"(?:DES|RC4|RC2|ARCFOUR|BLOWFISH|DESEDE)", name) or "/ECB" in name or name == "AES"
    ):
        return found(WEAK_CIPHER, call.node)
    if call.is_one("SSLContext.getInstance") and name in ("SSL", "SSLV3", "TLSV1", "TLSV1.1"):
        return found(TLS, call.node, repair=(Change(span(call.arguments[0]), '"TLSv1.3"'),), note="TLS 1.3")
    return found(WEAK_HASH, call.node) if call.is_one("Mac.getInstance") and name in ("HMACMD5", "HMACSHA1") else None


@RULES.call("new IvParameterSpec", "IvParameterSpec", "new GCMParameterSpec", "GCMParameterSpec")
def _java_vector(code: Code, call: Call) -> Finding | None:
    node = call.arguments[-1] if call.arguments else None
    if node is None:
        return None
    name = text(node)
    bound = [*code.assigned(name, node), *code.outer.get(name, ())]
    written = text(bound[-1].value) if bound else name
    filled = re.search(
        rf"nextBytes\(\s*{re.escape(name)}|arraycopy\([^)]*{re.escape(name)}|\.get\(\s*{re.escape(name)}",
        text(code.home(call.node)),
    )
    fixed = re.match(r'".*"\.getBytes|new byte\[\d*\]', written) and not filled
    return found(STATIC_IV, call.node, node, Values(code).of(node)) if fixed else None


@RULES.call("new Random", "Random", "random", "nextInt", "randomNumeric", "randomAlphanumeric")
def _java_random(code: Code, call: Call) -> Finding | None:
    if not (
        call.callee == "new Random"
        or call.is_one("Math.random", "RandomStringUtils.randomAlphanumeric", "RandomStringUtils.randomNumeric")
    ):
        return None
    return (
        found(WEAK_RANDOM, call.node)
        if SECRETIVE.search(code.around(call.node)) or PASSWORD.search(code.around(call.node))
        else None
    )


@RULES.call("initialize")
def _java_key(_code: Code, call: Call) -> Finding | None:
    node = call.argument(0)
    short = (
        node is not None
        and text(node).isdigit()
        and 256 <= int(text(node)) < 2048
        and int(text(node)) not in (256, 384, 521)
    )
    return (
        found(WEAK_KEY, call.node, repair=(Change(span(node), "2048"),), note="2048 bits")
        if short and node is not None
        else None
    )


@RULES.call("readObject", "new XMLDecoder", "readUnshared", "fromXML", "enableDefaultTyping", "activateDefaultTyping")
def _java_load(code: Code, call: Call) -> Finding | None:
    filtered = b"ObjectInputFilter" in code.tree.data or b"ValidatingObjectInputStream" in code.tree.data
    return None if filtered or (call.last == "fromXML" and b"allowTypes" in code.tree.data) else found(LOAD, call.node)


@RULES.call("new Yaml", "Yaml")
def _java_yaml(_code: Code, call: Call) -> Finding | None:
    return found(LOAD, call.node) if call.callee == "new Yaml" and not call.arguments else None


@RULES.call("newDocumentBuilder", "newSAXParser", "createXMLStreamReader", "createXMLEventReader")
def _java_xml(code: Code, call: Call) -> Finding | None:
    safe = re.search(
        r"disallow-doctype-decl|FEATURE_SECURE_PROCESSING|ACCESS_EXTERNAL|SUPPORT_DTD|IS_SUPPORTING_EXTERNAL",
        text(code.home(call.node)),
    )
    return None if safe else found(XML, call.node)


@RULES.call(
    "new File",
    "new FileInputStream",
    "new FileReader",
    "new FileOutputStream",
    "get",
    "of",
    "resolve",
    "new FileWriter",
    "readAllBytes",
    "readString",
    "newInputStream",
)
def _java_path(code: Code, call: Call) -> Finding | None:
    if call.last in ("get", "of") and not call.is_one("Paths.get", "Path.of"):
        return None
    if CHECKED.search(text(code.home(call.node)).encode()):
        return None
    return next((f for n in call.arguments if (f := tainted(code, PATH, call, n))), None)


@RULES.call("sendRedirect")
def _java_redirect(code: Code, call: Call) -> Finding | None:
    return None if CHECKED.search(code.before(call.node)) else redirected(code, REDIRECT, call, call.argument(0))


@RULES.call("println", "print", "write", "append", "printf")
def _java_page(code: Code, call: Call) -> Finding | None:
    values = (
        [Values(code).of(n) for n in call.arguments]
        if re.search(r"getWriter|\bout\b|writer|response", call.callee) and "System" not in call.callee
        else []
    )
    return (
        found(XSS, call.named, *values)
        if any(v.tainted for v in values) and any(re.search(r"<[a-zA-Z]", v.text) for v in values)
        else None
    )


@RULES.call(
    "setHostnameVerifier",
    "hostnameVerifier",
    "setSSLHostnameVerifier",
    "setDefaultHostnameVerifier",
    "loadTrustMaterial",
)
def _java_host(_code: Code, call: Call) -> Finding | None:
    written = " ".join(text(n) for n in call.arguments)
    trusting = re.search(r"Noop|ALLOW_ALL|TrustAll|->\s*true|return true|TrustSelfSigned", written)
    return found(TLS, call.named, *call.arguments) if trusting else None


_TRUSTS = re.compile(r"\b(?:checkServerTrusted|checkClientTrusted|verify)\b")


def trusting(_code: Code, node: Node) -> Finding | None:
    """A check of the other side that checks nothing: an empty body, or "yes" at once."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    given = node.child_by_field_name("parameters")
    if name is None or body is None or given is None or not _TRUSTS.fullmatch(text(name)):
        return None
    what = [n for n in body.named_children if n.type not in ("line_comment", "block_comment")]
    if text(name) == "verify":
        is_open = "SSLSession" in text(given) and [text(n) for n in what] == ["return true;"]
    else:
        is_open = "X509Certificate" in text(given) and (not what or [text(n) for n in what] == ["return;"])
    return found(TLS, node) if is_open else None


@RULES.call("disable")
def _java_csrf(_code: Code, call: Call) -> Finding | None:
    return (
        found(CSRF, call.named) if "csrf" in call.callee or "csrf" in text(call.node.parent or call.node)[:60] else None
    )


@RULES.call("evaluate", "compile", "selectNodes", "selectSingleNode")
def _java_xpath(code: Code, call: Call) -> Finding | None:
    return unsaid(code, XPATH, call, call.argument(0), XPATHS)


@RULES.call("parseClaimsJwt", "decode", "parse")
def _java_jwt(_code: Code, call: Call) -> Finding | None:
    return found(JWT, call.named) if call.last == "parseClaimsJwt" or call.is_one("JWT.decode") else None


@RULES.call("setReadable", "setWritable", "fromString")
def _java_mode(_code: Code, call: Call) -> Finding | None:
    words = [text(n) for n in call.arguments]
    open_to_all = words == ["true", "false"] and call.last == "setWritable"
    return found(MODE, call.node) if open_to_all or re.search(r"rw.rw.rw.|\"rwxrwxrwx\"", " ".join(words)) else None
