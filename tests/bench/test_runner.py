"""The runner: resumes by content, survives one broken job, stops on Ctrl-C."""

from pathlib import Path

import pytest

from fixbot_bench.runner import Job, Result, Runner


class Counting:
    """Work that counts how often it was done."""

    def __init__(self, fails: bool = False) -> None:
        self.done = 0
        self.fails = fails

    def __call__(self, folder: Path) -> Result:
        self.done += 1
        if self.fails:
            raise RuntimeError("broken")
        return {"n": self.done}


def test_a_finished_job_is_not_done_again(tmp_path: Path) -> None:
    work = Counting()
    first = Runner(tmp_path).run([Job("a", ("x",), work)], "t")
    again = Runner(tmp_path).run([Job("a", ("x",), work)], "t")
    assert work.done == 1
    assert (first[0].result, again[0].result, again[0].resumed) == ({"n": 1}, {"n": 1}, True)


def test_other_inputs_under_the_same_name_are_another_job(tmp_path: Path) -> None:
    work = Counting()
    Runner(tmp_path).run([Job("a", ("patch one",), work)], "t")
    (done,) = Runner(tmp_path).run([Job("a", ("patch two",), work)], "t")
    assert (work.done, done.result) == (2, {"n": 2})


def test_a_half_written_result_counts_as_none(tmp_path: Path) -> None:
    work = Counting()
    Runner(tmp_path).run([Job("a", ("x",), work)], "t")
    held = tmp_path / "instances" / "a" / "result.json"
    held.write_text(held.read_text()[:10])
    assert Runner(tmp_path).run([Job("a", ("x",), work)], "t")[0].result == {"n": 2}


def test_one_broken_job_spoils_no_other_and_is_tried_again(tmp_path: Path) -> None:
    broken, good = Counting(fails=True), Counting()
    jobs = [Job("broken", ("x",), broken), Job("good", ("x",), good)]
    done = Runner(tmp_path, workers=2).run(jobs, "t")
    assert [d.error for d in done] == ["RuntimeError: broken", ""]
    broken.fails = False
    assert Runner(tmp_path).run(jobs, "t")[0].error == ""
    assert good.done == 1


def test_results_come_in_the_order_of_the_jobs(tmp_path: Path) -> None:
    jobs = [Job(str(n), (str(n),), Counting()) for n in range(8)]
    assert [d.name for d in Runner(tmp_path, workers=4).run(jobs, "t")] == [str(n) for n in range(8)]


def test_interrupting_starts_no_further_job(tmp_path: Path) -> None:
    class Interrupting:
        def step(self, what: str, done: int, total: int) -> None:
            if done:
                raise KeyboardInterrupt

    works = [Counting() for _ in range(50)]
    jobs = [Job(str(n), ("x",), work) for n, work in enumerate(works)]
    with pytest.raises(KeyboardInterrupt):
        Runner(tmp_path, progress=Interrupting()).run(jobs, "t")
    assert works[0].done == 1
