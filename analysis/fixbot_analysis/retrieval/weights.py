"""How much each signal counts. Learned, never set by hand: ``fixbot bench weights`` prints these tables.

A listwise logistic model (the chance that a candidate is what the fix changed is exp(score) over the sum of them),
regularised, no weight of a signal below nought, learned from 102 issues of 12 Python projects; figures by
leave-one-repository-out and what each signal adds stand in docs/benchmarks.md. Signals that were measured and add
nothing are not here: how often and how lately a file changed, how many import it, files that use or are used by the best ones.
"""

FILE_WEIGHTS: dict[str, float] = {
    "words": 1.54, "words of its best": 1.47, "title": 2.1, "title of its best": 1.59, "names": 0.8,
    "names as words": 0.16, "uses": 0.54, "attributes": 0.54, "imports": 0.63, "modules": 0.53,
    "imported modules": 0.0, "message": 0.47, "whole message": 0.34, "path": 0.98, "traceback": 0.72,
    "innermost frame": 0.75, "past fixes": 1.24, "outside packages": -0.07, "vendored": -0.24,
}  # fmt: skip

DEFINITION_WEIGHTS: dict[str, float] = {
    "words": 1.6, "title": 1.01, "words of its class": 0.16, "title of its class": 0.43, "near file": 1.36,
    "best file": 0.69, "words in file": 1.02, "names": 0.61, "called by named": 1.41, "uses": 0.48, "message": 0.11,
    "whole message": 0.07, "traceback": 0.69, "innermost frame": 0.49, "line": 0.0, "past fixes": 1.21,
    "class": -1.56, "private": -0.17, "special": -0.36, "length": 0.11,
}  # fmt: skip
