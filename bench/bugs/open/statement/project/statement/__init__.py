"""Bank statements: read several CSV dialects, categorise, budget, report."""
from .budget import Budget
from .dialects import DIALECTS, Dialect, detect
from .money import AmountError, format_amount, parse_amount
from .reader import StatementError, Transaction, merge, read_statement
from .report import monthly, render_month, to_csv
from .rules import Rule, RuleError, Rules, parse_rules
