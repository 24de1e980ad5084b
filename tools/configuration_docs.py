"""Writes docs/configuration.md from the keys that the code declares; with --check only says whether it is up to date."""

import sys
from pathlib import Path

from fixbot_agent.settings.keys import Key, ModelSettings, Roles, Settings, Trust, declared
from fixbot_agent.settings.loading import NOT_SETTINGS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

_HEAD = """# Configuration

<!-- Written by `python tools/configuration_docs.py` from agent/fixbot_agent/settings/keys.py. Do not edit. -->

fixbot runs without any configuration. What can be set, can be set in these places; the higher one wins:

1. options of a command (`--timeout 60`)
2. variables: `FIXBOT_` and the key in capitals (`FIXBOT_TIMEOUT=60`; lists with commas)
3. `--config FILE`
4. the repository: `fixbot.toml`, or `[tool.fixbot]` in `pyproject.toml`
5. your own file: `config.toml` in the folder that `fixbot doctor` names (`~/.config/fixbot` on Linux)

An unknown key or a bad value is an error that names the file, the key and what is allowed.

## Whose word is taken

Each key has a trust class. A repository that you have not trusted (`fixbot trust DIR`, or `--trust` for one run) may set
*free* keys only; the others are ignored there, and a warning says so. A repository cannot trust itself, trust does not
reach into nested repositories, and settings or trust kept inside a repository are ignored.

| class | what such a key can bring about |
|---|---|
| free | nothing that matters to anybody but you |
| runs code | decides what is run, or what a patch may touch |
| moves data | decides where code is sent, or what is spent |
| yours alone | what models are told; no repository may set it, be it trusted or not |
"""

_MODELS = """
## `[models.NAME]`

Any OpenAI-compatible endpoint. The whole table moves data, and is taken whole from the highest place that has one of its
name. Only `api_key_env` gives a key and only `base_url` an endpoint: `OPENAI_*` variables are not looked at. Redirects are
not followed. From a variable: `FIXBOT_MODELS='{fast = {base_url = "http://127.0.0.1:8080/v1"}}'`.

```toml
[models.fast]
base_url = "http://127.0.0.1:8080/v1"
model = "qwen2.5-coder"
api_key_env = "FAST_KEY"
```
"""

_ROLES = """
## `[roles]`

Who does what: names of configured models, in order; the next one takes over when one fails. A role without models is done
by the built-in engines. From a variable: `FIXBOT_ROLES='{solve = ["fast"]}'`.
"""

_SHARES = """
## `[shares]`

A model that is to be tried on a part of the work: for that share of the runs it is asked first, and the role's own models
take over when it fails. A role's shares are at most 1 in all. Which run it is, its number decides, so that a run that is
resumed or replayed goes the same way; the run says so. The whole table moves data. Whoever names a model with `--model`
gets that one.

```toml
[shares]
solve = { candidate = 0.1 }    # one run in ten
```
"""


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        "\n## Keys\n\n",
        _table(Settings),
        _MODELS,
        "\n",
        _table(ModelSettings),
        _ROLES,
        "\n",
        _table(Roles),
    ]
    others = ", ".join(f"`{name}`" for name in sorted(NOT_SETTINGS))
    parts.append(_SHARES)
    parts.append(
        f"\n## Other variables\n\n{others} are no settings: a home for all of fixbot's own files, and what only its tests read.\n"
    )
    return "".join(parts)


def _table(cls: type) -> str:
    rows = [_row(key) for key in declared(cls).values()]
    return "| key | value | default | trust | what it is |\n|---|---|---|---|---|\n" + "".join(rows)


def _row(key: Key) -> str:
    trust = key.trust if key.trust is Trust.FREE else f"**{key.trust}**"
    return f"| `{key.name}` | {key.allowed} | {_shown(key.default)} | {trust} | {key.help} |\n"


def _shown(value: object) -> str:
    if value in ("", (), None):
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> int:
    """Write the page, or with --check compare it; 1 when it is out of date."""
    text = page()
    if "--check" in sys.argv[1:]:
        if PAGE.read_text("utf-8") == text:
            return 0
        print(f"{PAGE} is out of date: run python tools/configuration_docs.py")
        return 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
