"""Python, as far as it is a language like others; what is taken from it is said in :mod:`fixbot_analysis.symbols`."""

import keyword

from fixbot_analysis.languages.language import Language

PYTHON = Language(
    name="python",
    suffixes=(".py",),
    grammar="tree_sitter_python",
    keywords=frozenset(k.lower() for k in keyword.kwlist) | {"self", "cls"},
    test_files=("test_*.py", "*_test.py", "tests.py", "tests/*.py", "*/tests/*.py"),
    not_tests=("__init__.py", "conftest.py"),
    test_names=r"test\w*|Test\w*",
    receivers=("self", "cls"),
)
