"""A patch of the search that few like it were right of: models are asked all the same, and it is not lost."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from fixbot_agent.solving.reporting.concluding import Tried
from fixbot_agent.solving.scene import Scene
from fixbot_agent.solving.strategies.doubting import put_back, set_aside
from fixbot_repair.candidates import Candidate, Patch
from fixbot_repair.choosing import Choice, Confidence
from fixbot_repair.choosing.comparing import Conduct
from fixbot_repair.issue import Issue
from fixbot_repair.localisation import Localisation
from fixbot_repair.verification import Trial, Verdict


def found(value: float | None) -> tuple[Scene, list[str]]:
    """A scene on which a search has found a patch, and what is said there."""
    said: list[str] = []
    job = SimpleNamespace(say=said.append, run=SimpleNamespace(redact=str))
    trial = Trial(Candidate(Patch(()), "template:operator"), Verdict.PLAUSIBLE)
    confidence = Confidence(value, {}) if value is not None else None
    tried = Tried(Localisation(), trial, (Choice(trial, 0.0, Conduct(), {}),), confidence=confidence)
    none, case = cast("Any", None), cast("Any", SimpleNamespace(failing=(), labels={}, issue=None))
    return Scene(cast("Any", job), none, case, none, tried, none, none, []), said


def test_a_doubted_patch_is_set_aside_and_put_back_when_nothing_better_comes() -> None:
    scene, said = found(0.28)
    best, choices = scene.tried.best, scene.tried.choices
    assert best is not None
    aside = set_aside(scene)
    assert aside is not None
    assert scene.tried.best is None
    assert scene.doubted == best.candidate, "the model is told of it"
    assert said == ["    of patches like it about 3 in 10 are right, so it is doubted"]
    put_back(scene, aside)
    assert (scene.tried.best, scene.tried.choices) == (best, choices)
    assert scene.tried.confidence == Confidence(0.28, {})


@pytest.mark.parametrize("value", [0.4, 0.9, None])
def test_one_that_is_believed_stays(value: float | None) -> None:
    scene, _ = found(value)
    assert set_aside(scene) is None
    assert scene.tried.best is not None


def test_the_same_patch_found_by_a_model_stands_alone() -> None:
    scene, _ = found(0.1)
    aside = set_aside(scene)
    assert aside is not None
    scene.tried.best = by_model = Trial(Candidate(Patch(()), "model:hand"), Verdict.PLAUSIBLE)
    put_back(scene, aside)
    assert scene.tried.best is by_model
    assert scene.tried.choices == ()


GIVES = "def put(kept, key):\n    kept.remove(key)\n    return kept\n"


@pytest.mark.parametrize(
    ("after", "test", "doubted"),
    [
        ("    try:\n        kept.remove(key)\n    except KeyError:\n        pass\n", "test_example_1", True),
        (
            "    try:\n        kept.remove(key)\n    except (ValueError, LookupError):\n        return None\n",
            "test_example_1",
            True,
        ),
        ("    with suppress(KeyError):\n        kept.remove(key)\n", "test_example_1", True),
        ("    try:\n        kept.remove(key)\n    except KeyError:\n        kept.add(key)\n", "test_example_1", False),
        ("    try:\n        kept.remove(key)\n    except OSError:\n        pass\n", "test_example_1", False),
        ("    kept.discard(key)\n", "test_example_1", False),
        ("    try:\n        kept.remove(key)\n    except KeyError:\n        pass\n", "test_expected_1", False),
    ],
)
def test_a_patch_that_only_catches_the_reported_error_is_doubted(after: str, test: str, doubted: bool) -> None:
    scene, said = found(0.9)
    changed = GIVES.replace("    kept.remove(key)\n", after).encode()
    one = f"t.py::TestIssue::{test}"
    scene.case = cast(
        "Any", SimpleNamespace(failing=(one,), labels={one: "issue"}, issue=Issue("x", error="KeyError: 3"))
    )
    scene.verifier = cast("Any", SimpleNamespace(contents=lambda _: {"a.py": changed}))
    scene.ground = cast("Any", SimpleNamespace(workspace=SimpleNamespace(original=lambda _: GIVES.encode())))
    assert (set_aside(scene) is not None) == doubted
    assert any("only catches the error" in line for line in said) == doubted
