"""A thread that a module starts while it is imported is named where the tests' first run took all the time."""

from pathlib import Path

import pytest

from fixbot_agent.solving.proving.waiting import threads_at_import, waiting

AT_IMPORT = "import threading\n\n\ndef poll():\n    pass\n\n\nthreading.Thread(target=poll).start()\n"


def found(text: str, path: str = "shop.py") -> tuple[str, ...]:
    return threads_at_import([path], lambda _: text.encode())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (AT_IMPORT, 8),
        ("from threading import Timer\nticks = Timer(1, print)\nif True:\n    ticks.start()\n", 4),
        ("import threading\nclass Poll:\n    worker = threading.Thread(target=print)\n    worker.start()\n", 4),
    ],
)
def test_what_an_import_starts_is_named(text: str, line: int) -> None:
    assert found(text) == (f"shop.py:{line}",)


@pytest.mark.parametrize(
    "text",
    [
        AT_IMPORT.replace("target=poll", "target=poll, daemon=True"),
        "import threading\ndef go():\n    threading.Thread(target=print).start()\n",
        "import threading\nif __name__ == '__main__':\n    threading.Thread(target=print).start()\n",
        "import threading\nserver.start()\nThread = 1\n",
        "import threading\nthreading.Thread(target=print).start(\n",
    ],
)
def test_what_holds_nobody_up_is_not(text: str) -> None:
    assert found(text) == ()
    assert found(AT_IMPORT, "tests/test_shop.py") == ()


def test_the_sentence_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(AT_IMPORT)
    assert "shop.py:8 starts a thread when it is imported" in waiting("python3", tmp_path, ["shop.py", "gone.py"])
    assert "thread" not in waiting("python3", tmp_path, ["gone.py"])
