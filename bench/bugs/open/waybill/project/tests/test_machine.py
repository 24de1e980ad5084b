import pytest

from waybill.machine import Machine, NotAllowed
from waybill.rules import machine as parcels


class Door:
    state = "shut"
    locked = False


def door_machine():
    return Machine("shut").move("open", "shut", "open").move("close", "open", "shut").move("break", "*", "broken")


def test_moves():
    machine, door = door_machine(), Door()
    assert machine.fire(door, "open") == door.state == "open"
    with pytest.raises(NotAllowed):
        machine.fire(door, "open")
    assert machine.moves_from("open") == ["break", "close"]
    assert machine.states() == ["broken", "open", "shut"]


def test_guards_and_hooks():
    machine, door, seen = door_machine(), Door(), []

    @machine.guard("open")
    def unlocked(subject, key=None):
        return None if key else "it is locked"

    @machine.on_enter("open", "broken")
    def note(subject, move, before):
        seen.append((move, before, subject.state))

    assert machine.check(door, "open") == "it is locked"
    machine.fire(door, "open", key=1)
    machine.fire(door, "close")
    assert seen == [("open", "shut", "open")]


def test_a_hook_that_fails():
    machine, door = door_machine(), Door()

    @machine.on_enter()
    def fail(subject, move, before):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        machine.fire(door, "open")
    assert door.state == "shut"


def test_ways():
    assert parcels.way("announced", "delivered") == ["accept", "load", "hand over"]
    assert parcels.way("delivered", "announced") is None
    assert door_machine().dead_ends() == ["broken"]
