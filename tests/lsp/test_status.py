"""The status notice: told on changes, to those who asked for it, in the agreed shape."""

import pytest
from lsprotocol import types

from fixbot_lsp.engine.wire import Failed, Learnt, Ready, Step
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
