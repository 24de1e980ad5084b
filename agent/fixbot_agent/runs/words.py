"""What people are told for the words of the contract: one word for one thing, none of the house's own."""

from collections.abc import Mapping

_STATUS: Mapping[str, str] = {"plausible": "verified"}  # the others are words that people use
_VERDICTS: Mapping[str, str] = {
    "unapplied": "it cannot be applied",
    "uncompiled": "it does not compile",
    "unfixed": "what failed before still fails",
    "regressing": "a test that passed before fails",
}


def status(word: str) -> str:
    """How a run ended, for people."""
    return _STATUS.get(word, word)


def contract(word: str) -> str:
    """The contract's word for what :func:`status` tells; any other word as it is."""
    return next((ours for ours, told in _STATUS.items() if told == word), word)


def verdict(found: str) -> str:
    """Why a patch was refused, in words."""
    return _VERDICTS.get(found, str(found))
