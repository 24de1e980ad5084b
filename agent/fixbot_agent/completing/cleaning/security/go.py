"""Patterns of Go, and what Java has in common with it."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    BIND,
    CORS,
    FAST_HASH,
    FETCH,
    HOST_KEY,
    JWT,
    LDAP,
    MODE,
    PATH,
    REDIRECT,
    SQL,
    STATIC_IV,
    TLS,
    WEAK_CIPHER,
    WEAK_HASH,
    WEAK_KEY,
    WEAK_RANDOM,
    XSS,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import (
    ANYWHERE,
    PASSWORD,
    SECRETIVE,
    STATEMENT,
    added,
    command,
    found,
    made_query,
    purpose,
    redirected,
    tainted,
    unsaid,
)
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import HOLE, Values, is_true, literal

RULES = Rules(frozenset({"go"}))
SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "cmd", "cmd.exe", "powershell"})
XPATHS = re.compile(rf"//?\w+.*\[.*{HOLE}", re.DOTALL)
FILTERS = re.compile(rf"\([\w:.]+[~<>]?=[^)]*{HOLE}")
CHECKED = re.compile(
    rb"HasPrefix|startsWith\(|filepath\.Rel\(|\.normalize\(\)[\s\S]*startsWith|filepath\.IsLocal|ALLOWED|allowed"
)


@RULES.call(
    "Query",
    "QueryRow",
    "Exec",
    "QueryContext",
    "QueryRowContext",
    "ExecContext",
    "Raw",
    "Prepare",
    "Where",
    "Get",
    "Select",
    "Order",
    "Queryx",
    "MustExec",
)
def query(code: Code, call: Call) -> Finding | None:
    """SQL made of values."""
    return made_query(code, call, 1 if call.last.endswith("Context") else 0)


@RULES.value("*")
def statement(code: Code, given: Given) -> Finding | None:
    """A statement made of values where it is bound: somebody will run it."""
    if not given.is_assignment or len(text(given.value)) < 12:
        return None
    value = Values(code).of(given.value)
    return found(SQL, given.value, value) if value.made and STATEMENT.match(value.text) else added(code, given)


@RULES.call("Command", "CommandContext")
def _command(code: Code, call: Call) -> Finding | None:
    words = call.arguments[1:] if call.last == "CommandContext" else call.arguments
    if len(words) < 3 or literal(words[0]) not in SHELLS or literal(words[1]) not in ("-c", "/c", "/C"):
        return None
    return command(code, call, words[2])


@RULES.call("Sum", "New", "Write", "WriteString")
def _go_hash(code: Code, call: Call) -> Finding | None:
    if call.is_one("hmac.New"):
        node = call.argument(0)
        weak = node is not None and text(node) in ("md5.New", "sha1.New")
        return (
            found(
                WEAK_HASH,
                call.named,
                node,
                repair=(Change(span(node), "sha256.New"),)
                if node is not None and b"crypto/sha256" in code.tree.data
                else (),
            )
            if weak
            else None
        )
    if not call.is_one("md5.Sum", "md5.New", "sha1.Sum", "sha1.New"):
        return _fast(code, call)
    about = purpose(code, call)
    return (
        found(WEAK_HASH, call.named, *call.arguments[:1]) if SECRETIVE.search(about) or PASSWORD.search(about) else None
    )


@RULES.call("Sum256", "Sum512")
def _fast(code: Code, call: Call) -> Finding | None:
    return (
        found(FAST_HASH, call.named, *call.arguments[:1])
        if call.is_one("sha256.Sum256", "sha512.Sum512") and PASSWORD.search(purpose(code, call))
        else None
    )


@RULES.call("NewCipher", "NewTripleDESCipher", "NewCBCEncrypter", "NewCTR")
def _go_cipher(code: Code, call: Call) -> Finding | None:
    if call.is_one("des.NewCipher", "rc4.NewCipher", "des.NewTripleDESCipher", "blowfish.NewCipher"):
        return found(WEAK_CIPHER, call.named)
    vector = call.argument(1) if call.last in ("NewCBCEncrypter", "NewCTR") else None
    if vector is None:
        return None
    bound = code.assigned(text(vector), vector)
    fixed = re.match(r"\[\]byte\(\"", text(bound[-1].value if bound else vector))
    return found(STATIC_IV, call.named, vector, Values(code).of(vector)) if fixed else None


@RULES.call("GenerateKey")
def _go_key(_code: Code, call: Call) -> Finding | None:
    node = call.argument(1)
    short = node is not None and call.is_one("rsa.GenerateKey") and text(node).isdigit() and int(text(node)) < 2048
    return (
        found(WEAK_KEY, call.named, node, repair=(Change(span(node), "2048"),), note="2048 bits")
        if short and node is not None
        else None
    )


@RULES.call("Intn", "Int", "Int63", "Read", "Int31n", "Int63n", "Float64", "Perm", "Uint64", "Int31", "IntN", "N")
def _go_random(code: Code, call: Call) -> Finding | None:
    if (
        not call.callee.startswith("rand.")
        or b"crypto/rand" in code.tree.data
        or not SECRETIVE.search(code.around(call.node))
    ):
        return None
    return found(WEAK_RANDOM, call.named)


@RULES.value("insecureskipverify")
def _go_tls(_code: Code, given: Given) -> Finding | None:
    return (
        found(TLS, given.node, repair=(Change(span(given.value), "false"),), note="the certificate is verified")
        if is_true(given.value)
        else None
    )


@RULES.value("hostkeycallback")
def _go_host_key(_code: Code, given: Given) -> Finding | None:
    return found(HOST_KEY, given.node) if "InsecureIgnoreHostKey" in text(given.value) else None


@RULES.call("InsecureIgnoreHostKey")
def _go_ignored(_code: Code, call: Call) -> Finding | None:
    return found(HOST_KEY, call.named)


@RULES.call("HTML", "JS", "URL", "Fprintf", "Fprint", "Fprintln", "Write")
def _go_page(code: Code, call: Call) -> Finding | None:
    node = call.argument(0)
    if call.is_one("template.HTML", "template.JS", "template.URL"):
        value = Values(code).of(node) if node is not None else None
        return found(XSS, call.named, node, value) if value is not None and not value.constant else None
    values = (
        [Values(code).of(n) for n in call.arguments[1:]]
        if call.last.startswith("Fprint") and node is not None and text(node) in ("w", "rw")
        else []
    )
    page = any(re.search(r"<[a-zA-Z]", v.text) for v in values)
    return found(XSS, call.named, *values) if page and any(v.tainted for v in values) else None


@RULES.call(
    "Open", "ReadFile", "ServeFile", "Create", "Remove", "WriteFile", "OpenFile", "RemoveAll", "ReadDir", "Stat"
)
def _go_path(code: Code, call: Call) -> Finding | None:
    if not re.match(r"(?:os|ioutil|http)\.", call.callee) or CHECKED.search(code.before(call.node)):
        return None
    return tainted(code, PATH, call, call.argument(2 if call.last == "ServeFile" else 0))


@RULES.call("Get", "Post", "Head")
def _go_fetch(code: Code, call: Call) -> Finding | None:
    return tainted(code, FETCH, call, call.argument(0)) if call.is_one("http.Get", "http.Post", "http.Head") else None


@RULES.call("Redirect")
def _go_redirect(code: Code, call: Call) -> Finding | None:
    before = code.before(call.node)
    return None if CHECKED.search(before) else redirected(code, REDIRECT, call, call.argument(2) or call.argument(1))


@RULES.call("Set", "Add", "Header")
def origin(_code: Code, call: Call) -> Finding | None:
    """Every site may ask."""
    values = [literal(n) for n in call.arguments]
    is_any = "*" in values and (values[0].lower() == "access-control-allow-origin" or "llowedOrigin" in call.last)
    return found(CORS, call.node) if is_any else None


@RULES.value("alloworigins", "allowedorigins", "allowallorigins")
def _go_origin(_code: Code, given: Given) -> Finding | None:
    return found(CORS, given.node) if re.search(r'"\*"', text(given.value)) or is_true(given.value) else None


@RULES.call("Chmod", "OpenFile", "WriteFile", "Mkdir", "MkdirAll")
def _go_mode(_code: Code, call: Call) -> Finding | None:
    return next(
        (
            found(MODE, call.named, n)
            for n in call.arguments
            if re.fullmatch(r"0o?[0-7]{3}", text(n)) and int(text(n)[-1]) & 2
        ),
        None,
    )


@RULES.call("ListenAndServe", "Listen", "Run", "ListenAndServeTLS")
def _go_listen(_code: Code, call: Call) -> Finding | None:
    return next(
        (
            found(
                BIND,
                n,
                repair=(Change(span(n), text(n).replace(ANYWHERE, "127.0.0.1")),),
                note="listens to this machine only",
            )
            for n in call.arguments
            if literal(n).startswith(ANYWHERE)
        ),
        None,
    )


@RULES.call("ParseUnverified")
def _go_jwt(_code: Code, call: Call) -> Finding | None:
    return found(JWT, call.named)


@RULES.call("SignedString", "NewWithClaims")
def _go_none(_code: Code, call: Call) -> Finding | None:
    return next(
        (
            found(JWT, n)
            for n in call.arguments
            if "SigningMethodNone" in text(n) or "UnsafeAllowNoneSignatureType" in text(n)
        ),
        None,
    )


@RULES.call("NewSearchRequest")
def directory(code: Code, call: Call) -> Finding | None:
    """A directory filter made of values."""
    return next((f for n in call.arguments if (f := unsaid(code, LDAP, call, n, FILTERS))), None)
