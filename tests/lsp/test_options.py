"""Settings: good values count, bad ones give a sentence and the default."""

import pytest

from fixbot_lsp.options import Options, read_options


@pytest.mark.parametrize("raw", [None, {}, {"fixbot": {}}, {"fixbot": None}])
def test_nothing_set_is_the_default(raw: object) -> None:
    options, problems = read_options(raw)
    assert (options, [p for p in problems if "fixbot.fixbot" not in p]) == (Options(), [])


@pytest.mark.parametrize(
    "raw",
    [
        {"background": {"enabled": False, "timeout": 30}, "diagnostics": {"ruff": True}},
        {"fixbot": {"background": {"enabled": False, "timeout": 30}, "diagnostics": {"ruff": True}}},
        {"background.enabled": False, "background.timeout": 30, "diagnostics.ruff": True},
    ],
)
def test_nested_wrapped_and_dotted_settings_mean_the_same(raw: object) -> None:
    assert read_options(raw) == (Options(background=False, background_seconds=30, ruff=True), ())


@pytest.mark.parametrize(
    "raw",
    [
        [],
        "x",
        {"background": {"enabled": "no"}},
        {"background": {"timeout": 0}},
        {"background": {"timeout": True}},
        {"background": "off"},
        {"inlineCompletion": {"enabled": None}},
        {"unheard": {"of": 1}},
        {"a": {"b": {"c": {"d": {"e": 1}}}}},
    ],
)
def test_a_bad_value_is_said_once_and_the_default_kept(raw: object) -> None:
    options, problems = read_options(raw)
    assert options == Options()
    assert len(problems) == 1
    assert problems[0].startswith("fixbot: ")


@pytest.mark.parametrize(
    ("raw", "tools", "guarded"),
    [
        ({}, ("semgrep", "ruff"), True),
        ({"beside": ["pyright"]}, ("semgrep", "ruff"), True),
        ({"beside": ["Ruff"]}, ("semgrep",), False),
        ({"diagnostics": {"security": False}}, ("semgrep",), False),
        ({"diagnostics": {"ruff": True, "semgrep": False}}, ("ruff",), False),
    ],
)
def test_without_ruffs_server_its_rules_on_security_are_asked(
    raw: object, tools: tuple[str, ...], guarded: bool
) -> None:
    options, _ = read_options(raw)
    assert (options.tools, options.is_guarded) == (tools, guarded)


def test_a_later_reading_keeps_what_it_does_not_name() -> None:
    before, _ = read_options({"diagnostics": {"semgrep": False}})
    assert read_options({"diagnostics": {"ruff": True}}, before)[0] == Options(semgrep=False, ruff=True)
