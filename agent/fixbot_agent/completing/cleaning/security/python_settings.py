"""Patterns of Python: connections that anybody may read or answer, and debugging left on."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    BIND,
    DEBUG,
    HOST_KEY,
    JWT,
    OLD_TLS,
    PLAIN,
    TLS,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import ANYWHERE, found, without_argument
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import is_false, is_true, literal

RULES = Rules(frozenset({"python"}))
TESTS = re.compile(r"(?:^|/)(?:tests?|testing|conftest\.py|test_[^/]*|[^/]*_test\.py|dev[^/]*|local[^/]*)(?:/|$|\.py$)")
_NETWORK = re.compile(rb"requests|http|urllib|boto|session|client|\bapi\b|\btls|\bssl|cert", re.IGNORECASE)


@RULES.value("verify")
def _verify(code: Code, given: Given) -> Finding | None:
    if not is_false(given.value):
        return None
    if given.node.type == "keyword_argument":
        call = given.node.parent.parent if given.node.parent is not None else None
        named = text(call.child_by_field_name("function") or call) if call is not None else ""
        if "jwt" in named or "decode" in named:
            return found(JWT, given.node)  # verified, it needs a key and algorithms
        if not _NETWORK.search(code.tree.data):
            return None  # something else is verified
        return found(TLS, given.node, repair=(without_argument(code, given.node),), note="verify=False left out")
    if given.is_assignment and "." not in given.target:
        return None
    return found(TLS, given.node)


@RULES.value(
    "ssl",
    "verify_ssl",
    "ssl_verify",
    "verify_certs",
    "check_hostname",
    "ssl_cert_reqs",
    "cert_reqs",
    "verify_mode",
    "tlsallowinvalidcertificates",
    "validate_certs",
    "use_ssl_verification",
)
def _unverified(code: Code, given: Given) -> Finding | None:
    written = text(given.value)
    if not (
        is_false(given.value) or written.endswith("CERT_NONE") or written in ('"none"', "'none'", '"CERT_NONE"')
    ) and not (given.name == "tlsallowinvalidcertificates" and is_true(given.value)):
        return None
    if given.name == "ssl" and not (
        is_false(given.value) and given.node.type == "keyword_argument" and b"aiohttp" in code.tree.data
    ):
        return None
    repair = (without_argument(code, given.node),) if given.node.type == "keyword_argument" else ()
    return found(TLS, given.node, repair=repair, note=f"{given.name} left at its default")


@RULES.call("_create_unverified_context", "_create_stdlib_context", "wrap_socket")
def _context(_code: Code, call: Call) -> Finding | None:
    if call.last == "wrap_socket":
        return found(TLS, call.named) if call.is_one("ssl.wrap_socket") else None
    name = call.named.child_by_field_name("attribute")
    return found(
        TLS,
        call.named,
        repair=(Change(span(name), "create_default_context"),) if name is not None else (),
        note="ssl.create_default_context instead",
    )


@RULES.value("_create_default_https_context")
def _everywhere(_code: Code, given: Given) -> Finding | None:
    return found(TLS, given.node) if "unverified" in text(given.value) else None


@RULES.call("SSLContext", "Context")
def _version(_code: Code, call: Call) -> Finding | None:
    node = call.argument(0, "protocol")
    return (
        found(OLD_TLS, node)
        if node is not None and re.search(r"PROTOCOL_(?:SSLv|TLSv1\b|TLSv1_1)|SSLv[23]_METHOD|TLSv1_METHOD", text(node))
        else None
    )


@RULES.call("set_missing_host_key_policy")
def _host_key(_code: Code, call: Call) -> Finding | None:
    node = call.argument(0)
    return (
        found(HOST_KEY, call.named, node)
        if node is not None and re.search(r"AutoAddPolicy|WarningPolicy", text(node))
        else None
    )


@RULES.value("known_hosts")
def _known_hosts(code: Code, given: Given) -> Finding | None:
    return found(HOST_KEY, given.node) if text(given.value) == "None" and b"asyncssh" in code.tree.data else None


@RULES.value("debug")
def _debug(code: Code, given: Given) -> Finding | None:
    if not is_true(given.value) or TESTS.search(code.path):
        return None
    if given.node.type == "keyword_argument":
        call = given.node.parent.parent if given.node.parent is not None else None
        named = text(call.child_by_field_name("function") or call) if call is not None else ""
        web = re.search(
            rb"flask|django|fastapi|starlette|bottle|aiohttp|sanic|tornado|quart|dash|litestar",
            code.tree.data,
            re.IGNORECASE,
        )
        if not web or not re.search(
            r"(?:^|\.)(?:run|run_server|Flask|FastAPI|Starlette|Application|Sanic|Litestar|update|configure)\Z", named
        ):
            return None
        return found(DEBUG, given.node, repair=(without_argument(code, given.node),), note="debug=True left out")
    is_setting = given.target == "DEBUG" and re.search(r"settings|config", code.path)
    return (
        found(DEBUG, given.node) if is_setting or re.search(r"app\.debug\Z|config\[.DEBUG.\]\Z", given.target) else None
    )


@RULES.value("host", "bind", "address", "listen", "server_name", "hostname", "bind_address", "listen_host")
def _host(_code: Code, given: Given) -> Finding | None:
    value = literal(given.value)
    if value not in (ANYWHERE, "::") and not value.startswith(f"{ANYWHERE}:"):
        return None
    quote = text(given.value)[0]
    new = f"{quote}{'::1' if value == '::' else value.replace(ANYWHERE, '127.0.0.1')}{quote}"
    return found(BIND, given.value, repair=(Change(span(given.value), new),), note="listens to this machine only")


@RULES.call(
    "bind",
    "HTTPServer",
    "TCPServer",
    "ThreadingHTTPServer",
    "make_server",
    "start_server",
    "create_server",
    "UDPServer",
    "serve",
)
def _bind(_code: Code, call: Call) -> Finding | None:
    for node in call.arguments:
        first = node.named_children[0] if node.type == "tuple" and node.named_children else node
        if text(first) in ('"0.0.0.0"', "'0.0.0.0'", '"::"', "'::'") or (
            node.type == "tuple" and text(first) in ('""', "''")
        ):
            return found(
                BIND,
                call.named,
                first,
                repair=(Change(span(first), '"127.0.0.1"'),),
                note="listens to this machine only",
            )
    return None


@RULES.call("Telnet", "FTP", "SMTP_plain")
def _plain(_code: Code, call: Call) -> Finding | None:
    return found(PLAIN, call.named) if call.is_one("telnetlib.Telnet", "ftplib.FTP", "Telnet") else None
