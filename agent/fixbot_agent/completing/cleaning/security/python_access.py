"""Patterns of Python: who may read, write and ask."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    ASSERT,
    AUTOESCAPE,
    COOKIE,
    CORS,
    CSRF,
    JWT,
    MODE,
    TEMP,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.python_settings import TESTS
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rule, Rules
from fixbot_agent.completing.cleaning.security.values import is_false, is_true
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python"}))
_ACCESS = re.compile(
    r"is_(?:admin|staff|superuser|authenticated|authori[sz]ed|owner|allowed|moderator)|has_(?:perm|role|access|permission)|permission|authori[sz]ed|\.role\b|admin\b|owner_id|can_(?:edit|view|delete|access|write)|verify_password|check_password|logged_in",
    re.IGNORECASE,
)


@RULES.call("mktemp", "tempnam", "tmpnam")
def _temporary(_code: Code, call: Call) -> Finding | None:
    return found(TEMP, call.named) if call.is_one("tempfile.mktemp", "os.tempnam", "os.tmpnam") else None


@RULES.call("chmod", "fchmod", "lchmod", "umask", "mkdir", "makedirs", "mkfifo", "open")
def _mode(_code: Code, call: Call) -> Finding | None:
    if call.last == "umask":
        return (
            found(MODE, call.node)
            if call.is_one("os.umask") and call.arguments and text(call.arguments[0]) in ("0", "0o0", "0o000")
            else None
        )
    if call.last == "open" and not call.is_one("os.open"):
        return None
    for node in (*call.arguments, *(call.keywords[k].value for k in ("mode",) if k in call.keywords)):
        written = text(node)
        if re.fullmatch(r"0o?[0-7]{3,4}", written) and int(written[-1]) & 2:
            return found(MODE, call.named, node)
        if "S_IWOTH" in written or "S_IRWXO" in written:
            return found(MODE, call.named, node)
        if call.last.endswith("chmod") and written in ("511", "438", "0x1ff"):
            return found(MODE, call.named, node)
    return None


def asserted(code: Code, node: Node) -> Finding | None:
    """An assertion that decides who may do something."""
    if TESTS.search(code.path) or not node.named_children or not _ACCESS.search(text(node.named_children[0])):
        return None
    condition, *message = (text(child) for child in node.named_children)
    start = code.tree.data.rfind(b"\n", 0, node.start_byte) + 1
    indent = code.tree.data[start : node.start_byte].decode("utf-8", "replace")
    if indent.strip():
        return found(ASSERT, node)
    step = "\t" if "\t" in indent else "    "
    new = f"if not ({condition}):\n{indent}{step}raise PermissionError({message[0] if message else ''})"
    return found(ASSERT, node, repair=(Change(span(node), new),), note="an error in the place of the assertion")


@RULES.value("verify_signature", "verify_exp")
def _signature(_code: Code, given: Given) -> Finding | None:
    return found(JWT, given.node) if is_false(given.value) else None  # verified, it needs a key and algorithms


@RULES.value("algorithms", "algorithm")
def _algorithm(_code: Code, given: Given) -> Finding | None:
    return found(JWT, given.node) if re.search(r"[\"']none[\"']", text(given.value), re.IGNORECASE) else None


@RULES.call("get_unverified_claims", "get_unverified_payload", "decode_complete", "encode")
def _claims(_code: Code, call: Call) -> Finding | None:
    if call.last == "encode":
        node = call.argument(2, "algorithm") if "jwt" in call.callee else None
        return found(JWT, node) if node is not None and text(node) in ("None", '"none"', "'none'") else None
    return found(JWT, call.named) if "unverified" in call.last else None


@RULES.value(
    "origins",
    "allow_origins",
    "access-control-allow-origin",
    "cors_allow_all_origins",
    "cors_origin_allow_all",
    "cors_allowed_origins",
    "allow_origin",
    "cors_origins",
    "allow_origin_regex",
)
def _origin(_code: Code, given: Given) -> Finding | None:
    written = text(given.value)
    is_any = re.fullmatch(r"[\[(]?\s*[\"'](?:\*|\.\*)[\"']\s*,?\s*[\])]?", written) is not None or (
        given.name.startswith("cors_") and is_true(given.value)
    )
    return found(CORS, given.node) if is_any else None


@RULES.call("Environment", "SandboxedEnvironment", "NativeEnvironment", "Template")
def _environment(code: Code, call: Call) -> Finding | None:
    if not re.search(r"jinja|^Environment|^Template", call.callee) or b"jinja2" not in code.tree.data:
        return None
    given = call.keywords.get("autoescape")
    if given is not None:
        return (
            found(AUTOESCAPE, given.node, repair=(Change(span(given.value), "True"),), note="autoescape=True")
            if is_false(given.value)
            else None
        )
    if call.last == "Template" or not re.search(rb"\.html|flask|HTMLResponse|<html|render_page", code.tree.data):
        return None
    end = call.node.end_byte - 1
    comma = ", " if call.arguments or call.keywords else ""
    return found(
        AUTOESCAPE, call.named, repair=(Change(Span(end, end), f"{comma}autoescape=True"),), note="autoescape=True"
    )


@RULES.value("autoescape")
def _autoescape(_code: Code, given: Given) -> Finding | None:
    is_off = is_false(given.value) and (
        given.node.type == "pair" or "." in given.target or given.node.type == "keyword_argument"
    )
    return (
        found(AUTOESCAPE, given.node, repair=(Change(span(given.value), "True"),), note="autoescape on")
        if is_off
        else None
    )


def _switch(rule: Rule, on: bool, given: Given) -> Finding | None:
    wrong = is_true(given.value) if on else is_false(given.value)
    new = ("False" if on else "True",)
    return (
        found(
            rule, given.node, repair=(Change(span(given.value), new[0]),), note=f"{given.name} {'off' if on else 'on'}"
        )
        if wrong
        else None
    )


@RULES.value(
    "session_cookie_secure",
    "csrf_cookie_secure",
    "session_cookie_httponly",
    "httponly",
    "secure",
    "http_only",
    "csrf_cookie_httponly",
)
def _cookie(_code: Code, given: Given) -> Finding | None:
    return _switch(COOKIE, False, given) if given.name != "secure" or given.node.type == "keyword_argument" else None


@RULES.value("wtf_csrf_enabled", "csrf_enabled", "wtf_csrf_check_default", "secure_ssl_redirect")
def _forgery(_code: Code, given: Given) -> Finding | None:
    return _switch(CSRF, False, given)


def decorated(_code: Code, node: Node) -> Finding | None:
    """A view that takes forms from anywhere."""
    return found(CSRF, node) if re.match(r"@(?:\w+\.)*(?:csrf_exempt|csrf\.exempt)\b", text(node)) else None
