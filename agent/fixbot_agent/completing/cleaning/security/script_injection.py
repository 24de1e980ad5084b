"""Patterns of JavaScript and TypeScript: what values become part of a query, a command, code, a page or a path."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    CODE,
    COMMAND,
    FETCH,
    LOAD,
    NOSQL,
    PATH,
    REDIRECT,
    SQL,
    XPATH,
    XSS,
)  # fmt: skip
from fixbot_agent.completing.cleaning.security.matching import (
    STATEMENT,
    added,
    command,
    found,
    made_query,
    query_part,
    redirected,
    run_code,
    tainted,
    unsaid,
)
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, text
from fixbot_agent.completing.cleaning.security.rule import Finding, Rules
from fixbot_agent.completing.cleaning.security.values import HOLE, Values, is_false, literal
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"javascript", "typescript", "tsx"}))
_HTML = re.compile(r"<[a-zA-Z/!]")
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "cmd", "cmd.exe", "powershell"})


@RULES.call(
    "query",
    "execute",
    "raw",
    "run",
    "all",
    "get",
    "exec",
    "each",
    "$queryRawUnsafe",
    "$executeRawUnsafe",
    "prepare",
    "unsafe",
    "literal",
    "whereRaw",
    "orderByRaw",
    "none",
    "one",
    "any",
    "many",
    "createQueryBuilder",
    "where",
    "andWhere",
)
def _query(code: Code, call: Call) -> Finding | None:
    return made_query(code, call)


RULES.call("push", "concat")(query_part)


@RULES.value("*")
def _statement(code: Code, given: Given) -> Finding | None:
    if given.value.type not in ("template_string", "binary_expression") or not (
        given.is_assignment or given.name in ("text", "sql", "query")
    ):
        return None
    value = Values(code).of(given.value)
    return found(SQL, given.value, value) if value.made and STATEMENT.match(value.text) else added(code, given)


@RULES.call(
    "exec",
    "execSync",
    "spawn",
    "spawnSync",
    "execFile",
    "execFileSync",
    "execAsync",
    "execPromise",
    "execaCommand",
    "execa",
    "$",
)
def _command(code: Code, call: Call) -> Finding | None:
    if call.last in ("exec", "execSync", "execAsync", "execPromise", "execaCommand"):
        is_ours = (
            call.callee in ("exec", "execSync", "execAsync", "execPromise", "execaCommand")
            or "child_process" in call.callee
            or re.match(r"(?:cp|shell|shelljs|childProcess)\.", call.callee)
        )
        return command(code, call, call.argument(0)) if is_ours else None
    shell = call.keywords.get("shell")
    if shell is not None and not is_false(shell.value):
        values = [Values(code).of(n) for n in call.arguments[:2]]
        return found(COMMAND, call.named, shell.node, *values) if not all(v.constant for v in values) else None
    words = call.arguments[1].named_children if len(call.arguments) > 1 and call.arguments[1].type == "array" else []
    is_shell = bool(words) and literal(call.arguments[0]) in _SHELLS and literal(words[0]) in ("-c", "/c")
    return command(code, call, words[1]) if is_shell and len(words) > 1 else None


@RULES.call(
    "eval",
    "Function",
    "setTimeout",
    "setInterval",
    "runInNewContext",
    "runInThisContext",
    "runInContext",
    "Script",
    "new Function",
    "execScript",
)
def _eval(code: Code, call: Call) -> Finding | None:
    node = call.arguments[-1] if call.last in ("Function", "new Function") and call.arguments else call.argument(0)
    if call.last in ("setTimeout", "setInterval"):
        value = Values(code).of(node) if node is not None else None
        return (
            found(CODE, call.named, node, value)
            if value is not None
            and (value.made or value.tainted)
            and node is not None
            and node.type != "call_expression"
            else None
        )
    if call.last in ("eval", "Function") and call.callee not in (
        "eval",
        "new Function",
        "Function",
        "window.eval",
        "globalThis.eval",
        "global.eval",
    ):
        return None
    if call.last == "Script" and "vm" not in call.callee:
        return None
    return run_code(code, call, node)


@RULES.value("innerhtml", "outerhtml", "__html", "srcdoc", "dangerouslysetinnerhtml")
def _html(code: Code, given: Given) -> Finding | None:
    value = Values(code).of(given.value)
    if (
        value.constant
        or (given.name == "dangerouslysetinnerhtml" and given.value.type == "object")
        or (given.name != "__html" and not given.is_assignment)
    ):
        return None
    return found(XSS, given.node, value)


@RULES.call(
    "write",
    "writeln",
    "insertAdjacentHTML",
    "html",
    "append",
    "prepend",
    "after",
    "before",
    "bypassSecurityTrustHtml",
    "send",
    "end",
    "createContextualFragment",
    "parseFromString",
    "SafeString",
)
def _page(code: Code, call: Call) -> Finding | None:
    node = call.argument(1 if call.last == "insertAdjacentHTML" else 0)
    value = Values(code).of(node) if node is not None else None
    if value is None or value.constant or node is None:
        return None
    if call.last in ("insertAdjacentHTML", "bypassSecurityTrustHtml", "createContextualFragment") or call.is_one(
        "document.write", "document.writeln"
    ):
        return found(XSS, call.named, node, value)
    if call.last in ("send", "end", "write"):
        is_answer = re.match(r"(?:res|response|reply|resp)\b", call.callee)
        return (
            found(XSS, call.named, node, value)
            if is_answer and value.tainted and value.made and _HTML.search(value.text)
            else None
        )
    is_page = call.last in ("html", "append", "prepend", "after", "before") and re.match(
        r"\$|jQuery|\$?el", call.callee
    )
    return (
        found(XSS, call.named, node, value)
        if is_page
        and ((value.made and _HTML.search(value.text)) or (call.last == "html" and node.type != "call_expression"))
        else None
    )


@RULES.call(
    "readFile",
    "readFileSync",
    "createReadStream",
    "createWriteStream",
    "writeFile",
    "writeFileSync",
    "unlink",
    "unlinkSync",
    "sendFile",
    "download",
    "readdir",
    "readdirSync",
    "rm",
    "rmSync",
    "appendFile",
    "stat",
    "access",
    "existsSync",
    "rename",
)
def _path(code: Code, call: Call) -> Finding | None:
    before = code.before(call.node)
    if re.search(rb"startsWith\(|path\.relative\(|includes\(\s*[\"']\.\.|\.test\(|ALLOWED|allowed", before) or (
        call.keywords.get("root") and call.last in ("sendFile", "download")
    ):
        return None
    return tainted(code, PATH, call, call.argument(0))


@RULES.call("redirect")
def _redirect(code: Code, call: Call) -> Finding | None:
    before = code.before(call.node)
    return (
        None
        if re.search(rb"startsWith\(|ALLOWED|allowed|\.has\(|includes\(", before)
        else redirected(code, REDIRECT, call, call.arguments[-1] if call.arguments else None)
    )


@RULES.call("fetch", "get", "post", "axios", "request", "got")
def _fetch(code: Code, call: Call) -> Finding | None:
    if not call.is_one(
        "fetch",
        "axios.get",
        "axios.post",
        "axios",
        "got",
        "got.get",
        "needle.get",
        "request.get",
        "http.get",
        "https.get",
    ):
        return None
    node = call.argument(0)
    value = Values(code).of(node) if node is not None else None
    before = code.before(call.node)
    is_own = (
        value is None
        or re.match(r"[`\"']?(?:https?://[\w.-]+)?/", value.text) is not None
        or re.search(rb"hostname|ALLOWED|allowed", before) is not None
    )
    return found(FETCH, call.named, node, value) if value is not None and value.tainted and not is_own else None


@RULES.call("unserialize", "deserialize", "load")
def _load(_code: Code, call: Call) -> Finding | None:
    return (
        found(LOAD, call.named)
        if call.last == "unserialize" or re.match(r"serialize\.|nodeSerialize", call.callee)
        else None
    )


@RULES.value("$where")
def _where(code: Code, given: Given) -> Finding | None:
    value = Values(code).of(given.value)
    return found(NOSQL, given.node, value) if not value.constant else None


@RULES.call("evaluate", "select", "parse")
def _xpath(code: Code, call: Call) -> Finding | None:
    return unsaid(code, XPATH, call, call.argument(0), re.compile(rf"//?\w+.*\[.*{HOLE}", re.DOTALL))


def attribute(code: Code, node: Node) -> Finding | None:
    """dangerouslySetInnerHTML={…} whose object is not written there; one that is, is seen by its entry."""
    parts = node.named_children
    if len(parts) < 2 or text(parts[0]) != "dangerouslySetInnerHTML":
        return None
    inner = parts[1].named_children[0] if parts[1].named_children else parts[1]
    value = Values(code).of(inner)
    return found(XSS, node, value) if inner.type != "object" and not value.constant else None
