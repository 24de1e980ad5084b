"""Where a failing test is shown: one remark of one line where the test itself says that it fails, and what else is known as places beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fixbot_agent.watching.events import Broken
from fixbot_lsp.rounds.board import Mark, Related
from fixbot_lsp.talking.headers import line_of
from fixbot_lsp.text.positions import Text
from fixbot_repair.checks import Finding

_MOST = 6  # places beside a remark
_LONGEST = 160  # characters of a remark

Read = Callable[[str], bytes | None]  # a file of the folder as it is shown, else as it is stored


@dataclass(slots=True)
class Failing:
    """The tests of one folder that failed when they ran last: `findings` by id, each where its failure came from."""

    findings: dict[str, Finding] = field(default_factory=dict)
    broken: dict[str, Broken] = field(default_factory=dict)

    @classmethod
    def of(cls, failing: Sequence[str], findings: Sequence[Finding], broken: Sequence[Broken]) -> "Failing":
        """What a run of tests says."""
        return cls({_test_in(f, failing): f for f in findings}, {each.test: each for each in broken})

    def put(self, test: str, finding: Finding | None, broken: Broken | None) -> None:
        """Take over what the test with this id did when it was run alone: it, and its cases; None where it passed."""
        for known in (self.findings, self.broken):
            for name in [n for n in known if n.partition("[")[0] == test or n == test]:
                del known[name]
        if finding is not None and broken is not None:
            self.findings[test], self.broken[test] = finding, broken

    def marks(self, read: Read, uri: Callable[[str], str]) -> Mapping[str, list[Mark]]:
        """Effect: read files. The remarks, by the path of the file that they stand in."""
        found: dict[str, list[Mark]] = {}
        for test, finding in self.findings.items():
            said = finding.message.removeprefix(f"{' '.join(test.split())}: ")
            broken = self.broken.get(test) or Broken(test, said, frames=((finding.path, finding.line),))
            path, line = _place(broken, read) or (finding.path, finding.line)
            data = read(path)
            if data is not None:
                beside = _beside(broken, (path, line), uri)
                shown = _shown(finding, broken, path, line, Text(data))
                found.setdefault(path, []).append(Mark.of(shown, Text(data), beside, test))
        return found


def _place(broken: Broken, read: Read) -> tuple[str, int] | None:
    """Path and line (from 1) of the test's own part of the failure: the deepest frame in its file, else its header; None where there is no such file."""
    path = broken.test.partition("::")[0]
    own = [line for place, line in broken.frames if place == path]
    if own:
        return path, own[-1]
    data = read(path)
    line = line_of(data, broken.test) if data is not None else None
    return (path, line + 1) if line is not None else None


def _beside(broken: Broken, place: tuple[str, int], uri: Callable[[str], str]) -> tuple[Related, ...]:
    """What was said below the first line, then the frames of the failure, innermost first: what raised it says most."""
    path, line = place
    more = " ".join(broken.more.split())[:500]
    found = [Related(uri(path), line - 1, more)] if more else []
    others = [frame for frame in dict.fromkeys(reversed(broken.frames)) if frame != place]
    raised = broken.frames[-1] if broken.frames else place
    for each, number in others[: _MOST - len(found)]:
        said = "it fails here" if (each, number) == raised else "on the way to the failure"
        found.append(Related(uri(each), number - 1, said))
    return tuple(found)


def _shown(finding: Finding, broken: Broken, path: str, line: int, text: Text) -> Finding:
    """The remark on its line."""
    name, said = broken.test.rpartition("::")[2], broken.message.partition("\n")[0]
    message = f"{name}: {said}"
    code = text.line(line - 1).decode("utf-8", "replace")
    first = len(code) - len(code.lstrip()) + 1
    return replace(
        finding, path=path, line=line, end_line=line, column=first, end_column=max(first, len(code.rstrip()) + 1),
        message=message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…",
    )  # fmt: skip


def _test_in(finding: Finding, failing: Sequence[str]) -> str:
    """The id of the test that a finding tells of, which its message begins with; ids may hold colons themselves."""
    ids = (test for test in failing if finding.message.startswith(f"{' '.join(test.split())}: "))
    return max(ids, key=len, default=finding.message.partition(": ")[0])
