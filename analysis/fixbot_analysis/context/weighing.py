"""How likely a definition is needed next: evidence, each piece with its weight, summed and squashed to 0..1."""

import math
from collections.abc import Mapping
from enum import StrEnum


class Evidence(StrEnum):
    """What speaks for a definition at a place, the most telling first; each is a number of about 0..1, as said beside it."""

    CALLEE = "callee"  # its arguments are being written
    RECEIVER = "receiver"  # of what stands before the dot at the cursor
    OWN = "own"  # the function around uses it above the cursor
    OVERRIDDEN = "overridden"  # what the method around overrides
    BASE = "base"  # a base class of the class around
    TYPE = "type"  # the class itself of something in scope
    LOCAL = "local"  # of the class of a local name or parameter
    ATTRIBUTE = "attribute"  # of the class of an attribute of self
    IMPORTED = "imported"  # the file imports it
    UNUSED = "unused"  # imported, and nothing above the cursor has used it
    INHERITED = "inherited"  # of a base class of the class around
    SUBJECT = "subject"  # of the module that a test file is named for
    MODULE = "module"  # of a module that the file imports
    SAME = "same"  # used by methods of the same name in classes with the same base
    COUSED = "coused"  # used elsewhere together with what this function uses
    SIBLING = "sibling"  # share of the definitions nearby that use it
    LIKE = "like"  # used by a definition nearby: likeness of that one's name to this one's
    NEAR = "near"  # how near its name was written: 1 on the line, less above
    NEAR_OWNER = "near_owner"  # the same for what it is a member of
    FILE = "file"  # how many definitions of the file mention its name, in logarithms
    FILE_OWNER = "file_owner"  # the same for what it is a member of
    WORDS = "words"  # share of its name's words that the text near the cursor says
    CROWD = "crowd"  # of how many equals it is one, in logarithms
    DEPTH = "depth"  # steps up the method resolution order
    DUNDER = "dunder"  # its name is special to Python
    PRIVATE = "private"  # its name begins with an underscore
    CLASS = "class"  # it is a class


BIAS = -3.5
WEIGHTS: Mapping[Evidence, float] = {
    Evidence.IMPORTED: 1.5,
    Evidence.UNUSED: 0.6,
    Evidence.MODULE: 0.0,
    Evidence.INHERITED: 0.3,
    Evidence.ATTRIBUTE: 0.0,
    Evidence.LOCAL: 0.4,
    Evidence.TYPE: 0.5,
    Evidence.BASE: 0.5,
    Evidence.OWN: 1.0,
    Evidence.SIBLING: 2.0,
    Evidence.LIKE: 1.5,
    Evidence.COUSED: 2.0,
    Evidence.SAME: 2.5,
    Evidence.OVERRIDDEN: 2.0,
    Evidence.SUBJECT: 1.0,
    Evidence.CALLEE: 6.0,
    Evidence.RECEIVER: 4.0,
    Evidence.NEAR: 1.5,
    Evidence.NEAR_OWNER: 1.0,
    Evidence.FILE: 0.5,
    Evidence.FILE_OWNER: 0.3,
    Evidence.WORDS: 2.0,
    Evidence.CROWD: -0.5,
    Evidence.DEPTH: -0.1,
    Evidence.DUNDER: -2.0,
    Evidence.PRIVATE: -0.5,
    Evidence.CLASS: 0.0,
}


def likelihood(evidence: Mapping[Evidence, float]) -> float:
    """How likely a definition with this evidence is needed, in 0..1."""
    total = BIAS
    for kind, value in evidence.items():
        total += WEIGHTS[kind] * value
    return 1 / (1 + math.exp(-total))
