"""Which file a dotted name means where Python's library has a module of that name."""

import pytest

from fixbot_analysis.graph.modules import ModuleMap

PATHS = (
    "src/shop/__init__.py",
    "src/shop/logging.py",
    "testing/conftest.py",
    "testing/logging/test_reports.py",
    "tests/data/package/logging/__init__.py",
    "tests/data/package/user.py",
    "tests/test_shop.py",
    "scripts/queue.py",
    "scripts/serve.py",
    "json/__init__.py",
)


@pytest.mark.parametrize(
    ("name", "near", "place"),
    [
        ("logging", "src/shop/__init__.py", None),
        ("logging", "tests/test_shop.py", None),
        ("logging", "testing/conftest.py", None),  # a folder without __init__.py comes after the library
        ("logging.handlers", "testing/logging/test_reports.py", None),
        ("logging", "tests/data/package/user.py", "tests/data/package/logging/__init__.py"),
        ("queue", "scripts/serve.py", "scripts/queue.py"),
        ("queue", "src/shop/logging.py", None),
        ("json", "scripts/serve.py", "json/__init__.py"),
        ("shop.logging", "tests/test_shop.py", "src/shop/logging.py"),
    ],
)
def test_a_module_of_the_library_is_hidden_only_where_python_would(name: str, near: str, place: str | None) -> None:
    assert ModuleMap(PATHS).location(name, near) == place
