"""Rules that put transactions into categories."""
import re

from .money import AmountError, parse_amount

UNKNOWN = "other"
_LINE = re.compile(r"(?P<category>[^:]+):\s*(?P<rest>.*)$")
_CONDITION = re.compile(r"\s*\b(amount|account)\s*(<=|>=|<|>|=)\s*(\S+)\s*$")


class RuleError(ValueError):
    """A line of a rule file cannot be understood."""


class Rule:
    """A category, and what a transaction must be like to get it.

    The pattern is plain text, or a regular expression between slashes; case does not matter.
    Plain text matches whole words only.
    """

    def __init__(self, category, pattern="", conditions=()):
        self.category = category
        self.pattern = pattern
        self.conditions = list(conditions)
        if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
            try:
                self._regex = re.compile(pattern[1:-1], re.IGNORECASE)
            except re.error as problem:
                raise RuleError("bad pattern {}: {}".format(pattern, problem)) from problem
        else:
            words = r"\s+".join(re.escape(word) for word in pattern.split())
            self._regex = re.compile(r"(?<!\w)" + words + r"(?!\w)" if words else "", re.IGNORECASE)

    def matches(self, transaction):
        if not self._regex.search(transaction.text):
            return False
        return all(self._holds(condition, transaction) for condition in self.conditions)

    @staticmethod
    def _holds(condition, transaction):
        field, comparison, value = condition
        if field == "account":
            return transaction.account.casefold() == value.casefold()
        amount = abs(transaction.amount)
        return {
            "<": amount < value,
            "<=": amount <= value,
            ">": amount > value,
            ">=": amount >= value,
            "=": amount == value,
        }[comparison]


class Rules:
    """An ordered list of rules: the first that matches decides; corrections by hand go before all."""

    def __init__(self, rules=(), unknown=UNKNOWN):
        self.rules = list(rules)
        self.unknown = unknown
        self.fixed = {}

    def fix(self, transaction, category):
        """Say by hand what a transaction is."""
        self.fixed[transaction.key()] = category

    def category(self, transaction):
        if transaction.key() in self.fixed:
            return self.fixed[transaction.key()]
        for rule in self.rules:
            if rule.matches(transaction):
                return rule.category
        return self.unknown

    def assign(self, transactions):
        """Pairs of a transaction and its category."""
        return [(transaction, self.category(transaction)) for transaction in transactions]

    def unused(self, transactions):
        """Rules that decide about none of the transactions."""
        transactions = list(transactions)
        used = []
        for transaction in transactions:
            for rule in self.rules:
                if rule.matches(transaction):
                    used.append(rule)
                    break
        return [rule for rule in self.rules if rule not in used]


def parse_rules(text, unknown=UNKNOWN):
    """Rules from lines such as 'rent: landlord amount>500'; # starts a comment at the start or after a space."""
    rules = []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if not line:
            continue
        match = _LINE.match(line)
        if match is None:
            raise RuleError("line {}: expected 'category: pattern'".format(number))
        rest = match.group("rest").strip()
        conditions = []
        found = _CONDITION.search(rest)
        while found:
            field, comparison, value = found.groups()
            try:
                conditions.append((field, comparison, parse_amount(value) if field == "amount" else value))
            except AmountError as problem:
                raise RuleError("line {}: {}".format(number, problem)) from problem
            if field == "account" and comparison != "=":
                raise RuleError("line {}: an account can only be equal".format(number))
            rest = rest[: found.start()]
            found = _CONDITION.search(rest)
        try:
            rules.append(Rule(match.group("category").strip(), rest.strip(), conditions))
        except RuleError as problem:
            raise RuleError("line {}: {}".format(number, problem)) from problem
    return Rules(rules, unknown)
