"""Patterns of files in the folder that everybody on the machine writes to."""

import re

from fixbot_agent.completing.cleaning.security.catalogue import TEMP
from fixbot_agent.completing.cleaning.security.matching import found
from fixbot_agent.completing.cleaning.security.python_settings import TESTS
from fixbot_agent.completing.cleaning.security.reading import Call, Code, text
from fixbot_agent.completing.cleaning.security.rule import Finding, Rules
from fixbot_agent.completing.cleaning.security.values import HOLE, Values, literal

RULES = Rules(frozenset({"python", "javascript", "typescript", "tsx", "go", "java", "c", "cpp"}))
_SHARED = re.compile(r"[a-z]{0,2}[\"'`]?/(?:var/)?tmp/[\w.-]+(?:/[\w.-]+)*[\"'`]?\Z")
_WRITES = re.compile(r"[bt]*[wax][bt+]*\Z")
_ALWAYS = frozenset({
    "writeFile", "writeFileSync", "appendFile", "appendFileSync", "createWriteStream", "Create", "WriteFile",
    "new FileWriter", "new FileOutputStream", "write_text", "write_bytes", "creat", "newBufferedWriter", "writeString",
})  # fmt: skip


@RULES.call("open", "fopen", *_ALWAYS)
def _fixed(code: Code, call: Call) -> Finding | None:
    """A file with a name that is known beforehand, written in /tmp."""
    if TESTS.search(code.path):
        return None
    node = call.argument(0, "file")
    if call.last in ("write_text", "write_bytes"):
        node = call.named.child_by_field_name("object")
    if call.last in ("open", "fopen"):
        mode = literal(call.argument(1, "mode"))
        if not _WRITES.match(mode) and "O_CREAT" not in " ".join(text(a) for a in call.arguments[1:]):
            return None
    if node is None or "O_EXCL" in text(call.node) or "x" in literal(call.argument(1, "mode")):
        return None
    value = Values(code).of(node)
    return found(TEMP, call.named, node, value) if _SHARED.match(value.text) and HOLE not in value.text else None
