"""Patterns of Python: what a request decides: a file, an address, a page."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    FETCH,
    PATH,
    REDIRECT,
    XSS,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import (
    found,
    redirected,
    tainted,
)
from fixbot_agent.completing.cleaning.security.reading import Call, Code, text
from fixbot_agent.completing.cleaning.security.rule import Change, Finding, Rules
from fixbot_agent.completing.cleaning.security.values import Values
from fixbot_analysis.source import Span
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python"}))
_HTML = re.compile(r"<[a-zA-Z/!]")


@RULES.call(
    "open",
    "send_file",
    "FileResponse",
    "remove",
    "unlink",
    "rmtree",
    "listdir",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "copyfile",
    "copy",
    "move",
    "rename",
    "mkdir",
    "makedirs",
    "save",
    "scandir",
    "rmdir",
    "copytree",
    "unpack_archive",
    "iterdir",
    "ZipFile",
)
def _path(code: Code, call: Call) -> Finding | None:
    if call.is_one("urllib.request.urlopen", "webbrowser.open", "Image.open", "json.dump") or (
        (call.last == "save" and not call.arguments)
        or (call.last == "open" and "." in call.callee and _is_zip(code, call))
    ):
        return None
    nodes: list[Node | None] = (
        [*call.arguments[:2]] if call.last not in ("open", "write_text", "write_bytes") else [call.argument(0, "file")]
    )
    if call.last in ("send_file", "FileResponse"):
        nodes = [call.argument(0, "path")]
    if (
        call.last in ("read_text", "read_bytes", "write_text", "write_bytes", "unlink", "open", "iterdir", "rmdir")
        and call.named.type == "attribute"
        and not call.is_one("os.open", "os.unlink", "os.rmdir", "io.open", "codecs.open", "gzip.open", "tarfile.open")
    ):
        nodes = [call.named.child_by_field_name("object"), *([] if call.last != "open" else nodes)]
    return next((f for n in nodes if (f := tainted(code, PATH, call, n)) and not _is_checked(code, call)), None)


def _is_checked(code: Code, call: Call) -> bool:
    """Whether the function looks where the path leads before."""
    before = code.before(call.node).decode("utf-8", "replace")
    return (
        re.search(
            r"is_relative_to|commonpath|relative_to\(|secure_filename|safe_join|not in |\.startswith\(\s*(?:str\()?\w*(?:base|root|dir|safe)|\bin ALLOWED|\.\.[\"'] in",
            before,
            re.IGNORECASE,
        )
        is not None
    )


@RULES.call("extractall", "extract")
def _archive(code: Code, call: Call) -> Finding | None:
    if (
        "filter" in call.keywords
        or "members" in call.keywords
        or b"tarfile" not in code.tree.data
        or _is_zip(code, call)
    ):
        return None
    end = call.node.end_byte - 1
    comma = ", " if call.arguments or call.keywords else ""
    return found(
        PATH, call.node, repair=(Change(Span(end, end), f'{comma}filter="data"'),), note='filter="data" put in'
    )


def _is_zip(code: Code, call: Call) -> bool:
    owner = call.callee.partition(".")[0]
    given = [g for g in [*code.assigned(owner, call.node), *code.outer.get(owner, ())] if g.is_assignment]
    return "zip" in call.callee.lower() or any("ZipFile" in text(g.value) for g in given)


@RULES.call("redirect", "HttpResponseRedirect", "RedirectResponse")
def _redirect(code: Code, call: Call) -> Finding | None:
    before = code.before(call.node)
    if re.search(rb"is_safe_url|url_has_allowed_host|netloc|is_safe|startswith\(\s*[\"']/", before):
        return None
    return redirected(code, REDIRECT, call, call.argument(0, "url"))


@RULES.call("get", "post", "put", "head", "delete", "request", "urlopen", "urlretrieve", "patch")
def _fetch(code: Code, call: Call) -> Finding | None:
    if not call.is_one(
        *(
            f"{m}.{v}"
            for m in ("requests", "httpx", "client", "session")
            for v in ("get", "post", "put", "head", "delete", "request", "patch")
        ),
        "urllib.request.urlopen",
        "urlopen",
        "urllib.request.urlretrieve",
    ):
        return None
    if "session" in call.callee and "http" not in text(call.node):
        return None
    node = call.argument(1 if call.last == "request" else 0, "url")
    value = Values(code).of(node) if node is not None else None
    before = code.before(call.node)
    if (
        value is None
        or not value.tainted
        or re.match(r"[a-z\"'f]*https?://[\w.-]+/", value.text)
        or re.search(rb"hostname|netloc|ALLOWED", before)
    ):
        return None
    return found(FETCH, call.named, node, value)


@RULES.call("mark_safe", "Markup", "SafeString", "format_html", "SafeText")
def _marked_safe(code: Code, call: Call) -> Finding | None:
    node = call.argument(0)
    value = Values(code).of(node) if node is not None else None
    return found(XSS, call.named, node, value) if value is not None and (value.made or value.tainted) else None


@RULES.call(
    "HttpResponse",
    "make_response",
    "HTMLResponse",
    "Response",
    "HttpResponseBadRequest",
    "HttpResponseNotFound",
    "write",
)
def _page(code: Code, call: Call) -> Finding | None:
    kind = next(
        (text(call.keywords[k].value) for k in ("content_type", "mimetype", "media_type") if k in call.keywords), "html"
    )
    node = call.argument(0, "content") or call.argument(0, "response")
    value = Values(code).of(node) if node is not None and "html" in kind.lower() else None
    if (
        value is None
        or not (value.tainted and (value.made or call.last.startswith("Http")))
        or (call.last == "write" and not call.is_one("self.write"))
    ):
        return None
    return (
        found(XSS, call.named, node, value)
        if _HTML.search(value.text) or call.last in ("HttpResponse", "make_response")
        else None
    )
