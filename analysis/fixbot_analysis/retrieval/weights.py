"""How much each signal counts. Learned, never set by hand: ``fixbot bench weights`` writes these tables.

A listwise logistic model (the chance that a candidate is what the fix changed is exp(score) over the sum of them),
regularised, no weight of a signal below nought, learned from the issues of 12 Python projects; figures by
leave-one-repository-out stand in docs/benchmarks.md. Signals that were measured and add nothing are not here.
"""

FILE_WEIGHTS: dict[str, float] = {
    "words": 1.6, "words of its best": 1.4, "title": 1.9, "title of its best": 1.5,
    "names": 0.5, "names as words": 0.3, "uses": 0.8, "attributes": 0.7, "imports": 0.8,
    "modules": 0.5, "imported modules": 0.2, "message": 0.4, "whole message": 0.5, "path": 1.1,
    "traceback": 0.7, "innermost frame": 0.9, "past fixes": 1.5, "outside packages": -1.0, "vendored": -1.0,
}  # fmt: skip

DEFINITION_WEIGHTS: dict[str, float] = {
    "words": 2.0, "title": 1.4, "words of its class": 0.5, "title of its class": 0.5, "near file": 0.7,
    "best file": 0.5, "words in file": 1.1, "names": 0.6, "uses": 0.7, "message": 0.2, "whole message": 0.4,
    "traceback": 0.5, "innermost frame": 0.8, "line": 0.4, "past fixes": 1.2,
    "class": -1.3, "private": 0.6, "special": 0.2, "length": 0.5,
}  # fmt: skip
