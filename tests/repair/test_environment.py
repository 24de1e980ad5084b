"""The right interpreter is found, and none that the project brings is run to find it."""

import os
import sys
import venv
from pathlib import Path

import pytest

from fixbot_repair.environment import Environment, needs_pytest
from fixbot_repair.errors import EnvironmentFailure


@pytest.fixture(autouse=True)
def _no_environment_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def fake_venv(folder: Path, base: Path = Path(sys.executable)) -> Path:
    """An environment without pip: quick to make."""
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    return folder


def test_the_environment_in_the_project_is_found_and_shown_to_the_sandbox(project: Path) -> None:
    home = fake_venv(project / ".venv")
    found = Environment.find(project)
    assert found.python == home / "bin" / "python"
    assert found.version == sys.version_info[:3]
    assert found.source == ".venv in the project"
    assert home in found.readable
    assert found.pytest == ""
    assert not any(project == place for place in found.readable)


def test_an_active_environment_comes_first_and_a_given_one_before_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_venv(project / ".venv")
    active, given = fake_venv(tmp_path / "active"), fake_venv(tmp_path / "given")
    monkeypatch.setenv("VIRTUAL_ENV", str(active))
    assert Environment.find(project).source == "VIRTUAL_ENV"
    assert Environment.find(project).python == active / "bin" / "python"
    assert Environment.find(project, given).python == given / "bin" / "python"
    assert Environment.find(project, given / "bin" / "python").source == "--python"


def test_a_program_that_the_project_brings_as_its_python_is_not_run(project: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    home = fake_venv(project / ".venv")
    for name in ("python", "python3", Path(sys.executable).name):
        (home / "bin" / name).unlink(missing_ok=True)
        (home / "bin" / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (home / "bin" / name).chmod(0o755)
    (home / "pyvenv.cfg").write_text(f"home = {home / 'bin'}\n")
    (home / "lib" / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n")
    assert Environment.find(project).source != ".venv in the project"
    assert not marker.exists()


def test_a_startup_file_of_the_environment_is_not_run(project: Path, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    home = fake_venv(project / ".venv")
    site = next(home.glob("lib/python*/site-packages"))
    (site / "evil.pth").write_text(f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n")
    (site / "sitecustomize.py").write_text(f"import pathlib; pathlib.Path({str(marker)!r}).touch()\n")
    assert Environment.find(project).source == ".venv in the project"
    assert not marker.exists()
    os.system(f"{home}/bin/python -c pass")
    assert marker.exists(), "the trap is not one"


def test_editable_installs_are_seen(project: Path, tmp_path: Path) -> None:
    site = next(fake_venv(project / ".venv").glob("lib/python*/site-packages"))
    (tmp_path / "beside").mkdir()
    (project / "src").mkdir()
    (site / "a.pth").write_text(f"{project / 'src'}\n{tmp_path / 'beside'}\nimport os\n# no\n/absent\n")
    (site / "pytest-8.1.0.dist-info").mkdir()
    found = Environment.find(project)
    assert set(found.editable) == {project / "src", tmp_path / "beside"}
    assert tmp_path / "beside" in found.readable
    assert project / "src" not in found.readable  # the clone stands in for it
    assert found.pytest == "8.1.0"


def test_poetry_and_pyenv_are_asked_by_their_files(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import base64
    import hashlib

    digest = base64.urlsafe_b64encode(hashlib.sha256(str(project).encode()).digest()).decode()[:8]
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "poetry"))
    (tmp_path / "poetry" / "virtualenvs").mkdir(parents=True)
    home = fake_venv(tmp_path / "poetry" / "virtualenvs" / f"project-{digest}-py3.11")
    (project / "poetry.lock").write_text("")
    assert Environment.find(project).python == home / "bin" / "python"
    (project / "poetry.lock").unlink()
    version = tmp_path / "pyenv" / "versions" / "3.9.1" / "bin"
    version.mkdir(parents=True)
    (version / "python").symlink_to(sys.executable)
    (project / ".python-version").write_text("3.9.1\n")
    assert Environment.find(project).source == ".python-version"
    (project / ".python-version").write_text("../../../evil\n")
    assert Environment.find(project).source != ".python-version"


def test_a_shim_is_followed_to_the_interpreter(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "pyenv"
    for folder in ("shims", "versions/3.11.0/bin"):
        (root / folder).mkdir(parents=True)
    (root / "shims" / "python3").write_text("#!/bin/sh\nexit 1\n")
    (root / "shims" / "python3").chmod(0o755)
    (root / "versions/3.11.0/bin/python").symlink_to(sys.executable)
    (root / "version").write_text("3.11.0\n")
    monkeypatch.setenv("PATH", str(root / "shims"))
    (project / "test_a.py").write_text("import unittest\n")
    found = Environment.find(project)
    assert (found.source, found.python) == ("PATH", root / "versions/3.11.0/bin/python")


def test_tests_for_pytest_get_an_interpreter_that_has_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = fake_venv(tmp_path / "bare")
    monkeypatch.setenv("PATH", str(bare / "bin"))
    (project / "test_a.py").write_text("import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n")
    assert Environment.find(project).source == "PATH"
    (project / "test_b.py").write_text("def test_b():\n    pass\n")
    found = Environment.find(project)
    assert found.source == "fixbot's own interpreter"
    assert found.pytest


@pytest.mark.parametrize("text", ["", "\0", "#!/bin/sh\nexit 0\n", "#!/bin/sh\necho '[[2, 7, 18], 1, 1, 1, []]'\n"])
def test_what_is_no_python_is_an_error_with_a_way_out(text: str, project: Path, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(text)
    program.chmod(0o755)
    for given in (program, tmp_path / "absent", tmp_path):
        with pytest.raises(EnvironmentFailure) as caught:
            Environment.find(project, given)
        assert "--python" in caught.value.hint


def test_needing_pytest_is_read_from_the_tests(project: Path) -> None:
    assert not needs_pytest(project)
    (project / "test_a.py").write_bytes(b"\xff\0 not text")
    assert not needs_pytest(project)
    (project / "tests").mkdir()
    (project / "tests" / "conftest.py").write_text("")
    assert needs_pytest(project)


def test_an_interpreter_that_may_not_be_looked_at_is_passed_over(project: Path) -> None:
    """As one is that is linked into another user's folder; a name that no file system takes stands for it here."""
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (project / ".venv" / "bin" / "python").symlink_to("/" + "n" * 300)
    assert Environment.find(project).source != ".venv in the project"
    with pytest.raises(EnvironmentFailure, match="python"):
        Environment.find(project, project / ".venv" / "bin" / "python")
