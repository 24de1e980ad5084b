"""How often candidates of each template were what developers did: priors learned from fixes of the past.

Made by ``fixbot bench reach --learn`` (the model is told there) on the places of small fixes of celery, Django REST framework, pytest,
marshmallow, sqlparse and boltons that one candidate makes: 78 of them, so most templates stay near the prior that was set by hand, scaled.
Judged on the repository left out each time, the geometric mean of the right one's rank fell from 192 to 141.

A second round (40 places of twelve repositories, the place among its like as a feature) brought that mean from 159 to 112 on five repositories
that taught nothing, but put the right one later on QuixBugs (75 to 90) and on the open written bugs (54 to 68): it is not shipped. Of it
stays the feature alone, at a weight that costs none of the three sets anything.
"""

from collections.abc import Mapping

from fixbot_repair.candidates.templates.base import Template

POWER = 2.4  # to which a rewrite's own weight counts
LATER = 0.3  # power of one more than how many of its template for the same node weigh more
_BY_HAND = 0.2  # what a prior set by hand is worth in the scale of those learned: their geometric mean against its own
PRIORS: Mapping[str, float] = {
    "absence.attribute": 0.067,
    "absence.default": 0.081,
    "absence.falsy": 0.1,
    "absence.guarded": 0.073,
    "absence.truth": 0.13,
    "argument.add": 0.044,
    "argument.drop": 0.11,
    "argument.keyword": 0.063,
    "argument.named": 0.2,
    "argument.place": 0.07,
    "argument.swap": 0.089,
    "await.missing": 0.11,
    "bounds.constant": 0.11,
    "bounds.part": 0.036,
    "bounds.range": 0.12,
    "bounds.shift": 0.16,
    "bounds.slice": 0.1,
    "bounds.slice_side": 0.11,
    "bounds.threshold": 0.081,
    "call.missing": 0.27,
    "check.among": 0.084,
    "check.kind": 0.029,
    "check.reach": 0.12,
    "check.types": 0.1,
    "condition.add": 0.083,
    "condition.branch": 0.13,
    "condition.drop": 0.18,
    "condition.replace": 0.073,
    "donor.expression": 0.02,
    "donor.statement": 0.016,
    "exception.guard": 0.048,
    "exception.raise": 0.062,
    "exception.type": 0.19,
    "guard.loop": 0.047,
    "guard.only_if": 0.018,
    "guard.refuse": 0.032,
    "guard.return": 0.042,
    "guard.statement": 0.042,
    "guard.way_out": 0.03,
    "import.missing": 0.14,
    "name.attribute": 0.12,
    "name.call": 0.073,
    "name.target": 0.057,
    "name.variable": 0.076,
    "operand.add": 0.017,
    "operand.drop": 0.073,
    "operand.element": 0.13,
    "operand.elements": 0.17,
    "operand.swap": 0.093,
    "operator.accumulate": 0.069,
    "operator.arithmetic": 0.13,
    "operator.augmented": 0.12,
    "operator.boolean": 0.13,
    "operator.comparison": 1,
    "operator.negate": 0.096,
    "parameter.default": 0.074,
    "parameter.more": 0.061,
    "self.extra": 0.062,
    "self.missing": 0.2,
    "shape.cause": 0.071,
    "shape.comma": 0.089,
    "shape.keyword": 0.15,
    "shape.loop": 0.13,
    "shape.rebind": 0.034,
    "shape.super": 0.074,
    "shape.text": 0.28,
    "shape.way_out": 0.11,
    "statement.assign": 0.031,
    "statement.collect": 0.041,
    "statement.collecting": 0.023,
    "statement.dedent": 0.069,
    "statement.delete": 0.088,
    "statement.indent": 0.059,
    "statement.shape": 0.088,
    "statement.swap": 0.052,
    "value.constant": 0.083,
    "value.default": 0.12,
    "value.final_return": 0.067,
    "value.missing_return": 0.097,
    "value.mutable_default": 0.12,
    "value.return": 0.078,
    "value.yield": 0.063,
    "wrap.call": 0.045,
    "wrap.extreme": 0.064,
    "wrap.hoist": 0.09,
    "wrap.known": 0.098,
    "wrap.safe": 0.071,
}


def prior(template: Template) -> float:
    """The prior of `template`: learned where it is one of ours, else its own, brought to the same scale."""
    return PRIORS.get(template.name, _BY_HAND * template.prior)
