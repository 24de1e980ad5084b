"""What the pieces of an issue show and say, gathered in their order: results, programs, what is set up, what sentences claim."""

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fixbot_repair import issue_calls as calls
from fixbot_repair import issue_comments as comments
from fixbot_repair import issue_tables
from fixbot_repair import issue_wording as wording
from fixbot_repair.issue import Expectation
from fixbot_repair.issue_blocks import DIFF, exchanges, is_output, is_session
from fixbot_repair.issue_claims import Claim, claims, steps
from fixbot_repair.issue_code import does, last_expression, runnable
from fixbot_repair.issue_commands import SET_UP, commands, modules
from fixbot_repair.issue_results import SURVIVED, Shown, prints
from fixbot_repair.issue_source import parsed
from fixbot_repair.issue_traces import is_crash
from fixbot_repair.issue_wording import Role

_BINDING = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)
_MOST_SENTENCES = 500


@dataclass(slots=True)
class Gathered:
    """What was gathered from the pieces so far."""

    shown: list[Shown] = field(default_factory=list)
    printed: list[Shown] = field(default_factory=list)  # line by line, by programs
    scripts: list[tuple[str, str]] = field(default_factory=list)  # set-up, last expression ("": what all of it prints)
    claims: list[Claim] = field(default_factory=list)
    setup: list[str] = field(default_factory=list)  # statements of the blocks above
    done: list[str] = field(default_factory=list)  # likewise, with the last expressions of programs
    rows: list[Expectation] = field(default_factory=list)  # of tables
    sentences: list[str] = field(default_factory=list)
    crashing: list[str] = field(default_factory=list)  # commands, as programs
    _printing: tuple[Shown, ...] = ()  # what the program just above prints, when nothing came between

    @property
    def results(self) -> list[Shown]:
        """All that is shown or said to come: by sessions and comments, by programs as a whole, and in sentences."""
        came = [s for s in self.shown if s.role is not Role.EXPECTED and not s.crashes]
        whole = [s for c in self.claims if not c.call and c.actual and c.after for s in [self._program(c)]]
        told = [pair for sentence in self.sentences for pair in calls.results(sentence)]
        said = [Shown(call, value, Role.UNSAID, tuple(self.setup)) for call, value in told if value]
        return [*came, *(self.printed or whole), *said]

    def _program(self, claim: Claim) -> Shown:
        setup, expression = self.scripts[claim.after - 1]
        return Shown(expression, claim.actual, Role.UNSAID, (setup,) if setup else ())

    def prose(self, paragraph: str, section: Role, *, ends: bool) -> None:
        """A paragraph; `ends`: the block below it shows an error."""
        if listed := steps(paragraph):
            self._session(listed, Role.UNSAID)
            return
        sentences = wording.sentences(paragraph)
        known = {name for text in self.done for name in _bound(text)}
        told = claims(paragraph, section, ends=ends, known=known)
        self.claims += [replace(claim, after=len(self.scripts)) for claim in told]
        self.rows += issue_tables.rows(paragraph)
        self.scripts += [("", call) for s in sentences if (call := calls.alone(s))]
        self.sentences += sentences[: _MOST_SENTENCES - len(self.sentences)]

    def block(self, block: str, role: Role) -> None:
        """A block, which shows what `role` says."""
        printing, self._printing = self._printing, ()
        if is_session(block):
            self._session(block, role)
        elif found := [(e, output) for e, output in commands(block) if output]:
            self.shown += [Shown(expression, output, role, (SET_UP,)) for expression, output in found]
            self.crashing += modules(block)
        elif is_output(block) or DIFF.match(block):
            return
        elif body := does(source := runnable(block)):
            self._script(source, body, role)
        else:
            self._output(block.strip("\n"), role, printing)

    def _session(self, block: str, role: Role) -> None:
        """Each prompt with the answer below it; what came before, in the blocks above too, is its set-up.

        What raised and did not end the session is part of it.
        """
        found = list(exchanges(block))
        typed = {source for source, _ in found}
        before = [s for s in self.setup if s not in typed]
        last = max((n for n, (_, output) in enumerate(found) if output and not is_crash(output)), default=-1)
        for n, (source, output) in enumerate(found):
            if output:
                self._exchanged(source, output, role, tuple(before))
            if not is_crash(output):
                before.append(source)
            elif n < last and parsed(source) and not _is_long_text(source):
                before.append(f"try:\n{textwrap.indent(source, '    ')}\n{SURVIVED}")
        self.setup = before
        self.done = list(before)

    def _exchanged(self, source: str, output: str, role: Role, before: tuple[str, ...]) -> None:
        """A prompt with its answer, and the value that a comment behind either says should come."""
        source, noted = comments.bare(source)
        answer, remark = comments.remark(output)
        wanted = comments.wanted(noted) or comments.wanted(remark)
        self.shown.append(Shown(source, answer if wanted else output, role, before))
        if wanted:
            self.shown.append(Shown(source, wanted, Role.EXPECTED, before))

    def _output(self, value: str, role: Role, printing: Sequence[Shown]) -> None:
        """A block of text: what the program above prints, or what a heading or sentence says that it is."""
        lines = value.split("\n")
        if role is not Role.EXPECTED and len(printing) == len(lines) > 1:
            self.printed += [replace(one, output=line) for one, line in zip(printing, lines, strict=True)]
        if role is not Role.UNSAID:
            expected, actual = (value, "") if role is Role.EXPECTED else ("", value)
            self.claims.append(Claim("", expected, actual, after=len(self.scripts)))

    def _script(self, source: str, body: Sequence[ast.stmt], role: Role) -> None:
        """A program: what its comments tell, its last expression; what it binds is the set-up of what follows."""
        for told in comments.told(source, body):
            before = tuple(filter(None, [*self.setup, told.above]))
            came = Role.UNSAID if told.expected else role
            for value, meant in ((told.actual, came), (told.expected, Role.EXPECTED)):
                if value:
                    self.shown.append(Shown(told.expression, value, meant, before))
        setup, expression = last_expression(source, body)
        if expression or _prints(body):
            self.scripts.append(("\n".join([*self.setup, setup]), expression))
        self._printing = prints(source, body, self.setup)
        self.done = [*self.setup, source]
        if setup and any(isinstance(s, _BINDING) for s in body):
            self.setup.append(setup)


def _prints(body: Sequence[ast.stmt]) -> bool:
    nodes = (node for one in body for node in ast.walk(one))
    return any(isinstance(node, ast.Call) and ast.unparse(node.func) == "print" for node in nodes)


def _bound(text: str) -> set[str]:
    nodes = (node for one in parsed(text) for node in ast.walk(one))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _is_long_text(source: str) -> bool:
    """Whether `source` holds a string of several lines, which indenting would change."""
    return "\n" in source and any(quotes in source for quotes in ("'" * 3, '"' * 3))
