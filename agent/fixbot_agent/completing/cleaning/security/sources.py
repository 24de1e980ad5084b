"""What a request decides, what makes it harmless, what hands it on: names of many frameworks, as data."""

import re

from fixbot_agent.completing.cleaning.security.reading import Code, text
from fixbot_analysis.syntax import Node

# Functions after which a value cannot say more than it should.
CLEANING = frozenset(
    ["int", "float", "bool", "len", "ord", "abs", "round", "hash", "id", "isinstance", "quote", "quote_plus", "quote_name", "quote_ident", "quote_identifier", "escape", "escape_filter_chars", "filter_format", "escape_dn_chars", "urlencode", "urlencode_plus", "secure_filename", "safe_join", "basename", "conditional_escape", "escapeHtml", "encodeURIComponent", "sanitize", "sanitizeHtml", "DOMPurify.sanitize", "clean", "bleach.clean", "parseInt", "Number", "Integer.parseInt", "Long.parseLong", "parseLong", "valueOf", "Atoi", "ParseInt", "Identifier", "sql.Identifier", "literal_eval", "hexdigest", "uuid4", "UUID", "uuid.UUID", "HTMLEscapeString", "EscapeString", "QueryEscape", "PathEscape", "Base", "Encode.forHtml", "dumps", "stringify", "JSON.stringify", "url_for", "reverse", "Count", "count", "toFixed", "getTime", "Date.now", "randomUUID", "shellescape", "quoteIdentifier", "escapeId", "escapeLiteral", "quoteTable", "qn", "relative_to", "is_relative_to", "format_html", "format_html_join", "flatatt", "__html__", "render_to_string", "hashlib.sha256", "strftime"]
)  # fmt: skip

# Functions that give back what they are given, or what they are called on.
PASSING = frozenset(
    ["str", "text", "dedent", "strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "toString", "trim", "join", "concat", "resolve", "Path", "PurePath", "format_map", "b64decode", "unquote", "fspath", "expanduser", "abspath", "normpath", "realpath", "cleandoc", "fromstring", "bytes", "Join", "Clean", "String", "replace", "TrimSpace", "valueOf", "append", "loads"]
)  # fmt: skip

# What functions are called on that is no value.
MODULES = re.compile(
    r"(?:\w+\.)*(?:os|path|posixpath|ntpath|shutil|base64|filepath|textwrap|inspect|sa|sqlalchemy|sql|db|ET|etree|ElementTree|html|urllib|parse|json|pathlib|codecs|binascii|strings|Buffer|String|Paths|Path|str|bytes|unicodedata|url|util)\Z"
)

# Last names of attributes that a programmer chose, not a visitor.
NAMES = frozenset({"db_table", "__tablename__", "__name__", "__module__", "__qualname__"})

_REQUEST = {
    "python": r"(?:self\.|flask\.|bottle\.|cls\.)?(?:request|req|flask_request)\.(?:args|form|values|json|data|body|params|cookies|headers|files|stream|GET|POST|COOKIES|FILES|META|"
    r"query_params|path_params|query|match_info|url_rule|view_args|get_json|get_data|get_argument|media|rel_url|text|post|query_string|path|full_path|referrer|content)\b"
    r"|self\.get_(?:query_|body_)?arguments?\b|event\[\s*[\"'](?:body|queryStringParameters|pathParameters|headers)|(?:websocket|ws)\.receive\w*\(|\binput\(",
    "javascript": r"\b(?:req|request|ctx|context\.req|ctx\.request|this\.request)\.(?:query|body|params|headers|cookies|url|param|get|files?|path|originalUrl|hostname)\b|\bevent\.(?:body|queryStringParameters|pathParameters|data)\b"
    r"|\b(?:window\.|document\.)?location\.(?:search|hash|href|pathname)\b|\bdocument\.(?:URL|referrer|cookie)\b|\bsearchParams\.get\(|\bURLSearchParams\(",
    "go": r"\b(?:r|req|request)\.(?:URL\.(?:Query\(\)|Path|RawQuery)|FormValue|PostFormValue|Form|PostForm|Header|Body|Cookie|PathValue|Host|MultipartForm)(?!\w)|\bmux\.Vars\(|\bchi\.URLParam\("
    r"|\bc\.(?:Query|Param|PostForm|QueryParam|FormValue|Params|DefaultQuery|GetHeader|Query)\(",
    "java": r"\b(?:request|req|httpRequest|servletRequest|exchange)\.(?:getParameter|getHeader|getQueryString|getCookies|getRequestURI|getPathInfo|getInputStream|getReader|getPart|queryParams)",
}  # fmt: skip
# What comes from outside in files that import what makes it so: names of members of archives, a plain server's request.
_WHERE = {
    "python": [
        (rb"http\.server|BaseHTTPServer", r"self\.(?:path|headers|rfile|requestline)\b"),
        (rb"zipfile|tarfile", r"[\w.]+\.(?:namelist|infolist|getnames|getmembers)\("),
    ],
    "go": [(rb'"archive/(?:zip|tar)"', r"\w+\.Name\b(?!\()")],
    "java": [(rb"java\.util\.(?:zip|jar)|archivers", r"\w*[eE]ntry\w*\.getName\(\)")],
    "javascript": [
        (
            rb"yauzl|unzipper|adm-zip|jszip|tar-stream|[\"']tar[\"']",
            r"\w*(?:[eE]ntry|[hH]eader|file)\w*\.(?:fileName|entryName|path|name)\b",
        )
    ],
}
_PATTERNS = {language: re.compile(pattern) for language, pattern in _REQUEST.items()}
for _same in ("typescript", "tsx"):
    _PATTERNS[_same] = _PATTERNS["javascript"]
    _WHERE[_same] = _WHERE["javascript"]
_NOTHING = re.compile(r"(?!)")  # C and C++ have no framework that is known here

_ROUTE = re.compile(r"@[\w.]+\.(?:route|get|post|put|patch|delete|websocket|api_route|head|options)\(")
_PARAMETER = re.compile(r"(\w+)\s*(?::\s*([^,=]+))?(?:=\s*([^,]+))?(?:,|\)|$)")
_PLAIN = re.compile(r"(?:str|Optional\[str\]|str\s*\|\s*None|bytes|List\[str\]|list\[str\]|UploadFile|dict|Dict\[.*)\Z")
_ANNOTATED = re.compile(
    r"@(?:RequestParam|PathVariable|RequestBody|RequestHeader|QueryParam|PathParam|FormParam|CookieValue)(?:\([^)]*\))?\s+(?:final\s+)?(?:String|byte\[\])\s+(\w+)"
)


def is_request(code: Code, written: str) -> bool:
    """Whether an expression, as written, reads what came with a request or from an archive."""
    told = written.removeprefix("await ")
    return _PATTERNS.get(code.language, _NOTHING).match(told) is not None or any(
        re.match(pattern, told) and re.search(imported, code.tree.data)
        for imported, pattern in _WHERE.get(code.language, ())
    )


def request_parameters(code: Code, function: Node) -> frozenset[str]:
    """Parameters of `function` that a framework fills from a request: of a route, or annotated so; numbers aside."""
    given = function.child_by_field_name("parameters")
    if given is None:
        return frozenset()
    if code.language == "java":
        return frozenset(_ANNOTATED.findall(text(given)))
    above = function.parent
    if code.language != "python" or above is None or above.type != "decorated_definition":
        return frozenset()
    if not any(_ROUTE.match(text(child)) for child in above.named_children if child.type == "decorator"):
        return frozenset()
    found = _PARAMETER.findall(text(given).strip("()"))
    return frozenset(
        name for name, kind, default in found
        if name not in ("self", "request", "req", "db", "session", "cls") and "Depends" not in default and (not kind.strip() or _PLAIN.match(kind.strip()))
    )  # fmt: skip
