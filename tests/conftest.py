"""What every test shares: a home of its own, and a word about the system tools it needs."""

import itertools
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Speed is measured by the benches; a slow machine must not fail a property.
hypothesis.settings.register_profile("fixbot", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("fixbot")

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("FIXBOT_SHARED") or HERE.parent.parent / "shared")


def missing(tool: str) -> str:
    """Why `tool` cannot be used here; empty when it can. ``shared`` is the folder of measuring data."""
    if tool == "shared":
        return "" if SHARED.is_dir() else "the folder FIXBOT_SHARED points to is not there"
    return "" if shutil.which(tool) else f"{tool} is not installed: make test-system"


def pytest_configure(config: pytest.Config) -> None:
    """Where Python was told to write no bytecode, as container images do, each of the hundreds of processes that the tests start
    would compile all of fixbot: they keep it in the cache of pytest instead, beside nobody's sources.
    """
    if sys.dont_write_bytecode and hasattr(config, "cache"):
        kept = str(config.cache.mkdir("bytecode"))
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = kept
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        sys.dont_write_bytecode = False


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        why = missing(marker.args[0])
        if not why:
            continue
        allowed = os.environ.get("FIXBOT_TEST_WITHOUT", "").split(",")
        if os.environ.get("CI") == "true" and marker.args[0] not in (*allowed, "shared"):
            pytest.fail(f"{why} (in CI only what FIXBOT_TEST_WITHOUT names may be missing)", pytrace=False)
        pytest.skip(why)


def pytest_report_header() -> list[str]:
    without = os.environ.get("FIXBOT_TEST_WITHOUT")
    return [f"allowed to be missing: {without}"] if without else []


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders. pytest's own numbering looks at all that there are each time, which thousands of tests would feel."""
    top = tmp_path_factory.mktemp("homes")
    return (top / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _own_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the developer's own index, runs or settings."""
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("FIXBOT_HOME", str(home))
    for name in [n for n in os.environ if n.startswith("FIXBOT_") and n not in ("FIXBOT_HOME", "FIXBOT_SHARED")]:
        if name != "FIXBOT_TEST_WITHOUT":
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """A command that ended inside a test must not leave the next one deaf: children inherit what is ignored."""
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        if handler is not None and signal.getsignal(number) is not handler:
            signal.signal(number, handler)


@pytest.fixture
def shared() -> Path:
    """The folder of measuring data beside the checkout; use with ``@pytest.mark.needs("shared")``."""
    return SHARED


@pytest.fixture
def examples() -> Path:
    """The bundled projects."""
    return HERE.parent / "examples"
