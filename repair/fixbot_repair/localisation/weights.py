"""How much each signal counts: two tables of weights, of definitions and of statements within one, and which signal each belongs to.

Learned by ``fixbot bench suspects --learn`` from 107 faults of 13 projects (26 written ones, 49 single changes, 32 undone fixes):
a convex listwise loss, with a penalty on what differs from weights that were believed before any case was seen. None of the
cases has an issue or a history: what stands for those is the belief, scaled as the rest.
"""

# What the user is told, and what is taken away together when it is asked what a signal adds.
SIGNALS: dict[str, tuple[str, ...]] = {
    "spectrum": (
        "ochiai", "relative", "highest", "ochiai of three", "dstar", "op2", "by all", "own ochiai", "own highest", "own by all",
    ),
    "weighed tests": ("weighed", "weighed highest", "own weighed", "own weighed highest"),
    "traceback": ("frame", "innermost", "own frame", "own innermost"),
    "issue traceback": ("issue frame", "own issue frame"),
    "text": ("text", "own text"),
    "test's name": ("test's name", "test's class", "test's file"),
    "calls from the test": ("called", "near"),
    "message": ("message", "own message"),
    "history": ("past",),
    "kind of statement": (
        "kind return", "kind raise", "kind change", "kind jump", "kind import", "kind if", "kind loop", "kind with",
        "kind definition", "kind class", "kind call", "kind assignment", "kind text",
    ),
    "shape": (
        "common", "size", "share", "no function", "special", "private", "ran", "own ran", "own words", "own last",
        "own skipped",
    ),
}  # fmt: skip

DEFINITION_WEIGHTS: dict[str, float] = {
    "ochiai": 1.51,
    "ochiai of three": 0.52,
    "dstar": 0.43,
    "op2": 0.49,
    "weighed": 1.0,
    "weighed highest": 0.46,
    "relative": 0.5,
    "highest": 0.39,
    "by all": 0.5,
    "common": -0.07,
    "frame": 1.23,
    "innermost": 0.83,
    "issue frame": 2.02,
    "text": 1.52,
    "past": 0.51,
    "test's name": 0.86,
    "test's class": 0.58,
    "test's file": 0.44,
    "message": 0.47,
    "called": 0.26,
    "near": 0.17,
    "size": 0.5,
    "share": -0.01,
    "no function": -0.52,
    "special": -0.05,
    "private": 0.08,
    "ran": 0.51,
}

STATEMENT_WEIGHTS: dict[str, float] = {
    "own ochiai": 1.55,
    "own weighed": 0.41,
    "own highest": 0.24,
    "own weighed highest": 0.21,
    "own by all": 0.27,
    "own ran": 0.41,
    "own frame": 0.86,
    "own innermost": 0.55,
    "own issue frame": 1.7,
    "own text": 1.13,
    "own message": 0.31,
    "own words": 0.45,
    "own last": 0.12,
    "own skipped": -0.06,
    "kind return": -0.07,
    "kind raise": -0.27,
    "kind change": 0.04,
    "kind jump": -0.05,
    "kind import": -1.14,
    "kind if": 0.42,
    "kind loop": -0.01,
    "kind with": -0.37,
    "kind definition": -0.88,
    "kind class": -1.13,
    "kind call": 0.19,
    "kind assignment": 0.11,
    "kind text": -1.66,
}
