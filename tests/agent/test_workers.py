"""Worker processes: the same results as without, whatever becomes of the workers."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixbot_agent.workers import Workers
from fixbot_analysis.index import Index


def shout(item: tuple[bytes, str]) -> tuple[int, str]:
    return os.getpid(), item[0].decode() + item[1]


def die_in_a_worker(item: tuple[bytes, int]) -> int:
    if os.getpid() != item[1] and item[0] == b"7":
        os.kill(os.getpid(), signal.SIGKILL)
    return int(item[0])


def fail(item: bytes) -> int:
    return int(item)


def test_results_come_in_order_from_several_processes() -> None:
    items = [(b"%d" % n * 20_000, "!") for n in range(40)]
    with Workers(2, worth=1) as workers:
        found = list(workers.map(shout, items))
    assert [text for _, text in found] == [data.decode() + mark for data, mark in items]
    assert os.getpid() not in {pid for pid, _ in found}
    assert len({pid for pid, _ in found}) == 2


def test_little_work_starts_no_process() -> None:
    with Workers(2) as workers:
        assert {pid for pid, _ in workers.map(shout, [(b"a", "")] * 100)} == {os.getpid()}


@pytest.mark.parametrize("workers", [1, 2])
def test_the_work_of_a_worker_that_dies_is_done_again(workers: int, caplog: pytest.LogCaptureFixture) -> None:
    me = os.getpid()
    with Workers(2, worth=1) as pool:
        for _ in range(workers):
            assert list(pool.map(die_in_a_worker, [(b"%d" % n, me) for n in range(10)])) == list(range(10))
    assert "indexing worker ended" in caplog.text


def test_an_error_in_the_work_is_raised_here_as_it_would_be_without_workers() -> None:
    with Workers(2, worth=1) as pool, pytest.raises(ValueError, match="invalid literal"):
        list(pool.map(fail, [b"1", b"x"]))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_with_a_killed_parent() -> None:
    code = (
        "import time; from fixbot_agent.workers import Workers\n"
        "w = Workers(2, worth=1); list(w.map(len, [b'x' * 70_000] * 4))\n"
        "print(*[p.pid for p in w._lines.values()], flush=True); time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        pids = parent.stdout.readline().split()
        parent.kill()
        parent.wait()
        until = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < until:
            time.sleep(0.05)
    assert len(pids) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_an_index_made_by_workers_is_the_one_made_without(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for n in range(60):
        (project / f"m{n}.py").write_text(f"from m{n // 2} import f{n // 2}\n\ndef f{n}():\n    f{n // 2}()\n" * 20)
    (project / "broken.py").write_bytes(b"\0")
    with Workers(2, worth=1) as workers, Index.open(project, tmp_path / "cache", executor=workers) as index:
        alone = Index.open(project)
        assert index.graph.edges == alone.graph.edges
        assert [index.facts(p) for p in index.paths] == [alone.facts(p) for p in alone.paths]
        assert index.report.skipped == alone.report.skipped
