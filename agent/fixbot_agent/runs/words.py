"""What people are told for the words of the contract: one word for one thing, none of the house's own."""

from collections.abc import Mapping

# The others are words that people use.
_STATUS: Mapping[str, str] = {"plausible": "verified", "unchecked": "not checked"}
_VERDICTS: Mapping[str, str] = {
    "unapplied": "it cannot be applied",
    "uncompiled": "it does not compile",
    "unfixed": "what failed before still fails",
    "regressing": "a test that passed before fails",
}
_ORACLES: Mapping[str, str] = {
    "reproduction": "the error that the issue reports",
    "expected output": "what the issue's example gives",
}
_TRIED: Mapping[str, str] = {
    "unapplied": "cannot be applied",
    "uncompiled": "not compiling",
    "unfixed": "not fixing it",
    "regressing": "breaking a test",
    "disputed": "failing a disputed test",
}
_SIGNALS: Mapping[str, str] = {  # why a place is suspected
    "spectrum": "failing tests run it, passing ones less",
    "weighed tests": "the tests that tell most run it",
    "nearest passing tests": "the nearest passing tests do not run it",
    "text": "words of the issue",
    "message": "words of the error",
    "words": "words of the issue",
    "names": "the issue names it",
    "uses": "it uses what the issue names",
    "file": "the issue fits its file",
    "embed": "an embedding model",
    "rerank": "a reranker",
    "history": "fixed before",
    "shape": "its size and kind",
    "what the test asks": "values that the test asks for",
    "use by suspicious code": "suspicious code uses it",
    "use where it crashed": "used where it crashed",
}


def status(word: str) -> str:
    """How a run ended, for people."""
    return _STATUS.get(word, word)


def contract(word: str) -> str:
    """The contract's word for what :func:`status` tells; any other word as it is."""
    return next((ours for ours, told in _STATUS.items() if told == word), word)


def oracle(word: str) -> str:
    """What a patch is held against, for people."""
    return _ORACLES.get(word, word)


def verdict(found: str) -> str:
    """Why a patch was refused, in words."""
    return _VERDICTS.get(found, str(found))


def tried(verdict: str) -> str:
    """How a patch that was tried fared, in a word or two that a number can stand before."""
    return _TRIED.get(verdict, status(verdict))


def signal(why: str) -> str:
    """Why a place is suspected, in words."""
    return _SIGNALS.get(why, why)
