"""Patterns of C and C++."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    FORMAT,
    MODE,
    OLD_TLS,
    OVERFLOW,
    SECRET,
    SQL,
    TEMP,
    TLS,
    WEAK_CIPHER,
    WEAK_HASH,
    WEAK_RANDOM,
    XML,
)
from fixbot_agent.completing.cleaning.security.matching import PASSWORD, SECRETIVE, STATEMENT, command, found, purpose
from fixbot_agent.completing.cleaning.security.reading import Call, Code, last_name, span, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.secrets import NAME, looks_secret
from fixbot_agent.completing.cleaning.security.values import HOLE, Values, literal
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"c", "cpp"}))
# Where the format stands; what follows it are its values.
_FORMATS = {
    "printf": 0, "vprintf": 0, "fprintf": 1, "vfprintf": 1, "dprintf": 1, "sprintf": 1, "snprintf": 2, "vsnprintf": 2, "syslog": 1,
    "err": 1, "errx": 1, "warn": 0, "warnx": 0, "wprintf": 0, "asprintf": 1, "g_print": 0, "g_warning": 0,
}  # fmt: skip
_WORDS = re.compile(r"%(?:%|[-#0 +]*(?:\d+|\*)?(\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t|L)?([a-zA-Z]))")
_OPEN_READ = re.compile(r"%(?:l?s|\[)")
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash"})
_QUOTED = re.compile(r"%[qQ]")


@RULES.call("gets")
def _gets(_code: Code, call: Call) -> Finding | None:
    return found(OVERFLOW, call.node) if call.callee in ("gets", "std.gets") else None


@RULES.call("strcpy", "strcat", "stpcpy", "wcscpy", "lstrcpy", "lstrcpyA", "wcscat")
def _copied(code: Code, call: Call) -> Finding | None:
    """A text copied into a place of a size of its own, without a look at its length."""
    if len(call.arguments) != 2:
        return None
    place, what = call.arguments
    if Values(code).of(what).constant or _is_measured(code, call, what) or _is_made_to_fit(code, place):
        return None
    changes: tuple[Change, ...] = ()
    if call.last == "strcpy" and _is_array(code, place):
        changes = (Change(span(call.node), f'snprintf({text(place)}, sizeof {text(place)}, "%s", {text(what)})'),)
    return found(OVERFLOW, call.node, repair=changes, note="snprintf with the size of the array")


@RULES.call("sprintf", "vsprintf")
def _printed(code: Code, call: Call) -> Finding | None:
    """A text of any length printed into a place of a fixed one."""
    if len(call.arguments) < 3:
        return None
    place, form, *values = call.arguments
    marks = [m for m in _WORDS.finditer(text(form)) if m[0] != "%%"]
    asked = Values(code)
    long = [
        v for m, v in zip(marks, values, strict=False)
        if m[2] == "s" and not m[1] and not asked.of(v).constant and not _is_measured(code, call, v)
    ]  # fmt: skip
    if not long and call.last != "vsprintf":
        return None
    changes: tuple[Change, ...] = ()
    if call.last == "sprintf" and _is_array(code, place):
        end = place.end_byte
        changes = (Change(span(call.named), "snprintf"), Change(Span(end, end), f", sizeof {text(place)}"))
    return found(OVERFLOW, call.node, repair=changes, note="snprintf with the size of the array")


@RULES.call("scanf", "fscanf", "sscanf")
def _read(_code: Code, call: Call) -> Finding | None:
    form = literal(call.argument(0 if call.last == "scanf" else 1))
    return found(OVERFLOW, call.node) if _OPEN_READ.search(form.replace("%%", "")) else None


def _is_array(code: Code, place: Node) -> bool:
    """Whether the function declares the name as an array of a size that sizeof knows."""
    name = re.escape(text(place))
    body = text(code.home(place).child_by_field_name("body") or code.home(place))
    return (
        text(place).isidentifier()
        and re.search(rf"\bchar\s+(?:[\w\[\]\s,*]+,\s*)?{name}\s*\[[^\]]+\]", body) is not None
    )


def _is_made_to_fit(code: Code, place: Node) -> bool:
    """Whether the place was allocated by a length."""
    return any(
        re.search(r"alloc\w*\(.*len", text(g.value))
        for name in (text(place), f"*{text(place)}")
        for g in code.assigned(name, place)
    )


def _is_measured(code: Code, call: Call, what: Node) -> bool:
    """Whether the function looks at the length of what is copied before."""
    before = code.before(call.node).decode("utf-8", "replace")
    return re.search(rf"\bstr(?:n?len|nlen_s)\s*\(\s*{re.escape(text(what))}\b", before) is not None


@RULES.call(*_FORMATS)
def _format(code: Code, call: Call) -> Finding | None:
    """A format that is no literal, with no values behind it."""
    at = _FORMATS[call.last]
    node = call.argument(at)
    if node is None or len(call.arguments) != at + 1 or call.last.startswith("v"):
        return _statement(code, call, node)
    value = Values(code).of(node)
    if (
        value.constant
        or re.match(r"_?_?\w*(?:gettext|_|N_|tr|i18n)\(", text(node))
        or re.fullmatch(r"[A-Z][A-Z0-9_]+.*", text(node))
    ):
        return None
    change = Change(Span(node.start_byte, node.start_byte), '"%s", ')
    return found(FORMAT, call.named, node, repair=(change,), note='"%s" as the format')


def _statement(code: Code, call: Call, node: Node | None) -> Finding | None:
    """SQL printed into a buffer: somebody will run it."""
    if node is None or "printf" not in call.last:
        return None
    return _query_of(call, node, Values(code))


def _query_of(call: Call, node: Node, asked: Values) -> Finding | None:
    form = asked.of(node).text
    if not STATEMENT.match(_WORDS.sub(HOLE, form)) or (_QUOTED.search(form) and not re.search(r"%[^qQd]", form)):
        return None
    marks = [m[2] for m in _WORDS.finditer(form) if m[0] != "%%"]
    at = call.arguments.index(node) + 1
    values = list(zip(marks, call.arguments[at:], strict=False))
    return found(SQL, call.node) if any(m == "s" and not asked.of(v).constant for m, v in values) else None


@RULES.call("sqlite3_mprintf", "sqlite3_snprintf", "QString", "format", "fmt::format")
def _sqlite(code: Code, call: Call) -> Finding | None:
    asked = Values(code)
    return next(
        (f for n in call.arguments[:3] if n.type == "string_literal" and (f := _query_of(call, n, asked))), None
    )


@RULES.call(
    "sqlite3_exec",
    "mysql_query",
    "mysql_real_query",
    "PQexec",
    "sqlite3_prepare_v2",
    "exec",
    "executeQuery",
    "execute",
    "prepare",
)
def _query(code: Code, call: Call) -> Finding | None:  # fmt: skip
    asked = Values(code)
    made = (n for n in call.arguments[:3] if (v := asked.of(n)).made and STATEMENT.match(v.text))
    return next((found(SQL, call.named, n, asked.of(n)) for n in made), None)


@RULES.call("system", "popen", "_popen", "_wsystem", "std::system")
def _system(code: Code, call: Call) -> Finding | None:
    return command(code, call, _text_of(call.argument(0)))


@RULES.call("execl", "execlp", "execle")
def _shell(code: Code, call: Call) -> Finding | None:
    words = call.arguments
    is_shell = len(words) > 3 and literal(words[0]) in _SHELLS and literal(words[2]) == "-c"
    return command(code, call, words[3]) if is_shell else None


def _text_of(node: Node | None) -> Node | None:
    """What ``.c_str()`` is called on, else the node."""
    if node is None or node.type != "call_expression" or not text(node).endswith((".c_str()", ".data()")):
        return node
    named = node.child_by_field_name("function")
    return named.child_by_field_name("argument") if named is not None else node


@RULES.call("tmpnam", "tempnam", "mktemp", "tmpnam_r", "_mktemp")
def _temporary(_code: Code, call: Call) -> Finding | None:
    return found(TEMP, call.node)


@RULES.call("rand", "random", "rand_r", "drand48", "lrand48", "std::rand")
def _random(code: Code, call: Call) -> Finding | None:
    about = code.around(call.node)
    return (
        found(WEAK_RANDOM, call.node)
        if not call.arguments[1:] and (SECRETIVE.search(about) or PASSWORD.search(about))
        else None
    )


@RULES.call("chmod", "fchmod", "umask")
def _mode(_code: Code, call: Call) -> Finding | None:
    written = text(call.arguments[-1]) if call.arguments else ""
    if call.last == "umask":
        return found(MODE, call.node) if re.fullmatch(r"0+", written) else None
    is_open = (re.fullmatch(r"0[0-7]{3,4}", written) and int(written[-1]) & 2) or re.search(r"S_IWOTH|S_IRWXO", written)
    return found(MODE, call.node) if is_open else None


@RULES.call(
    "MD5",
    "SHA1",
    "MD5_Init",
    "SHA1_Init",
    "EVP_md5",
    "EVP_sha1",
    "MD4",
    "CC_MD5",
    "CC_SHA1",
    "MD5_Update",
    "SHA1_Update",
)
def _hash(code: Code, call: Call) -> Finding | None:  # fmt: skip
    parent = call.node.parent.parent if call.node.parent is not None else None
    about = f"{purpose(code, call)} {text(parent)[:200] if parent is not None else ''}"
    return found(WEAK_HASH, call.node) if PASSWORD.search(about) or SECRETIVE.search(about) else None


@RULES.call(
    "EVP_des_cbc", "EVP_des_ecb", "EVP_des_ede3_cbc", "EVP_rc4", "EVP_aes_128_ecb", "EVP_aes_256_ecb", "EVP_aes_192_ecb", "EVP_bf_cbc",
    "DES_ecb_encrypt", "DES_ncbc_encrypt", "RC4", "RC4_set_key", "AES_ecb_encrypt", "DES_set_key",
)  # fmt: skip
def _cipher(_code: Code, call: Call) -> Finding | None:
    return found(WEAK_CIPHER, call.node)


@RULES.call("curl_easy_setopt", "SSL_CTX_set_verify", "SSL_set_verify")
def _tls(_code: Code, call: Call) -> Finding | None:
    words = [text(a) for a in call.arguments]
    is_off = len(words) > 2 and re.fullmatch(r"CURLOPT_SSL_VERIFY(?:PEER|HOST)|CURLOPT_PROXY_SSL_VERIFYPEER", words[1])
    if is_off and re.fullmatch(r"0L?|false|FALSE", words[2]):
        value = "2L" if words[1].endswith("HOST") else "1L"
        change = Change(span(call.arguments[2]), value)
        return found(TLS, call.node, repair=(change,), note="the certificate is verified")
    return found(TLS, call.node) if "SSL_VERIFY_NONE" in words else None


@RULES.call(
    "SSLv2_method", "SSLv3_method", "TLSv1_method", "TLSv1_client_method", "TLSv1_1_method", "SSLv3_client_method"
)
def _old_tls(_code: Code, call: Call) -> Finding | None:
    return found(OLD_TLS, call.node)


@RULES.call("xmlReadFile", "xmlReadMemory", "xmlCtxtUseOptions", "xmlReadDoc", "xmlCtxtReadFile")
def _xml(_code: Code, call: Call) -> Finding | None:
    return found(XML, call.node) if re.search(r"XML_PARSE_(?:NOENT|DTDLOAD)", text(call.node)) else None


@RULES.call("strcmp", "strncmp", "memcmp", "strcasecmp")
def _compared(_code: Code, call: Call) -> Finding | None:
    """A password compared with a literal."""
    first, second = call.argument(0), call.argument(1)
    if first is None or second is None:
        return None
    pairs = ((first, literal(second)), (second, literal(first)))
    is_secret = any(value and NAME.search(last_name(n)) and looks_secret("password", value) for n, value in pairs)
    return found(SECRET, call.node) if is_secret else None
