"""One runner for all benches: jobs side by side, each result stored the moment it is there, resumable by content."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from fixbot_analysis.errors import FixbotError
from fixbot_analysis.ports import Progress, Silent

Result = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to measure. `inputs` is everything the result depends on: a stored result counts only for the same.

    The official harness's foot-gun is a cache keyed by a run's name; here the key is the content.
    """

    name: str
    inputs: tuple[str, ...]
    work: Callable[[Path], Result]  # is handed the job's own folder

    @property
    def key(self) -> str:
        """Hash of the inputs."""
        return hashlib.sha256(json.dumps(self.inputs).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Done:
    """A finished job: its result, or why there is none."""

    name: str
    result: Result
    error: str = ""
    resumed: bool = False


class Runner:
    """Runs jobs in `workers` threads (each job is a process of its own somewhere); results live below `out`."""

    def __init__(self, out: Path, workers: int = 1, progress: Progress | None = None) -> None:
        self.out = out
        self.workers = max(1, workers)
        self.progress = progress or Silent()
        self._stop = threading.Event()

    def run(self, jobs: Iterable[Job], what: str) -> tuple[Done, ...]:
        """Effect: run what has no stored result yet; returns all in the order of `jobs`.

        On Ctrl-C no new job is begun, those that run are waited for, and KeyboardInterrupt goes on.
        """
        listed = tuple(jobs)
        with ThreadPoolExecutor(self.workers) as pool:
            futures = [pool.submit(self._one, job) for job in listed]
            try:
                self._watch(futures, what)
            except KeyboardInterrupt:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        return tuple(future.result() for future in futures)

    def _watch(self, futures: Sequence[Future[Done]], what: str) -> None:
        left = set(futures)
        while left:
            self.progress.step(what, len(futures) - len(left), len(futures))
            left -= wait(left, timeout=1.0, return_when=FIRST_COMPLETED).done
        self.progress.step(what, len(futures), len(futures))

    def _one(self, job: Job) -> Done:
        folder = self.out / "instances" / job.name
        if (stored := _stored(folder, job.key)) is not None:
            return Done(job.name, stored, resumed=True)
        if self._stop.is_set():
            return Done(job.name, {}, "interrupted")
        folder.mkdir(parents=True, exist_ok=True)
        try:
            result = job.work(folder)
        except FixbotError as error:
            return _failed(folder, job, f"{error.message} ({error.hint})" if error.hint else error.message)
        except Exception as error:  # noqa: BLE001 - one broken instance must not end a run of hundreds
            return _failed(folder, job, f"{type(error).__name__}: {error}")
        write_json(folder / "result.json", {"key": job.key, "result": result})
        return Done(job.name, result)


def _failed(folder: Path, job: Job, why: str) -> Done:
    (folder / "error.txt").write_text(why + "\n", encoding="utf-8")
    return Done(job.name, {}, why)


def _stored(folder: Path, key: str) -> Result | None:
    try:
        held = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    result = held.get("result") if isinstance(held, dict) and held.get("key") == key else None
    return result if isinstance(result, dict) else None


def write_json(path: Path, document: Mapping[str, object]) -> None:
    """Effect: write `document` so that a reader sees the old file or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)
