"""Reviewing a change: what every tool finds at the head and did not find at the base, with proved suggestions."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fixbot_agent.reviewing.callers import left_behind
from fixbot_agent.reviewing.change import Change
from fixbot_agent.reviewing.comments import Comment, Suggestion, place, suggestion_of
from fixbot_agent.reviewing.imports import imports_left_behind
from fixbot_analysis.errors import SourceError
from fixbot_analysis.index import Index
from fixbot_analysis.ports import Progress
from fixbot_analysis.source import Document, SourceTree
from fixbot_analysis.source.languages import language_of
from fixbot_repair import checks
from fixbot_repair.candidates.edit import Patch
from fixbot_repair.checks import Feedback, Finding
from fixbot_repair.environment import Environment
from fixbot_repair.sandbox import Sandbox

_ROUNDS = 8  # suggestions of one file that are proved


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be said of a change. `problems` are what could not be checked, `broken` the tools that gave nothing."""

    base: str
    head: str
    working_tree: bool
    comments: tuple[Comment, ...]
    summary: str
    problems: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


class Reviewer:
    """Checks both sides of changes in the same way, so that the difference is the change's."""

    def __init__(
        self,
        *,
        trusted: bool = False,
        environment: Environment | None = None,
        sandbox: Sandbox | None = None,
        progress: Progress | None = None,
        only: Iterable[str] | None = None,
        cache: Path | None = None,
    ) -> None:
        self._trusted = trusted
        self._environment = environment
        self._sandbox = sandbox
        self._progress = progress
        self._cache = cache
        self._only = tuple(checks.TOOLS if only is None else only)

    def review(self, change: Change) -> Review:
        """Effect: check the changed files at base and at head; comment on what is new. Raises CheckFailed."""
        base, head = self._check(change, change.before), self._check(change, change.after)
        broken = tuple(dict.fromkeys((*base.broken, *head.broken)))
        # What a tool says on one side only is no news when it could not speak on the other.
        found = [f for f in head.findings if f.tool not in broken]
        new = checks.new_findings(base.findings, found, changed=change.lines, renamed=change.renamed)
        documents = _documents(change)
        proved = self._proved(change, documents, found, new)
        comments = [*place(new, documents, change.lines, proved), *self._callers(change)]
        problems = tuple(dict.fromkeys((*base.problems, *head.problems)))
        tools = [t for t in self._only if t not in broken]
        summary = _summary(change, comments, tools)
        ordered = tuple(sorted(comments, key=lambda c: (c.path, c.line)))
        return Review(change.base, change.head, change.working_tree, ordered, summary, problems, broken)

    def _callers(self, change: Change) -> tuple[Comment, ...]:
        """Effect: what of the rest no longer fits the change, calls and imports, where the whole head can be looked at."""
        if not change.at_hand:
            return ()
        with ExitStack() as stack:
            overlay = {} if change.working_tree else change.after

            @cache
            def opened() -> Index:
                return stack.enter_context(Index.open(change.root, self._cache, overlay, progress=self._progress))

            return (*left_behind(change, opened), *imports_left_behind(change, opened))

    def _check(self, change: Change, overlay: Mapping[str, bytes]) -> Feedback:
        return checks.run(
            change.root,
            tuple(overlay),
            only=self._only,
            overlay=overlay,
            environment=self._environment,
            trusted=self._trusted,
            sandbox=self._sandbox,
            progress=self._progress,
        )

    def _proved(
        self, change: Change, documents: Mapping[str, Document], found: list[Finding], new: tuple[Finding, ...]
    ) -> dict[Finding, Suggestion]:
        """Effect: apply one suggestion a file at a time and check again; keep those that leave less and bring nothing."""
        waiting: dict[str, list[tuple[Finding, Suggestion]]] = {}
        for finding in new:
            suggestion = suggestion_of(finding, documents[finding.path], change.lines.get(finding.path, ()))
            if suggestion is not None:
                waiting.setdefault(finding.path, []).append((finding, suggestion))
        proved: dict[Finding, Suggestion] = {}
        for turn in range(_ROUNDS):
            tried = {path: offers[turn] for path, offers in waiting.items() if turn < len(offers)}
            if tried:
                proved.update(self._survivors(change, documents, found, tried))
        return proved

    def _survivors(
        self,
        change: Change,
        documents: Mapping[str, Document],
        found: list[Finding],
        tried: Mapping[str, tuple[Finding, Suggestion]],
    ) -> dict[Finding, Suggestion]:
        overlay = {
            path: Patch(finding.fix).apply({path: documents[path].data})[path] for path, (finding, _) in tried.items()
        }
        after = self._check(change, overlay)
        if after.broken:
            return {}
        survivors = {}
        for path, (finding, suggestion) in tried.items():
            before = [f for f in found if f.path == path]
            now = [f for f in after.findings if f.path == path]
            gone = {f.fingerprint for f in checks.new_findings(now, before)}
            if finding.fingerprint in gone and not checks.new_findings(before, now):
                survivors[finding] = suggestion
        return survivors


def _documents(change: Change) -> dict[str, Document]:
    tree, documents = SourceTree(change.root, change.after), dict[str, Document]()
    for path in change.after:
        try:
            documents[path] = tree.read(path)
        except SourceError:
            continue  # the check has said so
    return documents


def _summary(change: Change, comments: Sequence[Comment], tools: list[str]) -> str:
    changed = change.before.keys() | change.after.keys()
    if not changed:
        head = "the files as they are" if change.working_tree else change.head[:12]
        return f"Nothing changed: no source file differs between {change.base[:12]} and {head}."
    made_for = {language for tool in checks.chosen(tools) for language in tool.languages}
    seen = sum(language_of(path) in made_for for path in changed)
    others = len(changed) - seen
    files = f"{seen or others} changed source file{'' if (seen or others) == 1 else 's'}"
    by = f"checked with {', '.join(tools) or 'nothing'}" if seen else "which no tool that ran is made for"
    rest = f"; no tool that ran is made for {others} more" if seen and others else ""
    if not comments:
        return f"Nothing new in {files}, {by}{rest}." if seen else f"Nothing was checked: {files}, {by}."
    return f"{len(comments)} new finding{'' if len(comments) == 1 else 's'} in {files}, {by}{rest}."
