"""Code of other functions, of this file and others: a statement or a guard that is missing here, a part of a condition."""

from fixbot_analysis.source import Span
from fixbot_repair.candidates.donors import Fitted
from fixbot_repair.candidates.kinds import text_of
from fixbot_repair.candidates.nodes import SIMPLE, STATEMENTS, in_loop
from fixbot_repair.candidates.precedence import Level, grouped
from fixbot_repair.candidates.templates.base import Proposals, Rewrite, Site, replace, template
from fixbot_repair.candidates.templates.conditions import condition_of
from fixbot_repair.candidates.templates.statements import alone_on_line

_PLACES = " ".join(sorted(STATEMENTS - {"function_definition", "class_definition", "decorated_definition"}))
_LEAVES = ("return_statement", "raise_statement", "break_statement", "continue_statement")
_MOST = 16  # donors tried at one place


@template(
    "donor.elsewhere",
    0.3,
    _PLACES,
    (
        "def f(out, x):\n    if x is None:\n        return\n    out.append(x)\ndef g(out, x):\n    out.insert(0, x)\n",
        "def f(out, x):\n    if x is None:\n        return\n    out.append(x)\ndef g(out, x):\n    if x is None:\n        return\n    out.insert(0, x)\n",
    ),
    (
        "def f(log, name):\n    log.open(name)\n    log.write(name)\ndef g(log, title):\n    log.write(title)\n",
        "def f(log, name):\n    log.open(name)\n    log.write(name)\ndef g(log, title):\n    log.open(title)\n    log.write(title)\n",
    ),
    most=12,
)
def statement(site: Site) -> Proposals:
    """A statement or a guard that another function has, in the names of this one."""
    if site.scope.node.type != "function_definition" or not alone_on_line(site):
        return
    start, end = site.node.start_byte, site.node.end_byte
    indent, eol, loop = site.code.indent_of(site.node), site.code.newline, in_loop(site.node)
    for donor, weight in _best(site, is_condition=False):
        if not loop and donor.text.rpartition("\n")[2].strip() in ("continue", "break"):
            continue
        text = donor.text.replace("\n", f"{eol}{indent}")
        if donor.text.startswith(("return", "raise")):
            if site.node.type in _LEAVES and site.node.type.startswith(donor.text[:5]):
                yield replace(site.node, text, weight)
            continue
        if _is_bound(site, donor, start):
            yield Rewrite(((Span(start, start), f"{text}{eol}{indent}"),), weight)
        if site.node.type in SIMPLE and site.node.type not in _LEAVES and _is_bound(site, donor, end):
            yield Rewrite(((Span(end, end), f"{eol}{indent}{text}"),), weight)


def _best(site: Site, *, is_condition: bool) -> list[tuple[Fitted, float]]:
    """The donors that fit best here: what they read stands near."""
    found = [(d, d.weight * _nearness(site, d)) for d in site.code.donors(site.scope) if d.is_condition is is_condition]
    return sorted(found, key=lambda each: -each[1])[:_MOST]


def _nearness(site: Site, donor: Fitted) -> float:
    own = [name for name in donor.reads if name in site.scope.names]
    return sum(site.near(name) for name in own) / len(own) if own else 0.5


def _is_bound(site: Site, donor: Fitted, offset: int) -> bool:
    bound = site.scope.names
    return all(bound[name].start <= offset <= bound[name].end for name in donor.reads if name in bound)


@template(
    "donor.condition",
    0.35,
    "if_statement elif_clause while_statement conditional_expression if_clause",
    (
        "def f(x, deep):\n    if x and not x.closed:\n        go(x)\ndef g(x, deep):\n    if deep:\n        stop(x)\n",
        "def f(x, deep):\n    if x and not x.closed:\n        go(x)\ndef g(x, deep):\n    if deep and not x.closed:\n        stop(x)\n",
    ),
    (
        "def f(rows):\n    return [r for r in rows if r.kind != 'old']\ndef g(rows):\n    return [r.n for r in rows if r.n]\n",
        "def f(rows):\n    return [r for r in rows if r.kind != 'old']\ndef g(rows):\n    return [r.n for r in rows if r.n and r.kind != 'old']\n",
    ),
    most=16,
)
def condition(site: Site) -> Proposals:
    """A part of a condition that another function asks for."""
    held = condition_of(site.node)
    if held is None or site.scope.node.type != "function_definition":
        return
    both, either = grouped(held, Level.AND), grouped(held, Level.OR)
    for donor, weight in _best(site, is_condition=True):
        if donor.text in text_of(held) or not _is_bound(site, donor, held.start_byte):
            continue
        part = f"({donor.text})" if " if " in donor.text or "lambda" in donor.text else donor.text
        yield replace(held, f"{both} and {part}", weight)
        yield replace(held, f"{either} or {part}", 0.9 * weight)
        yield replace(held, donor.text, 0.5 * weight)


TEMPLATES = (statement, condition)
