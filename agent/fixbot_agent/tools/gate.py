"""What every change of a file passes before it is kept: syntax, names, what a fast linter calls errors. Else it is undone.

Only what is new counts: what stood there before is nobody's fault. Changes that are made together are looked at together.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fixbot_agent.tools.desk import Desk, State
from fixbot_agent.tools.finding import Definitions
from fixbot_agent.tools.left_behind import left_behind
from fixbot_agent.tools.naming import Lines, Naming, hints
from fixbot_agent.tools.outcome import Refused
from fixbot_analysis import signatures
from fixbot_analysis.errors import FixbotError
from fixbot_analysis.source import Document, language_of
from fixbot_analysis.syntax import SyntaxTree
from fixbot_repair.checks import Finding

_FATAL = ("E9", "F50", "F52", "F6", "F7", "F82", "invalid-syntax")
_TOLD = ("F401", "F811", "F841")  # left over by half-done work: said, and no reason to undo it
_UNDEFINED = re.compile(r"Undefined name `(\w+)`")
_MOST = 5  # faults that one answer names
_PYTHON = (".py", ".pyi")


@dataclass(slots=True)
class Gate:
    """Lets changes through to the desk. What the linter said of each file before is kept."""

    desk: Desk
    definitions: Definitions
    _before: dict[str, tuple[bytes, tuple[Finding, ...]]] = field(default_factory=dict)
    _held: dict[str, tuple[Document, State]] | None = None  # what files were before changes that are looked at later

    def put(self, document: Document, data: bytes) -> str:
        """Effect: write `data` (UTF-8) as the new content of `document`, if it passes; returns what to say besides, ``""`` for nothing.

        Raises Refused with the reason; the file is then as it was. After :meth:`hold` it is written, and looked at by :meth:`let_go`.
        """
        if self._held is None:
            self.hold()
            try:
                self.put(document, data)
                return self.let_go()
            finally:
                self._held = None
        data = self.desk.unmasked(document, data)
        if document.path not in self._held:
            self._held[document.path] = document, self.desk.state(document.path)
        self.desk.put(document, data)
        return ""

    def hold(self) -> None:
        """From here on changes are made without being looked at, until :meth:`let_go` or :meth:`put_back`."""
        self._held = {}

    def put_back(self) -> None:
        """Effect: the files are as they were at :meth:`hold`."""
        for _, state in (self._held or {}).values():
            self.desk.put_back(state)
        self._held = None

    def let_go(self) -> str:
        """Effect: look at all that was changed since :meth:`hold`; returns what to say besides.

        Raises Refused with the reasons; all the files are then as they were.
        """
        changed = [(before, self.desk.document(path).data) for path, (before, _) in (self._held or {}).items()]
        try:
            notes = [note for before, data in changed if (note := self._looked_at(before, data))]
        except Refused:
            self.put_back()
            raise
        self._held = None
        return "\nnote: " + "; ".join(notes) if notes else ""

    def _looked_at(self, document: Document, data: bytes) -> str:
        """Effect: runs the linter, reads files. What is left over by half-done work; raises Refused for what cannot work."""
        check_syntax(document, data)
        found = self._linted(document, data)
        if fatal := [f for f in found if f.rule.startswith(_FATAL)]:
            raise _undone(document.path, [f"line {f.line}: {f.message}" for f in fatal], self._where(fatal))
        if faults := self._names(document, data):
            raise _undone(document.path, faults)
        told = [f"line {f.line}: {f.message}" for f in found if f.rule in _TOLD][:_MOST]
        if left := left_behind(self.desk, document.path, document.data, data):
            told.append("this is left behind, to be changed too:\n" + "\n".join(f"- {each}" for each in left))
        return "; ".join(told)

    def _linted(self, document: Document, data: bytes) -> list[Finding]:
        """Effect: runs the linter. What it says of `data` and did not say before."""
        checks = self.desk.equipment.checks
        if checks is None or not document.path.endswith(_PYTHON):
            return []
        try:
            after = checks.errors(document.path, data)
            before = self._known(document) if after else ()
        except FixbotError:
            return []  # the tests still tell
        self._before[document.path] = data, after
        return new(before, after)

    def _known(self, document: Document) -> tuple[Finding, ...]:
        kept = self._before.get(document.path)
        if kept is not None and kept[0] == document.data:
            return kept[1]
        checks = self.desk.equipment.checks
        return checks.errors(document.path, document.data) if checks is not None and document.data else ()

    def _where(self, found: Sequence[Finding]) -> str:
        """Where names are defined that the change lacks."""
        names = [m[1] for f in found if (m := _UNDEFINED.match(f.message))]
        if not names:
            return ""
        resolver = self.desk.equipment.resolver
        tops = ((s.name, p) for p, s in self.definitions.all() if s.name in names and "." not in s.qualname)
        if said := hints(resolver() if resolver else None, iter(names), tops):
            return f"\nBring the import in first, or in the same answer.{said}"
        return f"\nDefine {', '.join(dict.fromkeys(names))} first, or in the same answer."

    def _names(self, before: Document, data: bytes) -> list[str]:
        """Effect: reads other files. Imports and calls on the changed lines that cannot work."""
        make = self.desk.equipment.resolver
        if make is None or not before.path.endswith(".py"):
            return []
        try:
            lines = Lines.between(before.data, data)
            return list(Naming(self.desk, make(), before.path, lines).faults(data))
        except (FixbotError, Refused, RecursionError):
            return []  # a file on the way cannot be read: nothing is known


def _undone(path: str, faults: Sequence[str], hint: str = "") -> Refused:
    more = f"\n… and {len(faults) - _MOST} more" if len(faults) > _MOST else ""
    listed = "\n".join(f"- {fault}" for fault in faults[:_MOST])
    return Refused(f"the edit is undone, it would bring new errors to {path}:\n{listed}{more}{hint}")


def new(before: Sequence[Finding], after: Sequence[Finding]) -> list[Finding]:
    """Findings of one file that were not there before: by rule and message, wherever the lines are now."""
    known = Counter((f.rule, f.message) for f in before)
    undefined = {f.message for f in before if f.rule == "F821"}  # a name that the project has from elsewhere
    found = []
    for each in after:
        if known[each.rule, each.message] > 0:
            known[each.rule, each.message] -= 1
        elif not (each.rule == "F821" and each.message in undefined):
            found.append(each)
    return found


def check_syntax(document: Document, data: bytes) -> None:
    """Raise Refused when `data` cannot be parsed and the document could."""
    check = _parser(document.path)
    error = check(data) if check is not None else ""
    if check is not None and error and not (document.data and check(document.data)):
        raise Refused(f"the edit is undone, {document.path} would no longer parse: {error}")


def _parser(path: str) -> Callable[[bytes], str] | None:
    """What tells why a text of that kind cannot be parsed."""
    suffix = path[path.rfind(".") :] if "." in path else ""
    if suffix in _DATA:
        return _DATA[suffix]
    language = language_of(path)
    if suffix in _PYTHON or language == "python":
        return _python
    return None if language is None else lambda data: _foreign(data, language)


def _python(data: bytes) -> str:
    return signatures.read(data)[1]


def _json(data: bytes) -> str:
    try:
        json.loads(data)
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _toml(data: bytes) -> str:
    try:
        tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return str(error)
    return ""


def _foreign(data: bytes, language: str) -> str:
    try:
        errors = SyntaxTree.parse(data, language).errors()
    except KeyError:
        return ""  # a language without grammar
    if not errors:
        return ""
    at = errors[0].start
    line = data.count(b"\n", 0, at)
    return f"line {line + 1}: {data.splitlines()[line][:120].decode('utf-8', 'replace').strip() if line < len(data.splitlines()) else ''}"


_DATA: Mapping[str, Callable[[bytes], str]] = {".json": _json, ".toml": _toml}
