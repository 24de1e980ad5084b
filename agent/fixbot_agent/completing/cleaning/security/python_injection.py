"""Patterns of Python: what values become part of a query, a command, code or a template."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import (
    CODE,
    COMMAND,
    LDAP,
    NOSQL,
    SQL,
    TEMPLATE,
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
    run_code,
    tainted,
    unsaid,
    without_argument,
)
from fixbot_agent.completing.cleaning.security.parameters import parameterised
from fixbot_agent.completing.cleaning.security.reading import Call, Code, Given, text
from fixbot_agent.completing.cleaning.security.rule import Finding, Rules
from fixbot_agent.completing.cleaning.security.values import HOLE, Values, is_true
from fixbot_analysis.syntax import Node

RULES = Rules(frozenset({"python"}))
_FILTER = re.compile(rf"\([\w:.]+[~<>]?=[^)]*{HOLE}")
_XPATH = re.compile(rf"/.*\[.*{HOLE}|/.*{HOLE}", re.DOTALL)
_HTML = re.compile(r"<[a-zA-Z/!]")
_SHELLS = frozenset({"sh", "bash", "/bin/sh", "/bin/bash", "zsh", "cmd", "cmd.exe", "powershell"})


@RULES.call(
    "execute",
    "executemany",
    "executescript",
    "raw",
    "RawSQL",
    "read_sql",
    "read_sql_query",
    "text",
    "fetch",
    "fetchrow",
    "fetchval",
    "fetchall",
    "fetchone",
    "fetch_all",
    "fetch_one",
    "query",
    "mogrify",
    "from_statement",
    "execute_query",
    "run_query",
    "exec_driver_sql",
    "scalar",
    "scalars",
    "sql",
    "extra",
)
def _query(code: Code, call: Call) -> Finding | None:
    if call.is_one("sql.SQL", "psycopg2.sql.SQL") or (
        call.last == "text"
        and "." in call.callee
        and not call.is_one("sqlalchemy.text", "sa.text", "db.text", "sql.text", "sqlalchemy.sql.text")
    ):
        return None
    if call.last == "extra":
        return next(
            (f for name in ("where", "select", "order_by", "tables") if (f := made_query(code, call, 9, name))), None
        )
    finding = made_query(
        code, call, 1 if call.is_one("asyncpg.execute") else 0, "sql" if call.last.startswith("read_sql") else "query"
    )
    return parameterised(code, call, finding) if finding else None


RULES.call("append", "add", "insert", "extend")(query_part)


@RULES.value("*")
def _statement(code: Code, given: Given) -> Finding | None:
    """A statement that is made of values where it is bound or returned: somebody will run it."""
    if not given.is_assignment or given.value.type not in ("string", "binary_operator", "call", "concatenated_string"):
        return None
    value = Values(code).of(given.value)
    return found(SQL, given.value, value) if value.made and STATEMENT.match(value.text) else added(code, given)


@RULES.call(
    "system",
    "popen",
    "getoutput",
    "getstatusoutput",
    "create_subprocess_shell",
    "exec_command",
    "spawn_shell",
    "popen2",
    "popen3",
)
def _system(code: Code, call: Call) -> Finding | None:
    if call.is_one(
        "os.system",
        "os.popen",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "asyncio.create_subprocess_shell",
        "commands.getoutput",
        "commands.getstatusoutput",
        "posix.system",
        "os.popen2",
        "os.popen3",
    ):
        return command(code, call, call.argument(0, "cmd") or call.argument(0, "command"))
    node = call.argument(0, "command")
    value = Values(code).of(node) if node is not None and call.last == "exec_command" else None
    return found(COMMAND, call.named, node, value) if value is not None and value.made else None


@RULES.call("run", "call", "check_call", "check_output", "Popen", "local", "sudo")
def _shell(code: Code, call: Call) -> Finding | None:
    shell = call.keywords.get("shell")
    node = call.argument(0, "args") or call.argument(0, "cmd")
    if node is None:
        return None
    if shell is None or not is_true(shell.value):
        return (
            _own_shell(code, call, node)
            if call.is_one(
                "subprocess.run",
                "subprocess.call",
                "subprocess.check_call",
                "subprocess.check_output",
                "subprocess.Popen",
            )
            else None
        )
    finding = command(code, call, node, shell.node)
    if finding and node.type == "list":
        return found(
            COMMAND,
            call.named,
            node,
            shell.node,
            repair=(without_argument(code, shell.node),),
            note="shell=True left out: the command is a list",
        )
    return finding


def _own_shell(code: Code, call: Call, node: Node) -> Finding | None:
    """A shell called by name: ["sh", "-c", command]."""
    words = node.named_children if node.type == "list" else []
    if (
        len(words) < 3
        or text(words[0]).strip("\"'") not in _SHELLS
        or text(words[1]).strip("\"'") not in ("-c", "/c", "/C", "-lc", "-Command")
    ):
        return None
    return command(code, call, words[2])


@RULES.call("eval", "exec", "compile", "__import__", "import_module", "execfile", "run_string")
def _eval(code: Code, call: Call) -> Finding | None:
    if call.is_one("eval", "exec", "builtins.eval", "builtins.exec", "execfile") and call.callee.count(".") < 2:
        return run_code(code, call, call.argument(0))
    if call.is_one("compile", "__import__", "importlib.import_module") and "re." not in call.callee:
        return tainted(code, CODE, call, call.argument(0))
    return None


@RULES.call("render_template_string", "Template", "from_string", "template")
def _template(code: Code, call: Call) -> Finding | None:
    if call.is_one("string.Template") or (call.last == "from_string" and b"jinja" not in code.tree.data):
        return None
    node = call.argument(0, "source")
    value = Values(code).of(node) if node is not None else None
    if value is None or not (
        value.tainted
        or (value.made and call.last != "Template")
        or (value.made and "jinja" in call.callee)
        or (value.made and "{{" in value.text)
    ):
        return None
    return found(TEMPLATE, call.named, node, value)


@RULES.call("search", "search_s", "search_st", "search_ext", "search_ext_s", "paged_search")
def _directory(code: Code, call: Call) -> Finding | None:
    nodes = [*call.arguments, *(call.keywords[k].value for k in ("search_filter", "filterstr") if k in call.keywords)]
    return next((f for n in nodes if (f := unsaid(code, LDAP, call, n, _FILTER))), None)


@RULES.call("xpath", "XPath", "find", "findall", "findtext", "iterfind")
def _xpath(code: Code, call: Call) -> Finding | None:
    return unsaid(code, XPATH, call, call.argument(0), _XPATH)


@RULES.value("$where")
def _where(code: Code, given: Given) -> Finding | None:
    value = Values(code).of(given.value)
    return found(NOSQL, given.node, value) if not value.constant else None


def returned(code: Code, node: Node) -> Finding | None:
    """A page made of a request that a view returns, or a statement of SQL made of values."""
    if not node.named_children:
        return None
    value = Values(code).of(node.named_children[0])
    if value.made and value.tainted and _HTML.search(value.text):
        return found(XSS, node.named_children[0], value)
    return found(SQL, node.named_children[0], value) if value.made and STATEMENT.match(value.text) else None
