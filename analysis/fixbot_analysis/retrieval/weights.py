"""How much each signal counts. Learned, never set by hand: ``fixbot bench weights`` prints these tables.

A listwise logistic model (the chance that a candidate is what the fix changed is exp(score) over the sum of them),
regularised, no weight of a signal below nought, learned from 103 issues of 12 Python projects; figures by
leave-one-repository-out and what each signal adds stand in docs/benchmarks.md. Signals that were measured and add
nothing are not here: how often and how lately a file changed, how many import it, files that use or are used by the best ones.
"""

FILE_WEIGHTS: dict[str, float] = {
    "words": 1.49, "words of its best": 1.36, "title": 2.01, "title of its best": 1.49,
    "names": 0.72, "names as words": 0.35, "uses": 0.53, "attributes": 0.39, "imports": 0.7,
    "modules": 0.53, "imported modules": 0.0, "message": 0.44, "whole message": 0.4, "path": 1.02,
    "traceback": 0.61, "innermost frame": 0.77, "past fixes": 1.46, "outside packages": -0.09, "vendored": -0.29,
}  # fmt: skip

DEFINITION_WEIGHTS: dict[str, float] = {
    "words": 1.72, "title": 1.21, "words of its class": 0.08, "title of its class": 0.25, "near file": 0.95,
    "best file": 0.5, "words in file": 1.36, "names": 0.62, "called by named": 1.47, "uses": 0.67, "message": 0.12,
    "whole message": 0.31, "traceback": 0.41, "innermost frame": 0.71, "line": 0.37, "past fixes": 1.05,
    "class": -1.32, "private": 0.58, "special": 0.11, "length": 0.76,
}  # fmt: skip
