"""Trying candidates, the cheapest question first: applies, compiles, failing tests, tests that see the edit, all tests.

While searching, forks of warm processes answer (:mod:`fixbot_repair.verification.forks`), on all cores; the last word always has a
fresh process that runs every test in its original order, with the runner's sentinel and collection list.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable
from concurrent.futures import wait
from dataclasses import replace

from fixbot_analysis.errors import SourceError
from fixbot_analysis.source.decoding import decode
from fixbot_analysis.source.document import Document
from fixbot_analysis.symbols import FileFacts, extract
from fixbot_repair.candidates import paths
from fixbot_repair.candidates.edit import Candidate, Patch
from fixbot_repair.checks import Feedback
from fixbot_repair.checks.tests import Runner
from fixbot_repair.errors import PatchError
from fixbot_repair.verification.oracle import NO_ORACLE, Oracle
from fixbot_repair.verification.pool import Answer, Pool, Work, cores
from fixbot_repair.verification.record import Contents, Record
from fixbot_repair.verification.units import Units
from fixbot_repair.verification.verdict import Trial, Verdict
from fixbot_repair.verification.worker import Job, Worker
from fixbot_repair.workspace import Workspace

__all__ = ["NO_ORACLE", "Verifier"]


class Verifier:
    """Tries candidates in one workspace, which it leaves as it was, and in clones of it; a context manager.

    `baseline` is what all tests did before, with traces where there are any; `failing` are the tests to mend (default: all
    that failed). Where nothing fails, `mending` False asks only what a candidate breaks. `workers` (default: one a core) are
    those of :meth:`search_many`. What `record` remembers is not tried again. `notes` say how verification had to be done. Not for use by several threads.
    """

    def __init__(
        self,
        workspace: Workspace,
        runner: Runner,
        baseline: Feedback,
        failing: tuple[str, ...] = (),
        *,
        allow_tests: bool = False,
        mending: bool = True,
        workers: int = 0,
        record: Record | None = None,
    ) -> None:
        self.workspace = workspace
        self.failing = failing or baseline.failing
        self.trials = 0
        self._allow_tests = allow_tests
        self._documents: dict[str, Document] = {}
        self._extracted: dict[str, FileFacts] = {}
        self._known: dict[int, Answer] = {}
        self._record = record
        self._unwanted: set[Answer] = set()  # may have been ended midway: their verdicts are not kept, nor given again
        self._units = Units(self.document, self._facts)
        oracle = Oracle(baseline, self.failing, mending=mending)
        self._pool = Pool(Worker(workspace, runner, oracle), oracle, workers or cores())

    @property
    def notes(self) -> tuple[str, ...]:
        """How verification had to be done, where that is not the usual way."""
        return self._pool.notes

    def document(self, path: str) -> Document:
        """Effect: the file `path` as it is at the start. Raises PatchError, SourceError."""
        if path not in self._documents:
            raw = self.workspace.original(path)
            if raw is None:
                raise PatchError(f"{path} does not exist", "the patch was made for another state of the files")
            self._documents[path] = decode(path, raw)
        return self._documents[path]

    def contents(self, patch: Patch) -> dict[str, bytes | None]:
        """Effect: the touched files' own bytes after `patch`, None for a deleted one.

        Raises PatchError when it does not apply, or touches what no patch may touch.
        """
        existing = self.workspace.paths if patch.created else ()
        paths.check_all(patch.paths, existing, self._allow_tests)
        try:
            documents = {p: self.document(p) for p in patch.paths if p not in patch.created}
            after = patch.apply({p: d.data for p, d in documents.items()})
            result: dict[str, bytes | None] = {
                p: documents[p].encode(d) if p in documents else d for p, d in after.items()
            }
        except (ValueError, KeyError, SourceError, UnicodeError) as error:
            raise PatchError(
                f"the patch does not apply: {error}", "it was made for another state of the files"
            ) from error
        return {**result, **dict.fromkeys(patch.deleted)}

    def search(self, candidate: Candidate) -> Trial:
        """Effect: try `candidate` quickly; a PLAUSIBLE answer is not final. Equal contents are tried once."""
        return self._counted(candidate, self._asked(candidate, self._pool.now))

    def search_many(
        self, candidates: Iterable[Candidate], *, patient: bool = False, until: float = float("inf")
    ) -> Generator[Trial, None, None]:
        """Effect: try `candidates` as :meth:`search` does, by all workers; yields a trial for each, in their order.

        `patient` ones have more time than at first. At `until` (seconds of :func:`time.monotonic`) it ends, whatever is still being
        tried or made ready. Candidates are taken from the iterator some time before their trials are asked for. Whoever stops early
        closes the generator: what is still being tried is ended.
        """
        line: deque[tuple[Candidate, Answer]] = deque()
        try:
            for candidate in candidates:
                line.append((candidate, self._asked(candidate, self._pool.later, patient=patient)))
                while line and (line[0][1].done() or len(line) >= self._pool.ahead):
                    if not _answered(line[0][1], until):
                        return
                    yield self._counted(*line[0])
                    line.popleft()
            while line and _answered(line[0][1], until):
                yield self._counted(*line[0])
                line.popleft()
        finally:
            self._unwanted.update(answer for _, answer in line)
            self._pool.settle(answer for _, answer in line)

    def confirm(self, candidate: Candidate, disputed: Collection[str] = ()) -> Trial:
        """Effect: the last word on `candidate`: a fresh process, all tests, their own order.

        The tests `disputed` (ids, or functions' for all their parameters) refuse nothing; what of them fails is in the trial's `failed`,
        and nothing of such a trial is remembered.
        """
        try:
            contents = self.contents(candidate.patch)
        except PatchError as error:
            return Trial(candidate, Verdict.UNAPPLIED, why=error.message, final=True)
        known = None if disputed else self._remembered(candidate, contents, final=True)
        if (
            known is not None and known.verdict is not Verdict.PLAUSIBLE
        ):  # what was refused stays so; praise is earned anew
            return known
        answer = self._pool.now(lambda worker: worker.confirm(candidate, contents, disputed))
        trial = replace(answer.result(), final=True)
        if not disputed:
            self._keep(trial, contents)
        return trial

    def close(self) -> None:
        """Effect: end all processes; the workspace is as it was. Safe to call twice."""
        self._pool.close()

    def __enter__(self) -> "Verifier":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _asked(self, candidate: Candidate, ask: Callable[[Work], Answer], *, patient: bool = False) -> Answer:
        """Effect: the answer to `candidate`, that of an equal one where there was one; what does not apply is answered at once."""
        try:
            contents = self.contents(candidate.patch)
        except PatchError as error:
            answer = Answer()
            answer.set_result(Trial(candidate, Verdict.UNAPPLIED, why=error.message))
            return answer
        key = hash((patient, *sorted(contents.items())))
        if key not in self._known or self._known[key].cancelled() or self._known[key] in self._unwanted:
            patch = candidate.patch
            known = self._remembered(candidate, contents, patient=patient)
            if known is not None:
                self._known[key] = Answer()
                self._known[key].set_result(known)
                return self._known[key]
            job = Job(candidate, contents, self._units.places(patch), self._units.swaps(patch), patient)
            self._known[key] = ask(lambda worker: worker.search(job))
            self._known[key].add_done_callback(lambda answer: self._keep_answer(answer, contents, patient=patient))
        return self._known[key]

    def _remembered(
        self, candidate: Candidate, contents: Contents, *, final: bool = False, patient: bool = False
    ) -> Trial | None:
        if self._record is None:
            return None
        return self._record.known(self._record.key(contents, self.failing, final=final, patient=patient), candidate)

    def _keep_answer(self, answer: Answer, contents: Contents, *, patient: bool) -> None:
        """Effect: in the thread that has the answer, keep it, whether or not anybody still asks for it."""
        if not answer.cancelled() and answer.exception() is None and answer not in self._unwanted:
            self._keep(answer.result(), contents, patient=patient)

    def _keep(self, trial: Trial, contents: Contents, *, patient: bool = False) -> None:
        if self._record is not None:
            key = self._record.key(contents, self.failing, final=trial.final, patient=patient)
            self._record.keep(key, trial)

    def _counted(self, candidate: Candidate, answer: Answer) -> Trial:
        trial = answer.result()
        self.trials += trial.candidate is candidate and trial.verdict is not Verdict.UNAPPLIED and not trial.remembered
        return trial

    def _facts(self, path: str) -> FileFacts:
        if path not in self._extracted:
            self._extracted[path] = extract(self.document(path).data)
        return self._extracted[path]


def _answered(answer: Answer, until: float) -> bool:
    """Effect: wait for an answer, at most until then; whether it is there."""
    seconds = None if until == float("inf") else max(0.0, until - time.monotonic())
    return answer.done() or bool(wait([answer], seconds).done)
