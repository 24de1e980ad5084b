"""How much each signal counts. Learned, never set by hand: ``fixbot bench weights`` prints these tables.

A listwise logistic model (the chance that a candidate is what the fix changed is exp(score) over the sum of them),
regularised, no weight of a signal below nought, learned from 102 issues of 12 Python projects; figures by
leave-one-repository-out and what each signal adds stand in docs/benchmarks.md. Signals that were measured and add
nothing are not here: how often and how lately a file changed, how many import it, files that use or are used by the best ones,
sections of the documentation, names said in plain words, what the likeliest definitions call or are called by. The dense signal
("kindred words") adds nothing either: it is built and measured again whenever weights are learned, and costs nobody time until it counts.
One weight is given and not learned: of these issues eight name a function in full, too few to learn from (.6 is what they give), and
whoever writes a name out means it.
"""

GIVEN_WEIGHTS: dict[str, float] = {"whole name": 2.0}

FILE_WEIGHTS: dict[str, float] = {
    "words": 1.63, "words of its best": 1.52, "kindred words": 0.0, "title": 2.16, "title of its best": 1.62, "names": 0.8,
    "names as words": 0.16, "uses": 0.53, "attributes": 0.54, "imports": 0.62, "modules": 0.53,
    "imported modules": 0.0, "message": 0.48, "whole message": 0.34, "path": 0.98, "traceback": 0.72,
    "innermost frame": 0.75, "past fixes": 1.22, "outside packages": -0.09, "vendored": -0.31,
}  # fmt: skip

DEFINITION_WEIGHTS: dict[str, float] = {
    "words": 1.69, "title": 1.06, "words of its class": 0.2, "title of its class": 0.43, "near file": 1.54,
    "best file": 0.7, "words in file": 0.97, "names": 0.59, "called by named": 1.44, "uses": 0.46, "message": 0.1,
    "whole message": 0.05, "traceback": 0.68, "innermost frame": 0.49, "line": 0.0, "past fixes": 1.19,
    "class": -1.68, "private": -0.18, "special": -0.37, "length": 0.06, **GIVEN_WEIGHTS,
}  # fmt: skip
