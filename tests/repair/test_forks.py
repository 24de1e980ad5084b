"""Which warm processes one workspace has: no two that take turns in ousting each other."""

from typing import cast

import pytest

from fixbot_repair.checks.tests import TestRunner
from fixbot_repair.verification.forks import Forks, ForkServer
from fixbot_repair.workspace import Workspace


class Server:
    """Stands in for a warm process: what it leaves open to change, and whether it was ended."""

    def __init__(self, suspects: frozenset[str]) -> None:
        self.suspects = suspects
        self.ended = False

    def close(self) -> None:
        self.ended = True


class Counted(Forks):
    """Starts stand-ins; `wider` is what each leaves open besides, where one file of it is asked for."""

    def __init__(self, wider: frozenset[str] = frozenset()) -> None:
        super().__init__(cast("Workspace", None), cast("TestRunner", None))
        self.wider = wider
        self.made: list[Server] = []

    def _made(self, suspects, tests, *, warm=True, keep=False):
        wanted = frozenset(suspects)
        self.made.append(Server(wanted | self.wider if wanted & self.wider else wanted))
        return cast("ForkServer", self.made[-1])


def asked(forks: Forks, *paths: str) -> frozenset[str]:
    server = forks.server(paths, lambda: ())
    assert server
    return server.suspects


def test_files_that_oust_each_other_share_a_process():
    forks = Counted()
    for turn in range(5):
        for path in ("a.py", "b.py", "c.py", "d.py"):
            assert path in asked(forks, path), turn
    assert len(forks.made) < 10
    assert sum(not server.ended for server in forks.made) <= 2


def test_two_files_keep_a_process_each():
    forks = Counted()
    for _ in range(3):
        assert asked(forks, "a.py") == {"a.py"}
        assert asked(forks, "b.py") == {"b.py"}
    assert len(forks.made) == 2


def test_a_process_that_leaves_more_open_takes_the_place_of_those_that_leave_less():
    forks = Counted(frozenset({"a.py", "b.py"}))
    forks.wider, wider = frozenset(), forks.wider
    asked(forks, "a.py")
    forks.wider = wider
    assert asked(forks, "b.py") == {"a.py", "b.py"}
    assert asked(forks, "a.py") == {"a.py", "b.py"}
    assert [server.ended for server in forks.made] == [True, False]


@pytest.mark.parametrize("files", [2, 7])
def test_one_candidate_may_change_several_files(files):
    forks = Counted()
    paths = [f"{number}.py" for number in range(files)]
    assert asked(forks, *paths) == set(paths)
    assert asked(forks, paths[0]) == set(paths)
    assert len(forks.made) == 1
