"""How much each signal counts: two tables of weights, of definitions and of statements within one, and which signal each belongs to.

Learned by ``fixbot bench suspects --learn``; see there how.
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
    "ochiai": 1.48,
    "ochiai of three": 0.5,
    "dstar": 0.43,
    "op2": 0.48,
    "weighed": 0.98,
    "weighed highest": 0.46,
    "relative": 0.49,
    "highest": 0.44,
    "by all": 0.48,
    "common": -0.04,
    "frame": 1.19,
    "innermost": 0.8,
    "issue frame": 1.98,
    "text": 1.48,
    "past": 0.49,
    "test's name": 0.82,
    "test's class": 0.56,
    "test's file": 0.43,
    "message": 0.44,
    "called": 0.26,
    "near": 0.16,
    "size": 0.52,
    "share": -0.02,
    "no function": -0.49,
    "special": -0.06,
    "private": 0.03,
    "ran": 0.49,
}

STATEMENT_WEIGHTS: dict[str, float] = {
    "own ochiai": 1.49,
    "own weighed": 0.4,
    "own highest": 0.23,
    "own weighed highest": 0.2,
    "own by all": 0.27,
    "own ran": 0.39,
    "own frame": 0.83,
    "own innermost": 0.53,
    "own issue frame": 1.63,
    "own text": 1.09,
    "own message": 0.29,
    "own words": 0.43,
    "own last": 0.12,
    "own skipped": -0.08,
    "kind return": -0.07,
    "kind raise": -0.25,
    "kind change": 0.05,
    "kind jump": -0.05,
    "kind import": -1.09,
    "kind if": 0.36,
    "kind loop": -0.0,
    "kind with": -0.35,
    "kind definition": -0.85,
    "kind class": -1.09,
    "kind call": 0.21,
    "kind assignment": 0.11,
    "kind text": -1.59,
}
