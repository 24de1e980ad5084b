"""The status notice: told on changes, to those who asked for it, in the agreed shape."""

import pytest
from lsprotocol import types

from fixbot_lsp.engine.link import Stopped
from fixbot_lsp.engine.wire import Failed, Learnt, Models, Ready, Sent, Step
from fixbot_lsp.status import Statuses, wants_status


def test_each_change_is_told_once_and_two_folders_are_both_waited_for() -> None:
    told: list[object] = []
    statuses = Statuses(lambda message: told.append(message["state"]))
    statuses.heard(Step("/a", "index", 0, 3))
    assert told == []
    statuses.is_wanted = True
    for message in (
        Step("/a", "index", 1, 3),
        Ready("/a", 3, 0.1),
        Step("/b", "index", 0, 1),
        Learnt("/a", 3, 0.1),
        Ready("/b", 1, 0.1),
        Learnt("/b", 1, 0.1),
        Ready("", 0, 0.0),
    ):
        statuses.heard(message)
    assert told == ["learning", "indexing", "learning", "ready"]


def test_what_is_told_has_the_agreed_shape() -> None:
    statuses = Statuses(lambda _: None)
    statuses.heard(Failed(0, "no index"))
    statuses.set(trusted=False)
    assert statuses.now.message() == {
        "state": "ready",
        "engine": "built-in",
        "model": None,
        "detail": "no index",
        "trusted": False,
        "sent": {"requests": 0, "tokens": 0, "last": None},
    }


@pytest.mark.parametrize(
    ("said", "wanted"), [({"fixbotStatus": True}, True), ({"fixbotStatus": 1}, False), ({}, False), (None, False)]
)
def test_who_wants_to_be_told(said: object, wanted: bool) -> None:
    assert wants_status(types.ClientCapabilities(experimental=said)) is wanted


def test_where_no_model_may_be_asked_none_is_named() -> None:
    statuses = Statuses(lambda _: None)
    statuses.heard(Models("/a", ("fast",), trusted=False))
    for trusted, engine in ((None, "built-in"), (False, "built-in"), (True, "model")):
        statuses.set(trusted=trusted)
        assert statuses.now.message()["engine"] == engine
    statuses.set(trusted=None)
    assert "fixbot trust" in str(statuses.now.message()["detail"])


def test_an_engine_that_is_left_alone_is_called_stopped_until_the_next_one_runs() -> None:
    statuses = Statuses(lambda _: None)
    statuses.heard(Stopped("it ended again and again"))
    assert (statuses.now.state, statuses.now.detail) == ("stopped", "it ended again and again")
    statuses.heard(Ready("/a", 3, 0.1))
    assert (statuses.now.state, statuses.now.detail) == ("learning", "")


def test_where_the_built_in_engine_answers_for_a_model_it_is_said_why() -> None:
    statuses = Statuses(lambda _: None)
    statuses.heard(Models("/a", ("fast",), trusted=True))
    statuses.heard(Sent("fast", 1, 10, "", ""))
    assert (statuses.now.engine, statuses.now.detail) == ("model", "")
    statuses.heard(Sent("", 2, 20, "", "built-in engines from here: 'fast' cannot be reached"))
    shown = statuses.now.message()
    assert (shown["engine"], shown["detail"]) == ("built-in", "built-in engines from here: 'fast' cannot be reached")
    statuses.heard(Sent("fast", 3, 30, "", ""))
    assert (statuses.now.engine, statuses.now.detail) == ("model", "")
    statuses.heard(Failed(0, "no index"))
    statuses.heard(Sent("fast", 4, 40, "", ""))
    assert statuses.now.detail == "no index", "what else is wrong stays"
