"""Jobs and queues as JSON text. Payloads may hold more than JSON knows: see ``encode``."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from typing import Any, Dict, Optional

from .backoff import Backoff
from .jobs import Job, JobState
from .queue import JobQueue
from .timing import Clock

_TAG = "$type"
VERSION = 2


def encode(value: Any) -> Any:
    """Turn a payload into what JSON can hold.

    Beside plain JSON values: bytes, tuples, sets, dates, datetimes and dicts with keys of any of these kinds.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        if _TAG not in value and all(isinstance(key, str) for key in value):
            return {key: encode(item) for key, item in value.items()}
        return _tagged("dict", [[encode(key), encode(item)] for key, item in value.items()])
    if isinstance(value, tuple):
        return _tagged("tuple", [encode(item) for item in value])
    if isinstance(value, (set, frozenset)):
        kind = "set" if isinstance(value, set) else "frozenset"
        return _tagged(kind, [encode(item) for item in sorted(value, key=repr)])
    if isinstance(value, (bytes, bytearray)):
        return _tagged("bytes", base64.b64encode(value).decode("ascii"))
    if isinstance(value, datetime):
        return _tagged("datetime", value.isoformat())
    if isinstance(value, date):
        return _tagged("date", value.isoformat())
    raise TypeError("cannot encode %s" % type(value).__name__)


def decode(value: Any) -> Any:
    """The inverse of ``encode``."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _TAG not in value:
        return {key: decode(item) for key, item in value.items()}
    kind, data = value[_TAG], value["value"]
    if kind == "dict":
        return {decode(key): decode(item) for key, item in data}
    if kind == "tuple":
        return tuple(decode(item) for item in data)
    if kind == "set":
        return {decode(item) for item in data}
    if kind == "frozenset":
        return frozenset(decode(item) for item in data)
    if kind == "bytes":
        return base64.b64decode(data)
    if kind == "datetime":
        return datetime.fromisoformat(data)
    if kind == "date":
        return date.fromisoformat(data)
    raise ValueError("unknown type %r" % (kind,))


def _tagged(kind: str, data: Any) -> Dict[str, Any]:
    return {_TAG: kind, "value": data}


def job_to_dict(job: Job) -> Dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "payload": encode(job.payload),
        "priority": job.priority,
        "retries": job.retries,
        "due": job.due,
        "deadline": job.deadline,
        "key": job.key,
        "attempts": job.attempts,
        "state": job.state.value,
        "errors": list(job.errors),
    }


def job_from_dict(data: Dict[str, Any]) -> Job:
    fields = dict(data)
    fields["payload"] = decode(fields.get("payload"))
    fields["state"] = JobState(fields.get("state", "waiting"))
    fields["errors"] = list(fields.get("errors", ()))
    return Job(**fields)


def dump_queue(queue: JobQueue) -> str:
    """All live and dead jobs as text. A running job is written as waiting, without the try that goes on."""
    jobs = []
    for job in queue:
        data = job_to_dict(job)
        if job.state is JobState.RUNNING:
            data["state"] = JobState.WAITING.value
            data["attempts"] = job.attempts - 1
        jobs.append(data)
    jobs.extend(job_to_dict(job) for job in queue.dead)
    return json.dumps({"version": VERSION, "next_id": queue.next_id, "retries": queue.retries, "jobs": jobs})


def load_queue(text: str, clock: Optional[Clock] = None, backoff: Optional[Backoff] = None) -> JobQueue:
    """A queue with the jobs of ``dump_queue``. Clock and back-off are not part of the text."""
    data = json.loads(text)
    if data.get("version") != VERSION:
        raise ValueError("cannot read version %r" % (data.get("version"),))
    queue = JobQueue(clock=clock, backoff=backoff, retries=data["retries"])
    for item in data["jobs"]:
        queue.restore(job_from_dict(item))
    queue.next_id = max(queue.next_id, data["next_id"])
    return queue
