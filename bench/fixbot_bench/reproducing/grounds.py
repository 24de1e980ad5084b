"""The environments that an issue's examples run in: those that grading makes, and more that need no test command."""

from fixbot_bench.errors import BenchEnvironmentError
from fixbot_bench.grading.specification import Specification, known, specification

# Repositories whose own runner is not what runs an example, so that grading does not know them or makes them without
# pytest: an interpreter, the day's packages (a newer pytest where the day's is older than what runs tests here reads),
# whether it has to be installed.
_FURTHER: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "django/django": ("3.9", ("asgiref", "pytz", "sqlparse", "tzdata", "pytest"), False),
    "sympy/sympy": ("3.9", ("mpmath==1.3.0", "pytest==7.4.4"), False),
    "psf/requests": ("3.9", ("pytest==7.4.4",), False),
    "sphinx-doc/sphinx": ("3.9", ("pytest", "html5lib", "setuptools"), True),
    "pylint-dev/pylint": ("3.9", ("pytest", "setuptools<81"), True),
    "mwaskom/seaborn": ("3.9", ("numpy", "pandas", "matplotlib", "scipy", "statsmodels", "pytest"), False),
    "pydata/xarray": ("3.9", ("numpy", "pandas", "pytest", "setuptools<81"), False),
}
_NEWER = {("django/django", "5.0"): "3.11"}  # what a version asks for
_MODULES = {"psf/requests": "requests", "sphinx-doc/sphinx": "sphinx", "pylint-dev/pylint": "pylint"}


def ground(repo: str, version: str) -> Specification:
    """What the examples of `repo` at `version` need. Raises BenchEnvironmentError where that is not known."""
    if repo not in _FURTHER and repo in known():
        return specification(repo, version)
    if repo not in _FURTHER:
        raise BenchEnvironmentError(f"{repo} is not installed here", "it has to be compiled, or nobody wrote down how")
    python, packages, install = _FURTHER[repo]
    name = _MODULES.get(repo, repo.partition("/")[2])
    python = _NEWER.get((repo, version), python)
    return Specification(repo, version, python, packages, install, (), "", name, (".",), (), ())
