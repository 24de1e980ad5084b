"""Our Semgrep rules against their own examples: each bad one is found once, no good one is, each fix gives what it says."""

import re
from dataclasses import dataclass, field

import pytest
from ruamel.yaml import YAML

from fixbot_repair import checks
from fixbot_repair.candidates import Patch
from fixbot_repair.checks.semgrep import RULES


@dataclass(frozen=True)
class Rule:
    id: str
    file: str
    bad: list[str]
    good: list[str]
    fixed: list[str] = field(default_factory=list)
    has_fix: bool = False
    category: str = ""
    seen: str = ""


# No real program was found in which these fire.
UNSEEN = {
    "default-factory-not-callable",
    "environ-value-not-text",
    "event-loop-inside-event-loop",
    "index-past-the-end",
    "login-check-outside-route",
    "pytz-zone-as-tzinfo",
}


def _load() -> list[Rule]:
    rules = []
    for file in sorted(RULES.glob("*.yml")):
        for rule in YAML(typ="safe").load(file)["rules"]:
            meta = rule["metadata"]
            examples = (meta["bad"], meta["good"], meta.get("fixed", []))
            rules.append(Rule(rule["id"], file.name, *examples, "fix" in rule, meta["category"], meta.get("seen", "")))
    return rules


RULE_LIST = _load()
BY_ID = pytest.mark.parametrize("rule", RULE_LIST, ids=lambda r: r.id)


def _name(rule, kind, number):
    return f"{rule.id}/{kind}{number}.py"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    root = tmp_path_factory.mktemp("examples")
    examples = {}
    for rule in RULE_LIST:
        for kind in ("bad", "good", "fixed"):
            for number, text in enumerate(getattr(rule, kind)):
                examples[_name(rule, kind, number)] = text.encode()
    feedback = checks.run(root, tuple(examples), only=["semgrep"], overlay=examples)
    assert feedback.problems == ()
    by_file = {}
    for finding in feedback.findings:
        by_file.setdefault(finding.path, []).append(finding)
    return by_file


def test_rules_are_named_once_and_without_dots():
    names = [r.id for r in RULE_LIST]
    assert len(names) == len(set(names)) >= 40
    assert not [n for n in names if "." in n]


def test_rules_say_where_a_real_program_broke_them():
    assert {r.id for r in RULE_LIST if not r.seen} == UNSEEN
    for rule in RULE_LIST:
        assert not rule.seen or re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{12} .+\.py:\d+", rule.seen), rule.id


@BY_ID
def test_examples_are_there_and_are_python(rule):
    assert rule.bad
    assert rule.good
    assert rule.category in ("security", "correctness")
    assert len(rule.fixed) == (len(rule.bad) if rule.has_fix else 0)
    for text in (*rule.bad, *rule.good, *rule.fixed):
        compile(text, rule.id, "exec")


@BY_ID
def test_bad_examples_are_found_once(rule, found):
    for number in range(len(rule.bad)):
        assert [f.rule for f in found.get(_name(rule, "bad", number), [])] == [rule.id]


@BY_ID
def test_good_examples_are_left_alone(rule, found):
    for kind in ("good", "fixed"):
        for number in range(len(getattr(rule, kind))):
            assert rule.id not in [f.rule for f in found.get(_name(rule, kind, number), [])]


@pytest.mark.parametrize("rule", [r for r in RULE_LIST if r.has_fix], ids=lambda r: r.id)
def test_fixes_give_what_the_rule_says(rule, found):
    for number, text in enumerate(rule.bad):
        path = _name(rule, "bad", number)
        (finding,) = found[path]
        assert Patch(finding.fix).apply({path: text.encode()}) == {path: rule.fixed[number].encode()}
