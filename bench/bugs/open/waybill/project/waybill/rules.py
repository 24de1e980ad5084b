"""The machine of parcels."""

from .machine import Machine

ATTEMPTS = 3

machine = Machine("announced")
machine.move("accept", "announced", "accepted")
machine.move("load", "accepted, stored", "in transit")
machine.move("store", "in transit", "stored")
machine.move("hand over", "in transit, stored, at shop", "delivered")
machine.move("miss", "in transit", "in transit")
machine.move("leave at shop", "in transit", "at shop")
machine.move("return", "in transit, stored, at shop", "returning")
machine.move("give back", "returning", "returned")
machine.move("cancel", "announced, accepted", "cancelled")
machine.move("lose", "*", "lost")


@machine.guard("accept")
def _light_enough(parcel, **_details):
    if parcel.grams <= 0:
        return "it weighs nothing"
    return "it is too heavy" if parcel.grams > 31500 else None


@machine.guard("miss")
def _tries_left(parcel, **_details):
    return None if parcel.attempts < ATTEMPTS else "%d attempts were made" % parcel.attempts


@machine.guard("lose")
def _still_on_its_way(parcel, **_details):
    ended = parcel.state in ("delivered", "returned", "cancelled", "lost")
    return "it has come to its end" if ended else None


@machine.guard("hand over")
def _to_the_right_one(parcel, signed=None, **_details):
    if "signature" in parcel.tags and not signed:
        return "a signature is wanted"
    return None
