"""When two pieces of Python do the same: syntax trees without what does nothing, and bags of words that must agree first."""

import ast
import re
import warnings
from collections import Counter
from textwrap import dedent

_WORD = re.compile(rb"\w+")
_SILENT = frozenset((b"None", b"return", b"not"))  # what may be written or not for the same meaning


_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.NotEq: ast.Eq, ast.IsNot: ast.Is, ast.NotIn: ast.In}


class _Plain(ast.NodeTransformer):
    """Takes out docstrings and annotations, and writes ``return`` for ``return None``."""

    def __init__(self, texts: bool) -> None:
        self._texts = texts

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """A statement that is only a string does nothing."""
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Pass() if is_text else self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """A parameter without its annotation."""
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function without the annotation of its result."""
        node.returns = None
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """A text may be any text where texts do not count."""
        return node if self._texts or not isinstance(node.value, str) else ast.Constant("")

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """``a if not c else b`` is ``b if c else a``."""
        test, body, orelse = node.test, node.body, node.orelse
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, body, orelse = test.operand, orelse, body
        elif isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE and len(test.ops) == 1:
            opposite = _OPPOSITE[type(test.ops[0])]()
            test, body, orelse = ast.Compare(test.left, [opposite], test.comparators), orelse, body
        return self.generic_visit(ast.IfExp(test, body, orelse))

    def visit_Return(self, node: ast.Return) -> ast.AST:
        """``return None`` is ``return``."""
        is_none = isinstance(node.value, ast.Constant) and node.value.value is None
        return ast.Return() if is_none else self.generic_visit(node)


def normal(source: bytes, texts: bool = True) -> str | None:
    """The syntax tree of `source` (whole lines at one indentation) as text; None where it is no Python of today.

    Without `texts`, all strings are alike.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(dedent(source.decode("utf-8", "replace")))
        return ast.dump(_Plain(texts).visit(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def words(source: bytes) -> Counter[bytes]:
    """How often each word stands in `source`, but for those that may be left out."""
    return Counter(word for word in _WORD.findall(source) if word not in _SILENT)
